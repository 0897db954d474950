"""What the pages on rules call statuses, regimes, states, effects and fields, by language."""

import re
from typing import Final

from terbium.base.speech import tr
from terbium.policy.timeline import state_word

# how a status looks: none and unknown share nothing
TONES: Final = {
    "prohibited": "stop",
    "denial_in_principle": "stop",
    "licence_case_by_case": "licence",
    "licence_general_ok": "general",
    "report_only": "report",
    "none": "none",
    "suspended": "paused",
    "unknown": "unknown",
    "revives_by_text": "revives",
}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def status(name: str) -> str:
    """A status in a few words."""
    return {
        "prohibited": tr("Prohibited"),
        "denial_in_principle": tr("Licence needed, refusal presumed"),
        "licence_case_by_case": tr("Licence needed, decided case by case"),
        "licence_general_ok": tr("Licence needed, a general one covers it"),
        "report_only": tr("Report due, no licence"),
        "none": tr("No requirement found"),
        "suspended": tr("Suspended"),
        "unknown": tr("Not decided: facts are missing"),
        "revives_by_text": tr("In force again by its text"),
    }.get(name, name)


def regime(name: str) -> str:
    """A body of rules in words."""
    return {
        "cn_dual_use": tr("China: dual-use items and lists of parties"),
        "cn_trade": tr("China: export licences, quotas and duties of trade law"),
        "us_ear": tr("United States: Export Administration Regulations"),
        "policy": tr("Other governments and policy"),
        "precursor_chemicals": tr("China: precursor chemicals"),
        "tariff": tr("Import duties"),
        "cn_supply_security": tr("China: security of supply chains"),
    }.get(name, name)


def presumption(name: str) -> str:
    """How an authority says that it decides."""
    return {
        "denial": tr("refusal is presumed"),
        "denial_in_principle": tr("refused in principle"),
        "case_by_case": tr("decided case by case"),
        "none_stated": tr("the text states none"),
        "approve": tr("approval is presumed"),
        "as_owner": tr("as for the owner"),
    }.get(name, name)


def state(name: str, is_binding: bool = True) -> str:
    """How an act stands on a day; what is no law stands, it is not in force."""
    if name == "in force" and not is_binding:
        return tr("stands")
    return tr("without a first day") if name == "no first day" else state_word(name)


def formality(name: str) -> str:
    """What an act is that is no law."""
    return {
        "": tr("act"),
        "informal": tr("informal practice"),
        "guidance": tr("guidance"),
        "threat_executed": tr("threat, carried out"),
        "threat_not_executed": tr("threat, not carried out"),
        "proposal": tr("proposal"),
        "discussion": tr("discussion"),
        "political": tr("political statement"),
        "negotiation_mandate": tr("mandate to negotiate"),
        "procedure": tr("procedure"),
    }.get(name, name)


def instrument(name: str) -> str:
    """What kind of act it is."""
    return {
        "export_licence": tr("export licence"),
        "entity_list": tr("list of parties"),
        "import_tariff": tr("import duty"),
        "suspension": tr("suspension"),
        "export_ban": tr("export ban"),
        "extraterritorial_rule": tr("rule on items abroad"),
        "stockpile": tr("stockpile"),
        "framework_law": tr("framework law"),
        "technology_control": tr("control of technology"),
        "offtake": tr("purchase agreement"),
        "price_floor": tr("price floor"),
        "investment": tr("investment"),
        "subsidy": tr("support"),
        "investment_control": tr("control of investments"),
        "port_fees": tr("port fees"),
        "investigation": tr("investigation"),
        "company_duty": tr("duty of firms"),
        "dialogue": tr("dialogue"),
        "ruling": tr("ruling"),
        "general_licence": tr("general licence"),
        "facilitation": tr("facilitation"),
        "commitment": tr("commitment"),
        "personnel_control": tr("control of staff"),
        "export_tariff": tr("export duty"),
        "export_quota": tr("export quota"),
        "purchase_halt": tr("halt of purchases"),
        "political_understanding": tr("political understanding"),
        "permitting_target": tr("target for permits"),
        "affiliates_rule": tr("rule on owned firms"),
    }.get(name, name.replace("_", " "))


def effect(name: str) -> str:
    """What a paragraph does."""
    return {
        "licence": tr("asks for a licence"),
        "ban": tr("prohibits"),
        "general_licence": tr("gives a general licence"),
        "report": tr("asks for a report"),
        "jurisdiction": tr("says what it reaches"),
        "desk_regime": tr("how applications are handled"),
        "duty": tr("levies a duty"),
        "duty_range": tr("levies duties by code"),
        "quota": tr("sets a quota"),
        "fee": tr("levies a fee"),
        "suspension": tr("suspends"),
        "investigation": tr("investigates"),
        "listing": tr("lists parties"),
    }.get(name, instrument(name))


def overlay(kind: str) -> str:
    """What a later text does to an act."""
    return {
        "suspend": tr("suspends it"),
        "extend": tr("prolongs the suspension"),
        "exempt": tr("exempts from it"),
        "supersede": tr("supersedes it"),
        "void": tr("voids it"),
    }.get(kind, kind)


def relation(name: str) -> str:
    """What one act is to another."""
    return {
        "paired with": tr("paired with"),
        "retaliates to": tr("retaliates to"),
        "retaliated to by": tr("retaliated to by"),
        "responds to": tr("responds to"),
        "responded to by": tr("responded to by"),
        "amends": tr("amends"),
        "amended by": tr("amended by"),
        "ended by": tr("ended by"),
        "ends": tr("ends"),
        "suspended by": tr("suspended by"),
        "suspends": tr("suspends"),
        "suspension prolonged by": tr("suspension prolonged by"),
        "prolongs the suspension of": tr("prolongs the suspension of"),
        "voided by": tr("voided by"),
        "voids": tr("voids"),
        "exempted by": tr("exempted by"),
        "exempts from": tr("exempts from"),
        "superseded by": tr("superseded by"),
        "supersedes": tr("supersedes"),
        "says what is reached by": tr("says what is reached by"),
        "reaches what is subject to": tr("reaches what is subject to"),
    }.get(name, name)


def basis(name: str) -> str:
    """What a pair of acts rests on."""
    return {
        "legal_text": tr("the legal text says so"),
        "official_statement": tr("an official statement says so"),
        "political": tr("political reading; no text says so"),
    }.get(name, name)


def branch(name: str) -> str:
    """A branch past the evidence date."""
    return {
        "hold": tr("If pauses hold"),
        "lapse": tr("If pauses lapse by their text"),
    }.get(name, "")


def duty(name: str) -> str:
    """How a line of a duty stands."""
    return {
        "counted": tr("counted"),
        "unsettled": tr("unsettled"),
        "suspended": tr("suspended"),
        "exempt": tr("exempt"),
        "voided": tr("voided"),
        "announced": tr("announced"),
        "ended": tr("ended"),
        "other goods": tr("on other goods"),
        "not held": tr("not held"),
    }.get(name, name)


def confidence(name: str) -> str:
    """How a fact of the register is known."""
    return {
        "read": tr("read in its source"),
        "recalled": tr("recalled, not read"),
        "estimate": tr("estimate"),
    }.get(name, name)


def tongue(text: str) -> str:
    """Language of a text of the register, for ``lang``: it is written in English or Chinese."""
    return "zh" if _CHINESE.search(text) else "en"
