"""What of a scenario can be moved on the page *What if*, and what a setting means in overrides.

Ranges come from the estimates: a slider goes one step of the estimate's own range further on each
side than the estimate does, or to the bounds of a share. Factors are relative to the estimate and
keep its uncertainty.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from terbium.base.errors import Problems, suggest
from terbium.base.units import parse_factor, parse_quantity
from terbium.evidence.dataset import Dataset
from terbium.evidence.schema import Estimate
from terbium.policy.register import Register
from terbium.scenario import Scenario

Kind = Literal["factor", "value", "switch", "branch", "day"]
Group = Literal["law", "responses", "stocks", "desk", "destinations", "uses", "weights"]
Value = float | bool | str

GROUPS: Final[tuple[Group, ...]] = (
    "law", "responses", "stocks", "desk", "destinations", "uses", "weights",
)  # fmt: skip
RESPONSES: Final = ("hoarding", "anticipation", "rerouting", "catch_up", "overtime")
BRANCH, START = "branch", "start"
BRANCHES: Final = ("hold", "lapse")

_COVER_SCALE = "stock/cover_scale"
_DESK = (
    "licensing/desk_capacity/",
    "licensing/desk_ramp",
    "licensing/review_min",
    "licensing/refile_share",
    "licensing/general_share",
    "licensing/general_ramp",
    "licensing/levelling/",
)
_FAMILIES: Final[Mapping[str, Group]] = {
    "licensing/grant_share/": "destinations",
    "licensing/grant_share_end_use/": "uses",
    "licensing/weight/": "weights",
}
_LICENSING = ("licence", "ban", "general_licence")
_NOTCHES = 100


@dataclass(frozen=True)
class Lever:
    """Something that can be moved.

    Attributes
    ----------
    name
        In requests: a parameter, ``stock/REGION``, ``response/NAME``, ``mix/NAME``, `BRANCH`,
        `START`.
    default
        Its position where it changes nothing: a slider's is the median on the slider's own notches.
    low, central, high, unit, grade
        Of the estimate; of a factor, how far its estimates reach about their medians.
    least, most, step
        Ends and notches of a slider.
    estimates
        Whose sources it opens.
    """

    name: str
    kind: Kind
    group: Group
    default: Value
    low: float = 0.0
    central: float = 0.0
    high: float = 0.0
    unit: str = ""
    grade: str = ""
    least: float = 0.0
    most: float = 0.0
    step: float = 0.0
    first: str = ""
    last: str = ""
    estimates: tuple[str, ...] = ()

    @property
    def is_slider(self) -> bool:
        """Whether it has a range of numbers."""
        return self.kind in ("factor", "value")

    @property
    def subject(self) -> str:
        """The last part of its name."""
        return self.name.rpartition("/")[2]

    def read(self, given: object, problems: Problems) -> Value | None:
        """The setting that is asked for; None where it changes nothing or was refused."""
        place = f"levers {self.name}"
        if self.kind == "switch":
            if not isinstance(given, bool):
                problems.add(place, _shown(given), "true or false", "switch it on or off")
                return None
            return None if given is self.default else given
        if self.kind in ("branch", "day"):
            if not isinstance(given, str) or not self._takes(given):
                problems.add(place, _shown(given), self._allowed, "choose one of these")
                return None
            return None if given == self.default else given
        return self._number(given, place, problems)

    @property
    def _allowed(self) -> str:
        if self.kind == "branch":
            return " or ".join(BRANCHES)
        return f"a day from {self.first} to {self.last}"

    def _takes(self, given: str) -> bool:
        if self.kind == "branch":
            return given in BRANCHES
        try:
            return self.first <= date.fromisoformat(given).isoformat() <= self.last
        except ValueError:
            return False

    def _number(self, given: object, place: str, problems: Problems) -> float | None:
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        value = float(given) if isinstance(given, int | float) else math.nan
        if not is_number or not self.least <= value <= self.most:
            told = f"a number from {self.least:g} to {self.most:g}"
            problems.add(place, _shown(given), told, "move it into its range")
            return None
        return None if value == self.default else value


def levers_of(scenario: Scenario, dataset: Dataset, register: Register) -> tuple[Lever, ...]:
    """All levers of a scenario, in the order of their groups.

    Parameters
    ----------
    scenario
        As it is before anything is moved, with the mixes and overrides of a stored run.
    dataset, register
        Where ranges come from, and which acts ask for licences.
    """
    made = [*_law(scenario), *_responses(scenario), *_stocks(dataset)]
    if _is_licensed(scenario, register):
        made += _licensing(scenario, dataset)
    return tuple(sorted(made, key=lambda lever: GROUPS.index(lever.group)))


def read_levers(
    given: Mapping[str, Any], levers: tuple[Lever, ...], problems: Problems
) -> dict[str, Value]:
    """Settings that change something, by name; the rest is dropped or noted as a problem."""
    known = {lever.name: lever for lever in levers}
    found: dict[str, Value] = {}
    for name in sorted(given):
        if name not in known:
            hint = suggest(name[:80], known)
            problems.add("levers", f"'{name[:80]}'", "a lever of this scenario", hint)
            continue
        value = known[name].read(given[name], problems)
        if value is not None:
            found[name] = value
    return found


def mixes_with(scenario: Scenario, settings: Mapping[str, Value]) -> tuple[str, ...]:
    """Mixes in force: those there were and are not switched off, then those switched on."""
    switched = {name.removeprefix("mix/"): on for name, on in settings.items() if "mix/" in name}
    kept = [mix for mix in scenario.chosen if switched.get(mix, True)]
    return (*kept, *(m for m in scenario.mixes if switched.get(m) is True and m not in kept))


def overrides_of(
    scenario: Scenario, dataset: Dataset, settings: Mapping[str, Value]
) -> dict[str, Any]:
    """Overrides by path that bring settings about.

    Parameters
    ----------
    scenario
        With the mixes that are in force.
    dataset
        Names of estimates.
    settings
        As `read_levers` gives them.
    """
    found: dict[str, Any] = {}
    for name, value in settings.items():
        family, _, subject = name.partition("/")
        if family == "response":
            found[f"responses.{subject}"] = value
        elif family == "stock":
            paths = [_COVER_SCALE] if subject == "all" else _covers(dataset, subject)
            for path in paths:
                found[path] = _scaled(scenario, dataset, path, float(value))
        elif name == START:
            found["shocks"] = _moved(scenario, str(value))
            if scenario.headline.measure is None:
                found["headline.in_force"] = str(value)
        elif family != "mix" and name != BRANCH:
            found[name] = value
    return found


def _law(scenario: Scenario) -> Iterator[Lever]:
    for mix in scenario.mixes:
        yield Lever(f"mix/{mix}", "switch", "law", mix in scenario.chosen)
    if scenario.measures.include:
        yield Lever(BRANCH, "branch", "law", scenario.measures.branch)
    if scenario.shocks:
        begins = min(shock.first for shock in scenario.shocks)
        last = max(shock.last for shock in scenario.shocks)
        room = scenario.horizon.end - (last - begins)
        yield Lever(
            START, "day", "law", begins.isoformat(),
            first=scenario.horizon.start.isoformat(), last=max(room, begins).isoformat(),
        )  # fmt: skip


def _responses(scenario: Scenario) -> Iterator[Lever]:
    for name in RESPONSES:
        is_on = bool(getattr(scenario.responses, name))
        yield Lever(f"response/{name}", "switch", "responses", is_on)


def _stocks(dataset: Dataset) -> Iterator[Lever]:
    if _COVER_SCALE in dataset.estimates:
        yield _factor("all", [dataset.estimate(_COVER_SCALE)])
    regions = dataset.table("stocks")["region"] if "stocks" in dataset.tables else ()
    for region in sorted(set(regions)):
        yield _factor(region, [dataset.estimate(name) for name in _covers(dataset, region)])


def _factor(subject: str, held: list[Estimate]) -> Lever:
    # as far as each of them goes by its own range
    low = max(one.low / one.central for one in held)
    high = min(one.high / one.central for one in held)
    least, most, step = _notched(low * low, high * high)
    return Lever(
        f"stock/{subject}", "factor", "stocks", 1.0, low, 1.0, high, "1",
        max(one.grade for one in held), least, most, step,
        estimates=tuple(one.name for one in held),
    )  # fmt: skip


def _licensing(scenario: Scenario, dataset: Dataset) -> Iterator[Lever]:
    for name in dataset.names("licensing/"):
        group = next((g for f, g in _FAMILIES.items() if name.startswith(f)), None)
        if group is None and name.startswith(_DESK):
            group = "desk"
        if group is not None:
            yield _value(scenario, dataset.estimate(name), group)


def _value(scenario: Scenario, held: Estimate, group: Group) -> Lever:
    """A slider over an estimate; what the scenario has fixed is where it stands."""
    central = _fixed(scenario, held) if held.name in scenario.parameters else held.central
    if held.shape == "logit":
        least, most = 0.0, 1.0
    elif held.low > 0:
        least, most = held.low * held.low / held.central, held.high * held.high / held.central
        # nothing is a meaning of its own for a share of the usual, none for a time
        least = 0.0 if held.unit == "1" else least
    else:
        least, most = 2 * held.low - held.central, 2 * held.high - held.central
    first, last, step = _notched(min(least, central), max(most, central))
    default = _on_notch(central, step)
    return Lever(
        held.name, "value", group, default, held.low, held.central, held.high, held.unit,
        held.grade, first, last, step, estimates=(held.name,),
    )  # fmt: skip


def _fixed(scenario: Scenario, held: Estimate) -> float:
    given = scenario.parameters[held.name]
    factor = parse_factor(given)
    if factor is not None:
        return factor * held.central
    return parse_quantity(str(given), held.unit, held.name)


def _notched(least: float, most: float) -> tuple[float, float, float]:
    """Ends on round notches, about a hundred of them between the two."""
    span = (most - least) or abs(most) or 1.0
    power = 10.0 ** math.floor(math.log10(span / _NOTCHES))
    step = next(f * power for f in (1, 2, 5, 10) if f * power * _NOTCHES >= span * (1 - 1e-9))
    ends = (math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9))
    return _tidy(ends[0] * step), _tidy(ends[1] * step), _tidy(step)


def _on_notch(value: float, step: float) -> float:
    return _tidy(round(value / step) * step)


def _tidy(value: float) -> float:
    return float(f"{value:.6g}") + 0.0


def _covers(dataset: Dataset, region: str) -> list[str]:
    return dataset.names(f"stock/days_of_cover/{region}/")


def _scaled(scenario: Scenario, dataset: Dataset, path: str, factor: float) -> Any:
    """A factor on the estimate, or on what the scenario has put in its place."""
    if path not in scenario.parameters:
        return f"times {factor:g}"
    given = scenario.parameters[path]
    before = parse_factor(given)
    if before is not None:
        return f"times {before * factor:g}"
    return parse_quantity(str(given), dataset.estimate(path).unit, path) * factor


def _moved(scenario: Scenario, start: str) -> list[dict[str, Any]]:
    """All shocks, moved together so that the first begins on a day."""
    begins = min(shock.first for shock in scenario.shocks)
    by = date.fromisoformat(start) - begins
    return [
        {
            **shock.model_dump(mode="json", exclude_none=True),
            "first": _later(shock.first, by),
            "last": _later(shock.last, by),
        }
        for shock in scenario.shocks
    ]


def _later(day: date, by: timedelta) -> str:
    return (day + by).isoformat()


def _is_licensed(scenario: Scenario, register: Register) -> bool:
    measures = register.select(scenario.measures.include)
    return any(p.effect in _LICENSING for m in measures for p in m.provisions)


def _shown(value: object) -> str:
    return repr(value)[:80]
