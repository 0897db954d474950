"""The fields of a scenario."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from terbium.base.calendar import Clock, Period, parse_period
from terbium.base.errors import InputError
from terbium.base.gazetteer import resolve_region
from terbium.evidence.designs import Design
from terbium.policy.authored import Day, Frozen, Number, Positive, Switch, refused
from terbium.policy.counterfactual import SupposedOverlay
from terbium.policy.overlay import Branch

Words = tuple[str, ...]
ALL = "ALL"


def _period(value: object) -> object:
    text = str(value)
    try:
        parse_period(text)
    except InputError as error:
        problem = error.problems[0]
        raise refused(problem.seen, problem.allowed, problem.remedy) from error
    return text


def _region(value: object) -> object:
    """The code of a region in any accepted spelling; the unknown is judged with the rest."""
    if not isinstance(value, str) or value == ALL:
        return value
    try:
        return resolve_region(value)
    except InputError:
        return value


def _value(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused(
            "nothing" if value is None else repr(value),
            "a number, or a number and a unit such as '60 days'",
            "write the value as a number",
        )
    try:
        return value if isinstance(value, str) else float(value)
    except OverflowError as error:
        raise refused(
            "a number that is too large", "a number", "write the value as it is meant"
        ) from error


PeriodText = Annotated[str, BeforeValidator(_period)]
Region = Annotated[str, BeforeValidator(_region)]
Value = Annotated[float | str, BeforeValidator(_value)]


class Horizon(Frozen):
    """Days that are simulated, both included; the last step is filled up to its length."""

    start: Day
    end: Day
    step_days: Positive = 7


class Headline(Frozen):
    """The measure in question and the day it took force; days to a stop are counted from it.

    ``anticipated`` is the day on which what buyers saw coming took force, where that was another
    measure of the same history; without it, the headline measure is what they saw coming.
    """

    measure: str | None = None
    in_force: Day | None = None
    anticipated: Day | None = None

    @property
    def feared(self) -> date | None:
        """Day before which buyers anticipate; None where nobody does."""
        own = self.in_force if self.measure is not None else None
        return own if self.anticipated is None else self.anticipated


class Covers(Frozen):
    """The window that the scenario answers for, both days included."""

    first: Day
    last: Day


class Measures(Frozen):
    """Which acts exist in the scenario. ``exclude`` is taken off ``include`` when it is loaded.

    ``overlays`` are the scenario's own, on measures of the register: what no government wrote.
    """

    include: Words = ()
    exclude: Words = ()
    overlays: tuple[SupposedOverlay, ...] = ()
    known_on: Day | None = None
    branch: Branch = "hold"


class Responses(Frozen):
    """What firms do; a switch that is off removes the response."""

    hoarding: Switch = True
    anticipation: Switch = True
    rerouting: Switch = True
    catch_up: Switch = True
    overtime: Switch = True


class RuleChoice(Frozen):
    """Rules of rationing, ordering and production."""

    rationing: Literal["proportional", "priority"] = "proportional"
    ordering: Literal["wanted", "realised"] = "wanted"
    production: Literal["critical"] = "critical"


class Shock(Frozen):
    """A scale on a node or on links for a window of days, both included.

    ``scale`` is what remains: 1 changes nothing, 0 stops it. A shock names either a ``node``
    (``CHN/separate``) or a ``material`` (or group) with an ``origin``; no destination means all.
    """

    node: str | None = None
    material: str | None = None
    origin: Region | None = None
    destination: Region = ALL
    what: Literal["activity", "capacity", "stock", "cut"]
    scale: Annotated[Number, Field(ge=0)] = 0.0
    first: Day
    last: Day


class RecordingChoice(Frozen):
    """What a run keeps beside the totals and quantiles of every link."""

    materials: Words = (
        "NdFeB_noHRE_magnet",
        "NdFeB_DyTb_magnet",
        "SmCo_magnet",
        "Dy_products",
        "Tb_products",
    )
    origins: tuple[Region, ...] = ("CHN",)
    queue: Switch = True
    industries: Switch = True


class EconomyChoice(Frozen):
    """The world table through which the shortfall of the chain is run; none by default.

    ``inputs`` says which inputs bind: as the table's package rates them, or all of them. The other
    two are rules of the network kernel (docs/design/012); the defaults are those under which no
    collapse comes of the rules alone.
    """

    table: str | None = None
    inputs: Literal["rated", "all_critical"] = "rated"
    rationing: Literal["proportional", "intermediate_first", "final_first"] = "intermediate_first"
    ordering: Literal["realised", "wanted"] = "wanted"


class Content(Frozen):
    """Everything that a scenario decides."""

    name: str
    title: str
    question: str
    dataset: str
    base_year: Positive
    horizon: Horizon
    headline: Headline = Headline()
    base_period: PeriodText
    covers: Covers
    measures: Measures = Measures()
    responses: Responses = Responses()
    rules: RuleChoice = RuleChoice()
    shocks: tuple[Shock, ...] = ()
    set_: Annotated[dict[str, Value], Field(alias="set")] = {}
    recording: RecordingChoice = RecordingChoice()
    economy: EconomyChoice = EconomyChoice()
    draws: Positive = 200
    design: Design = "sobol"
    seed: Annotated[int, Field(strict=True, ge=0)] = 1


class Scenario(Content):
    """A scenario as it will be run, after every layer of precedence.

    Attributes
    ----------
    blocks, mixes
        Parts of the file by name, and which of them a mix joins.
    chosen
        Mixes that were applied, left to right.
    overrides
        Rows ``path, value, origin`` of what changed the file, lowest precedence first. Values out
        of an overlay folder are private and are left out; ``overlay_hash`` stands for them.
    places
        Where the value of each parameter in ``set`` came from: ``"april.yaml, line 12, set.a/b"``.
    overlay_hash
        Hash of the overlay folder's tables; empty without one.
    """

    blocks: dict[str, Any] = {}
    mixes: dict[str, Words] = {}
    chosen: Words = ()
    overrides: tuple[dict[str, Any], ...] = ()
    places: Annotated[dict[str, str], Field(exclude=True)] = {}
    overlay_hash: str = ""
    private: Annotated[frozenset[str], Field(exclude=True)] = frozenset()

    @property
    def clock(self) -> Clock:
        """The steps: as many as it takes to hold the last day."""
        horizon = self.horizon
        return Clock.covering(horizon.start, horizon.end, horizon.step_days)

    @property
    def base(self) -> Period:
        """The undisturbed reference period."""
        return parse_period(self.base_period)

    @property
    def parameters(self) -> Mapping[str, float | str]:
        """Parameters that the scenario fixes, by name; the dataset layer knows which there are."""
        return MappingProxyType(self.set_)

    def place_of(self, parameter: str) -> str:
        """Where the value of a parameter was written, for the message of whoever refuses it."""
        return self.places.get(parameter, f"scenario {self.name}, set.{parameter}")

    def applied(self) -> dict[str, Any]:
        """The scenario as plain data for a manifest; values of an overlay folder are left out."""
        content = self.model_dump(mode="json", by_alias=True, exclude={"blocks", "mixes"})
        content["set"] = {k: v for k, v in content["set"].items() if k not in self.private}
        if self.economy.table is None:
            del content["economy"]
        # what runs were made with before there was a choice goes without saying
        if self.design == "sobol":
            del content["design"]
        return content

    def __repr__(self) -> str:
        mixes = f" + {' + '.join(self.chosen)}" if self.chosen else ""
        span = f"{self.horizon.start} to {self.horizon.end}"
        steps = self.clock.steps
        return f"<Scenario {self.name}{mixes}: {span}, {steps} steps, {self.draws} draws>"

    __str__ = __repr__
