"""Feeds of a watchlist: RSS 2.0 and iCalendar."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree

from terbium.base.speech import language, tr
from terbium.policy.calendar_file import calendar_of, uid_of
from terbium.web.views.rules_watch import Coming, book

_ATOM: Final = "http://www.w3.org/2005/Atom"
_MINUTES_OF_A_DAY: Final = 24 * 60
_MONTH: Final = timedelta(days=30)


def rss_of(found: Sequence[Coming], server: str, own: str) -> bytes:
    """Write what comes as an RSS 2.0 feed.

    Parameters
    ----------
    found
        What comes, by day.
    server
        Address of the server, without a slash at its end: links go there.
    own
        Address of the feed itself.

    Returns
    -------
    bytes
        XML in UTF-8. An entry keeps its identifier as long as act, day and turn are the same.
    """
    ElementTree.register_namespace("atom", _ATOM)
    feed = ElementTree.Element("rss", {"version": "2.0"})
    channel = ElementTree.SubElement(feed, "channel")
    evidence = book().evidence_date
    for name, text in (
        ("title", tr("Terbium: what lapses and what begins")),
        ("link", f"{server}/rules/watch"),
        (
            "description",
            tr(
                "Dated turns of the acts that you watch, by their texts. Evidence of the register "
                "to {day}. Not legal advice.",
                day=evidence,
            ),
        ),
        ("language", language().lower()),
        ("lastBuildDate", _stamp(evidence)),
        ("ttl", str(_MINUTES_OF_A_DAY)),
    ):
        ElementTree.SubElement(channel, name).text = text
    ElementTree.SubElement(
        channel,
        f"{{{_ATOM}}}link",
        {"href": own, "rel": "self", "type": "application/rss+xml"},
    )
    for one in found:
        _item(channel, one, server, evidence)
    told: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return told


def _item(channel: ElementTree.Element, one: Coming, server: str, evidence: date) -> None:
    item = ElementTree.SubElement(channel, "item")
    turn, row = one.turn, one.row
    told = {"measure": turn.act.id, "day": one.day, "state": row.after, "before": row.before}
    if turn.is_lapse:
        title = tr("{measure}: last day {day} ({before}, then {state})", **told)
    else:
        title = tr("{measure}: {state} from {day}", **told)
    parts = [f"{turn.act.legal_ref}: {turn.act.title}."]
    if not turn.is_whole:
        parts.append(tr("Paragraphs: {names}.", names="; ".join(turn.paragraphs)))
    if turn.day > evidence:
        parts.append(tr("By its text; nothing later was seen (evidence to {day}).", day=evidence))
    parts += [tr("Watched as: {what}.", what="; ".join(one.why)), tr("Not legal advice.")]
    for name, text in (
        ("title", title),
        ("link", f"{server}{row.href}"),
        ("description", " ".join(parts)),
        ("category", turn.act.issuer),
        # a month ahead, so that it does not hang on when somebody looks
        ("pubDate", _stamp(one.day - _MONTH)),
    ):
        ElementTree.SubElement(item, name).text = text
    guid = ElementTree.SubElement(item, "guid", {"isPermaLink": "false"})
    guid.text = uid_of(turn)


def _stamp(day: date) -> str:
    return format_datetime(datetime.combine(day, time(), UTC))


def ics_of(found: Sequence[Coming]) -> str:
    """Write what comes as an iCalendar text."""
    return calendar_of([one.turn for one in found], book().evidence_date)
