"""The duty on goods of one origin, line by line, with what is not held beside what is.

Duties are points of the customs value and add. A lone total would hide what the register does not
hold, so there is none: held lines are summed, and what lies on top of them is told as a range or as
not held. Whether a duty that was voided is paid back is a question of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from terbium.base.speech import tr
from terbium.policy.acts import Act, Book, Paragraph
from terbium.policy.averages import Reading, readings_of
from terbium.policy.codes import Fit, fits
from terbium.policy.overlay import Knowledge, hits
from terbium.policy.plain import Data
from terbium.policy.regions import region_matches
from terbium.policy.timeline import state_of

# how a line stands; the first two are summed
COUNTED, UNSETTLED = "counted", "unsettled"
_EFFECTS = ("duty", "duty_range")
_BY_STATE = {"suspended": "suspended", "exempted": "exempt"}


@dataclass(frozen=True)
class Line:
    """One duty.

    Parameters
    ----------
    measure
        Id of the act; empty for what the register has no act of.
    paragraph, title, legal_ref, text
        Which it is, in words, and what it rests on.
    state
        ``counted``; ``unsettled``: the texts held do not tell whether this code pays it;
        ``suspended``, ``exempt``, ``voided``; ``announced``: not yet in force; ``ended``: in the
        course of the day; ``other goods``: on listed goods alone; ``not held``.
    points
        Points of the customs value [% of value]; None = not held.
    least, most
        Range over codes where the points of a code are not held.
    why
        Why it stands so, where that needs a word.
    since, until
        First and last day by its text.
    by
        What suspended, voided or exempted it.
    source, confidence
        As in the register.
    """

    measure: str
    paragraph: str
    title: str
    legal_ref: str
    text: str
    state: str
    points: float | None = None
    least: float | None = None
    most: float | None = None
    why: str = ""
    since: date | None = None
    until: date | None = None
    by: str = ""
    source: tuple[str, ...] = ()
    confidence: str = ""
    is_on_all_goods: bool = False


@dataclass(frozen=True)
class Stack:
    """Lines in the order of the days on which they began."""

    lines: tuple[Line, ...]

    @property
    def held(self) -> tuple[float, float]:
        """Sum of the lines held: without and with what is unsettled [% of value]."""
        least = sum(self.by_measure.values())
        open_ = sum(line.points or 0.0 for line in self.lines if line.state == UNSETTLED)
        return least, least + open_

    @property
    def by_measure(self) -> dict[str, float]:
        """Points that count, by act [% of value]."""
        found: dict[str, float] = {}
        for line in self.lines:
            if line.state == COUNTED:
                found[line.measure] = found.get(line.measure, 0.0) + (line.points or 0.0)
        return found

    @property
    def is_complete(self) -> bool:
        """Whether no duty on all goods is missing beside the ordinary tariff."""
        return not any(
            line.state == "not held" and line.measure and line.is_on_all_goods
            for line in self.lines
        )

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Least and most points over codes of the acts that are not held by code."""
        found: dict[str, tuple[float, float]] = {}
        for line in self.lines:
            if line.state == "not held" and line.least is not None and line.most is not None:
                least, most = found.get(line.measure, (line.least, line.most))
                found[line.measure] = min(least, line.least), max(most, line.most)
        return found


@dataclass(frozen=True)
class Refund:
    """A duty that stood on the day and was voided later; ``is_certain`` if it counted."""

    measure: str
    paragraph: str
    by: str
    announced: date
    points: float
    is_certain: bool


@dataclass(frozen=True)
class TariffAnswer:
    """The duty on goods of one origin on a day.

    Parameters
    ----------
    importer, origin, on, hs, known_on, evidence_date
        What was asked, and how far the evidence goes; ``hs`` empty = goods in general.
    stacks
        By branch past what is known (``hold``, ``lapse``), if they differ; else one under ``""``.
    refunds
        Lines of the first stack that were voided later.
    readings
        What was said of the average rate, each reading with its speaker.
    """

    importer: str
    origin: str
    on: date
    hs: str
    known_on: date | None
    evidence_date: date
    stacks: dict[str, Stack]
    refunds: tuple[Refund, ...]
    readings: tuple[Reading, ...]


def tariff_on(
    book: Book,
    importer: str,
    origin: str,
    on: date,
    hs: str = "",
    known_on: date | None = None,
) -> TariffAnswer:
    """Stack the duties on goods of one origin.

    Parameters
    ----------
    book
        The acts.
    importer, origin
        Regions (alpha-3).
    on
        Day of import.
    hs
        Customs code, digits alone; empty = goods in general.
    known_on
        Nothing announced after it counts; None = the register as it stands.
    """
    found: dict[str, Stack] = {
        branch: Stack(tuple(_lines(book, importer, origin, on, hs, knowledge)))
        for branch, knowledge in book.knowledge(on, known_on).items()
    }
    told = [[(one.measure, one.paragraph, one.state) for one in s.lines] for s in found.values()]
    if all(one == told[0] for one in told):
        found = {"": found["lapse"]}
    return TariffAnswer(
        importer, origin, on, hs, known_on, book.evidence_date, found,
        tuple(_refunds(book, next(iter(found.values())), on, known_on)),
        readings_of(importer, origin, on, known_on),
    )  # fmt: skip


def _lines(
    book: Book, importer: str, origin: str, on: date, hs: str, knowledge: Knowledge
) -> Iterator[Line]:
    found: list[Line] = []
    for act in book:
        if act.is_binding and importer != origin:
            own = [
                line
                for paragraph in act.provisions
                if paragraph.effect in _EFFECTS and _is_between(paragraph, importer, origin)
                for line in _line(act, paragraph, on, hs, knowledge)
            ]
            # a rate that is held for the code takes the place of the range over codes
            is_held = any(line.state == COUNTED for line in own)
            found += [line for line in own if not (is_held and line.state == "not held")]
    yield from sorted(found, key=lambda line: (line.since or date.max, line.measure))
    if importer != origin:
        ordinary = tr("duty of the ordinary tariff (MFN), by code")
        why = tr("rates by code are not in this register")
        yield Line("", "", ordinary, "", "", "not held", why=why)


def _is_between(paragraph: Paragraph, importer: str, origin: str) -> bool:
    scope = paragraph.scope
    return region_matches(importer, scope.get("destinations", ())) and region_matches(
        origin, scope.get("origins", ())
    )


def _line(
    act: Act, paragraph: Paragraph, on: date, hs: str, knowledge: Knowledge
) -> Iterator[Line]:
    coverage = paragraph.data.get("coverage") or act.data.get("coverage") or {}
    state, by = _state(act, paragraph, on, knowledge, coverage)
    goods, why = _on_goods(coverage, hs)
    if not state or not goods:
        return
    if state == COUNTED and coverage.get("ends_at") and on == paragraph.last:
        state = "ended"
        why = tr("on this day at {hour}; due before that hour", hour=coverage["ends_at"])
    elif state == COUNTED:
        state = goods
    elif goods not in (COUNTED, UNSETTLED):
        # what is paused, voided or to come on goods that it is not on is no line of theirs
        return
    if state in (COUNTED, UNSETTLED) and hs:
        state, by, why = _exempted(act, paragraph, on, hs, knowledge) or (state, by, why)
    if paragraph.effect == "duty_range" and state in (COUNTED, UNSETTLED, "other goods"):
        state = "not held"
    yield _told(act, paragraph, state, why, by, bool(coverage.get("all_goods")))


def _exempted(
    act: Act, paragraph: Paragraph, on: date, hs: str, knowledge: Knowledge
) -> tuple[str, str, str] | None:
    """State, author and reason if a later text takes a code out, or a part of it."""
    for overlay in act.overlays:
        codes = overlay.data.get("coverage", {}).get("hs", ())
        is_live = knowledge.counts(overlay) and knowledge.window_of(overlay).holds(on)
        fit = fits(hs, codes) if is_live and hits(overlay, paragraph) else Fit.NO
        if fit is not Fit.NO:
            why = f"{overlay.data.get('text')} ({', '.join(codes)})"
            return ("exempt" if fit is Fit.YES else UNSETTLED), overlay.by, why
    return None


def _state(
    act: Act, paragraph: Paragraph, on: date, knowledge: Knowledge, coverage: Data
) -> tuple[str, str]:
    """How a duty stands on a day, goods apart, and by what; nothing = it is no line."""
    found = state_of(act, paragraph, on, knowledge)
    if found.name == "in force":
        return COUNTED, ""
    if found.name == "no first day" and coverage.get("not_before"):
        return (COUNTED, "") if on >= date.fromisoformat(coverage["not_before"]) else ("", "")
    if found.name == "not yet in force" and paragraph.first is not None:
        then = Knowledge(on, min(on, knowledge.known_on or on), "lapse")
        is_coming = state_of(act, paragraph, paragraph.first, then).name == "in force"
        return ("announced", "") if is_coming else ("", "")
    if found.name == "voided":
        # a text that was replaced before is history, and no line
        left = replace(act, overlays=tuple(o for o in act.overlays if o.kind != "void"))
        was = state_of(left, paragraph, on, knowledge).name
        return ("voided", found.by) if was in ("in force", "suspended") else ("", "")
    return _BY_STATE.get(found.name, ""), found.by


def _on_goods(coverage: Data, hs: str) -> tuple[str, str]:
    """Whether a duty is on a code, and why; without a code, whether it is on goods in general."""
    is_on_all, others = coverage.get("all_goods", False), coverage.get("others") or ""
    if not hs:
        return (COUNTED, "") if is_on_all else ("other goods", others or tr("listed goods alone"))
    for codes, state, why in (
        (coverage.get("exempt_hs", ()), "exempt", tr("taken out by its text")),
        *(((code,), UNSETTLED, reason) for code, reason in coverage.get("unsettled", {}).items()),
    ):
        fit = fits(hs, codes)
        if fit is Fit.YES:
            return state, why
        if fit is Fit.PART:
            return UNSETTLED, tr("for a part of this code: {why}", why=why)
    fit = Fit.YES if is_on_all else fits(hs, coverage.get("hs", ()))
    if fit is Fit.YES:
        return COUNTED, ""
    if fit is Fit.PART:
        codes = ", ".join(coverage["hs"])
        return UNSETTLED, tr("it is on a part of this code: {codes}", codes=codes)
    if not others:
        return "", ""
    return "other goods", tr("{goods}; codes are not held", goods=others)


def _told(
    act: Act, paragraph: Paragraph, state: str, why: str, by: str, is_on_all_goods: bool
) -> Line:
    data, limits = paragraph.data, paragraph.data.get("thresholds", {})
    return Line(
        measure=act.id,
        paragraph=paragraph.paragraph,
        title=act.title,
        legal_ref=data.get("legal_ref") or act.legal_ref,
        text=paragraph.text,
        state=state,
        points=data.get("rate_pct"),
        least=limits.get("least_points"),
        most=limits.get("most_points"),
        why=why,
        since=paragraph.first,
        until=paragraph.last,
        by=by,
        source=tuple(data.get("source") or act.data["source"]),
        confidence=data.get("confidence") or act.data["confidence"],
        is_on_all_goods=is_on_all_goods,
    )


def _refunds(book: Book, stack: Stack, on: date, known_on: date | None) -> Iterator[Refund]:
    for line in stack.lines:
        if line.state not in (COUNTED, UNSETTLED):
            continue
        for overlay in book.acts[line.measure].overlays:
            is_known = known_on is None or overlay.announced <= known_on
            if overlay.kind == "void" and is_known and overlay.from_ > on:
                yield Refund(
                    line.measure, line.paragraph, overlay.by, overlay.announced, line.points or 0.0,
                    line.state == COUNTED,
                )  # fmt: skip
