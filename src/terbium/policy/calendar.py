"""The dated changes of measures, as rows for people."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from terbium.policy.algebra import CalendarRow
from terbium.policy.overlay import Knowledge, Window, hits, live_windows
from terbium.policy.schema import Measure, Overlay, Provision

_KIND = {
    "suspend": "suspended",
    "extend": "prolonged",
    "exempt": "exempted",
    "supersede": "superseded",
    "void": "voided",
}
_PAUSES = ("suspend", "extend")


def calendar_rows(
    measures: Iterable[Measure], knowledge: Knowledge, span: Window
) -> tuple[CalendarRow, ...]:
    """Announcements, beginnings, ends, pauses and revivals that fall into a span of days.

    Parameters
    ----------
    measures
        Acts to tell of.
    knowledge
        What is known and assumed; a pause that is held does not revive.
    span
        Days to tell of.

    Returns
    -------
    tuple of CalendarRow
        In the order of days.
    """
    rows = {
        row
        for measure in measures
        for row in (*_own(measure, knowledge), *_overlaid(measure, knowledge))
        if span.holds(row.date) and knowledge.knows(row.announced)
    }
    return tuple(sorted(rows))


def _row(
    measure: Measure,
    day: date,
    kind: str,
    paragraphs: Iterable[str],
    announced: date,
    detail: str,
) -> CalendarRow:
    return CalendarRow(
        day, measure.id, kind, tuple(paragraphs), measure.title, measure.formality or "act",
        announced, detail,
    )  # fmt: skip


def _own(measure: Measure, knowledge: Knowledge) -> Iterator[CalendarRow]:
    by_dates: dict[tuple[date, date | None, date | None], list[Provision]] = {}
    for provision in measure.provisions:
        by_dates.setdefault(measure.dates_of(provision), []).append(provision)
    for (announced, first, last), provisions in by_dates.items():
        names = [provision.paragraph for provision in provisions]
        begun = [p.paragraph for p in provisions if first and _binds(measure, p, first, knowledge)]
        detail = provisions[0].legal_ref or measure.legal_ref
        yield _row(measure, announced, "announced", names, announced, detail)
        if first and begun:
            yield _row(measure, first, "in force", begun, announced, detail)
        if first and last:
            ended = last + timedelta(days=1)
            yield _row(measure, ended, "ended", names, announced, f"last day {last}")
    for event in measure.milestones:
        yield _row(measure, event.date, "statement", (), event.date, event.text)


def _binds(measure: Measure, provision: Provision, day: date, knowledge: Knowledge) -> bool:
    return any(window.holds(day) for window in live_windows(measure, provision, knowledge))


def _overlaid(measure: Measure, knowledge: Knowledge) -> Iterator[CalendarRow]:
    for overlay in measure.overlays:
        if not knowledge.counts(overlay):
            continue
        paragraphs = _hit(measure, overlay, knowledge)
        until = f", to {overlay.to}" if overlay.to else ""
        yield _row(
            measure, overlay.from_, _KIND[overlay.kind], paragraphs, overlay.announced,
            f"by {overlay.by}{until}",
        )  # fmt: skip
        revived = _revived(measure, overlay, knowledge)
        if revived:
            yield _row(
                measure, knowledge.window_of(overlay).last + timedelta(days=1), "text revives",
                revived, overlay.announced, f"pause by {overlay.by} ended on {overlay.to}",
            )  # fmt: skip


def _revived(measure: Measure, overlay: Overlay, knowledge: Knowledge) -> tuple[str, ...]:
    """Paragraphs that bind again on the day after an overlay ends."""
    end = knowledge.window_of(overlay).last
    if end == date.max:
        return ()
    return tuple(
        provision.paragraph
        for provision in measure.provisions
        if hits(overlay, provision)
        and any(
            window.first == end + timedelta(days=1)
            for window in live_windows(measure, provision, knowledge)
        )
    )


def _hit(measure: Measure, overlay: Overlay, knowledge: Knowledge) -> tuple[str, ...]:
    """Paragraphs that would bind at some time in the window of an overlay if it were not there."""
    window = knowledge.window_of(overlay)
    pauses = (*_PAUSES, overlay.kind)

    def others(other: Overlay) -> bool:
        return other.scope is None and other is not overlay and other.kind not in pauses

    return tuple(
        provision.paragraph
        for provision in measure.provisions
        if hits(overlay, provision)
        and any(
            live.first <= window.last and window.first <= live.last
            for live in live_windows(measure, provision, knowledge, others)
        )
    )
