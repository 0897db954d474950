"""Levers, their groups and their settings in the reader's language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from terbium.base.speech import tr, trn
from terbium.evidence.dataset import Dataset
from terbium.report.words import capital
from terbium.scenario import Scenario
from terbium.web.views import names, says
from terbium.web.views.levers import BRANCH, GROUPS, START, Group, Lever, Value
from terbium.web.views.spoken import spoken

_PERCENT = ("destinations", "uses")


@dataclass(frozen=True)
class Shown:
    """A lever as the form has it.

    Attributes
    ----------
    field
        Its name in the form.
    title, hint
        What it is, and what moving it does or rests on.
    value, told
        Where it stands, and that in words.
    least, most, step, default
        Of a slider, as the form writes numbers.
    range
        The estimate's range in words.
    unit
        Written after its number; ``%`` means that the number is a share.
    low, high
        Where the evidence begins and ends on the slider, in whole percent of its width.
    is_moved
        Whether it stands elsewhere than at first.
    """

    lever: Lever
    field: str
    title: str
    hint: str
    value: str
    told: str
    least: str
    most: str
    step: str
    default: str
    range: str
    unit: str
    low: int
    high: int
    is_moved: bool


@dataclass(frozen=True)
class Panel:
    """A group of levers; ``moved`` says how many stand elsewhere than at first."""

    key: Group
    title: str
    hint: str
    levers: tuple[Shown, ...]

    @property
    def moved(self) -> int:
        """Levers that are moved."""
        return sum(one.is_moved for one in self.levers)


def panels(
    scenario: Scenario, dataset: Dataset, levers: tuple[Lever, ...], settings: Mapping[str, Value]
) -> list[Panel]:
    """All levers in their groups, with where they stand."""
    shown = [_shown(scenario, dataset, lever, settings) for lever in levers]
    found = []
    for key in GROUPS:
        inside = tuple(one for one in shown if one.lever.group == key)
        if key in ("destinations", "uses", "weights", "stocks"):
            inside = tuple(sorted(inside, key=_in_sight))
        if inside:
            title, hint = _group_words()[key]
            found.append(Panel(key, title, hint, inside))
    return found


def title(lever: Lever) -> str:
    """What a lever is called by itself."""
    subject = lever.subject
    if lever.name.startswith("mix/"):
        return _mixes().get(subject) or capital(subject.replace("-", " "))
    if lever.name == BRANCH:
        return tr("After the evidence ends")
    if lever.name == START:
        return tr("First day of the shock")
    if lever.group == "responses":
        return _responses()[subject]
    if lever.group == "stocks":
        return tr("Everywhere") if subject == "all" else capital(names.place(subject))
    if lever.group in ("destinations", "weights"):
        return capital(names.place(subject))
    if lever.group == "uses":
        return capital(names.industry(subject))
    if lever.name.startswith("licensing/desk_capacity/"):
        return tr("Pace of the desk, {when}", when=spoken(subject))
    if lever.name.startswith("licensing/levelling/"):
        return tr("Levelling of weights, {when}", when=spoken(subject))
    return capital(spoken(subject))


def full_title(lever: Lever) -> str:
    """What a lever is called where its group is not in sight."""
    own = title(lever)
    if lever.group == "stocks":
        return tr("Days of cover, {place}", place=own)
    if lever.group == "destinations":
        return tr("Share granted, {place}", place=own)
    if lever.group == "uses":
        return tr("Share granted, {use}", use=own)
    if lever.group == "weights":
        return tr("Weight at the desk, {place}", place=own)
    return own


def setting(lever: Lever, value: Value) -> str:
    """Where a lever stands, in words."""
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, str):
        return says.day(value) if lever.kind == "day" else _branches()[value]
    if lever.kind == "factor":
        return tr("times {factor}", factor=says.number(value))
    if lever.group in _PERCENT:
        return says.percent(value)
    return says.number(value) + (f" {_unit(lever)}" if _unit(lever) else "")


def at_rest(lever: Lever) -> str:
    """Where a lever stood at first, in words; a slider stands for its whole estimate."""
    if lever.kind == "factor":
        return tr("the estimates as they are")
    return _range(lever) if lever.is_slider else setting(lever, lever.default)


def _shown(
    scenario: Scenario, dataset: Dataset, lever: Lever, settings: Mapping[str, Value]
) -> Shown:
    value = settings.get(lever.name, lever.default)
    span = (lever.most - lever.least) or 1.0
    ends = [round(100 * (end - lever.least) / span) for end in (lever.low, lever.high)]
    return Shown(
        lever=lever,
        field=f"lever.{lever.name}",
        title=title(lever),
        hint=_hint(scenario, dataset, lever),
        value=plain(value),
        told=setting(lever, value),
        least=plain(lever.least),
        most=plain(lever.most),
        step=plain(lever.step),
        default=plain(lever.default),
        range=_range(lever),
        unit="%" if lever.group in _PERCENT else _unit(lever),
        low=max(ends[0], 0),
        high=min(ends[1], 100),
        is_moved=lever.name in settings,
    )


def plain(value: Value) -> str:
    """A setting as forms write it."""
    if isinstance(value, bool):
        return "1" if value else ""
    return value if isinstance(value, str) else f"{value:.6g}"


def _in_sight(one: Shown) -> tuple[bool, bool, str]:
    """What stands for all comes first, then what was moved, then the rest by name."""
    return one.lever.subject != "all", not one.is_moved, one.title


def _unit(lever: Lever) -> str:
    if lever.unit in ("", "1"):
        return ""
    return {"weeks": tr("weeks"), "days": tr("days")}.get(lever.unit, lever.unit)


def _range(lever: Lever) -> str:
    if not lever.is_slider:
        return ""
    if lever.group in _PERCENT:
        low, central, high = (says.percent(v) for v in (lever.low, lever.central, lever.high))
    else:
        low, central, high = (says.number(v) for v in (lever.low, lever.central, lever.high))
    if lever.kind == "factor":
        return tr("evidence: times {low} to {high}", low=low, high=high)
    unit = _unit(lever)
    if unit:
        return tr(
            "{central} {unit} ({low} to {high})", central=central, low=low, high=high, unit=unit
        )
    return tr("{central} ({low} to {high})", central=central, low=low, high=high)


def _hint(scenario: Scenario, dataset: Dataset, lever: Lever) -> str:
    if lever.name.startswith("mix/"):
        return " ".join(_effects(scenario, lever.subject))
    if lever.name == START:
        return tr("All shocks of the scenario move together.")
    if lever.kind == "factor" and lever.subject != "all":
        held = [dataset.estimate(name).central for name in lever.estimates]
        return tr(
            "{low} to {high} days by industry",
            low=says.number(min(held)),
            high=says.number(max(held)),
        )
    return ""


def _effects(scenario: Scenario, mix: str) -> Iterator[str]:
    """What the blocks of a mix change, in few words."""
    blocks = scenario.mixes[mix]
    yield tr("Blocks: {blocks}.", blocks=", ".join(blocks))
    for block in blocks:
        content: Mapping[str, Any] = scenario.blocks[block]
        measures = content.get("measures", {})
        if measures.get("exclude"):
            yield tr("Leaves out {measures}.", measures=", ".join(measures["exclude"]))
        if measures.get("include"):
            yield tr("Keeps only {measures}.", measures=", ".join(measures["include"]))
        if measures.get("overlays"):
            count = len(measures["overlays"])
            yield trn("Supposes {n} change of law.", "Supposes {n} changes of law.", count)
        off = [name for name, is_on in content.get("responses", {}).items() if not is_on]
        if off:
            told = "; ".join(_responses()[name] for name in off)
            yield tr("Switches off: {responses}.", responses=told)
        if content.get("set"):
            yield trn("Fixes {n} estimate.", "Fixes {n} estimates.", len(content["set"]))
        if content.get("shocks"):
            yield trn(
                "Has {n} shock of its own.", "Has {n} shocks of its own.", len(content["shocks"])
            )


def _group_words() -> Mapping[Group, tuple[str, str]]:
    return {
        "law": (tr("Law and shocks"), tr("Mixes that the scenario has ready, and its dates.")),
        "responses": (tr("What firms do"), tr("A response that is off does not happen at all.")),
        "stocks": (
            tr("Days of cover"),
            tr("Stocks of the industries, as a factor on every estimate. Its uncertainty stays."),
        ),
        "desk": (
            tr("The licensing desk"),
            tr("Its pace is a multiple of the exports that need a licence in the base year."),
        ),
        "destinations": (
            tr("Share granted, by destination"),
            tr("Of filings that are decided. Inferred effective access, no evidence of intent."),
        ),
        "uses": (
            tr("Share granted, by end use"),
            tr("Multiplies the share of the destination."),
        ),
        "weights": (
            tr("Weight at the desk, by destination"),
            tr("Who is served first; 1 is average."),
        ),
    }


def _responses() -> Mapping[str, str]:
    return {
        "hoarding": tr("Buyers hoard when deliveries fail"),
        "anticipation": tr("Buyers stock up before the measure"),
        "rerouting": tr("Orders move to other suppliers"),
        "catch_up": tr("Lost output is caught up"),
        "overtime": tr("Plants work overtime"),
    }


def _mixes() -> Mapping[str, str]:
    return {
        "no-duties": tr("Without duties"),
        "reciprocal-exempt": tr("Magnets exempt from the reciprocal duties"),
        "no-hoarding": tr("No hoarding, no stocking up"),
        "announcement-18-only": tr("Announcement 18 alone"),
        "controlled-share-zero": tr("Nothing needs a licence, no duties"),
        "equal-weights": tr("All destinations weigh the same"),
        "no-rerouting": tr("No other suppliers"),
        "half": tr("Half is cut instead of all"),
        "lapse": tr("Suspensions lapse"),
        "as-announced": tr("The suspension was never issued"),
        "extended-to-2027": tr("The suspension is prolonged to 2027"),
        "never-suspended": tr("The rule was never suspended"),
        "ten-years": tr("Ten years"),
    }


def _branches() -> Mapping[str, str]:
    return {"hold": tr("Suspensions stay in force"), "lapse": tr("Suspensions lapse")}


def branch_names() -> Mapping[str, str]:
    """Branches past the evidence, by name."""
    return _branches()
