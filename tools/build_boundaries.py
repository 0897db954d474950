"""Draw the shapes of the world map from the countries of Natural Earth (public domain).

Usage: python tools/build_boundaries.py ne_110m_admin_0_countries.json --edition 2024-01-24

The file is Natural Earth's 1:110m "Admin 0 - Countries" as GeoJSON. What is written is a table of
our own: one row per shape, projected (Equal Earth), cut to a whole grid, as the path of an SVG.
"""

import argparse
import csv
import hashlib
import io
import json
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from terbium.base.errors import LabelError
from terbium.base.files import atomic_write_text
from terbium.base.gazetteer import resolve_region

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "terbium" / "data" / "boundaries"

GRID = 5000  # width of the map in whole steps: a fifth of a pixel where it is 1,000 px wide
# 169 degrees west, through the Bering Strait, is where the map is cut: no country is torn
CENTRAL_MERIDIAN = 11.0
LEFT_OUT = {"ATA": "Antarctica has no trade and would take a fifth of the height"}
DISCLAIMER = "Boundaries follow the source named; no position implied."
SOURCE = {
    "title": "Natural Earth, 1:110m Cultural Vectors, Admin 0 - Countries",
    "path": "https://www.naturalearthdata.com/downloads/110m-cultural-vectors/110m-admin-0-countries/",
}
LICENCE = {
    "name": "public-domain",
    "title": "public domain",
    "path": "https://www.naturalearthdata.com/about/terms-of-use/",
}
NO_CODE = "-99"

Point = tuple[float, float]
Cell = tuple[int, int]


def equal_earth(point: Point) -> Point:
    """Project degrees; x to the right, y up, in radii of the globe.

    Šavrič, Patterson and Jenny (2018), The Equal Earth map projection, doi
    10.1080/13658816.2018.1504949, equation 6 with its four coefficients.
    """
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    half_root = math.sqrt(3) / 2
    longitude, latitude = (math.radians(degrees) for degrees in point)
    t = math.asin(half_root * math.sin(latitude))
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1
    return longitude * math.cos(t) / (half_root * slope), a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t


def rings_of(geometry: dict[str, Any]) -> list[list[Point]]:
    """All rings of a shape, closed by their last point being left out, degrees."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [[(float(x), float(y)) for x, y in ring[:-1]] for rings in polygons for ring in rings]


def joined(rings: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """Rings with those that the source cuts at 180 degrees put together again."""
    east = [list(ring) for ring in rings if _seam(ring, 180.0) is not None]
    west = [list(ring) for ring in rings if _seam(ring, -180.0) is not None]
    whole = [list(ring) for ring in rings if _seam(ring, 180.0) is _seam(ring, -180.0) is None]
    for ring in east:
        here = _opened(ring, 180.0)
        other = next(r for r in west if _latitudes(r, -180.0) == _latitudes(ring, 180.0))
        there = [(x + 360.0, y) for x, y in _opened(other, -180.0)]
        whole.append([*here, *there[1:-1]])
    return whole


def _seam(ring: Sequence[Point], meridian: float) -> int | None:
    """Position of the first of two neighbours that lie on a meridian."""
    for i, (x, _) in enumerate(ring):
        if x == meridian == ring[(i + 1) % len(ring)][0]:
            return i
    return None


def _opened(ring: Sequence[Point], meridian: float) -> list[Point]:
    """The ring as a line from one end of its seam to the other."""
    start = (_seam(ring, meridian) or 0) + 1
    return [*ring[start:], *ring[:start]]


def _latitudes(ring: Sequence[Point], meridian: float) -> set[float]:
    return {round(y, 6) for x, y in ring if x == meridian}


def centred(ring: Sequence[Point]) -> list[Point]:
    """Longitudes counted from the central meridian, the ring kept in one piece."""
    xs = [x for x, _ in ring]
    middle = (min(xs) + max(xs)) / 2 - CENTRAL_MERIDIAN
    turn = 360.0 * math.floor((middle + 180.0) / 360.0)
    return [(x - CENTRAL_MERIDIAN - turn, y) for x, y in ring]


def snapped(ring: Iterable[Point], left: float, top: float, step: float) -> list[Cell]:
    """Points on the grid; neighbours that fall together become one."""
    cells = [(round((x - left) / step), round((top - y) / step)) for x, y in ring]
    kept = [cell for i, cell in enumerate(cells) if i == 0 or cell != cells[i - 1]]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def path_of(rings: Iterable[Sequence[Cell]]) -> str:
    """Path with relative steps; a ring of fewer than three points has no area."""
    parts = []
    for ring in rings:
        if len(ring) > 2:
            steps = "".join(
                f"{_number(x - a, first=i == 0)}{_number(y - b)}"
                for i, ((a, b), (x, y)) in enumerate(pairwise(ring))
            )
            parts.append(f"M{ring[0][0]} {ring[0][1]}l{steps}z")
    return "".join(parts)


def _number(value: int, first: bool = False) -> str:
    return str(value) if first or value < 0 else f" {value}"


def code_of(properties: dict[str, Any]) -> str:
    """ISO 3166-1 alpha-3 of a shape; empty where the standard has none.

    The source writes -99 for France and Norway too, whose overseas parts have codes of their own;
    its own code for the whole of them is the one of the standard.
    """
    for column in ("ISO_A3", "ISO_A3_EH", "ADM0_A3"):
        code = str(properties[column])
        if code != NO_CODE:
            try:
                return resolve_region(code)
            except LabelError:
                continue
    return ""


def build(collection: dict[str, Any]) -> tuple[list[tuple[str, str, str]], int]:
    """Rows ``shape, iso, path`` by shape, and the height of the map on the grid."""
    shapes: dict[str, tuple[str, list[list[Point]]]] = {}
    for feature in collection["features"]:
        properties = feature["properties"]
        shape = str(properties["ADM0_A3"])
        if shape not in LEFT_OUT:
            rings = [centred(ring) for ring in joined(rings_of(feature["geometry"]))]
            flat = [[equal_earth(point) for point in ring] for ring in rings]
            shapes[shape] = (code_of(properties), flat)
    xs, ys = zip(*(p for _, rings in shapes.values() for r in rings for p in r), strict=True)
    step = (max(xs) - min(xs)) / GRID
    rows = [
        (shape, iso, path_of(snapped(ring, min(xs), max(ys), step) for ring in rings))
        for shape, (iso, rings) in sorted(shapes.items())
    ]
    return rows, math.ceil((max(ys) - min(ys)) / step)


def package(edition: str, digest: str, height: int, rows: int) -> dict[str, Any]:
    """Where the table comes from and how it is read."""
    fields = (
        ("shape", "code of the shape in the source (ADM0_A3)"),
        (
            "iso",
            "ISO 3166-1 alpha-3: ISO_A3, else ISO_A3_EH, else ADM0_A3; empty where none",
        ),
        ("path", "SVG path on a grid of the given width and height, y down"),
    )
    return {
        "name": "boundaries",
        "title": "Shapes of the world map",
        "profile": "tabular-data-package",
        "version": "1.0.0",
        "description": (
            f"Projected with Equal Earth about {CENTRAL_MERIDIAN:.0f} degrees east and snapped to "
            f"a grid. {DISCLAIMER} Left out: {'; '.join(LEFT_OUT.values())}. "
            "Made by tools/build_boundaries.py."
        ),
        "disclaimer": DISCLAIMER,
        "licenses": [LICENCE],
        "sources": [{**SOURCE, "version": edition, "sha256": digest}],
        "width": GRID,
        "height": height,
        "resources": [
            {
                "name": "shapes",
                "path": "shapes.csv",
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "rows": rows,
                "schema": {
                    "fields": [
                        {"name": name, "type": "string", "description": text}
                        for name, text in fields
                    ],
                    "primaryKey": "shape",
                    "missingValues": [""],
                },
                "licenses": [LICENCE],
            }
        ],
    }


def main() -> None:
    """Read the file, write the table and its package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("geojson", type=Path, help="ne_110m_admin_0_countries as GeoJSON")
    parser.add_argument("--edition", required=True, help="edition or day of the source")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the table")
    arguments = parser.parse_args()
    content = arguments.geojson.read_bytes()
    rows, height = build(json.loads(content))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerows([("shape", "iso", "path"), *rows])
    about = package(arguments.edition, hashlib.sha256(content).hexdigest(), height, len(rows))
    arguments.out.mkdir(parents=True, exist_ok=True)
    atomic_write_text(arguments.out / "shapes.csv", table.getvalue())
    text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    atomic_write_text(arguments.out / "datapackage.json", text)
    size = len(table.getvalue().encode())
    print(f"{len(rows)} shapes, {GRID} x {height} grid, {size:,} bytes into {arguments.out}")


if __name__ == "__main__":
    main()
