"""Build the package's own table of targets: figures with their source, without others' prose.

Usage: python tools/build_targets.py TARGETS.csv [OUT.csv]
"""

import argparse
import csv
from io import StringIO
from pathlib import Path

from terbium.analysis.targets import read_targets
from terbium.base.files import atomic_write_text

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "terbium" / "data" / "validation" / "targets.csv"

# the glossary calls a recorded past event an episode; notes of the collectors stay behind
COLUMNS = {
    "id": "id",
    "episode": "event",
    "observable": "observable",
    "value": "value",
    "unit": "unit",
    "date_horizon": "date_horizon",
    "tolerance": "tolerance",
    "source": "source",
    "confidence": "confidence",
    "use": "use",
    "provenance": "provenance",
    "role": "role",
    "scenario": "scenario",
    "key": "key",
    "key_note": "key_note",
}


def build(source: Path, out: Path) -> int:
    """Write the table, rows in the order of the source, and return their number."""
    read_targets(source)
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(" ".join((row[name] or "").split()) for name in COLUMNS.values())
    atomic_write_text(out, text.getvalue())
    return len(rows)


def main() -> None:
    """Read the arguments, build, say how much there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="table with all columns")
    parser.add_argument("out", type=Path, nargs="?", default=OUT, help="file to write")
    arguments = parser.parse_args()
    print(f"{build(arguments.source, arguments.out)} targets in {arguments.out.name}")


if __name__ == "__main__":
    main()
