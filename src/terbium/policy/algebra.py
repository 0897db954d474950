"""Friction over time and its algebra (written out in docs/design/003-friction-algebra.md)."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terbium.policy.schema import DESK_REGIMES
from terbium.policy.scope import FlowClass

# array -> (value that changes nothing, how two values become one)
Rule = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
RULES: dict[str, tuple[float, Rule]] = {
    "controlled": (0.0, np.maximum),
    "general": (0.0, np.maximum),
    "denied": (0.0, np.maximum),
    "duty": (0.0, np.add),
    "delay": (0.0, np.add),
    "grant_share": (1.0, np.multiply),
    "cap": (np.inf, np.minimum),
    "price_floor": (0.0, np.maximum),
    "price_cap": (np.inf, np.minimum),
}

Day = date
Binding = tuple[str, str, Day, Day]
Desk = tuple[date, str]
NO_DESK: Desk = (date.min, "none")


@dataclass(frozen=True, order=True)
class CalendarRow:
    """A dated change in the life of a measure.

    ``kind`` is one of announced, in force, ended, suspended, prolonged, exempted, superseded,
    voided, text revives, statement. ``announced`` says when the change itself became known.
    """

    date: Day
    measure: str
    kind: str
    paragraphs: tuple[str, ...]
    title: str
    formality: str
    announced: Day
    detail: str


@dataclass(frozen=True, eq=False)
class Friction:
    """What measures do to classes of flows over time.

    Segment k holds from ``starts[k]`` to the day before ``starts[k + 1]``, the last to ``last``.
    Arrays have shape (segment, class).

    Parameters
    ----------
    classes
        The flows, in the order asked for.
    starts
        First day of each segment; the first is the first day asked for.
    last
        Last day of the last segment.
    controlled
        1 if the law asks for a licence [-].
    general
        1 if general licences are to be had [-]; it matters only where ``controlled`` is 1.
    denied
        1 if the text presumes denial, or bans [-].
    duty
        Sum of duties on the customs value [-]; 0.2 is 20 points.
    delay
        Sum of delays [day].
    grant_share
        Product of the shares that independent reviews let pass [-].
    cap
        Tightest cap [t/day], ``inf`` if there is none.
    price_floor, price_cap
        Highest floor and tightest cap on prices [USD/t].
    desks
        Per segment, since when which regime of the licence desk holds.
    binding
        Per class, (measure, paragraph, first day, last day) of everything that touches it, clipped
        to the days asked for.
    calendar
        Dated changes of the measures, in order.
    undecided
        (measure, paragraph, fact) of live paragraphs that no link can decide.
    """

    classes: tuple[FlowClass, ...]
    starts: tuple[date, ...]
    last: date
    controlled: NDArray[np.float64]
    general: NDArray[np.float64]
    denied: NDArray[np.float64]
    duty: NDArray[np.float64]
    delay: NDArray[np.float64]
    grant_share: NDArray[np.float64]
    cap: NDArray[np.float64]
    price_floor: NDArray[np.float64]
    price_cap: NDArray[np.float64]
    desks: tuple[Desk, ...]
    binding: tuple[tuple[Binding, ...], ...]
    calendar: tuple[CalendarRow, ...] = ()
    undecided: tuple[tuple[str, str, str], ...] = ()

    def __repr__(self) -> str:
        span = f"{self.starts[0]} to {self.last}"
        return f"<Friction {span}: {len(self.starts)} segments x {len(self.classes)} classes>"

    @property
    def desk(self) -> tuple[str, ...]:
        """Regime of the licence desk per segment, one of ``schema.DESK_REGIMES``."""
        return tuple(name for _, name in self.desks)

    def segment_of(self, day: date) -> int:
        """The segment that holds a day.

        Raises
        ------
        ValueError
            If the day lies outside the days the friction was compiled for.
        """
        if not self.starts[0] <= day <= self.last:
            raise ValueError(f"{day} lies outside {self.starts[0]} to {self.last}")
        return bisect_right(self.starts, day) - 1

    def same_as(self, other: "Friction") -> bool:
        """Whether two frictions do the same to the same flows on every day (bit for bit)."""
        return (
            self.classes == other.classes
            and (self.starts, self.last, self.desks) == (other.starts, other.last, other.desks)
            and all(np.array_equal(getattr(self, n), getattr(other, n)) for n in RULES)
        )


def neutral(classes: Sequence[FlowClass], first: date, last: date) -> Friction:
    """The friction of no measure at all: the identity of ``compose``."""
    shape = (1, len(classes))
    arrays: dict[str, Any] = {name: np.full(shape, start) for name, (start, _) in RULES.items()}
    return Friction(
        tuple(classes), (first,), last, **arrays, desks=(NO_DESK,), binding=((),) * len(classes)
    )


def compose(one: Friction, other: Friction) -> Friction:
    """Apply two frictions to the same flows.

    Delays and duties add, grant shares multiply, the tightest cap and the highest floor bind, a
    licence or a denial of either holds, and of two regimes of the licence desk the one that began
    last.

    Raises
    ------
    ValueError
        If the two speak of other flows or other days.
    """
    if one.classes != other.classes or (one.starts[0], one.last) != (other.starts[0], other.last):
        raise ValueError("only frictions of the same flows and the same days compose")
    starts = tuple(sorted({*one.starts, *other.starts}))
    mine = [one.segment_of(day) for day in starts]
    theirs = [other.segment_of(day) for day in starts]
    return canonical(
        Friction(
            classes=one.classes,
            starts=starts,
            last=one.last,
            **{
                name: rule(getattr(one, name)[mine], getattr(other, name)[theirs])
                for name, (_, rule) in RULES.items()
            },
            desks=tuple(
                max(one.desks[i], other.desks[j], key=desk_rank)
                for i, j in zip(mine, theirs, strict=True)
            ),
            binding=tuple(
                tuple(sorted({*a, *b})) for a, b in zip(one.binding, other.binding, strict=True)
            ),
            calendar=tuple(sorted({*one.calendar, *other.calendar})),
            undecided=tuple(sorted({*one.undecided, *other.undecided})),
        )
    )


def desk_rank(desk: Desk) -> tuple[date, int]:
    """Order of desk regimes: the later beginning, then the wider regime."""
    since, name = desk
    return since, [str(known) for known in DESK_REGIMES].index(name)


def canonical(friction: Friction) -> Friction:
    """Join segments that do the same, so that equal frictions have equal segments."""
    kept = [0]
    for k in range(1, len(friction.starts)):
        previous = kept[-1]
        same = friction.desks[k] == friction.desks[previous] and all(
            np.array_equal(getattr(friction, name)[k], getattr(friction, name)[previous])
            for name in RULES
        )
        if not same:
            kept.append(k)
    return Friction(
        classes=friction.classes,
        starts=tuple(friction.starts[k] for k in kept),
        last=friction.last,
        **{name: getattr(friction, name)[kept] for name in RULES},
        desks=tuple(friction.desks[k] for k in kept),
        binding=friction.binding,
        calendar=friction.calendar,
        undecided=friction.undecided,
    )
