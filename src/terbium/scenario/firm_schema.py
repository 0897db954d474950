"""The fields of an event file for a network of firms (docs/firms.md).

A field left at None takes its default from ``data/methods.csv``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import PrivateAttr, model_validator

from terbium.policy.authored import Frozen, refused
from terbium.scenario.propagation_reading import Places
from terbium.scenario.propagation_schema import KINDS, RECOVERIES
from terbium.scenario.propagation_types import (
    Above,
    Count,
    FromOne,
    Label,
    Labels,
    LabelsOrNone,
    Position,
    Share,
    Text,
    mapping,
    rows,
    word,
)

RULES: dict[str, tuple[str, ...]] = {
    "proportional": (),
    "intermediate_first": ("firms_first",),
    "water_filling": (),
    "water_filling_intermediate_first": (),
}
NONE = "none"
TARGETS = ("impact", "firms", "firms_file", "random")
"""The ways to say which firms an event hits; an event takes one of them."""

Kind = Annotated[Literal["arbitrary"], word({"arbitrary": KINDS["arbitrary"]}, "type of event")]
Recovery = Annotated[
    Literal["linear", "convexe", "convexe noscale", "concave", "none"],
    word({**RECOVERIES, NONE: ()}, "recovery function"),
]
Rule = Annotated[
    Literal[
        "proportional", "intermediate_first", "water_filling", "water_filling_intermediate_first"
    ],
    word(RULES, "rule of rationing"),
]
Distribution = Annotated[Literal["poisson"], word({"poisson": ()}, "distribution of stocks")]


class FirmHit(Frozen):
    """Share of capacity that each firm of some regions and sectors loses."""

    region: Labels
    sector: Labels
    value: Share


class RandomHit(Frozen):
    """A share of capacity that firms drawn at random lose."""

    share_of_firms: Share
    share: Share
    seed: Position = 0
    region: Labels | None = None
    sector: Labels | None = None


class CoverChoice(Frozen):
    """Target stocks that are drawn, one for each firm [day]."""

    distribution: Distribution = "poisson"
    mean: Above | None = None
    least: FromOne = 1.0
    seed: Position = 0


class FirmModel(Frozen):
    """How firms behave; times in days."""

    main_inv_dur: Above | None = None
    inventory_restoration_tau: FromOne | None = None
    cover: Annotated[CoverChoice, mapping("cover")] | None = None

    @model_validator(mode="after")
    def _once(self) -> Self:
        if self.cover is not None and self.main_inv_dur is not None:
            raise refused(
                "main_inv_dur and cover", "one of the two: the same stock for all, or one drawn",
                "delete one of the two",
            )  # fmt: skip
        return self


class FirmEntry(Frozen):
    """One event; times in days."""

    type: Kind = "arbitrary"
    impact: (
        Annotated[
            tuple[Annotated[FirmHit, mapping("a row [region, sector, share]")], ...],
            rows("rows [region, sector, share]"),
        ]
        | None
    ) = None
    firms: Annotated[dict[Label, Share], mapping("ids of firms and shares as values")] | None = None
    firms_file: Text | None = None
    random: Annotated[RandomHit, mapping("random")] | None = None
    occurrence: Count = 1
    duration: Count = 1
    recovery_tau: FromOne | None = None
    recovery_function: Recovery = "linear"
    name: Text | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        given = [name for name in TARGETS if getattr(self, name) is not None]
        if len(given) != 1 or getattr(self, given[0]) in ((), {}):
            seen = " and ".join(given) if given[1:] else "nobody who is hit"
            remedy = "leave one of them" if given[1:] else "say who is hit"
            raise refused(seen, f"one of {', '.join(TARGETS)}", remedy)
        if self.recovery_function == NONE and self.recovery_tau is not None:
            raise refused(
                "recovery_tau beside `recovery_function: none`",
                "a time of recovery with a function of recovery", "delete one of the two",
            )  # fmt: skip
        return self


class FirmRecording(Frozen):
    """Firms whose output and stocks are kept step by step."""

    firms: LabelsOrNone = ()
    largest: Position | None = None
    sample: Position = 0
    seed: Position = 0


class Rationing(Frozen):
    """How a firm divides what it has."""

    rule: Rule = "proportional"


class FirmOptions(Frozen):
    """Rationing, recording, states to keep."""

    rationing: Annotated[Rationing, mapping("rationing")] = Rationing()
    record: Annotated[FirmRecording, mapping("record")] = FirmRecording()
    checkpoints: tuple[Position, ...] = ()


class FirmEvent(Frozen):
    """An event file as it was written, every field well formed; labels and ids are judged later.

    Attributes
    ----------
    model
        How firms behave.
    events
        What happens.
    T
        Days to run; None takes the default.
    options
        Rationing and recording.
    network, name, oracle, note
        Words of the author, kept and not read.
    """

    network: Text | None = None
    model: Annotated[FirmModel, mapping("a model")] = FirmModel()
    events: Annotated[tuple[Annotated[FirmEntry, mapping("an event")], ...], rows("events")] = ()
    T: Count | None = None
    options: Annotated[FirmOptions, mapping("options")] = FirmOptions()
    name: Text | None = None
    oracle: Text | None = None
    note: Text | None = None
    _places: Places = PrivateAttr(default_factory=Places)

    @property
    def file(self) -> str:
        """Name of the file, for messages."""
        return self._places.source.file

    def place(self, *path: str | int) -> str:
        """Where a value was written: ``"line 12, events.0.impact.1.0"``."""
        return self._places.of(path)

    def applied(self) -> dict[str, Any]:
        """The file as plain data that reads back to the same; what was left out stays out."""
        return self.model_dump(mode="json", exclude_defaults=True)
