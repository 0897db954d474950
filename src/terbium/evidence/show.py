"""What sources say of one quantity: by scope and date, with their origins, never one average."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from terbium.base.speech import tr
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import claim_span, is_share, number_text, plain_number
from terbium.evidence.quantities import Figure, Quantity, figures, figures_of, find_quantity
from terbium.evidence.readings import Reading
from terbium.evidence.wording import low_to_high, qualified, said

NOT_MODELLED = "not modelled"


@dataclass(frozen=True)
class Stated:
    """One row of what is said of a quantity.

    Attributes
    ----------
    value, low, high, unit, qualifier, as_of, scope
        The figure; `value` is None where no number was stated.
    source, place, published, origin, source_class, confidence
        Who says so and who counted.
    """

    value: float | None
    low: float | None
    high: float | None
    unit: str
    qualifier: str
    as_of: str
    scope: str
    source: str
    place: str
    published: str
    origin: str
    source_class: str
    confidence: str

    @property
    def shown(self) -> str:
        """The figure with its qualifier."""
        number = tr("no number") if self.value is None else number_text(self.value, self.unit)
        return qualified(self.qualifier, number)


@dataclass(frozen=True)
class Shown:
    """A quantity with all that is said of it.

    Attributes
    ----------
    quantity
        What was asked for.
    scopes
        Rows by scope, the newest first; scopes are not mixed.
    shared
        Origins that more than one source rests on, with these sources.
    implied
        Arithmetic on these figures, written out.
    """

    quantity: Quantity
    scopes: Mapping[str, Sequence[Stated]]
    shared: Mapping[str, Sequence[str]]
    implied: Sequence[str]

    @property
    def is_modelled(self) -> bool:
        """Whether a run computes it."""
        return self.quantity.modelled == "yes"

    def range_of(self, scope: str) -> str:
        """Lowest and highest of a scope."""
        values = [row.value for row in self.scopes[scope] if row.value is not None]
        if not values:
            return tr("no number")
        low, high = (number_text(value, self.quantity.unit) for value in (min(values), max(values)))
        return low if low == high else low_to_high(low, high)

    def to_dict(self) -> dict[str, Any]:
        """The content as JSON has it."""
        return {
            "quantity": self.quantity.quantity,
            "name": self.quantity.name,
            "name_zh": self.quantity.name_zh,
            "unit": self.quantity.unit,
            "modelled": self.is_modelled,
            "note": self.quantity.note,
            "plausible": [self.quantity.plausible_low, self.quantity.plausible_high],
            "why_plausible": self.quantity.why,
            "scopes": [
                {
                    "scope": scope,
                    "range": self.range_of(scope),
                    "rows": [vars(row) for row in rows],
                }
                for scope, rows in self.scopes.items()
            ],
            "shared_origins": {origin: list(rows) for origin, rows in self.shared.items()},
            "implied": list(self.implied),
        }


def show_quantity(asked: str, claims: Iterable[StatedClaim] = ()) -> Shown:
    """All that shipped sources, and claims of the reader's own, say of a quantity.

    Parameters
    ----------
    asked
        Its name in English or Chinese, words of it, or its key.
    claims
        Claims of documents, as `read_claims` or a store gives them.

    Raises
    ------
    CommandError
        If no known quantity is meant; near ones are named.
    """
    quantity = find_quantity(asked)
    rows = [_of_figure(figure) for figure in figures_of(quantity.quantity)]
    rows += _of_claims(quantity, list(claims))
    scopes: dict[str, list[Stated]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.as_of, row.published), reverse=True):
        scopes[row.scope].append(row)
    origins: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        origins[row.origin].append(row.source)
    shared = {
        origin: list(dict.fromkeys(sources))
        for origin, sources in origins.items()
        if len(set(sources)) > 1
    }
    return Shown(quantity, dict(scopes), shared, _implied(quantity))


def _of_figure(figure: Figure) -> Stated:
    scope = f"{figure.scope}" if figure.denominator in figure.scope else figure.denominator
    return Stated(
        figure.value, figure.low, figure.high, figure.unit, figure.qualifier, figure.as_of, scope,
        figure.cited, figure.place, figure.published, figure.origin, figure.source_class,
        figure.confidence,
    )  # fmt: skip


def _of_claims(quantity: Quantity, claims: Sequence[StatedClaim]) -> list[Stated]:
    """Claims on the quantity; translations and repeats count once."""
    reading = Reading({}, claims)
    return [
        _of_claim(claim)
        for claim in reading.stated
        if claim.quantity_group == quantity.quantity
        or (not claim.quantity_group and quantity.is_meant(claim, reading))
    ]


def _of_claim(claim: StatedClaim) -> Stated:
    span = claim_span(claim) if claim.value is None else None
    bounds = (claim.value_low, claim.value_high) if span else (None, None)
    return Stated(
        claim.value, bounds[0], bounds[1], claim.unit, claim.qualifier, claim.year_or_date,
        "stated in documents", claim.document, f"offset {claim.char_offset}: {claim.span}",
        "", claim.attributed_to or claim.document, "document", "read",
    )  # fmt: skip


@cache
def _relations() -> tuple[dict[str, str], ...]:
    text = files("terbium").joinpath("data/evidence/implied.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


_OPERATIONS: Mapping[str, tuple[str, Callable[[float, float], float]]] = {
    "ratio": ("{a} / {b} = {c}", lambda a, b: a / b),
    "product": ("{a} x {b} = {c}", lambda a, b: a * b),
    "change": ("{a} / {b} - 1 = {c}", lambda a, b: a / b - 1),
}


def _implied(quantity: Quantity) -> list[str]:
    """What the figures of a quantity imply, as written sums."""
    known = {figure.id: figure for figure in figures()}
    lines = []
    for row in _relations():
        if row["quantity"] != quantity.quantity:
            continue
        first, second = known[row["first"]], known[row["second"]]
        form, operation = _OPERATIONS[row["operation"]]
        value = operation(first.value, second.value)
        worked = form.format(
            a=number_text(first.value, first.unit),
            b=number_text(second.value, second.unit),
            c=_result(row["operation"], value, first, second),
        )
        lines.append(tr("{sum}: {words}", sum=worked, words=said(row["words"])))
    return lines


def _result(operation: str, value: float, first: Figure, second: Figure) -> str:
    if operation == "change":
        return f"{100 * value:+.1f} %"
    if operation == "product":
        unit = first.unit if second.unit == "ratio" else ""
        return number_text(value, unit)
    if first.unit == second.unit:
        return f"{100 * value:.3g} %" if not is_share(first.unit) else plain_number(value)
    return number_text(value, first.unit)
