"""Shapes of the world map: a table of our own, derived from Natural Earth.

The table lies in ``data/boundaries``; ``tools/build_boundaries.py`` makes it. Shapes are projected
already, so that a page needs no arithmetic.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Boundaries:
    """Shapes on a grid.

    Attributes
    ----------
    codes
        Shape to ISO 3166-1 alpha-3; empty where the standard has no code for it.
    paths
        Shape to its SVG path.
    width, height
        Of the grid, y down.
    source
        Whose shapes these are, with the edition.
    licence
        Terms of the source.
    disclaimer
        What every map that is made of them has to say.
    """

    codes: Mapping[str, str]
    paths: Mapping[str, str]
    width: int
    height: int
    source: str
    licence: str
    disclaimer: str


@cache
def load_boundaries() -> Boundaries:
    """Read the table that travels with the package."""
    folder = files("terbium").joinpath("data", "boundaries")
    about = json.loads(folder.joinpath("datapackage.json").read_text(encoding="utf-8"))
    text = folder.joinpath("shapes.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    source = about["sources"][0]
    return Boundaries(
        codes={row["shape"]: row["iso"] for row in rows},
        paths={row["shape"]: row["path"] for row in rows},
        width=about["width"],
        height=about["height"],
        source=f"{source['title']}, {source['version']}",
        licence=about["licenses"][0]["title"],
        disclaimer=about["disclaimer"],
    )
