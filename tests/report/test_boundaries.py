"""The shapes of the world map: whose they are, what they stand for, and how large they are."""

import csv
import json
import re
from pathlib import Path

import pytest
from tools import build_boundaries as tool

from terbium.base.gazetteer import resolve_region
from terbium.evidence.dataset import load_dataset
from terbium.report.blocks import RunView
from terbium.report.boundaries import Boundaries, load_boundaries
from terbium.report.worldmap import REST_OF_WORLD, region_of

FOLDER = Path(tool.OUT)
PATH = re.compile(r"(M\d+ \d+l(-?\d+[ -]?)+z)+")
MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def shapes() -> Boundaries:
    return load_boundaries()


def rings(path: str) -> list[list[tuple[int, int]]]:
    """Points of each ring of a path."""
    found = []
    for ring in path.split("z")[:-1]:
        start, steps = ring[1:].split("l")
        x, y = map(int, start.split())
        numbers = list(map(int, re.findall(r"-?\d+", steps)))
        points = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        found.append(points)
    return found


def area(path: str) -> float:
    """Area on the grid; holes have the other orientation."""
    total = 0.0
    for ring in rings(path):
        pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
        total += sum(a * d - b * c for (a, b), (c, d) in pairs) / 2
    return abs(total)


def test_source_licence_and_disclaimer_travel_with_the_table(shapes: Boundaries) -> None:
    assert shapes.source.startswith("Natural Earth")
    assert shapes.licence == "public domain"
    assert shapes.disclaimer == "Boundaries follow the source named; no position implied."
    about = json.loads((FOLDER / "datapackage.json").read_text())
    with (FOLDER / "shapes.csv").open() as file:
        rows = list(csv.DictReader(file))
    (resource,) = about["resources"]
    assert list(rows[0]) == [field["name"] for field in resource["schema"]["fields"]]
    assert len(rows) == resource["rows"]
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES


def test_every_country_of_the_dataset_has_a_shape(shapes: Boundaries) -> None:
    regions = set(load_dataset("ree-2024").table("regions")["region"])
    rests = {"XEU", REST_OF_WORLD}
    assert regions - rests <= set(shapes.codes.values())
    assert rests <= regions


def test_codes_are_those_of_the_standard(shapes: Boundaries) -> None:
    codes = {shape: code for shape, code in shapes.codes.items() if code}
    assert all(resolve_region(code) == code for code in codes.values())
    assert len(set(codes.values())) == len(codes)
    # the source has -99 for these; two of them are in the standard, three are not
    assert codes["FRA"] == "FRA"
    assert codes["NOR"] == "NOR"
    assert sorted(set(shapes.codes) - set(codes)) == ["CYN", "KOS", "SOL"]


def test_paths_stay_on_the_grid(shapes: Boundaries) -> None:
    for shape, path in shapes.paths.items():
        assert PATH.fullmatch(path), shape
        for ring in rings(path):
            assert all(0 <= x <= shapes.width and 0 <= y <= shapes.height for x, y in ring), shape


# land area in thousand km2, United Nations Demographic Yearbook
@pytest.mark.parametrize(
    ("shape", "thousand_km2"),
    [("BRA", 8516), ("AUS", 7692), ("IND", 3287), ("CAN", 9985), ("COD", 2345), ("DEU", 357)],
)
def test_areas_are_true_to_each_other(shapes: Boundaries, shape: str, thousand_km2: float) -> None:
    """An equal-area projection: a large colour on the map is a large country."""
    china = area(shapes.paths["CHN"]) / 9597
    assert area(shapes.paths[shape]) / thousand_km2 == pytest.approx(china, rel=0.07)


def test_no_country_is_torn_at_the_edge(shapes: Boundaries) -> None:
    for shape, path in shapes.paths.items():
        for ring in rings(path):
            xs = [x for x, _ in ring]
            assert max(xs) - min(xs) < shapes.width / 2, shape
    # the mainland, Chukotka with it, is one ring
    largest = max(rings(shapes.paths["RUS"]), key=len)
    xs = [x for x, _ in largest]
    assert max(xs) - min(xs) > 0.33 * shapes.width


def test_a_ring_cut_at_180_degrees_is_joined() -> None:
    east = [(170.0, 60.0), (180.0, 62.0), (180.0, 64.0), (170.0, 66.0)]
    west = [(-180.0, 64.0), (-180.0, 62.0), (-175.0, 63.0)]
    island = [(10.0, 0.0), (11.0, 0.0), (11.0, 1.0)]
    whole = tool.joined([east, west, island])
    assert whole[0] == island
    assert sorted(whole[1]) == sorted([*east, (185.0, 63.0)])


def test_equal_earth_is_the_published_one() -> None:
    """Šavrič, Patterson and Jenny (2018): the line of the pole is 0.59 of the equator."""
    equator, _ = tool.equal_earth((180.0, 0.0))
    pole_x, pole_y = tool.equal_earth((180.0, 90.0))
    assert equator == pytest.approx(2.7066, abs=1e-4)
    assert pole_y == pytest.approx(1.3173, abs=1e-4)
    assert pole_x / equator == pytest.approx(0.59, abs=5e-3)


def test_a_country_is_itself_or_part_of_a_rest() -> None:
    summary = {
        "names": {"DEU": "Germany", "XEU": "rest of EU27", "XRW": "rest of the world"},
        "blocs": {"EU27": ["DEU", "XEU"]},
    }
    view = RunView(summary, {})
    found = {code: region_of(code, view) for code in ("DEU", "AUT", "BRA", "")}
    assert found == {"DEU": "DEU", "AUT": "XEU", "BRA": "XRW", "": "XRW"}
