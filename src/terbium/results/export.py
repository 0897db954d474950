"""Tables for people and other programs: CSV and XLSX, the same bytes for the same rows.

Text that a spreadsheet would run as a formula is written behind an apostrophe; numbers are never
touched.
"""

import csv
import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from terbium.results.context import Row

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# the first moment that a zip archive can name
_EPOCH = datetime(1980, 1, 1)
_LEAST_WIDTH, _MOST_WIDTH = 10, 48
# the longest text that a cell of a workbook may hold
_MOST_TEXT = 32_767


def safe_text(text: str) -> str:
    """Disarm text that a spreadsheet would read as a formula.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("Dy_oxide")
    ("'=1+1", 'Dy_oxide')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_text(rows: Sequence[Row], columns: Sequence[str] | None = None) -> str:
    """Write rows as CSV.

    Parameters
    ----------
    rows
        Mappings with the same keys.
    columns
        Order of the columns; that of the first row by default.

    Returns
    -------
    str
        With a header and Unix line ends. None is empty, infinity is ``inf``.
    """
    names = _columns(rows, columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_csv_cell(row.get(name)) for name in names] for row in rows)
    return out.getvalue()


def xlsx_bytes(
    tables: Mapping[str, Sequence[Row]],
    notes: Mapping[str, str],
    columns: Mapping[str, Sequence[str]],
) -> bytes:
    """Write one sheet per table, with a first sheet that says what is in them.

    Parameters
    ----------
    tables
        Sheet name to rows.
    notes
        Sheet name to one line on its content and units.
    columns
        Sheet name to the order of its columns; that of the first row where it is not given.
    """
    book = Workbook(write_only=True)
    contents: list[Row] = [
        {"sheet": name, "content": notes.get(name, ""), "rows": len(rows)}
        for name, rows in tables.items()
    ]
    bodies = [_sheet(book, "contents", contents, None)]
    bodies += [_sheet(book, name, rows, columns.get(name)) for name, rows in tables.items()]
    # the moment of writing would change the bytes
    book.properties.created = _EPOCH
    out = io.BytesIO()
    book.save(out)
    found = {f"xl/worksheets/sheet{i}.xml": body for i, body in enumerate(bodies, start=1)}
    return _without_clock(out.getvalue(), found)


def _sheet(book: Workbook, name: str, rows: Sequence[Row], columns: Sequence[str] | None) -> bytes:
    """Make a sheet with its header, and give the rows under it.

    Rows are joined as text: the library builds a tree of XML for each cell, ten times slower.
    """
    sheet = book.create_sheet(name)
    names = _columns(rows, columns)
    for i, column in enumerate(names, start=1):
        longest = max([len(column), *(len(str(row.get(column) or "")) for row in rows)])
        width = min(max(longest, _LEAST_WIDTH), _MOST_WIDTH)
        sheet.column_dimensions[get_column_letter(i)].width = width
    sheet.freeze_panes = "A2"
    header = [WriteOnlyCell(sheet, value=column) for column in names]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    places = [(get_column_letter(i), column) for i, column in enumerate(names, start=1)]
    body = []
    for number, row in enumerate(rows, start=2):
        cells = [_xml(row.get(column), f"{letter}{number}") for letter, column in places]
        body.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(body).encode()


def _xml(value: object, place: str) -> str:
    """A cell of a worksheet; an empty one is left out."""
    found = _xlsx_cell(value)
    if found is None or found == "":
        return ""
    if not isinstance(found, str):
        return f'<c r="{place}" t="n"><v>{found!r}</v></c>'
    text = escape(ILLEGAL_CHARACTERS_RE.sub("", found[:_MOST_TEXT])).replace("\r", "&#13;")
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c r="{place}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _columns(rows: Sequence[Row], columns: Sequence[str] | None) -> list[str]:
    return list(columns if columns is not None else (rows[0] if rows else ()))


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # a whole number needs no point, and reads the same
        whole = math.isfinite(value) and value.is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else repr(value)
    return safe_text(str(value))


def _xlsx_cell(value: object) -> str | int | float | None:
    if value is None or isinstance(value, bool):
        return None if value is None else str(value)
    if isinstance(value, float):
        value = float(value)
        # a sheet has no infinity
        return value if math.isfinite(value) else "never"
    if isinstance(value, int):
        return value
    return safe_text(str(value))


def _without_clock(data: bytes, bodies: Mapping[str, bytes]) -> bytes:
    """Repack a workbook with fixed times, in the archive and in it, and with rows in its sheets."""
    out = io.BytesIO()
    stamp = f"{_EPOCH.isoformat()}Z".encode()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name in bodies:
                before, closing, after = content.rpartition(b"</sheetData>")
                content = before + bodies[name] + closing + after
            if name == "docProps/core.xml":
                opening, closing = (
                    b'<dcterms:modified xsi:type="dcterms:W3CDTF">',
                    b"</dcterms:modified>",
                )
                before, rest = content.split(opening)
                content = before + opening + stamp + closing + rest.split(closing)[1]
            new.writestr(
                zipfile.ZipInfo(name, _EPOCH.timetuple()[:6]), content, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()
