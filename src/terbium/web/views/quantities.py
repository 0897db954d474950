"""What sources say of one quantity: by scope and date, rival statements side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from terbium.base.errors import CommandError
from terbium.base.speech import tr
from terbium.evidence.findings import is_share, number_text
from terbium.evidence.quantities import Figure as Sourced
from terbium.evidence.quantities import Quantity, figures_of, find_quantity, quantities
from terbium.evidence.readings import folded
from terbium.evidence.reconcile import EVERY_SCOPE, Pool, pools_of
from terbium.evidence.show import Stated, show_quantity
from terbium.evidence.wording import (
    class_word,
    days_of,
    low_to_high,
    name_of,
    said,
)
from terbium.report.blocks import Figure
from terbium.web.views.families import confidence_meaning
from terbium.web.views.ranges import MOST_ROWS, Row, range_figure
from terbium.web.views.sources import label_of

_PARAMETERS: Final = "derived:"
_LATIN: Final = re.compile(r"[a-z]{4,}")
_CHINESE: Final = re.compile("[\u3400-\u9fff]{2,}")
_STEM: Final = 5
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "mining": ("production/mine/CHN",),
        "separation": ("processing/separate/CHN",),
        "magnet": ("production/magnet/CHN",),
    }
)
"""Estimates that a share of the dataset is a sum of."""


@dataclass(frozen=True)
class Name:
    """A quantity in a list."""

    key: str
    name: str
    is_modelled: bool
    figures: int


@dataclass(frozen=True)
class Statement:
    """What one source says.

    Attributes
    ----------
    figure, time, scope
        The figure in words, when and of what.
    cited, place, published, licence, note
        Where it stands; the note is the source's or the maintainers' remark, in English.
    origin, source_class, how
        Who counted first, what kind of source it is, how it came to be known.
    value, low, high
        In the quantity's unit; None where no number was stated.
    """

    figure: str
    time: str
    scope: str
    cited: str
    place: str
    published: str
    licence: str
    note: str
    origin: str
    source_class: str
    how: str
    value: float | None
    low: float | None
    high: float | None
    who: str


@dataclass(frozen=True)
class Scope:
    """Statements on one scope, the newest first, with their lowest and highest."""

    name: str
    range: str
    rows: Sequence[Statement]


@dataclass(frozen=True)
class Rival:
    """One value, and everybody who says it."""

    figure: str
    who: Sequence[str]
    scopes: Sequence[str]


@dataclass(frozen=True)
class Pooled:
    """What the sources of a scope allow together: (low, median, high) of two pools, in words."""

    scope: str
    observations: int
    linear: tuple[str, str, str]
    logarithmic: tuple[str, str, str]


@dataclass(frozen=True)
class QuantityView:
    """A quantity with all that is said of it.

    Attributes
    ----------
    key, name, other_names, is_modelled
        What it is; a run computes it or not.
    note, plausible, why
        What readers must know; the range of what can be, and why that.
    scopes, rivals, pools, shared, implied
        Statements by scope, by value, their pools, origins that several rest on, arithmetic.
    estimates
        Estimates of the dataset that speak of the same: (name, label).
    figure
        The statements beside one another, or None.
    """

    key: str
    name: str
    other_names: Sequence[str]
    is_modelled: bool
    note: str
    plausible: str
    why: str
    scopes: Sequence[Scope]
    rivals: Sequence[Rival]
    pools: Sequence[Pooled]
    shared: Sequence[tuple[str, Sequence[str]]]
    implied: Sequence[str]
    estimates: Sequence[tuple[str, str]]
    figure: Figure | None


def names_of_quantities(query: str = "") -> list[Name]:
    """Quantities that sources are held for and whose names hold every word of a query."""
    words = query.lower().split()
    return [
        Name(one.quantity, name_of(one), one.modelled == "yes", len(figures_of(one.quantity)))
        for one in quantities().values()
        if one.sentence and all(word in " ".join(one.names).lower() for word in words)
    ]


def find(asked: str) -> Quantity | None:
    """The quantity that is meant by a key or by words; None if none or several are."""
    try:
        return find_quantity(asked)
    except CommandError:
        return None


def near_quantities(sentence: str, most: int = 6) -> list[Name]:
    """Quantities whose names share the most words with a sentence."""
    words = _words_of(sentence)
    scored = [
        (len(words & _words_of(" ".join(quantities()[one.key].names))), one)
        for one in names_of_quantities()
    ]
    near = sorted((pair for pair in scored if pair[0] > 1), key=lambda pair: -pair[0])
    return [one for _, one in near[:most]]


def _words_of(text: str) -> frozenset[str]:
    """Long Latin words, by their beginning, and pairs of Chinese characters."""
    small = folded(text)
    latin = {word[:_STEM] for word in _LATIN.findall(small)}
    chinese = {run[i : i + 2] for run in _CHINESE.findall(small) for i in range(len(run) - 1)}
    return frozenset(latin | chinese)


def quantity_view(quantity: Quantity) -> QuantityView:
    """Everything that shipped sources say of a quantity, in the language of the reader."""
    shown = show_quantity(quantity.quantity)
    scopes = [
        Scope(_told(scope), shown.range_of(scope), [_statement(quantity, row) for row in rows])
        for scope, rows in shown.scopes.items()
    ]
    pools = pools_of(quantity)
    low, high = quantity.plausible_low, quantity.plausible_high
    has_bounds = low is not None and high is not None
    return QuantityView(
        key=quantity.quantity,
        name=name_of(quantity),
        other_names=[name for name in (quantity.name, quantity.name_zh) if name],
        is_modelled=shown.is_modelled,
        note=said(quantity.note),
        plausible=low_to_high(number_text(low or 0.0, quantity.unit),
                              number_text(high or 0.0, quantity.unit)) if has_bounds else "",
        why=said(quantity.why),
        scopes=scopes,
        rivals=[] if quantity.series else _rivals(scopes),
        pools=[_pooled(pool) for pool in pools if len(pool.clusters) > 1],
        shared=list(shown.shared.items()),
        implied=shown.implied,
        estimates=_estimates(quantity),
        figure=_figure(quantity, scopes, pools),
    )  # fmt: skip


def _statement(quantity: Quantity, row: Stated) -> Statement:
    sourced = _sourced(quantity.quantity, row)
    figure = row.shown
    if row.low is not None and row.high is not None:
        ends = low_to_high(number_text(row.low, row.unit), number_text(row.high, row.unit))
        figure = tr("{figure} ({range})", figure=figure, range=ends)
    return Statement(
        figure=figure,
        time=days_of(row.as_of),
        scope=_told(row.scope),
        cited=row.source,
        place=row.place,
        published=row.published,
        licence=sourced.licence if sourced else "",
        note=sourced.note if sourced else "",
        origin=row.origin,
        source_class=class_word(row.source_class),
        how=confidence_meaning(row.confidence),
        value=row.value,
        low=row.low,
        high=row.high,
        who=sourced.publisher if sourced else row.source,
    )


def _told(scope: str) -> str:
    return tr("scope not stated") if scope == "not stated" else said(scope)


def _sourced(key: str, row: Stated) -> Sourced | None:
    """The row of the table that a statement is."""
    wanted = (row.value, row.as_of, row.source, row.place)
    return next(
        (f for f in figures_of(key) if (f.value, f.as_of, f.cited, f.place) == wanted), None
    )


def _rivals(scopes: Sequence[Scope]) -> list[Rival]:
    """Statements by what they say, the lowest value first; one value alone has no rival."""
    by_value: dict[tuple[float, str], list[Statement]] = {}
    for scope in scopes:
        for row in scope.rows:
            if row.value is not None:
                by_value.setdefault((row.value, row.figure), []).append(row)
    if len(by_value) < 2:
        return []
    return [
        Rival(
            figure,
            list(dict.fromkeys(f"{row.who}, {row.time}" for row in rows)),
            list(dict.fromkeys(row.scope for row in rows)),
        )
        for (_, figure), rows in sorted(by_value.items(), key=lambda item: item[0][0])
    ]


def _pooled(pool: Pool) -> Pooled:
    unit = pool.quantity.unit
    linear, logarithmic = (
        (number_text(one.low, unit), number_text(one.central, unit), number_text(one.high, unit))
        for one in (pool.linear, pool.logarithmic)
    )
    scope = tr("every scope") if pool.scope == EVERY_SCOPE else said(pool.scope)
    return Pooled(scope, len(pool.clusters), linear, logarithmic)


def _estimates(quantity: Quantity) -> list[tuple[str, str]]:
    if quantity.estimate.startswith(_PARAMETERS):
        names = _GROUPS.get(quantity.estimate.removeprefix(_PARAMETERS), ())
    else:
        names = tuple(name for name in quantity.estimate.split(";") if name)
    return [(name, label_of(name)) for name in names]


def _figure(quantity: Quantity, scopes: Sequence[Scope], pools: Sequence[Pool]) -> Figure | None:
    """The newest statements of every scope beside one another, and the pool of the most."""
    percent = is_share(quantity.unit)
    rows = [
        Row(f"{row.who}, {row.time}", row.figure, row.low, row.value, row.high)
        for scope in scopes
        for row in scope.rows
        if row.value is not None and row.value >= 0
    ]
    if quantity.unit == "ISO date" or len(rows) < 2:
        return None
    pool = next((one for one in pools if len(one.clusters) > 1), None)
    first = []
    if pool is not None:
        ends = pool.linear
        told = number_text(ends.central, quantity.unit)
        first = [Row(tr("All of them, pooled"), told, ends.low, ends.central, ends.high,
                     "estimate")]  # fmt: skip
    axis = tr("per cent") if percent else quantity.unit
    caption = tr(
        "The newest {shown} of {count} statements. Scopes differ from row to row: the tables below "
        "keep them apart.",
        shown=min(len(rows), MOST_ROWS - len(first)),
        count=len(rows),
    )
    return range_figure(
        [*first, *rows][:MOST_ROWS], "statements", tr("Statements side by side"), caption, axis,
        percent,
    )  # fmt: skip
