"""How acts stand on a day, what changes between two days, and what lapses soon.

Past what is known two branches are told apart: pauses hold, or lapse by their text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from terbium.base.speech import tr
from terbium.policy.acts import Act, Book, Later, Paragraph
from terbium.policy.overlay import Branch, Knowledge, Window, hits

# what an overlay makes of a paragraph; of several the first here tells
_MADE = {
    "void": "voided", "supersede": "superseded", "exempt": "exempted", "suspend": "suspended",
    "extend": "suspended",
}  # fmt: skip
_ORDER = tuple(_MADE)
_PAUSED = ("suspended", "exempted")
_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class State:
    """How a paragraph stands on a day.

    Parameters
    ----------
    name
        ``in force``, ``suspended``, ``exempted``, ``superseded``, ``voided``, ``not yet in force``,
        ``not yet announced``, ``ended``, ``no first day`` or ``not known``.
    by
        The measure or act that made it so; empty = its own text.
    """

    name: str
    by: str = ""


@dataclass(frozen=True)
class Standing:
    """Paragraphs of an act that stand alike on a day.

    Parameters
    ----------
    act
        The act.
    paragraphs
        Names of the paragraphs; all of them where ``is_whole``.
    state
        How they stand.
    since, until
        First day of this state of any of them, and last day by the texts that are known; None =
        open.
    branch
        The branch in which they do; empty = in both, or the day is within the evidence.
    narrow
        Overlays with a scope of their own that concern some flows alone.
    is_whole
        Whether these are all paragraphs.
    """

    act: Act
    paragraphs: tuple[str, ...]
    state: State
    since: date | None
    until: date | None
    branch: str = ""
    narrow: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True)
class Turn:
    """A day on which paragraphs of an act begin to stand otherwise."""

    day: date
    act: Act
    paragraphs: tuple[str, ...]
    before: State
    after: State
    branch: str = ""
    is_whole: bool = True

    @property
    def is_lapse(self) -> bool:
        """Whether a term runs out: a pause, or the act itself."""
        is_pause_over = self.before.name in _PAUSED and self.after.name not in _PAUSED
        return is_pause_over or (self.before.name == "in force" and self.after.name == "ended")


def state_of(act: Act, paragraph: Paragraph, day: date, knowledge: Knowledge) -> State:
    """How a paragraph stands on a day."""
    if not knowledge.knows(paragraph.announced):
        return State("not known")
    if paragraph.first is None:
        return State("no first day")
    if day < paragraph.first:
        return State("not yet in force" if paragraph.announced <= day else "not yet announced")
    if paragraph.last is not None and day > paragraph.last:
        return State("ended", ", ".join(act.data.get("ended_by", ())))
    hit = [o for o in _counted(act, paragraph, knowledge) if o.scope is None]
    on_day = [o for o in hit if knowledge.window_of(o).holds(day)]
    if not on_day:
        return State("in force")
    found = min(on_day, key=lambda o: _ORDER.index(o.kind))
    last = max((o for o in on_day if _MADE[o.kind] == _MADE[found.kind]), key=lambda o: o.from_)
    return State(_MADE[found.kind], last.by)


def _counted(act: Act, paragraph: Paragraph, knowledge: Knowledge) -> list[Later]:
    return [o for o in act.overlays if hits(o, paragraph) and knowledge.counts(o)]


def standings(book: Book, on: date, known_on: date | None = None) -> list[Standing]:
    """How every known act stands on a day.

    Parameters
    ----------
    book
        The acts.
    on
        The day.
    known_on
        Nothing announced after it counts; None = the register as it stands.

    Returns
    -------
    list of Standing
        In the order of ids; past what is known, one per branch where the branches differ.
    """
    found: list[Standing] = []
    for act in book:
        by_branch = {
            branch: list(_standing(act, on, knowledge))
            for branch, knowledge in book.knowledge(on, known_on).items()
        }
        found.extend(_joined(by_branch))
    return found


def _joined(by_branch: dict[Branch, list[Standing]]) -> Iterator[Standing]:
    """What stands alike in all branches once, the rest once per branch."""
    alike = [{(row.paragraphs, row.state) for row in rows} for rows in by_branch.values()]
    shared = set.intersection(*alike)
    # the texts that are known say until when
    yield from (row for row in by_branch["lapse"] if (row.paragraphs, row.state) in shared)
    for branch, rows in by_branch.items():
        yield from (
            replace(row, branch=branch) for row in rows if (row.paragraphs, row.state) not in shared
        )


def _standing(act: Act, on: date, knowledge: Knowledge) -> Iterator[Standing]:
    groups: dict[tuple[State, date | None, tuple[str, ...]], list[str]] = {}
    begun: dict[tuple[State, date | None, tuple[str, ...]], date | None] = {}
    for paragraph in act.provisions:
        state = state_of(act, paragraph, on, knowledge)
        if state.name == "not known":
            continue
        since, until = _span(act, paragraph, state, on, knowledge)
        narrow = tuple(
            tr("{state} for some flows by {by}", state=state_word(_MADE[o.kind]), by=o.by)
            for o in _counted(act, paragraph, knowledge)
            if o.scope is not None and knowledge.window_of(o).holds(on)
        )
        key = state, until, narrow
        groups.setdefault(key, []).append(paragraph.paragraph)
        earliest = begun.setdefault(key, since)
        begun[key] = min(earliest, since) if earliest and since else None
    for (state, until, narrow), names in groups.items():
        is_whole = len(names) == len(act.provisions)
        since = begun[state, until, narrow]
        yield Standing(act, tuple(names), state, since, until, "", narrow, is_whole)


def _span(
    act: Act, paragraph: Paragraph, state: State, on: date, knowledge: Knowledge
) -> tuple[date | None, date | None]:
    """First and last day around ``on`` on which a paragraph stands as it does then."""
    days = _edges(act, paragraph, knowledge)
    since = until = None
    for day in reversed([day for day in days if day <= on]):
        if state_of(act, paragraph, day - _DAY, knowledge).name != state.name:
            since = day
            break
    for day in (day for day in days if day > on):
        if state_of(act, paragraph, day, knowledge).name != state.name:
            until = day - _DAY
            break
    return since, until


def _edges(act: Act, paragraph: Paragraph, knowledge: Knowledge) -> list[date]:
    """Days on which a paragraph may begin to stand otherwise, in order."""
    found: set[date] = set()
    spans = [knowledge.window_of(o) for o in _counted(act, paragraph, knowledge) if o.scope is None]
    if paragraph.first is not None:
        spans.append(Window(paragraph.first, paragraph.last or date.max))
    for span in spans:
        found.add(span.first)
        if span.last < date.max:
            found.add(span.last + _DAY)
    return sorted(found)


def turns(book: Book, first: date, last: date, known_on: date | None = None) -> list[Turn]:
    """Days after ``first`` and up to ``last`` on which something begins to stand otherwise.

    Returns
    -------
    list of Turn
        By day, then by id. ``branch`` names the one in which a turn happens, if not in both.
    """
    seen: dict[tuple[date, str, State, State, tuple[str, ...]], list[Branch]] = {}
    knowledges = book.knowledge(last, known_on)
    for branch, knowledge in knowledges.items():
        for act in book:
            for key in _turns_of(act, first, last, knowledge):
                seen.setdefault(key, []).append(branch)
    return [
        Turn(
            day, book.acts[name], paragraphs, before, after,
            "" if len(branches) == len(knowledges) else branches[0],
            len(paragraphs) == len(book.acts[name].provisions),
        )
        for (day, name, before, after, paragraphs), branches in sorted(
            seen.items(), key=lambda item: item[0]
        )
    ]  # fmt: skip


def _turns_of(
    act: Act, first: date, last: date, knowledge: Knowledge
) -> Iterator[tuple[date, str, State, State, tuple[str, ...]]]:
    found: dict[tuple[date, State, State], list[str]] = {}
    for paragraph in act.provisions:
        for day in _edges(act, paragraph, knowledge):
            if not first < day <= last:
                continue
            before = state_of(act, paragraph, day - _DAY, knowledge)
            after = state_of(act, paragraph, day, knowledge)
            if before.name != after.name and "not known" not in (before.name, after.name):
                found.setdefault((day, before, after), []).append(paragraph.paragraph)
    for (day, before, after), names in found.items():
        yield day, act.id, before, after, tuple(names)


def expiring(book: Book, on: date, days: int, known_on: date | None = None) -> list[Turn]:
    """What runs out by its text from a day on and within so many days after it.

    Returns
    -------
    list of Turn
        ``day`` is the first day after; the last day of the term is the one before.
    """
    found = turns(book, on, on + timedelta(days=days + 1), known_on)
    return [turn for turn in found if turn.is_lapse and turn.branch in ("", "lapse")]


@dataclass(frozen=True)
class Announcement:
    """A text that became known: an act, later paragraphs of it, or an overlay on it.

    ``text`` says what an overlay will do; it is empty for acts and paragraphs.
    """

    day: date
    act: Act
    paragraphs: tuple[str, ...]
    text: str = ""


def announced_between(
    book: Book, first: date, last: date, known_on: date | None = None
) -> list[Announcement]:
    """What was announced after ``first`` and up to ``last``, by day and id."""
    end = min(last, known_on or last)
    found = [
        one for act in book for one in (*_own_texts(act), *_later_texts(act))
        if first < one.day <= end
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.day, one.act.id, one.paragraphs, one.text))


def _own_texts(act: Act) -> Iterator[Announcement]:
    by_day: dict[date, list[str]] = {act.announced: []}
    for paragraph in act.provisions:
        by_day.setdefault(paragraph.announced, []).append(paragraph.paragraph)
    for day, names in by_day.items():
        yield Announcement(day, act, () if day == act.announced else tuple(names))


def _later_texts(act: Act) -> Iterator[Announcement]:
    for overlay in act.overlays:
        yield Announcement(overlay.announced, act, overlay.paragraphs, _to_be(overlay))


def _to_be(overlay: Later) -> str:
    """What an overlay will do, from when to when."""
    told = {
        "state": state_word(_MADE[overlay.kind]), "by": overlay.by, "first": overlay.from_,
        "last": overlay.to,
    }  # fmt: skip
    if overlay.scope is None:
        if overlay.to is None:
            return tr("{state} by {by} from {first}", **told)
        return tr("{state} by {by} from {first} to {last}", **told)
    if overlay.to is None:
        return tr("{state} for some flows by {by} from {first}", **told)
    return tr("{state} for some flows by {by} from {first} to {last}", **told)


def state_word(name: str) -> str:
    """The name of a state in the reader's language."""
    return {
        "in force": tr("in force"),
        "suspended": tr("suspended"),
        "exempted": tr("exempted"),
        "superseded": tr("superseded"),
        "voided": tr("voided"),
        "not yet in force": tr("not yet in force"),
        "not yet announced": tr("not yet announced"),
        "ended": tr("ended"),
        "no first day": tr("no first day"),
        "not known": tr("not known"),
    }.get(name, name)
