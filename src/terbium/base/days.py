"""Real days, read without NumPy: a command that only compares dates need not wait for it."""

import re
from datetime import date

from terbium.base.errors import InputError
from terbium.base.speech import tr

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def parse_date(text: str | date, place: str = "date") -> date:
    """Read an ISO day.

    Parameters
    ----------
    text
        ``YYYY-MM-DD``; a ``date``, which YAML readers make of it, is handed through.
    place
        Where the text stands, for the message.

    Raises
    ------
    InputError
        If it is written in another form, or there is no such day.
    """
    # a datetime is a date too, and would smuggle a time of day in
    if type(text) is date:
        return text
    found = _DATE.fullmatch(text) if isinstance(text, str) else None
    if found:
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
    raise InputError.of(
        "date", place, f"'{text}'",
        tr("a day that exists, written YYYY-MM-DD, such as 2025-04-04"),
        tr("write a day that the calendar has"),
    )  # fmt: skip
