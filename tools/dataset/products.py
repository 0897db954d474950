"""Magnets in products, for `terbium demand`."""

from __future__ import annotations

import csv

from dataset.book import LOGNORMAL, Book


def build(book: Book) -> None:
    """Compositions by grade and magnet mass by product."""
    book.decisions("grades")
    with (book.facts.decisions / "products.csv").open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        for row in reader:
            name = f"content/{row['product']}/{row['material']}"
            values = [float(row[c]) for c in ("low", "central", "high")]
            facts = tuple(f for f in row["facts"].split(";") if f)
            place = f"decision_products:{reader.line_num}"
            book.judge(name, values, row["unit"], LOGNORMAL, row["reason"], facts, place)
            cells = {key: row[key] for key in ("product", "material", "grade")}
            book.table("products", [cells | {"estimate": name}])
