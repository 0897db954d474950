"""The figure of a calendar: one row per act, a bar while it is in force, another while it rests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from terbium.base.speech import tr, trn
from terbium.policy.acts import Act
from terbium.policy.overlay import Knowledge
from terbium.policy.timeline import state_of, turns
from terbium.report.blocks import Figure
from terbium.report.figures import CHARACTER, NARROW, WIDE
from terbium.report.svg import Canvas, Scale
from terbium.web.views import rules_words as words
from terbium.web.views import says
from terbium.web.views.rules_wish import CHANGES, LAPSES, Wish

_DAY = timedelta(days=1)
_HALF_YEAR = timedelta(days=183)
_MOST_ROWS = 40
# of paragraphs that stand otherwise the first of these tells how the act stands
_TELLING = ("in force", "suspended", "exempted", "not yet in force")
_BARS = {"in force": "bar-force", "suspended": "bar-paused", "exempted": "bar-paused",
         "not yet in force": "bar-coming"}  # fmt: skip
_PITCH, _NARROW_PITCH, _HEAD, _FOOT = 22.0, 36.0, 24.0, 40.0
_MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True)
class Span:
    """Days on which an act stands in one way, both included."""

    first: date
    last: date
    state: str


def figure_of(wish: Wish) -> Figure | None:
    """Draw the acts that change in the days of a wish; None if none does."""
    first, last = _window(wish)
    knowledge = wish.rulebook.book.knowledge(last, wish.known_on)["lapse"]
    days: dict[str, list[date]] = {}
    for turn in turns(wish.rulebook.book, first, last, wish.known_on):
        if turn.branch in ("", "lapse") and turn.act.is_binding and wish.holds(turn.act):
            days.setdefault(turn.act.id, []).append(turn.day)
    if not days:
        return None
    shown = sorted(days, key=lambda name: (days[name][0], name))[:_MOST_ROWS]
    rows = [
        (name, list(_spans(wish.rulebook.book.acts[name], days[name], first, last, knowledge)))
        for name in shown
    ]
    title = trn(
        "{n} act begins to stand otherwise from {first} to {last}",
        "{n} acts begin to stand otherwise from {first} to {last}",
        len(days), first=says.day(first), last=says.day(last),
    )  # fmt: skip
    caption = tr(
        "One row per act, by its first change. After the evidence date ({day}) pauses lapse by "
        "their text.",
        day=says.day(wish.rulebook.book.evidence_date),
    )
    if len(days) > _MOST_ROWS:
        caption += " " + tr("The first {n} acts are drawn.", n=_MOST_ROWS)
    drawn = [_draw(wish, rows, (first, last), width, title) for width in (WIDE, NARROW)]
    legend = (
        ("bar-force", tr("in force")),
        ("bar-paused", tr("suspended or exempted")),
        ("bar-coming", tr("announced, not yet in force")),
        ("mark", tr("evidence date")),
    )
    return Figure(title, caption, drawn[0], drawn[1], legend)


def _window(wish: Wish) -> tuple[date, date]:
    if wish.show == CHANGES:
        return wish.first, wish.last
    if wish.show == LAPSES:
        return wish.on - _DAY, wish.on + timedelta(days=wish.days + 1)
    return wish.on - _HALF_YEAR, wish.on + _HALF_YEAR


def _spans(
    act: Act, days: Sequence[date], first: date, last: date, knowledge: Knowledge
) -> Iterator[Span]:
    edges = sorted({first, *days})
    for start, following in zip(edges, [*edges[1:], last + _DAY], strict=True):
        states = {state_of(act, one, start, knowledge).name for one in act.provisions}
        told = next((state for state in _TELLING if state in states), "")
        if told:
            yield Span(start, following - _DAY, told)


def _draw(
    wish: Wish,
    rows: Sequence[tuple[str, list[Span]]],
    window: tuple[date, date],
    width: float,
    title: str,
) -> Markup:
    is_narrow = width < WIDE
    pitch = _NARROW_PITCH if is_narrow else _PITCH
    left = 8.0 if is_narrow else max(len(name) for name, _ in rows) * (CHARACTER + 1.2) + 14
    canvas = Canvas(width, _HEAD + pitch * len(rows) + _FOOT)
    x = Scale(window[0].toordinal(), window[1].toordinal(), left + 8, width - 12)
    _months(canvas, x, _HEAD, pitch * len(rows))
    evidence = wish.rulebook.book.evidence_date
    if window[0] <= evidence <= window[1]:
        at = x(evidence.toordinal())
        canvas.line((at, _HEAD - 6), (at, canvas.height - _FOOT), "mark")
        fits = at + 90 < width
        place = (at + (5 if fits else -5), 13.0)
        canvas.text(place, says.day(evidence), "flag", "start" if fits else "end")
    for i, (name, spans) in enumerate(rows):
        y = _HEAD + pitch * (i + 0.5) + (9 if is_narrow else 0)
        canvas.line((left + 8, y), (width - 12, y), "grid")
        if is_narrow:
            canvas.text((left, y - 9), name, "name halo")
        else:
            canvas.text((left, y + 4.5), name, "name", "end")
        for span in spans:
            start, end = x(span.first.toordinal()), x(span.last.toordinal() + 1)
            hint = _said(name, span)
            canvas.rect((start, y - 5), (max(end - start, 2.0), 10), _BARS[span.state], hint)
    told = "; ".join(_said(name, span) for name, spans in rows for span in spans)
    return canvas.render(f"acts-{width}", title, told)


def _said(name: str, span: Span) -> str:
    return tr(
        "{measure}: {state} from {first} to {last}",
        measure=name, state=words.state(span.state), first=span.first, last=span.last,
    )  # fmt: skip


def _months(canvas: Canvas, x: Scale, head: float, depth: float) -> None:
    """Months below the rows: each one in a short window, a few of them in a long one."""
    floor = head + depth
    canvas.line((x.start, floor), (x.end, floor), "axis")
    first, last = date.fromordinal(int(x.first)), date.fromordinal(int(x.last))
    opens = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    room = max(int((x.end - x.start) // 60), 1)
    step = max(-(-len(opens) // room), 1)
    if step > 1:
        step = -(-step // _MONTHS_OF_A_QUARTER) * _MONTHS_OF_A_QUARTER
    for day in opens:
        if (day.month - 1) % step and step <= 12 or (step > 12 and day.month != 1):
            continue
        at = x(day.toordinal())
        canvas.line((at, floor), (at, floor + 5), "axis")
        canvas.text((at, floor + 18), says.month(day.isoformat()[:7]), "tick", "middle")
