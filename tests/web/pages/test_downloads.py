"""Files of a run: complete, guarded, and figures that stand on their own in every language."""

import csv
import io
import struct
import zipfile
from xml.etree import ElementTree as XML

import pytest
from openpyxl import load_workbook
from tests.web.clients import TestClient

from terbium.base.speech import speaking
from terbium.web.pages.downloads import figure_of
from terbium.web.store.records import Result
from terbium.web.views.overview import overview_of
from terbium.web.views.paint import SVG, colour
from terbium.web.views.standalone import standalone

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_every_figure_stands_on_its_own(stored_run: Result) -> None:
    page = overview_of(stored_run.folder)
    assert {"map", "short", "fan-world", "users", "matrix", "queue"} <= set(page.figures)
    assert len(page.figures) == len(page.named)
    more = ["chain-base.Nd+Pr.magnet", "chain-map.Dy+Tb.use", "region-fan.JPN"]
    for name in [*page.figures, *more]:
        figure = figure_of(stored_run.folder, name)
        assert figure is not None, name
        text = standalone(figure, "foot")
        root = XML.fromstring(text)
        assert root.tag == f"{{{SVG}}}svg"
        assert float(root.attrib["width"]) > 300
        assert not [shape for shape in root.iter() if "class" in shape.attrib]
        assert "var(" not in text
        assert "light-dark" not in text
        # whatever is drawn has a colour, and whatever is borrowed is there
        names = {shape.attrib["id"] for shape in root.iter() if "id" in shape.attrib}
        for shape in root.iter(f"{{{SVG}}}use"):
            assert shape.attrib["href"].removeprefix("#") in names
        for shape in root.iter(f"{{{SVG}}}path"):
            assert {"fill", "stroke"} & set(shape.attrib)


def test_colours_are_those_of_the_light_page(stored_run: Result) -> None:
    figure = figure_of(stored_run.folder, "fan-world")
    assert figure is not None
    root = XML.fromstring(standalone(figure, "foot"))
    median = [p for p in root.iter(f"{{{SVG}}}path") if p.get("fill") == "none"]
    assert median[0].attrib["stroke"] == colour("model") == "#0072b2"
    assert median[0].attrib["stroke-width"] == "2.4"


def test_a_figure_speaks_the_language_of_its_reader(client: TestClient, stored_run: Result) -> None:
    english = client.get(f"/runs/{stored_run.key}/figures/short.svg").text
    chinese = client.get(f"/runs/{stored_run.key}/figures/short.svg?lang=zh-Hans").text
    assert "Japan" in english
    assert "日本" in chinese
    assert 'font-family="Noto Sans CJK SC,' in chinese
    with speaking("ja"):
        figure = figure_of(stored_run.folder, "short")
        assert figure is not None
        assert "Noto Sans CJK JP" in standalone(figure, "foot")


def test_pictures_open(client: TestClient, stored_run: Result) -> None:
    base = f"/runs/{stored_run.key}/figures"
    svg = client.get(f"{base}/grades.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    root = XML.fromstring(svg.content)
    png = client.get(f"{base}/grades.png?lang=zh-Hans")
    assert png.content.startswith(b"\x89PNG\r\n\x1a\n")
    width, _ = struct.unpack(">II", png.content[16:24])
    assert width == 2 * float(root.attrib["width"])
    pdf = client.get(f"{base}/grades.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert 'filename="april-2025-grades.pdf"' in pdf.headers["content-disposition"]
    again = client.get(f"{base}/grades.pdf", headers={"If-None-Match": pdf.headers["etag"]})
    assert again.status_code == 304


def test_tables_are_the_run_s_own_and_hold_no_formula(
    client: TestClient, stored_run: Result
) -> None:
    base = f"/runs/{stored_run.key}/files"
    found = sorted(place.name for place in (stored_run.folder / "tables").glob("*.csv"))
    assert "first_stops.csv" in found
    page = client.get(f"/runs/{stored_run.key}").text
    for name in found:
        assert f'href="{base}/{name}"' in page
        answer = client.get(f"{base}/{name}")
        assert answer.content == (stored_run.folder / "tables" / name).read_bytes()
        for row in csv.reader(io.StringIO(answer.text)):
            assert not [c for c in row if c.startswith(FORMULA) and not is_number(c)]
    book = load_workbook(io.BytesIO(client.get(f"{base}/workbook.xlsx").content), read_only=True)
    texts = [
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows(max_row=40)
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert len(texts) > 300
    assert not [text for text in texts if text.startswith(FORMULA)]


def test_all_draws_come_as_one_archive(client: TestClient, stored_run: Result) -> None:
    answer = client.get(f"/runs/{stored_run.key}/files/results.zarr.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    place = stored_run.folder / "results.zarr"
    inside = {f"results.zarr/{p.relative_to(place)}" for p in place.rglob("*") if p.is_file()}
    assert set(archive.namelist()) == inside
    assert archive.read("results.zarr/zarr.json") == (place / "zarr.json").read_bytes()
    again = client.get(f"/runs/{stored_run.key}/files/results.zarr.zip")
    assert again.content == answer.content


@pytest.mark.parametrize(
    "name",
    ["files/nothing.csv", "files/..%2fsummary.json", "files/%2e%2e%2f%2e%2e%2fterbium.sqlite",
     "files/run.log.json", "files/parameters.csv%00", "figures/nothing.svg", "figures/map.exe",
     "figures/chain-base.%3Cscript%3E.x.svg", "figures/region-fan...svg"],
)  # fmt: skip
def test_nothing_else_is_given_out(client: TestClient, stored_run: Result, name: str) -> None:
    assert client.get(f"/runs/{stored_run.key}/{name}").status_code in (404, 422)
