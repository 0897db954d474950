"""From measures in force to friction per class of flows and segment of time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from terbium.base.units import convert
from terbium.policy.algebra import (
    NO_DESK,
    RULES,
    Binding,
    CalendarRow,
    Friction,
    canonical,
    compose,
    desk_rank,
    neutral,
)
from terbium.policy.calendar import calendar_rows
from terbium.policy.links import is_granted_on_sight, missing_facts, names_other_goods
from terbium.policy.overlay import Branch, Knowledge, Window, hits, live_windows
from terbium.policy.register import Register
from terbium.policy.schema import Measure, Overlay, Provision
from terbium.policy.scope import FlowClass, FlowTable

__all__ = [
    "CalendarRow",
    "FlowClass",
    "Friction",
    "compile_friction",
    "compose",
    "neutral",
]

# effect -> array and the value that a provision writes into it
WRITES: dict[str, tuple[tuple[str, Callable[[Provision], float]], ...]] = {
    "licence": (("controlled", lambda p: 1.0), ("denied", lambda p: float(_presumes_denial(p)))),
    "ban": (("controlled", lambda p: 1.0), ("denied", lambda p: 1.0)),
    "general_licence": (("general", lambda p: 1.0),),
    "duty": (("duty", lambda p: convert(p.rate_pct or 0.0, "%", "1")),),
    "delay": (("delay", lambda p: p.days or 0.0),),
    "cap": (("cap", lambda p: np.inf if p.tonnes_per_day is None else p.tonnes_per_day),),
    "price_floor": (("price_floor", lambda p: p.usd_per_tonne or 0.0),),
    "price_cap": (("price_cap", lambda p: p.usd_per_tonne or np.inf),),
}


@dataclass(frozen=True)
class _Piece:
    """A paragraph on the flows it touches, in one window of days."""

    measure: Measure
    provision: Provision
    window: Window
    flows: NDArray[np.intp]

    @property
    def binding(self) -> Binding:
        return self.measure.id, self.provision.paragraph, self.window.first, self.window.last


def compile_friction(
    register: Register,
    classes: Sequence[FlowClass],
    first: date,
    last: date,
    include: Sequence[str] | None = None,
    known_on: date | None = None,
    branch: Branch = "hold",
) -> Friction:
    """Compile what measures do to flows.

    Parameters
    ----------
    register
        The register.
    classes
        Flows; those that stay in their region are never touched.
    first, last
        Days to cover, both included.
    include
        Ids of measures; None = every binding act. An overlay of a measure that is left out is left
        out too, so that a suspension can be thought away.
    known_on
        Nothing announced after this day counts.
    branch
        Past the evidence date, ``hold``: pauses stay; ``lapse``: the text revives on the first
        live day.

    Returns
    -------
    Friction
        Arrays of shape (segment, class).

    Raises
    ------
    MeasureError
        If a measure is not in the register.
    """
    measures = register.select(include)
    knowledge = register.knowledge(known_on, branch, [measure.id for measure in measures])
    span = Window(first, last)
    table = FlowTable(classes)
    pieces = [
        piece
        for measure in measures
        for provision in measure.provisions
        if binds_links(provision)
        for piece in _pieces(measure, provision, table, knowledge, span)
    ]
    base = neutral(classes, first, last)
    starts = _starts(span, (piece.window for piece in pieces))
    return canonical(
        Friction(
            classes=base.classes,
            starts=starts,
            last=last,
            **_arrays(pieces, starts, len(classes)),
            desks=tuple(_desk(pieces, day) for day in starts),
            binding=_bindings(pieces, len(classes)),
            calendar=calendar_rows(measures, knowledge, span),
            undecided=tuple(_undecided(measures, table, knowledge, span)),
        )
    )


def binds_links(provision: Provision) -> bool:
    """Whether a link can decide a paragraph, and whether it holds anything up."""
    is_known = not provision.needs_facts and provision.scope.is_known_to_links
    return is_known and not is_granted_on_sight(provision)


def _presumes_denial(provision: Provision) -> bool:
    return provision.presumption in ("denial", "denial_in_principle")


def _pieces(
    measure: Measure, provision: Provision, table: FlowTable, knowledge: Knowledge, span: Window
) -> Iterator[_Piece]:
    """A paragraph, apart for every set of flows that the same overlays concern."""
    in_scope = table.mask(provision.scope)
    narrow = [o for o in measure.overlays if o.scope is not None and hits(o, provision)]
    # a number per flow whose bit i says that narrow overlay i concerns it
    signature = np.zeros(len(table.classes), dtype=np.int64)
    for bit, overlay in enumerate(narrow):
        if overlay.scope is not None:
            signature |= table.mask(overlay.scope).astype(np.int64) << bit
    groups = np.unique(signature[in_scope]) if len(in_scope) else signature
    for code in groups if len(groups) else np.zeros(1, dtype=np.int64):
        concerned = {id(o) for bit, o in enumerate(narrow) if int(code) >> bit & 1}

        def applies(overlay: Overlay, concerned: set[int] = concerned) -> bool:
            return overlay.scope is None or id(overlay) in concerned

        flows = np.flatnonzero(in_scope & (signature == code))
        for window in live_windows(measure, provision, knowledge, applies):
            clipped = Window(max(window.first, span.first), min(window.last, span.last))
            if clipped.first <= clipped.last:
                yield _Piece(measure, provision, clipped, flows)


def _starts(span: Window, windows: Iterable[Window]) -> tuple[date, ...]:
    days = {span.first}
    for window in windows:
        days.add(window.first)
        if window.last < span.last:
            days.add(window.last + timedelta(days=1))
    return tuple(sorted(days))


def _arrays(
    pieces: Iterable[_Piece], starts: Sequence[date], classes: int
) -> dict[str, NDArray[np.float64]]:
    shape = (len(starts), classes)
    arrays = {name: np.full(shape, nothing) for name, (nothing, _) in RULES.items()}
    for piece in pieces:
        live = np.flatnonzero([piece.window.holds(day) for day in starts])
        cells = np.ix_(live, piece.flows)
        for name, value in WRITES.get(piece.provision.effect, ()):
            rule = RULES[name][1]
            array = arrays[name]
            array[cells] = rule(array[cells], np.asarray(value(piece.provision)))
    return arrays


def _desk(pieces: Iterable[_Piece], day: date) -> tuple[date, str]:
    found = [NO_DESK]
    for piece in pieces:
        if piece.provision.desk is not None and piece.window.holds(day):
            _, since, _ = piece.measure.dates_of(piece.provision)
            found.append((since or date.min, piece.provision.desk))
    return max(found, key=desk_rank)


def _bindings(pieces: Iterable[_Piece], classes: int) -> tuple[tuple[Binding, ...], ...]:
    found: list[list[Binding]] = [[] for _ in range(classes)]
    for piece in pieces:
        if piece.provision.effect in WRITES:
            for flow in piece.flows:
                found[flow].append(piece.binding)
    return tuple(tuple(sorted(rows)) for rows in found)


def _undecided(
    measures: Iterable[Measure], table: FlowTable, knowledge: Knowledge, span: Window
) -> Iterator[tuple[str, str, str]]:
    """Facts without which live paragraphs cannot be decided on flows that they may concern."""
    for measure in measures:
        for provision in measure.provisions:
            live = live_windows(measure, provision, knowledge)
            facts = missing_facts(provision)
            if not facts or not any(w.first <= span.last and w.last >= span.first for w in live):
                continue
            may_concern = provision.effect in WRITES and not names_other_goods(provision.scope)
            # a user and a use are met by either, and the user is what is not known
            scope = provision.scope.model_copy(update={"end_uses": ()})
            if provision.needs_facts or (may_concern and table.mask(scope).any()):
                for fact in provision.needs_facts or facts:
                    yield measure.id, provision.paragraph, fact
