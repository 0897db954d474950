"""The duties on goods of one origin, line by line, as a page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from terbium.base.days import parse_date
from terbium.base.errors import InputError, Problems
from terbium.base.gazetteer import resolve_region
from terbium.base.speech import tr
from terbium.policy.averages import Reading
from terbium.policy.codes import read_code
from terbium.policy.tariff import COUNTED, Line, Refund, Stack, TariffAnswer, tariff_on
from terbium.web.views import names
from terbium.web.views import rules_words as words
from terbium.web.views.rules import Source, act_path, sources_of
from terbium.web.views.rules_case import Law, law_of

FIELDS = ("importer", "origin", "on", "hs", "known_on", "scenario", "mix")
_NEEDED = ("importer", "origin", "on")


@dataclass(frozen=True)
class Rung:
    """A line of the ladder; ``is_counted`` if it is part of the sum of the lines held."""

    measure: str
    href: str
    paragraph: str
    text: str
    tongue: str
    points: str
    state: str
    key: str
    is_counted: bool
    details: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Ladder:
    """Lines with their sum.

    Parameters
    ----------
    heading
        The branch past the evidence date; empty = there is one alone.
    total
        The sum of the lines held, with what it leaves out.
    missing
        What lies on top and is not held.
    """

    heading: str
    rungs: tuple[Rung, ...]
    total: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class TariffPage:
    """An answered question on duties."""

    importer: str
    origin: str
    importer_code: str
    origin_code: str
    on: date
    hs: str
    evidence_date: date
    supposed: str
    ladders: tuple[Ladder, ...]
    refunds: tuple[tuple[Refund, str], ...]
    readings: tuple[Reading, ...]


def tariff_page(given: Iterable[tuple[str, str]]) -> TariffPage | None:
    """Answer a question on duties; None if nothing was asked.

    Raises
    ------
    InputError
        With every field that cannot be read.
    """
    pairs = [(name, text.strip()) for name, text in given if name in FIELDS and text.strip()]
    texts = dict(pairs)
    if not any(name in texts for name in (*_NEEDED, "hs")):
        return None
    problems = Problems()
    for name in (name for name in _NEEDED if name not in texts):
        problems.add(name, tr("nothing"), tr("a value"), tr("fill it in"))
    mixes = [word for name, text in pairs if name == "mix" for word in text.split()]
    read: dict[str, Any] = {}
    law = law_of()
    readers: tuple[tuple[str, Any], ...] = (
        ("importer", resolve_region), ("origin", resolve_region), ("on", parse_date),
        ("known_on", parse_date), ("hs", read_code),
    )  # fmt: skip
    for name, reader in readers:
        try:
            read[name] = reader(texts[name], name) if name in texts else None
        except InputError as error:
            problems.extend(error.problems)
    try:
        law = law_of(texts.get("scenario", ""), mixes)
    except InputError as error:
        problems.extend(error.problems)
    problems.raise_if_any(tr("duties"))
    found = tariff_on(
        law.book, read["importer"], read["origin"], read["on"], read["hs"] or "", read["known_on"]
    )
    return _page(found, law)


def _page(found: TariffAnswer, law: Law) -> TariffPage:
    return TariffPage(
        importer=names.place(found.importer),
        origin=names.place(found.origin),
        importer_code=found.importer,
        origin_code=found.origin,
        on=found.on,
        hs=found.hs,
        evidence_date=found.evidence_date,
        supposed=law.told,
        ladders=tuple(_ladder(name, stack, law) for name, stack in found.stacks.items()),
        refunds=tuple((refund, act_path(refund.measure)) for refund in found.refunds),
        readings=found.readings,
    )


def _ladder(branch: str, stack: Stack, law: Law) -> Ladder:
    return Ladder(
        words.branch(branch) if branch else "",
        tuple(_rung(line, law) for line in stack.lines),
        _total(stack),
        tuple(_missing(stack)),
    )


def _rung(line: Line, law: Law) -> Rung:
    points = "" if line.points is None else f"{line.points:g}"
    if line.least is not None and line.most is not None:
        points = tr("{low:g} to {high:g}", low=line.least, high=line.most)
    details = [tr("basis: {law}", law=line.legal_ref)] if line.legal_ref else []
    details += [tr("by {measure}", measure=line.by)] if line.by else []
    is_coming = line.since is not None and line.state == "announced"
    details += [tr("from {day}", day=line.since)] if is_coming else []
    details += [line.why] if line.why else []
    if line.confidence not in ("", "read"):
        details.append(words.confidence(line.confidence))
    text = line.text or line.title
    return Rung(
        line.measure,
        act_path(line.measure) if line.measure else "",
        line.paragraph,
        text,
        words.tongue(text),
        points,
        words.duty(line.state),
        line.state.replace(" ", "-"),
        line.state == COUNTED,
        tuple(details),
        sources_of(law.book, line.source),
    )


def _total(stack: Stack) -> str:
    if not any(line.measure for line in stack.lines):
        return tr("No duty between the two is held; that does not say that there is none.")
    least, most = stack.held
    counted: Sequence[str] = [
        f"{line.points or 0:g}" for line in stack.lines if line.state == COUNTED
    ]
    told = f"{' + '.join(counted)} = {least:g}" if len(counted) > 1 else f"{least:g}"
    if most > least:
        return tr("Held lines: {sum} points, to {most:g} with the unsettled", sum=told, most=most)
    return tr("Held lines: {sum} points", sum=told)


def _missing(stack: Stack) -> Iterable[str]:
    for measure, (low, high) in stack.ranges.items():
        yield tr(
            "{measure}: {low:g} to {high:g} points by heading",
            measure=measure, low=low, high=high,
        )  # fmt: skip
    for line in stack.lines:
        if line.state == "not held" and line.least is None:
            yield line.measure or line.title
