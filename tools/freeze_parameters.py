"""Write down which parameters stand today, so that later figures can judge them out of sample.

Usage: python tools/freeze_parameters.py SCENARIO [--date YYYY-MM-DD]
"""

import argparse
from datetime import date
from pathlib import Path

from terbium.base.files import atomic_write_text, tidy_json
from terbium.study import open_study

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "terbium" / "data" / "validation" / "frozen.json"


def main() -> None:
    """Hash the parameters of a scenario and write the hash with the day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", help="whose parameters are frozen")
    parser.add_argument("--date", type=date.fromisoformat, default=date.today(), help="the day")
    arguments = parser.parse_args()
    found = open_study(arguments.scenario).parameters.hash
    content = {"parameter_hash": found, "date": arguments.date.isoformat()}
    atomic_write_text(OUT, tidy_json(content))
    print(f"{found} frozen on {content['date']}")


if __name__ == "__main__":
    main()
