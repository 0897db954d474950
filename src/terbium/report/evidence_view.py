"""What the page of a checked document shows: the text in pieces, findings, claims, sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import VERDICTS, Finding, Verdict, number_text
from terbium.evidence.methods import method
from terbium.evidence.quantities import Figure, quantities
from terbium.evidence.verify import JOINER, Verified

SYMBOLS: Mapping[Verdict, str] = {
    "implausible": "✗",
    "differs": "≠",
    "agrees": "✓",
    "cannot be checked": "○",
}
"""Each verdict has a sign of its own: a page must be read without colours too."""

_BLANKS = re.compile(r"[ \t]{2,}")
_BREAK = re.compile(r"(?<=[。！？!?])|(?<=[.][\s])")


def css_class(verdict: str) -> str:
    """The class of a verdict in the style sheet."""
    return verdict.replace(" ", "-")


@dataclass(frozen=True)
class Piece:
    """A run of text; with a claim it is a link to what was found of it.

    Attributes
    ----------
    text
        As it stands in the document.
    claim
        Name of the claim, or empty.
    verdict, href, title
        Of the claim.
    """

    text: str
    claim: str = ""
    verdict: Verdict = "cannot be checked"
    href: str = ""
    title: str = ""

    @property
    def symbol(self) -> str:
        """Sign of the verdict."""
        return SYMBOLS[self.verdict]

    @property
    def kind(self) -> str:
        """Class in the style sheet."""
        return css_class(self.verdict)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the text, or a gap where text without claims is left out."""

    pieces: Sequence[Piece]
    is_gap: bool = False


@dataclass(frozen=True)
class Place:
    """Where a claim stands: its name, the words around it, and a link if it is in this text."""

    name: str
    before: str
    span: str
    after: str
    href: str
    document: str


_STATED = frozenset({"range", "qualifier", "scope", "same number", "sources", "plausible range"})


@dataclass(frozen=True)
class FindingView:
    """A finding as the page shows it."""

    number: int
    finding: Finding
    places: Sequence[Place]

    @property
    def symbol(self) -> str:
        """Sign of the verdict."""
        return SYMBOLS[self.finding.verdict]

    @property
    def kind(self) -> str:
        """Class in the style sheet."""
        return css_class(self.finding.verdict)

    @property
    def label(self) -> str:
        """What the line of figures is: a sum, or what was stated."""
        return "Stated" if self.finding.check in _STATED else "Arithmetic"

    @property
    def modelled(self) -> str:
        """``no`` where a run computes nothing like it."""
        known = quantities().get(self.finding.quantity)
        return known.modelled if known else ""

    @property
    def sources(self) -> list[tuple[str, ...]]:
        """Rows of sources: figure, time, scope, publisher and title, place, origin, class."""
        return [source_row(figure) for figure in self.finding.figures]


def source_row(figure: Figure) -> tuple[str, ...]:
    """A source in cells."""
    qualifier = "" if figure.qualifier == "none" else f"{figure.qualifier.replace('_', ' ')} "
    shown = qualifier + number_text(figure.value, figure.unit)
    if figure.low is not None and figure.high is not None:
        low, high = number_text(figure.low, figure.unit), number_text(figure.high, figure.unit)
        shown += f" ({low} to {high})"
    note = f"; {figure.note}" if figure.note else ""
    place = f", {figure.place}" if figure.place else ""
    return (
        shown,
        figure.as_of.replace("/", " to "),
        figure.scope + note,
        f"{figure.cited}{place}",
        f"{figure.origin} ({figure.source_class}, {figure.confidence})",
    )


def finding_views(verified: Verified) -> list[FindingView]:
    """All findings, the gravest first, each with the places of its claims."""
    return [
        FindingView(number, finding, [_place(verified, claim) for claim in finding.claims])
        for number, finding in enumerate(verified.checked.findings, 1)
    ]


def _place(verified: Verified, claim: StatedClaim) -> Place:
    if claim.document != verified.document.name:
        return Place(claim.claim_id, "", claim.span, "", "", claim.document)
    text, reach = verified.text, int(method("evidence/page_quote"))
    low, high = max(claim.char_offset - reach, 0), claim.end + reach
    before = text[low : claim.char_offset].rpartition("\n")[2]
    after = text[claim.end : high].partition("\n")[0]
    started = "…" if low and len(before) == claim.char_offset - low else ""
    ended = "…" if len(after) == reach else ""
    href = f"#t-{claim.claim_id}"
    quoted = _tidy(started + before), _tidy(text[claim.char_offset : claim.end])
    return Place(claim.claim_id, *quoted, _tidy(after + ended), href, claim.document)


def first_findings(verified: Verified) -> dict[str, tuple[int, Finding]]:
    """The gravest finding on each claim of the document, by the claim's name."""
    found: dict[str, tuple[int, Finding]] = {}
    for number, finding in enumerate(verified.checked.findings, 1):
        for claim in finding.claims:
            if claim.document == verified.document.name:
                found.setdefault(claim.claim_id, (number, finding))
    for claim in verified.claims:
        if claim.claim_id not in found and claim.duplicate_of in found:
            found[claim.claim_id] = found[claim.duplicate_of]
    return found


def paragraphs(verified: Verified, whole: bool = False) -> list[Paragraph]:
    """The text cut into paragraphs and these into pieces; of long texts only what holds claims.

    Parameters
    ----------
    verified
        A document that was checked.
    whole
        Whether long texts are to stand whole too.
    """
    text = verified.text
    marks = _marks(verified)
    is_long = not whole and len(text) > method("evidence/page_most_text")
    shown: list[Paragraph] = []
    at = 0
    for start, end in _lines(text):
        mine = []
        while at < len(marks) and marks[at][0].char_offset < end:
            if marks[at][0].char_offset >= start:
                mine.append(marks[at])
            at += 1
        if not text[start:end].strip():
            continue
        if is_long and not mine:
            if shown and not shown[-1].is_gap:
                shown.append(Paragraph((), is_gap=True))
            continue
        shown.append(Paragraph(list(_pieces(text, start, end, mine))))
    return shown


Marked = tuple[StatedClaim, Verdict, str, str]


def _marks(verified: Verified) -> list[Marked]:
    """Claims that do not overlap, by place, each with verdict, link and title."""
    firsts = first_findings(verified)
    marks: list[Marked] = []
    ordered = sorted(verified.claims, key=lambda claim: (claim.char_offset, -len(claim.span)))
    for claim in ordered:
        if marks and claim.char_offset < marks[-1][0].end:
            continue
        verdict = verified.checked.verdicts[claim.document, claim.claim_id]
        if claim.claim_id in firsts:
            number, finding = firsts[claim.claim_id]
            marks.append((claim, verdict, f"#f-{number}", f"{verdict}: {finding.title}"))
        else:
            marks.append((claim, verdict, f"#c-{claim.claim_id}", f"{verdict}: {claim.claim_id}"))
    return marks


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs of the text: long lines cut at ends of sentences, short ones kept together."""
    longest, shortest = (int(method(f"evidence/page_{name}")) for name in ("paragraph", "line"))
    begin = start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if line.strip() and len(line) <= shortest:
            # a list, or lines of a heading: they stay under one another
            start = end
            continue
        if begin < start:
            yield begin, start
        yield from _cut(text, start, end, longest)
        begin = start = end
    if begin < start:
        yield begin, start


def _cut(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    cut = start
    if end - start > 2 * longest:
        for found in _BREAK.finditer(text, start, end):
            if found.start() - cut >= longest:
                yield cut, found.start()
                cut = found.start()
    if cut < end:
        yield cut, end


def _pieces(text: str, start: int, end: int, marks: Sequence[Marked]) -> Iterator[Piece]:
    at = start
    for claim, verdict, href, title in marks:
        if claim.char_offset > at:
            yield Piece(_tidy(text[at : claim.char_offset]))
        yield Piece(
            _tidy(text[claim.char_offset : claim.end]), claim.claim_id, verdict, href, title
        )
        at = claim.end
    if at < end:
        yield Piece(_tidy(text[at:end].rstrip()))


def _tidy(text: str) -> str:
    """Blanks that stand for markup are one blank."""
    return _BLANKS.sub(" ", text.replace(JOINER, ""))


def counts(verified: Verified) -> list[tuple[Verdict, int]]:
    """How many claims have each verdict, the gravest first."""
    verdicts = list(verified.checked.verdicts.values())
    return [(verdict, verdicts.count(verdict)) for verdict in VERDICTS]
