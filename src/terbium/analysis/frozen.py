"""Whether a score is out of sample: the parameters were frozen before the data were there.

The file ``data/validation/frozen.json`` holds the hash of a parameter vector and the day on which
it was written down. A score counts as out of sample only if the row is no row of calibration, the
run's parameters are those that were frozen, and they were so before the figure's last day.
"""

import json
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from terbium.base.calendar import parse_date
from terbium.base.errors import CommandError, InputError

_FILE = "data/validation/frozen.json"

OUT_OF_SAMPLE = "out-of-sample"
NOT_SO = "in-sample or not frozen"


@dataclass(frozen=True)
class Frozen:
    """A parameter vector by its hash, and the day on which it was frozen."""

    parameter_hash: str
    date: date


def load_frozen(path: Path | None = None) -> Frozen | None:
    """Read the file; None if parameters were never frozen.

    Raises
    ------
    CommandError
        If the file holds something else.
    """
    path = Path(str(files("terbium").joinpath(*_FILE.split("/")))) if path is None else path
    if not path.is_file():
        return None
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return Frozen(str(held["parameter_hash"]), parse_date(str(held["date"]), "date"))
    except (ValueError, KeyError, TypeError, InputError) as error:
        raise CommandError.of(
            "frozen parameters",
            path.name,
            str(error) or type(error).__name__,
            "a JSON object with parameter_hash and date",
            "freeze the parameters again",
        ) from error


def standing(use: str, parameter_hash: str, last_day: date, frozen: Frozen | None) -> str:
    """What may be said of a score: `OUT_OF_SAMPLE` or `NOT_SO`."""
    if use != "validate" or frozen is None or frozen.parameter_hash != parameter_hash:
        return NOT_SO
    return OUT_OF_SAMPLE if frozen.date < last_day else NOT_SO
