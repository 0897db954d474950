"""What was said of the average duty between two countries: rival readings, never mixed.

A headline that adds duties up and an average over goods measure different things; neither can be
derived from the lines held.
"""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache

from terbium.policy.cached import register_folder

_TABLE = "average_rates.csv"


@dataclass(frozen=True)
class Reading:
    """A stated average rate.

    Parameters
    ----------
    importer, origin, first, last
        Between whom and from when to when it is said to hold.
    reading, of
        What kind of average it is, and of what.
    percent
        Rate [% of value].
    speaker, announced
        Who said it and when.
    source, confidence, note
        As in the register.
    """

    importer: str
    origin: str
    first: date
    last: date
    reading: str
    percent: float
    of: str
    speaker: str
    announced: date
    source: str
    confidence: str
    note: str


def readings_of(
    importer: str, origin: str, on: date, known_on: date | None = None
) -> tuple[Reading, ...]:
    """What was said of the average rate on a day, as known on a day."""
    return tuple(
        one
        for one in _readings()
        if (one.importer, one.origin) == (importer, origin)
        and one.first <= on <= one.last
        and (known_on is None or one.announced <= known_on)
    )


@cache
def _readings() -> tuple[Reading, ...]:
    with (register_folder() / _TABLE).open(encoding="utf-8", newline="") as file:
        return tuple(
            Reading(
                row["importer"],
                row["origin"],
                date.fromisoformat(row["from"]),
                date.fromisoformat(row["to"]),
                row["reading"],
                float(row["percent"]),
                row["of"],
                row["speaker"],
                date.fromisoformat(row["announced"]),
                row["source"],
                row["confidence"],
                row["note"],
            )
            for row in csv.DictReader(file)
        )
