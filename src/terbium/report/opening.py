"""The first screen: headline figures with their intervals, and the map of who is short."""

from collections.abc import Sequence

from terbium.base.speech import tr, trn
from terbium.report.blocks import (
    WORLD,
    Block,
    Card,
    Cards,
    Column,
    Record,
    RunView,
    Section,
    Table,
    Text,
)
from terbium.report.stops import ALL, regions_of
from terbium.report.words import DASH, amount, between, capital, exact, month, percent, value
from terbium.report.worldmap import short_blocks

_LIKELY = 0.5
_MOST_CARDS, _SHARE_DIGITS = 4, 2
_LOWEST = "lowest_month_change"
_LICENCES, _STOCKS = "licensing", "stock/days_of_cover"
_FIGURES = (_LOWEST, "recouped_share", "year_total")


def findings_section(view: RunView) -> Section:
    """The headline figures, each with its interval and the recorded value, and who is short."""
    rows = [row for figure in _FIGURES for row in _findings(view) if row["figure"] == figure]
    shown = [
        row
        for row in rows
        if row["destination"] == WORLD or (row["figure"] == _LOWEST and row["observed"] is not None)
    ]
    cards = [*(_card(view, row) for row in shown[:_MOST_CARDS]), *_first_stop(view), _stopped(view)]
    lead = tr(
        "Medians over {draws} draws, with the interval that holds 90 % of them. Recorded "
        "values stand beside them.",
        draws=view.run["draws"],
    )
    blocks: list[Block] = [Cards(cards), *short_blocks(view), *_score_notice(view)]
    if rows:
        blocks.append(_table(view, rows))
    return Section("findings", tr("Headline figures"), lead, blocks, layout="opening")


def _findings(view: RunView) -> list[Record]:
    return [
        row
        for row in view.rows("findings")
        if row["material"] == view.material and row["origin"] == view.origin
    ]


def _table(view: RunView, rows: Sequence[Record]) -> Table:
    """All headline figures, and what was recorded."""
    columns = (
        Column(tr("Figure")),
        Column(tr("Median"), number=True),
        Column(tr("50 % interval"), number=True),
        Column(tr("90 % interval"), number=True),
        Column(tr("Recorded"), number=True),
    )
    cells = [
        (
            capital(_label(view, row)),
            _shown(row, value(row["central"])),
            between(*(_shown(row, value(row[end])) for end in ("low50", "high50"))),
            between(*(_shown(row, value(row[end])) for end in ("low90", "high90"))),
            DASH if row["observed"] is None else _recorded(row),
        )
        for row in rows
    ]
    known = [row for row in rows if row["observed"] is not None]
    inside = sum(_is_inside(row) for row in known)
    caption = trn(
        "The 90 % interval holds {inside} of {n} recorded headline figure.",
        "The 90 % interval holds {inside} of {n} recorded headline figures.",
        len(known),
        inside=inside,
    )
    return Table(caption, columns, cells, folded=True, key="findings")


def _card(view: RunView, row: Record) -> Card:
    span = between(*(_shown(row, value(row[end])) for end in ("low90", "high90")))
    figure = _shown(row, value(row["central"]))
    if row["observed"] is None:
        detail = tr("90 %: {span}; not on record", span=span)
    elif _is_inside(row):
        detail = tr("90 %: {span}; recorded {recorded}", span=span, recorded=_recorded(row))
    else:
        seen = _recorded(row)
        detail = tr("90 %: {span}; recorded {recorded}, outside", span=span, recorded=seen)
    return Card(figure, _label(view, row), detail, _LICENCES)


def _label(view: RunView, row: Record) -> str:
    place = view.place(row["destination"])
    if row["figure"] == _LOWEST:
        return tr(
            "lowest month of exports to {place}, against the mean month of {base}",
            place=place,
            base=view.run["base_year"],
        )
    if row["figure"] == "year_total":
        return tr("exported to {place} in {year}", place=place, year=row["last"][:4])
    return tr(
        "of what the first three months lost to {place} was recouped by {last}",
        place=place,
        last=month(row["last"]),
    )


def _shown(row: Record, number: float) -> str:
    if row["unit"] == "t":
        return f"{amount(number)} t"
    return percent(number, sign=row["figure"] == _LOWEST)


def _recorded(row: Record) -> str:
    return f"{exact(row['observed'])} t" if row["unit"] == "t" else _shown(row, row["observed"])


def _is_inside(row: Record) -> bool:
    """Whether the 90 % interval holds the record, to the digits that are printed."""
    digits = 0 if row["unit"] == "t" else _SHARE_DIGITS
    low, seen, high = (round(value(row[name]), digits) for name in ("low90", "observed", "high90"))
    return low <= seen <= high


def _first_stop(view: RunView) -> list[Card]:
    """The first region outside the origin in which a line stops, if one is likely to."""
    likely = [
        row
        for row in regions_of(view)
        if row["region"] != view.origin and row["share_stopped"] >= _LIKELY
    ]
    if not likely:
        return []
    first = likely[0]
    span = between(amount(value(first["low90"])), amount(value(first["high90"])))
    label = tr(
        "first stop of a line outside {origin}: {place}",
        origin=view.place(view.origin),
        place=view.place(first["region"]),
    )
    week = tr("week {week}", week=amount(value(first["week"])))
    return [Card(week, label, tr("90 %: week {span}", span=span), _STOCKS)]


def _stopped(view: RunView) -> Card:
    pairs = [row for row in view.rows("first_stops") if row["industry"] != ALL]
    likely = sum(row["share_stopped"] >= _LIKELY for row in pairs)
    guesses = sum(row["grade"] == "D" for row in pairs)
    return Card(
        tr("{part} of {whole}", part=likely, whole=len(pairs)),
        tr("pairs of region and industry in which a line is at least as likely to stop as not"),
        trn(
            "{n} pair rest on stocks that are a guess (grade D)",
            "{n} pairs rest on stocks that are a guess (grade D)",
            guesses,
        ),
        _STOCKS,
    )


def _score_notice(view: RunView) -> list[Block]:
    beaten = [
        capital(view.place(row["destination"]))
        for row in view.rows("scores")
        if row["winner"] not in (None, "model")
    ]
    if not beaten:
        return []
    said = tr(
        "A baseline that knows nothing of the law does better than the model for: {places}. See "
        "the scores.",
        places=", ".join(beaten),
    )
    return [Text([said])]
