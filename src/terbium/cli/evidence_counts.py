"""The work of ``terbium evidence items``."""

import csv
import io
from pathlib import Path

from terbium.base.errors import CommandError, Problems
from terbium.base.files import atomic_write_text
from terbium.base.tolerances import STORED_DIGITS
from terbium.cli.options import check_parent
from terbium.cli.output import Columns, note, print_json, print_table, say
from terbium.evidence.examples import example_or
from terbium.evidence.items import MEASURES, UNKNOWN, Dependence, Reading, count_items

_MOST_ITEMS = 15
_COUNTS: Columns = {
    **{"Importer": "left", "Year": "left", "Codes": "left", "By": "left", "Products": "right"},
    **{"Over": "right", "Unknown": "right", "Share of products": "right"},
    **{"Share of value": "right", "All from there": "right"},
}
_ITEMS: Columns = {
    **{"HS": "left", "By value": "right", "By quantity": "right", "Value": "right", "Of": "right"},
}
_HEADINGS = (
    *("importer", "origin", "year", "revision", "hs"),
    *(f"{measure}_{what}" for measure in MEASURES for what in ("verdict", "share", "origin")),
    *(f"{measure}_{what}" for measure in MEASURES for what in ("total", "why")),
)


def print_items(
    customs: Path,
    over: float,
    origin: str,
    importer: str | None,
    year: str | None,
    digits: int | None,
    out: Path | None,
    is_json: bool,
) -> None:
    """Count products, print the counts, and write all products if asked."""
    if out is not None:
        problems = Problems()
        check_parent(out, problems)
        problems.raise_if_any("terbium evidence items", CommandError)
    found = count_items(
        example_or(customs), over=over, origin=origin, importer=importer, year=year, digits=digits
    )
    if out is not None:
        atomic_write_text(out, _table(found.rows))
    if is_json:
        counted = [row.to_dict() for row in found.rows]
        print_json({"rows": counted, "units": found.units, "notes": found.notes})
        return
    rows = [_counted(row, reading) for row in found.rows for reading in row.readings]
    print_table(f"Products with more than {over:.0%} from {origin}", _COUNTS, rows, is_wide=True)
    if len(found.rows) == 1:
        (only,) = found.rows
        top = [
            (item.hs, *(_share(getattr(item, measure).share) for measure in MEASURES),
             _amount(item.value.origin), _amount(item.value.total))
            for item in only.items[:_MOST_ITEMS]
        ]  # fmt: skip
        print_table(f"Largest shares, {len(top)} of {len(only.items)} products", _ITEMS, top)
    for text in found.notes:
        note(text)
    unknown = sum(reading.unknown for row in found.rows for reading in row.readings)
    if unknown:
        say("Unknown: a figure that the file does not have could turn the verdict; nought is one.")
    if out is not None:
        say(str(out))


def _counted(row: Dependence, reading: Reading) -> tuple[str, ...]:
    span = _share(reading.share_of_products)
    if reading.unknown:
        span += f" ({_share(reading.low)} to {_share(reading.high)})"
    return (
        row.importer, row.year or "-", f"{row.revision or 'HS'}, {row.digits} digits",
        reading.measure, f"{reading.products:,}", f"{reading.over:,}", f"{reading.unknown:,}",
        span, _share(reading.share_of_total), _share(reading.origin_share),
    )  # fmt: skip


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _amount(amount: float | None) -> str:
    return UNKNOWN if amount is None else f"{amount:,.6g}"


def _table(rows: tuple[Dependence, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for row in rows:
        for item in row.items:
            cells: list[str] = [row.importer, row.origin, row.year, row.revision, item.hs]
            shares = [getattr(item, measure) for measure in MEASURES]
            for share in shares:
                cells += [share.verdict, _cell(share.share), _cell(share.origin)]
            for share in shares:
                cells += [_cell(share.total), share.why]
            writer.writerow(cells)
    return text.getvalue()


def _cell(number: float | None) -> str:
    return "" if number is None else f"{number:.{STORED_DIGITS}g}"
