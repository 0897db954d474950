"""Write the book as a Frictionless Data Package: CSV files and datapackage.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dataset.book import Book, fmt, write_csv

LICENCE = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
KEYS = {
    "sources": "id",
    "claims": "id",
    "estimates": "name",
    "regions": "region",
    "elements": "element",
    "deposits": "deposit",
    "materials": "material",
    "groups": "group",
    "industries": "industry",
}


@dataclass(frozen=True)
class About:
    """What a descriptor says of the package as a whole.

    Parameters
    ----------
    title, description
        In a line, in a few.
    more
        Further keys of the descriptor.
    resources
        Resources that are no tables of the book.
    """

    title: str
    description: str
    more: Mapping[str, object] = field(default_factory=dict)
    resources: Sequence[Mapping[str, object]] = ()


CHAIN = About(
    "Rare earths, the world about 2024",
    "Mines, separation, metals, magnets, end uses, stocks and conduct of the rare earth "
    "chain as graded estimates with their claims and sources. Rows marked recipe hold no "
    "value: their source does not let it be passed on.",
)


def write(
    book: Book,
    out: Path,
    columns: Mapping[str, Mapping[str, tuple[str, str]]],
    about: About = CHAIN,
) -> None:
    """Write every table in `columns` and the descriptor.

    Parameters
    ----------
    book : Book
        What was collected.
    out : Path
        Folder of the package; created.
    columns : mapping
        Table -> column -> (type, description), as in tools/dataset/columns.py.
    about : About
        What the descriptor says of the package.
    """
    out.mkdir(parents=True, exist_ok=True)
    tables = dict(book.tables)
    tables["sources"] = [book.sources[k] for k in sorted(book.sources)]
    tables["claims"] = [book.claims[k] for k in sorted(book.claims, key=_natural)]
    tables["estimates"] = [_row(book, name) for name in sorted(book.estimates)]
    resources = []
    for name, fields in columns.items():
        write_csv(out / f"{name}.csv", list(fields), tables[name])
        resources.append(_resource(book, name, fields))
    descriptor = {
        "name": out.name,
        "title": about.title,
        "profile": "tabular-data-package",
        "version": "1.0.0",
        "created": "2026-11-22T00:00:00Z",
        "base_year": book.base_year,
        "licenses": [LICENCE],
        "description": about.description,
        **about.more,
        "sources": [
            {"title": s["title"], **({"path": s["url"]} if s["url"] else {})}
            for s in tables["sources"]
        ],
        "resources": [*resources, *about.resources],
    }
    text = json.dumps(descriptor, ensure_ascii=False, indent=1, sort_keys=False)
    (out / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _natural(key: str) -> tuple[str, int, str]:
    file, _, line = key.partition(":")
    head = line.partition("_")[0]
    return file, int(head) if head.isdigit() else 0, line


def _row(book: Book, name: str) -> dict[str, str]:
    item = book.estimates[name]
    return {
        "name": item.name,
        "low": fmt(item.low),
        "central": fmt(item.central),
        "high": fmt(item.high),
        "unit": item.unit,
        "as_of": item.as_of,
        "grade": item.grade,
        "claims": ";".join(dict.fromkeys(item.claims)),
        "rule": item.rule,
        "shape": item.shape,
        "note": item.note,
    }


def _resource(book: Book, name: str, fields: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    schema: dict[str, object] = {
        "fields": [
            {"name": column, "type": kind, "description": text}
            for column, (kind, text) in fields.items()
        ],
        "missingValues": [""],
    }
    if name in KEYS:
        schema["primaryKey"] = KEYS[name]
    resource: dict[str, object] = {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
        "licenses": [LICENCE],
    }
    if name == "claims":
        note = "each row carries its own licence and whether its value may be passed on"
        resource["description"] = note
        resource["licenses"] = [
            LICENCE | {"title": "arrangement"},
            *(
                {"name": "row-level", "title": licence}
                for licence in sorted({s["licence"] for s in book.sources.values()})
            ),
        ]
    return resource
