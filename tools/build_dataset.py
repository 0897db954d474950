"""Build the shipped dataset from the curated facts and the decisions in this folder.

    python tools/build_dataset.py --facts FACTS --base-year 2024 --out src/terbium/data/ree-2024

Re-running with the same inputs writes the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataset import behaviour, magnets, mining, package, products, static, trade, uses
from dataset.book import Book
from dataset.columns import COLUMNS
from dataset.facts import Facts

DECISIONS = Path(__file__).parent / "decisions"


def main() -> None:
    """Read the arguments, run every subject, write the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, required=True, help="folder of the curated facts")
    parser.add_argument("--targets", type=Path, help="validation targets (months the facts lack)")
    parser.add_argument("--base-year", type=int, default=2024)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    targets = args.targets or args.facts.parent / "validation" / "targets.csv"
    book = Book(Facts(args.facts, targets, DECISIONS), args.base_year)
    for subject in (static, mining, magnets, trade, uses, behaviour, products):
        subject.build(book)
    book.refit("fitted")
    book.rivals("rivals")
    package.write(book, args.out, COLUMNS)
    print(f"{len(book.estimates)} estimates, {len(book.claims)} claims -> {args.out}")


if __name__ == "__main__":
    main()
