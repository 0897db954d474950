"""Dated turns of acts as an iCalendar file (RFC 5545), one all-day event per day and act.

The same turns give the same bytes: the stamp is the register's evidence date.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from icalendar import Calendar, Event

from terbium.base.speech import tr
from terbium.policy.answers import notice
from terbium.policy.timeline import Turn, state_word

_PRODUCT = "-//terbium//measures//EN"
_DAY = timedelta(days=1)


def calendar_of(turns: Iterable[Turn], evidence_date: date) -> str:
    """Write turns as an iCalendar text.

    Parameters
    ----------
    turns
        What to put down. A term that runs out stands on its last day, all else on its first.
    evidence_date
        Newest day that the register has evidence of; said in every event.

    Returns
    -------
    str
        With line ends of RFC 5545.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", "Trade-control acts on critical minerals")
    for turn in turns:
        calendar.add_component(_event(turn, evidence_date))
    return cast(bytes, calendar.to_ical()).decode("utf-8")


def uid_of(turn: Turn) -> str:
    """What tells a turn from all others, and stays as long as act, day and turn do."""
    return f"{turn.act.id}-{turn.day}-{_slug(turn)}@terbium"


def _event(turn: Turn, evidence_date: date) -> Event:
    day = turn.day - _DAY if turn.is_lapse else turn.day
    told = [f"{turn.act.legal_ref}: {turn.act.title}.", _turned(turn)]
    if turn.day > evidence_date:
        told.append(
            tr("By its text; nothing later was seen (evidence to {day}).", day=evidence_date)
        )
    told.append(notice())
    event = Event()
    event.add("uid", uid_of(turn))
    event.add("dtstamp", datetime.combine(evidence_date, time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + _DAY)
    event.add("summary", _summary(turn))
    event.add("description", "\n".join(told))
    event.add("categories", [turn.act.issuer, turn.act.formality or "act"])
    event.add("transp", "TRANSPARENT")
    return event


def _turned(turn: Turn) -> str:
    """How it stood and stands, by what, and in which branch."""
    told = {
        "before": state_word(turn.before.name), "after": state_word(turn.after.name),
        "by": turn.before.by or turn.after.by, "last": turn.day - _DAY, "day": turn.day,
    }  # fmt: skip
    if turn.branch == "hold":
        if told["by"]:
            return tr("{before} by {by} to {last}; from {day}: {after}, if pauses hold.", **told)
        return tr("{before} to {last}; from {day}: {after}, if pauses hold.", **told)
    if turn.branch:
        if told["by"]:
            return tr("{before} by {by} to {last}; from {day}: {after}, if pauses lapse.", **told)
        return tr("{before} to {last}; from {day}: {after}, if pauses lapse.", **told)
    if told["by"]:
        return tr("{before} by {by} to {last}; from {day}: {after}.", **told)
    return tr("{before} to {last}; from {day}: {after}.", **told)


def _summary(turn: Turn) -> str:
    names = "" if turn.is_whole else f" ({'; '.join(turn.paragraphs)})"
    act = f"{turn.act.id}{names}"
    if not turn.is_lapse:
        return tr("{act}: from this day of {state}", act=act, state=state_word(turn.after.name))
    if turn.before.name != "in force":
        return tr("{act}: last day of the suspension", act=act)
    return tr("{act}: last day of the act", act=act)


def _slug(turn: Turn) -> str:
    """Tells apart the paragraphs of an act that turn on one day."""
    return "-".join(
        "".join(letter if letter.isalnum() else "-" for letter in part.casefold())
        for part in (*turn.paragraphs[:1], turn.before.name, turn.after.name)
    )
