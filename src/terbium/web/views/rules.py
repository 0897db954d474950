"""The answer to a checked case as plain records, for the page and for the API."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from terbium.base.speech import tr, trn
from terbium.policy.acts import Book
from terbium.policy.answers import Binding, Decision, RegimeAnswer, notice, verdict
from terbium.web.views import rules_words as words
from terbium.web.views.rules_case import COMMON, FIELD_OF, Case, Field, Law, field, law_of
from terbium.web.views.rules_trace import Trace, trace_of


@dataclass(frozen=True)
class Source:
    """A text that something was taken from."""

    key: str
    title: str
    publisher: str
    day: str
    url: str

    @property
    def href(self) -> str:
        """Its page."""
        return f"/sources/register/{quote(self.key)}"

    @property
    def tongue(self) -> str:
        """Language of its title."""
        return words.tongue(self.title)


@dataclass(frozen=True)
class Bound:
    """A paragraph that decides, as a page shows it.

    Parameters
    ----------
    measure, paragraph, title, legal_ref, text
        As the register holds them; ``tongue`` is their language.
    href
        Its act's page.
    presumption
        In words.
    clocks
        Times that the text states, as sentences.
    documents, obligations
        What is asked.
    sources
        The first of its sources.
    """

    measure: str
    paragraph: str
    title: str
    legal_ref: str
    text: str
    tongue: str
    href: str
    presumption: str
    clocks: tuple[str, ...]
    documents: tuple[str, ...]
    obligations: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Outlook:
    """A status on later days or in a branch: what it is and by which acts."""

    name: str
    label: str
    tone: str
    measures: tuple[tuple[str, str], ...]
    day: date | None = None
    heading: str = ""


@dataclass(frozen=True)
class Asked:
    """A question that would decide, and the field that answers it."""

    texts: tuple[str, ...]
    field: Field


@dataclass(frozen=True)
class Regime:
    """What one body of rules answers.

    Parameters
    ----------
    name, title
        Key and words.
    status, label, tone
        Key, words, and how it looks.
    sentence
        The answer in one sentence.
    reason
        Why.
    bound
        Paragraphs that decide; of ``none`` the nearest one.
    part
        What ``bound`` is to the answer: ``binds``, ``may`` apply, or is ``near`` and does not.
    valid_until, change
        Last day by the texts known, and what comes then.
    branches
        Past the evidence date, if pauses hold and if they lapse, where that differs.
    general
        Acts under which a general licence may be had: (id, address).
    questions, assumed
        What would decide it or make it stricter, and what was taken for granted.
    """

    name: str
    title: str
    status: str
    label: str
    tone: str
    sentence: str
    reason: str
    presumption: str
    bound: tuple[Bound, ...]
    part: str
    valid_until: date | None
    change: Outlook | None
    branches: tuple[Outlook, ...]
    general: tuple[tuple[str, str], ...]
    questions: tuple[Asked, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A checked case.

    Parameters
    ----------
    main
        The strictest of the regimes asked for.
    others
        The rest.
    warnings
        What the reader should know beside it.
    is_past_evidence
        Whether the day lies after what the register has seen.
    supposed
        What is supposed of the law; empty = nothing.
    trace
        Every paragraph with the reason why it applies or not.
    duties
        Address of the duties on the same way; empty where the way is not known.
    """

    on: date
    known_on: date | None
    evidence_date: date
    main: Regime
    others: tuple[Regime, ...]
    warnings: tuple[str, ...]
    is_past_evidence: bool
    supposed: str
    notice: str
    trace: Trace
    duties: str
    plain: Mapping[str, object]


def answer_of(case: Case, law: Law | None = None) -> Answer:
    """Check a case.

    Parameters
    ----------
    case
        What is asked.
    law
        The law that is asked; None = that of the case's scenario.

    Raises
    ------
    InputError
        With every field that cannot be read, and scenarios that are not there.
    """
    asked = law or law_of(case.scenario, case.mixes)
    decision = case.decide(asked.supposed, is_traced=True)
    main = _regime(decision.answer, decision, case, asked.book)
    others = tuple(
        _regime(one, decision, case, asked.book)
        for name, one in decision.regimes.items()
        if name != decision.answer.regime
    )
    horizon = min(decision.known_on or decision.evidence_date, decision.evidence_date)
    plain = decision.to_dict() | ({"supposed": asked.told} if asked.told else {})
    return Answer(
        on=decision.on,
        known_on=decision.known_on,
        evidence_date=decision.evidence_date,
        main=main,
        others=others,
        warnings=decision.warnings,
        is_past_evidence=decision.on > horizon,
        supposed=asked.told,
        notice=notice(),
        trace=trace_of(decision, asked.book),
        duties=_duties(case),
        plain=plain,
    )


def act_path(measure: str) -> str:
    """Address of an act's page."""
    return f"/rules/acts/{quote(measure)}"


def sources_of(book: Book, keys: Iterable[str]) -> tuple[Source, ...]:
    """Sources of the register by their keys; a key without a source is left out."""
    held = [(key, book.sources[key]) for key in dict.fromkeys(keys) if key in book.sources]
    return tuple(
        Source(key, str(one["title"]), str(one["publisher"]), _day(one), _link(one.get("url")))
        for key, one in held
    )


def _day(source: Mapping[str, object]) -> str:
    """The day of a source, as exact as it is known."""
    text = str(source["date"])
    precision = source.get("date_precision")
    return text[:4] if precision == "year" else text[:7] if precision == "month" else text


def _link(url: object) -> str:
    """An address that may stand behind a link; others are told by their title alone."""
    text = str(url or "")
    return text if text.startswith(("https://", "http://")) else ""


def _regime(one: RegimeAnswer, decision: Decision, case: Case, book: Book) -> Regime:
    change = one.next_change
    return Regime(
        name=one.regime,
        title=words.regime(one.regime),
        status=one.status,
        label=words.status(one.status),
        tone=words.TONES[one.status],
        sentence=verdict(one, decision.evidence_date),
        reason=one.reason,
        presumption=words.presumption(one.presumption) if one.presumption else "",
        bound=tuple(_bound(binding, book) for binding in one.binding),
        part={"none": "near", "unknown": "may"}.get(one.status, "binds"),
        valid_until=one.valid_until,
        change=None if change is None else _outlook(change.status, change.measures, day=change.day),
        branches=tuple(_branch(name, text) for name, text in one.branches.items()),
        general=tuple((name, act_path(name)) for name in one.general_licence),
        questions=_questions(one, case),
        assumed=one.assumed,
    )


def _bound(one: Binding, book: Book) -> Bound:
    clocks = [
        trn("review within {n} working day", "review within {n} working days", days)
        for days in (one.review_working_days,)
        if days is not None
    ]
    clocks += [
        trn("report within {n} working day", "report within {n} working days", days)
        for days in (one.report_working_days,)
        if days is not None
    ]
    clocks += [
        trn("a licence is valid for {n} day", "a licence is valid for {n} days", days)
        for days in (one.validity_days,)
        if days is not None
    ]
    return Bound(
        one.measure,
        one.paragraph,
        one.title,
        one.legal_ref,
        one.text,
        words.tongue(one.text),
        act_path(one.measure),
        words.presumption(one.presumption),
        tuple(clocks),
        one.documents,
        one.obligations,
        sources_of(book, one.source),
    )


def _outlook(
    name: str, measures: Iterable[str], day: date | None = None, heading: str = ""
) -> Outlook:
    links = tuple((measure, act_path(measure)) for measure in measures)
    return Outlook(name, words.status(name), words.TONES[name], links, day, heading)


def _branch(name: str, told: str) -> Outlook:
    """A branch from its text: ``suspended (CN-REE-2025-61)``."""
    found, _, by = told.partition(" (")
    measures = [one for one in by.removesuffix(")").split(";") if one != "no measure"]
    return _outlook(found, measures, heading=words.branch(name))


def _questions(one: RegimeAnswer, case: Case) -> tuple[Asked, ...]:
    """Questions by the field that answers them."""
    texts: dict[str, list[str]] = {}
    for question in one.questions:
        texts.setdefault(FIELD_OF.get(question.fact, "item"), []).append(question.text)
    return tuple(Asked(tuple(asked), field(name, case)) for name, asked in texts.items())


def _duties(case: Case) -> str:
    values = case.values
    if not {"destination", "on"} <= values.keys() or not values.keys() & {"origin", "exporter"}:
        return ""
    found = {
        "importer": values["destination"],
        "origin": values.get("origin") or values["exporter"],
        "on": values["on"],
        "hs": values.get("hs", ""),
        "known_on": values.get("known_on", ""),
        "scenario": case.scenario,
    }
    pairs = [(name, text) for name, text in found.items() if text]
    return "/rules/tariff?" + urlencode([*pairs, *(("mix", mix) for mix in case.mixes)])


def headline(answer: Answer) -> str:
    """What the page is called."""
    return tr("{status} on {day}", status=answer.main.label, day=answer.on)


def is_more_open(case: Case, problems: Mapping[str, str]) -> bool:
    """Whether the less common fields are shown from the start: one is filled or wrong."""
    rare = (set(case.values) | set(problems)) - set(COMMON)
    return bool(rare or case.scenario or case.mixes)
