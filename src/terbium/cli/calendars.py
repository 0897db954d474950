"""Writing calendar files, apart from the commands that seldom do."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from terbium.base.files import atomic_write_text
from terbium.policy.calendar_file import calendar_of
from terbium.policy.timeline import Turn


def write_calendar(path: Path, turns: Iterable[Turn], evidence_date: date) -> None:
    """Write turns of acts as an iCalendar file, which appears whole or not at all."""
    atomic_write_text(path, calendar_of(turns, evidence_date))
