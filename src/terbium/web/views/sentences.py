"""A sentence with a figure: of what it can be, since when, and says who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from terbium.base.speech import tr
from terbium.evidence.documents.claim import Document, StatedClaim
from terbium.evidence.findings import claim_span, figure_span, is_share, number_text, span_text
from terbium.evidence.quantities import Figure, Quantity, figures_of, quantities
from terbium.evidence.verify import verify
from terbium.evidence.wording import days_of, low_to_high, name_of, said, verdict_word
from terbium.report.evidence_view import SYMBOLS, css_class

_LONGEST: Final = 400
_ANY: Final = frozenset({"", "none", "other"})


@dataclass(frozen=True)
class Meaning:
    """A quantity that a figure may be meant for.

    Attributes
    ----------
    key, name
        The quantity.
    range
        Lowest and highest that sources give.
    fits
        Whether a source gives the figure; then `since` is the earliest time of one that does and
        `who` are those that do. Else both tell of all sources.
    since, who
        Earliest time, and publishers.
    line
        A sentence that can be quoted.
    """

    key: str
    name: str
    range: str
    fits: bool
    since: str
    who: Sequence[str]
    line: str


@dataclass(frozen=True)
class Heard:
    """What was heard in a sentence: a figure, what it is taken for, and what else it may be."""

    span: str
    lang: str
    quantity: str
    name: str
    verdict: str
    symbol: str
    css: str
    told: str
    meanings: Sequence[Meaning]


def heard_in(sentence: str) -> list[Heard]:
    """Figures of one sentence, the quantities that they are taken for, and what sources say."""
    checked = verify(Document("question.txt", sentence[:_LONGEST]))
    found = []
    for claim in checked.claims:
        known = quantities().get(claim.quantity_group)
        verdict = checked.checked.verdicts[claim.document, claim.claim_id]
        told = next((f.arithmetic for f in checked.checked.of(claim) if f.arithmetic), "")
        found.append(
            Heard(
                span=span_text(claim),
                lang=claim.lang,
                quantity=known.quantity if known else "",
                name=name_of(known) if known else "",
                verdict=verdict_word(verdict),
                symbol=SYMBOLS[verdict],
                css=css_class(verdict),
                told=told,
                meanings=_meanings(claim, known),
            )
        )
    return found


def _meanings(claim: StatedClaim, known: Quantity | None) -> list[Meaning]:
    """Shares of the same country and material, those that a source gives just so first."""
    if not is_share(claim.unit) or claim.metric not in {"share", "ratio"}:
        return []
    found = [
        _meaning(claim, one)
        for one in quantities().values()
        if (one is known or _may_be_meant(claim, one)) and figures_of(one.quantity)
    ]
    return sorted(found, key=lambda one: not one.fits)


def _may_be_meant(claim: StatedClaim, quantity: Quantity) -> bool:
    if not quantity.sentence or not is_share(quantity.unit) or not quantity.entity:
        return False
    entities, materials = set(claim.entity.split(";")), set(claim.material.split(";"))
    same_entity = bool(entities & set(quantity.entity.split(";")))
    # rare earths may stand for any of them and for magnets
    same_material = materials <= _ANY or bool(
        (materials | {"REE"} if "REE" in materials else materials)
        & set(quantity.material.split(";"))
    )
    return same_entity and same_material and "share" in quantity.metric.split(";")


def _meaning(claim: StatedClaim, quantity: Quantity) -> Meaning:
    figures = figures_of(quantity.quantity)
    span = claim_span(claim)
    fitting = [one for one in figures if span.meets(figure_span(one))]
    named = fitting or list(figures)
    values = sorted(one.value for one in figures)
    low, high = (number_text(value, quantity.unit) for value in (values[0], values[-1]))
    shown = low if low == high else low_to_high(low, high)
    who = list(dict.fromkeys(one.publisher for one in named))
    since = min(one.as_of for one in named)
    return Meaning(
        key=quantity.quantity,
        name=name_of(quantity),
        range=shown,
        fits=bool(fitting),
        since=days_of(since),
        who=who,
        line=_line(quantity, min(named, key=_firmness)),
    )


def _firmness(figure: Figure) -> tuple[bool, tuple[int, ...]]:
    """Sound sources first, then the newest."""
    is_weak = figure.source_class in {"press", "opinion"}
    return is_weak, tuple(-int(part) for part in figure.published.split("-"))


def _line(quantity: Quantity, figure: Figure) -> str:
    return tr(
        "{quantity}: {figure} ({scope}) in {time}, according to {who}.",
        quantity=name_of(quantity),
        figure=number_text(figure.value, figure.unit),
        scope=said(figure.scope),
        time=days_of(figure.as_of),
        who=figure.cited,
    )
