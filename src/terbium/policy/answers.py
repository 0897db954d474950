"""What a legal answer holds, and the words it is given in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from terbium.base.speech import tr
from terbium.policy.predicates import Question

# from strictest to freest; the side states stand apart
STATUSES = (
    "prohibited",
    "denial_in_principle",
    "licence_case_by_case",
    "licence_general_ok",
    "report_only",
    "none",
)
SIDE_STATES = ("suspended", "unknown", "revives_by_text")
# how strict a state is beside others when no regime is asked for
RANK = {
    status: number
    for number, status in enumerate(
        (*STATUSES[:-1], "revives_by_text", "unknown", "suspended", "none")
    )
}
PRESUMPTIONS = ("denial", "denial_in_principle", "case_by_case", "none_stated", "approve")
NOT_ADVICE = "Not legal advice."


@dataclass(frozen=True)
class Binding:
    """A paragraph that decides.

    Parameters
    ----------
    measure, paragraph, status, presumption
        What binds and how.
    title, legal_ref, text
        In words.
    review_working_days, report_working_days, validity_days
        Clocks that the text states; None = it states none.
    documents, obligations
        What is asked of the applicant.
    source
        Keys of the register's sources.
    """

    measure: str
    paragraph: str
    status: str
    presumption: str
    title: str
    legal_ref: str
    text: str
    review_working_days: int | None = None
    report_working_days: int | None = None
    validity_days: int | None = None
    documents: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """The next day on which an answer changes by the texts that are known.

    ``status`` and ``measures`` are those from that day on.
    """

    day: date
    status: str
    measures: tuple[str, ...]

    def __str__(self) -> str:
        by = f" ({';'.join(self.measures)})" if self.measures else ""
        return f"{self.day}: {self.status}{by}"


@dataclass(frozen=True)
class RegimeAnswer:
    """The answer of one regime.

    Parameters
    ----------
    regime, status
        ``STATUSES`` and ``SIDE_STATES``.
    binding
        Paragraphs that bind with this status, the first first; of ``none`` the nearest one.
    reason
        Why, in a sentence or two.
    questions
        Facts that would decide it, or could make it stricter.
    assumed
        What was taken for granted.
    valid_until
        Last day on which it holds by the texts that are known; None = no end is known.
    next_change
        What comes then.
    branches
        Past the evidence date, the answer if pauses hold and if they lapse by their text.
    general_licence
        Measures under which a general licence may be had instead.
    """

    regime: str
    status: str
    binding: tuple[Binding, ...] = ()
    reason: str = ""
    questions: tuple[Question, ...] = ()
    assumed: tuple[str, ...] = ()
    valid_until: date | None = None
    next_change: Change | None = None
    branches: Mapping[str, str] = field(default_factory=dict)
    general_licence: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """Ids of the measures that bind, each once."""
        return tuple(dict.fromkeys(one.measure for one in self.binding))

    @property
    def presumption(self) -> str:
        """Presumption of the paragraph that binds first; empty if none does."""
        is_bound = self.status not in ("none", "unknown")
        return self.binding[0].presumption if self.binding and is_bound else ""


@dataclass(frozen=True)
class Line:
    """One line of a trace: a paragraph, whether it applies, and why not.

    Parameters
    ----------
    measure, paragraph, applies, why
        As told: ``yes``, ``unknown`` or ``no``, with every reason in one text.
    missed, asked
        The same apart: what is not met, and questions to what is open.
    """

    measure: str
    paragraph: str
    applies: str
    why: str
    missed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, str]:
        """The line as plain data."""
        names = ("measure", "paragraph", "applies", "why")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Decision:
    """A legal answer: of every regime, and the strictest of them.

    Parameters
    ----------
    on, known_on
        The day asked about, and the day as of which the register was read; None = as it stands.
    evidence_date
        Newest day that the register has evidence of.
    answer
        The answer of the regime asked for, or the strictest.
    regimes
        By regime.
    warnings
        What the reader should know beside it.
    trace
        Every paragraph, if it was asked for.
    """

    on: date
    known_on: date | None
    evidence_date: date
    answer: RegimeAnswer
    regimes: Mapping[str, RegimeAnswer]
    warnings: tuple[str, ...] = ()
    trace: tuple[Line, ...] = ()

    @property
    def status(self) -> str:
        """Status of the answer."""
        return self.answer.status

    def __repr__(self) -> str:
        by = ";".join(self.answer.measures) or "no measure"
        return f"<Decision {self.on}: {self.status} ({self.answer.regime}, {by})>"

    def to_dict(self) -> dict[str, object]:
        """The answer as plain data."""
        plain: dict[str, object] = {
            "on": self.on,
            "known_on": self.known_on,
            "evidence_date": self.evidence_date,
            "said": said(self.answer, self.evidence_date),
            **_plain(self.answer),
            "regimes": {name: _plain(one) for name, one in self.regimes.items()},
            "warnings": list(self.warnings),
            "notice": notice(),
        }
        if self.trace:
            plain["trace"] = [line.to_dict() for line in self.trace]
        return plain


def _plain(answer: RegimeAnswer) -> dict[str, object]:
    change = answer.next_change
    return {
        "regime": answer.regime,
        "status": answer.status,
        "measures": list(answer.measures),
        "presumption": answer.presumption,
        "binding": [
            {name: list(v) if isinstance(v, tuple) else v for name, v in vars(one).items()}
            for one in answer.binding
        ],
        "reason": answer.reason,
        "questions": [vars(question) for question in answer.questions],
        "assumed": list(answer.assumed),
        "valid_until": answer.valid_until,
        "next_change": None
        if change is None
        else {"day": change.day, "status": change.status, "measures": list(change.measures)},
        "branches": dict(answer.branches),
        "general_licence": list(answer.general_licence),
    }


def said(answer: RegimeAnswer, evidence_date: date) -> str:
    """The answer in a sentence or two; ``unknown`` never sounds like ``none``."""
    if answer.status == "none":
        return f"{verdict(answer, evidence_date)} {notice()}"
    held = tr("Evidence of the register to {day}.", day=evidence_date)
    return f"{verdict(answer, evidence_date)} {held} {notice()}"


def notice() -> str:
    """What every answer ends with, in the reader's language."""
    return tr("Not legal advice.")


def verdict(answer: RegimeAnswer, evidence_date: date) -> str:
    """The answer in one sentence."""
    by = ", ".join(f"{one.measure} ({one.paragraph})" for one in answer.binding)
    match answer.status:
        case "prohibited":
            return tr("Prohibited by {by}.", by=by)
        case "denial_in_principle":
            return tr("A licence is required and presumed to be refused: {by}.", by=by)
        case "licence_case_by_case":
            return tr("A licence is required: {by}.", by=by)
        case "licence_general_ok":
            return tr("A licence is required, and a general one covers it: {by}.", by=by)
        case "report_only":
            return tr("No licence, but a report is due: {by}.", by=by)
        case "suspended":
            return tr("Suspended: {by} would apply and is paused on that day.", by=by)
        case "revives_by_text":
            return tr(
                "By its text {by} is in force again on that day; no extension and no lapse was "
                "seen.",
                by=by,
            )
        case "unknown":
            return tr("Cannot be decided from the facts you gave; answer the questions.")
        case _:
            return tr(
                "No requirement found in this register (evidence to {day}) for the facts you gave.",
                day=evidence_date,
            )
