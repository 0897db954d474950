"""From the register as plain data to rules.

Nothing here waits for the libraries that read and check YAML: they are asked only if the texts were
changed since the register was last checked.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from terbium.policy.circumstances import (
    CaseCondition,
    HasInputs,
    IsIn,
    IsListed,
    IsNot,
    IsOwned,
    IsSaid,
    IsSubject,
    Jurisdiction,
    Leaves,
    UserOrUse,
)
from terbium.policy.parties import OwnerTest, known_as
from terbium.policy.plain import built_in_data
from terbium.policy.predicates import (
    HasForm,
    Holds,
    IsAbout,
    IsNone,
    IsOneOf,
    ItemCondition,
    Within,
    limit_of,
)
from terbium.policy.rules import (
    Conditions,
    Data,
    Rule,
    RuleBook,
    RuleOverlay,
    RuleVariant,
    names_held,
)
from terbium.policy.wordlist import entries

LEGAL_EFFECTS = ("licence", "ban", "general_licence", "report")
# acts that list items; only what is on such a list is an item under control
_LISTING = ("export_licence", "technology_control")
_SIGNS = {"us_ear": frozenset({"ear99", "us_direct_product"})}
_HOME = {"us_ear": "USA"}
_STRICTEST_FIRST = ("denial", "denial_in_principle", "case_by_case", "none_stated", "approve")


@cache
def built_in_rules() -> RuleBook:
    """The rules of the register in the package."""
    return rule_book(built_in_data())


def rule_book(register: Data) -> RuleBook:
    """Build rules from a register as plain data, as ``RegisterText`` dumps it."""
    measures = {str(act["id"]): act for act in register["measures"]}
    binding = [act for act in measures.values() if act.get("formality") is None]
    book = _Builder(measures)
    rules = tuple(
        book.rule(act, provision)
        for act in sorted(binding, key=lambda act: str(act["id"]))
        for provision in act["provisions"]
        if provision["effect"] in LEGAL_EFFECTS and _starts(act, provision)
    )
    names = {known_as(name) for act in binding for name in names_held(act)}
    return RuleBook(
        date.fromisoformat(register["evidence_date"]),
        rules,
        measures,
        {name: act["formality"] for name, act in measures.items() if act.get("formality")},
        frozenset(names),
    )


def _starts(act: Data, provision: Data) -> str | None:
    return provision.get("effective_from") or act.get("effective_from")


class _Builder:
    """Turns authored paragraphs into rules."""

    def __init__(self, measures: Mapping[str, Data]) -> None:
        self._measures = measures
        self._shared: dict[ItemCondition, ItemCondition] = {}

    def rule(self, act: Data, provision: Data) -> Rule:
        """The rule of one paragraph."""
        scope = provision.get("scope", {})
        last = provision.get("effective_to") or act.get("effective_to")
        instrument = str(act["instrument"])
        return Rule(
            measure=act["id"],
            paragraph=provision["paragraph"],
            regime=act["regime"],
            effect=provision["effect"],
            presumption=self._presumption(provision.get("presumption"), scope),
            text=provision["text"],
            announced=_day(provision.get("announced") or act["announced"]),
            first=_day(str(_starts(act, provision))),
            last=None if last is None else _day(last),
            overlays=tuple(self._overlays(act, provision)),
            conditions=self.conditions(scope, act),
            variants=tuple(self._variant(entry) for entry in provision.get("variants", ())),
            listed_in=scope.get("listed_in") or "",
            is_listing=instrument in _LISTING and provision["effect"] in ("licence", "ban"),
            control_code=provision.get("control_code") or "",
            act=act,
            provision=provision,
        )

    def _presumption(self, stated: str | None, scope: Data) -> str:
        """The presumption; that of an owner is the strictest of the lists it may be on."""
        owned = scope.get("owned_by")
        if stated != "as_owner" or not owned:
            return stated or "none_stated"
        found = [
            provision.get("presumption") or "none_stated"
            for act in self._measures.values()
            if (act.get("party_list") or {}).get("label") in owned["lists"]
            for provision in act["provisions"]
        ]
        return min(found, key=_STRICTEST_FIRST.index, default="none_stated")

    def _overlays(self, act: Data, provision: Data) -> Iterable[RuleOverlay]:
        for entry in act.get("overlays", ()):
            paragraphs = tuple(entry.get("paragraphs", ()))
            if paragraphs and provision["paragraph"] not in paragraphs:
                continue
            scope = entry.get("scope")
            yield RuleOverlay(
                kind=entry["kind"],
                announced=_day(entry["announced"]),
                from_=_day(entry["from"]),
                to=None if entry.get("to") is None else _day(entry["to"]),
                by=entry["by"],
                scope=None if scope is None else self.conditions(scope, act, is_overlay=True),
            )

    def conditions(self, scope: Data, act: Data, is_overlay: bool = False) -> Conditions:
        """Conditions of a scope, the quickest to fail first; equal ones are one object."""
        of_item: list[ItemCondition] = []
        if scope.get("forms"):
            of_item.append(HasForm(frozenset(scope["forms"]), _near_forms(scope["forms"])))
        if scope.get("elements"):
            of_item.append(Holds(frozenset(scope["elements"])))
        if scope.get("items"):
            of_item.append(IsOneOf(frozenset(scope["items"])))
        if scope.get("not_items"):
            of_item.append(IsNone(frozenset(scope["not_items"])))
        of_item.extend(IsAbout(frozenset(words)) for words in scope.get("about", ()) if words)
        of_item.extend(
            Within(figure, limit_of(bounds)) for figure, bounds in scope.get("limits", {}).items()
        )
        of_way: list[CaseCondition] = [] if is_overlay or scope.get("is_local") else [Leaves()]
        of_way.extend(
            IsIn(name.removesuffix("s"), tuple(scope[name]))
            for name in ("origins", "exporters", "destinations")
            if scope.get(name) and "ALL" not in scope[name]
        )
        return Conditions(
            tuple(self._shared.setdefault(condition, condition) for condition in of_item),
            tuple(of_way),
            tuple(self._parties(scope, act)),
        )

    def _parties(self, scope: Data, act: Data) -> Iterable[CaseCondition]:
        users, uses = frozenset(scope.get("end_users", ())), frozenset(scope.get("end_uses", ()))
        if users or uses:
            yield UserOrUse(users, uses)
        if scope.get("excluded_end_uses"):
            yield IsNot(frozenset(scope["excluded_end_uses"]))
        if scope.get("parties") is not None:
            listed = act.get("party_list") or {}
            names = frozenset(known_as(name) for name in scope["parties"])
            held = len(names_held(act))
            yield IsListed(names, listed.get("label", ""), held, listed.get("size"))
        if scope.get("owned_by"):
            yield self._owned(scope["owned_by"])
        if scope.get("content"):
            content = scope["content"]
            yield HasInputs(
                frozenset(content.get("elements", ())),
                tuple(content["origins"]),
                limit_of(content.get("value_share", {})),
            )
        for sign in scope.get("hooks", ()):
            yield IsSaid(sign, entries()[sign].name)
        if scope.get("subject_to"):
            yield self._subject(self._measures[scope["subject_to"]])

    def _owned(self, data: Data) -> IsOwned:
        lists = frozenset(data["lists"])
        names = frozenset(
            known_as(name)
            for act in self._measures.values()
            if (act.get("party_list") or {}).get("label") in lists
            for name in names_held(act)
        )
        return IsOwned(
            data["share_ge"],
            OwnerTest(lists, names),
            lists,
            data["is_aggregated"],
            data.get("is_indirect"),
        )

    def _subject(self, act: Data) -> IsSubject:
        """The condition that another act sets for foreign items."""
        return IsSubject(
            _HOME[act["regime"]],
            _SIGNS[act["regime"]],
            tuple(
                Jurisdiction(
                    tuple(provision.get("scope", {}).get("destinations", ())),
                    limit_of(provision["scope"]["content"].get("value_share", {})),
                )
                for provision in act["provisions"]
                if provision["effect"] == "jurisdiction"
            ),
        )

    def _variant(self, entry: Data) -> RuleVariant:
        found: list[CaseCondition] = []
        users, uses = frozenset(entry.get("end_users", ())), frozenset(entry.get("end_uses", ()))
        if users or uses:
            found.append(UserOrUse(users, uses))
        if entry.get("owned_by"):
            found.append(self._owned(entry["owned_by"]))
        return RuleVariant(
            entry["text"], tuple(found), entry.get("presumption") or "", entry.get("effect") or ""
        )


def _near_forms(forms: Sequence[str]) -> frozenset[str]:
    """A crystal of a compound is a compound, and so is a chemical."""
    return frozenset({"crystal", "chemical"}) if "compound" in forms else frozenset()


def _day(text: str) -> date:
    return date.fromisoformat(text)
