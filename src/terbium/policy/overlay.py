"""When a paragraph is live: its own window less the windows of the overlays that hit it.

Days are handled as half-open intervals of ordinals, so that a suspension to 10 November leaves
11 November as the first live day.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol, TypeVar

Branch = Literal["hold", "lapse"]
BRANCHES: tuple[Branch, ...] = ("hold", "lapse")

# overlays that end by themselves; a void or a replacement is meant to last
_PAUSES = {"suspend", "extend", "exempt"}


class Overlay(Protocol):
    """What is asked of an overlay; ``schema.Overlay`` has it."""

    @property
    def kind(self) -> str:
        """Suspend, extend, void, exempt or supersede."""
        ...

    @property
    def announced(self) -> date:
        """The day it became known."""
        ...

    @property
    def from_(self) -> date:
        """Its first day."""
        ...

    @property
    def to(self) -> date | None:
        """Its last day; None = open."""
        ...

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Paragraphs that it hits; none = the whole act."""
        ...

    @property
    def scope(self) -> object:
        """Flows or items that it is narrowed to; None = all."""
        ...

    @property
    def by(self) -> str:
        """The measure or act that does it."""
        ...


class Paragraph(Protocol):
    """What is asked of a provision; ``schema.Provision`` has it."""

    @property
    def paragraph(self) -> str:
        """Its name in the act."""
        ...


P_contra = TypeVar("P_contra", bound=Paragraph, contravariant=True)
O_co = TypeVar("O_co", bound=Overlay, covariant=True)
P = TypeVar("P", bound=Paragraph)
O = TypeVar("O", bound=Overlay)  # noqa: E741


class Act(Protocol[P_contra, O_co]):
    """What is asked of a measure; ``schema.Measure`` has it."""

    @property
    def overlays(self) -> Sequence[O_co]:
        """What was done to it later."""
        ...

    def dates_of(self, provision: P_contra, /) -> tuple[date, date | None, date | None]:
        """Announced, first day, last day."""
        ...


@dataclass(frozen=True, order=True)
class Window:
    """Days from ``first`` to ``last``, both included; ``date.max`` stands for an open end."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day lies inside."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Knowledge:
    """What is known, and what is assumed of pauses that end after the evidence does.

    Parameters
    ----------
    evidence_date
        Newest day that the register has evidence of.
    known_on
        Hide what was announced after this day; None = the register as it stands.
    branch
        ``hold``: a pause that stands on the evidence date stays. ``lapse``: it ends by its text.
    included
        Measures that exist in this question; None = all.
    registered
        Every id of the register, to tell a measure in ``Overlay.by`` from the name of an act.
    """

    evidence_date: date
    known_on: date | None = None
    branch: Branch = "hold"
    included: frozenset[str] | None = None
    registered: frozenset[str] = frozenset()

    def knows(self, announced: date) -> bool:
        """Whether a text of this day is known."""
        return self.known_on is None or announced <= self.known_on

    def counts(self, overlay: Overlay) -> bool:
        """Whether an overlay is known and its author is part of the question."""
        absent = (
            self.included is not None
            and overlay.by in self.registered
            and overlay.by not in self.included
        )
        return self.knows(overlay.announced) and not absent

    def window_of(self, overlay: Overlay) -> Window:
        """Days on which an overlay takes its text out of force."""
        last = overlay.to or date.max
        if self.branch == "hold" and overlay.kind in _PAUSES and last >= self.evidence_date:
            last = date.max
        return Window(overlay.from_, last)


def hits(overlay: Overlay, provision: Paragraph) -> bool:
    """Whether an overlay is about a paragraph."""
    return not overlay.paragraphs or provision.paragraph in overlay.paragraphs


def own_window(measure: Act[P, O], provision: P, knowledge: Knowledge) -> Window | None:
    """The days of a paragraph by its own text; None if it is unknown or has no first day."""
    announced, first, last = measure.dates_of(provision)
    if first is None or not knowledge.knows(announced):
        return None
    return Window(first, last or date.max)


def live_windows(
    measure: Act[P, O],
    provision: P,
    knowledge: Knowledge,
    applies: Callable[[O], bool] = lambda overlay: overlay.scope is None,
) -> tuple[Window, ...]:
    """Days on which a paragraph binds.

    Parameters
    ----------
    measure, provision
        The act and its paragraph.
    knowledge
        What is known and assumed.
    applies
        Which overlays concern the flow asked about; by default those without a scope of their own.

    Returns
    -------
    tuple of Window
        In order, apart from one another; empty if the paragraph never binds.
    """
    own = own_window(measure, provision, knowledge)
    if own is None:
        return ()
    gaps = (
        knowledge.window_of(overlay)
        for overlay in measure.overlays
        if hits(overlay, provision) and knowledge.counts(overlay) and applies(overlay)
    )
    return _without(own, gaps)


def _without(window: Window, gaps: Iterable[Window]) -> tuple[Window, ...]:
    left: list[Window] = []
    first = window.first
    for gap in sorted(gaps):
        if gap.first > window.last:
            break
        if gap.last < first:
            continue
        if gap.first > first:
            left.append(Window(first, gap.first - timedelta(days=1)))
        if gap.last >= window.last:
            return tuple(left)
        first = gap.last + timedelta(days=1)
    return (*left, Window(first, window.last))
