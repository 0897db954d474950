"""The world package: the flows as pymrio saves them, the rest as CSV, one descriptor."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd

from dataset.book import Book
from dataset.package import LICENCE, About, write
from world.aggregate import CATEGORIES, World
from world.columns import COLUMNS

FLOWS = "wiod-2011"
_INDEX = ["region", "sector"]
_CITATION = (
    "Timmer, M. P., Dietzenbacher, E., Los, B., Stehrer, R. and de Vries, G. J. (2015), An "
    "Illustrated User Guide to the World Input-Output Database: the Case of Global Automotive "
    "Production, Review of International Economics 23, 575-605"
)
_TERMS = {
    "name": "wiod-2013",
    "title": "free to use with citation",
    "path": "https://www.rug.nl/ggdc/valuechain/wiod/",
}
_RULE = (
    "Joined from 41 regions and 35 sectors. Changes of inventories are part of investment; what is "
    "negative after that is taken off the same region's consumption of the same product, and what "
    "still is raises output. What rounding took from a row goes back to its home consumption. "
    "See docs/design/014."
)
_TITLES = {
    "Z": "what industries buy of industries",
    "Y": "what regions consume and invest",
    "x": "output",
    "unit": "unit of each row",
}


def write_package(book: Book, world: World, raw: Path, out: Path) -> None:
    """Write tables, flows and descriptor."""
    out.mkdir(parents=True, exist_ok=True)
    (out / FLOWS).mkdir(exist_ok=True)
    for name, text in flow_files(world).items():
        (out / FLOWS / name).write_text(text, encoding="utf-8", newline="")
    resources = [_resource(name) for name in (*_TITLES, "file_parameters")]
    handling = {name: round(value) for name, value in world.handling.items()}
    digest = hashlib.sha256(raw.read_bytes()).hexdigest()
    more: dict[str, object] = {
        "base_year": 2011,
        "flows": {
            "path": FLOWS,
            "unit": "million USD of 2011, per year, current prices",
            "citation": _CITATION,
            "licence": _TERMS["title"],
            "rule": _RULE,
            "source_sha256": digest,
            "handling": {"unit": "million USD; industries are counted", **handling},
        },
    }
    about = About(
        "The world economy of 2011 in 22 regions and 20 sectors, with exposures to rare earths",
        "Flows of the World Input-Output Database, joined; what of each sector hangs on rare "
        "earths, stocks and conduct as graded estimates; losses computed by others as claims.",
        more,
        resources,
    )
    write(book, out, COLUMNS, about)


def flow_files(world: World) -> dict[str, str]:
    """The files of the table as pymrio saves it, name to text."""
    rows = pd.MultiIndex.from_product([world.regions, world.sectors], names=_INDEX)
    final = pd.MultiIndex.from_product([world.regions, CATEGORIES], names=["region", "category"])
    frames = {
        "Z": pd.DataFrame(world.Z.astype(np.int64), rows, rows),
        "Y": pd.DataFrame(world.Y.astype(np.int64), rows, final),
        "x": pd.DataFrame({"indout": world.x.astype(np.int64)}, rows),
        "unit": pd.DataFrame({"unit": "M.USD"}, rows),
    }
    files = {f"{name}.txt": _text(frame) for name, frame in frames.items()}
    headers = {"Z": 2, "Y": 2, "x": 1, "unit": 1}
    about = {
        "systemtype": "IOSystem",
        "name": "WIOD 2013 release, 2011, joined",
        "files": {
            name: {"name": f"{name}.txt", "nr_index_col": "2", "nr_header": str(count)}
            for name, count in headers.items()
        },
    }
    return {**files, "file_parameters.json": json.dumps(about, indent=4) + "\n"}


def _text(frame: pd.DataFrame) -> str:
    out = io.StringIO(newline="")
    frame.to_csv(out, sep="\t", lineterminator="\n")
    return out.getvalue()


def _resource(name: str) -> dict[str, object]:
    is_table = name in _TITLES
    return {
        "name": f"flows_{name}",
        "path": f"{FLOWS}/{name}.{'txt' if is_table else 'json'}",
        "profile": "data-resource",
        "format": "tsv" if is_table else "json",
        "encoding": "utf-8",
        "title": _TITLES.get(name, "how the flows are laid out, as pymrio reads them"),
        "licenses": [_TERMS if is_table else LICENCE],
    }
