"""Build the world package: the joined input-output table and what goes with it.

    python tools/build_world_table.py --raw FACTS/raw/wiot2011.npz --out src/terbium/data/world-2011

``--facts`` is the folder of the curated facts, by default the one that holds ``raw``. Re-running
with the same inputs writes the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataset.book import Book
from dataset.facts import Facts
from world.aggregate import aggregate, read_classes, read_raw
from world.exposures import build
from world.package import write_package

DECISIONS = Path(__file__).parent / "decisions" / "world"
YEAR = 2024
"""Year that the estimates stand for; the flows are those of 2011."""


def main() -> None:
    """Read the arguments, join the table, write the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, required=True, help="the table as an archive of arrays")
    parser.add_argument("--facts", type=Path, help="folder of the curated facts")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    facts = args.facts or args.raw.resolve().parent.parent
    regions = read_classes(DECISIONS / "regions.csv", "region")
    sectors = read_classes(DECISIONS / "sectors.csv", "sector")
    world = aggregate(read_raw(args.raw), regions, sectors)
    book = Book(Facts(facts, facts.parent / "validation" / "targets.csv", DECISIONS), YEAR)
    build(book, world)
    write_package(book, world, args.raw, args.out)
    size = sum(path.stat().st_size for path in args.out.rglob("*") if path.is_file())
    print(f"{len(world.x)} industries, {len(book.estimates)} estimates, {size:,} bytes")


if __name__ == "__main__":
    main()
