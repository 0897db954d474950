"""The quantities that sources give figures for, and which claims speak of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from terbium.base.calendar import parse_date
from terbium.base.errors import CommandError, suggest
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.readings import Reading, folded

_GROUPS = " & "
_RARE_EARTHS = re.compile("稀土|rare.earth")
_VAGUE = frozenset({"none", "other", "REE"})
_MEASURED = frozenset({"duration", "money", "price"})


@dataclass(frozen=True)
class Quantity:
    """Something that can be counted and that sources speak of.

    Attributes
    ----------
    quantity, name, name_zh, aliases
        Its key, its names, other names joined by ``|``.
    metric, entity, material, stage
        What a claim on it says in these columns; alternatives are joined by ``;``, empty is any.
    near, sentence, avoid
        Words that must stand in the clause and in the sentence of a claim (alternatives by ``|``,
        sets that must each be met by `` & ``), and words that must not.
    unit
        Of values and of plausible bounds.
    plausible_low, plausible_high, why
        Outside these a value is taken for an error, and the reason.
    modelled, estimate, series
        Whether a run computes it; the estimate of the dataset that rests on it; ``month`` if it
        has a value for every month, ``parts`` if claims on it are of different parts.
    family
        Quantities that similar words speak of, and that are not one.
    note
        What readers of its figures must know.
    """

    quantity: str
    name: str
    name_zh: str
    aliases: str
    metric: str
    entity: str
    material: str
    stage: str
    near: str
    sentence: str
    avoid: str
    unit: str
    plausible_low: float | None
    plausible_high: float | None
    why: str
    modelled: str
    estimate: str
    series: str
    family: str
    note: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every way to ask for it."""
        names = (self.quantity, self.name, self.name_zh, *self.aliases.split("|"))
        return tuple(name for name in names if name)

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], ...], ...]:
        cells = (self.near, self.sentence)
        return tuple(
            tuple(re.compile(group) for group in cell.split(_GROUPS) if group) for cell in cells
        )

    @cached_property
    def _labels(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        metrics = frozenset(self.metric.split(";"))
        materials = frozenset(self.material.split(";")) if self.material else frozenset()
        stages = frozenset(self.stage.split(";")) if self.stage else frozenset()
        return metrics, materials and materials | _VAGUE, stages and stages | {"other"}

    @cached_property
    def _avoided(self) -> re.Pattern[str] | None:
        return re.compile(self.avoid) if self.avoid else None

    def is_meant(self, claim: StatedClaim, reading: Reading) -> bool:
        """Whether a claim speaks of this quantity."""
        metrics, materials, stages = self._labels
        if not self.sentence or claim.metric not in metrics:
            return False
        is_other = materials and not materials & set(claim.material.split(";"))
        if is_other and not ("REE" in materials and _RARE_EARTHS.search(reading.clause(claim))):
            # a sentence on several minerals may give each row the material of another
            return False
        if not self.near and stages and claim.stage not in stages:
            # where words of the clause decide, they know better than the stage of the sentence
            return False
        if claim.metric in _MEASURED and claim.unit.split("/")[0] != self.unit.split("/")[0]:
            return False
        # labels of a row are those of its sentence; where the words are at hand they decide
        labels = f" stage:{claim.stage} material:{claim.material.lower()}"
        clause = reading.clause(claim) + ("" if reading.has_text(claim) else labels)
        in_clause, in_sentence = self._patterns
        if self._avoided and self._avoided.search(clause):
            return False
        around = reading.around(claim)
        return all(words.search(clause) for words in in_clause) and all(
            words.search(around) for words in in_sentence
        )


@dataclass(frozen=True)
class Figure:
    """What a source says of a quantity.

    Attributes
    ----------
    id, quantity, value, low, high, unit, qualifier
        The figure.
    as_of, denominator, scope
        When and of what.
    source, publisher, published, place
        Where it stands.
    origin, source_class
        Who counted first, and what kind of source that is.
    confidence, licence, note
        As in the dataset.
    """

    id: str
    quantity: str
    value: float
    low: float | None
    high: float | None
    unit: str
    qualifier: str
    as_of: str
    denominator: str
    scope: str
    source: str
    publisher: str
    published: str
    place: str
    origin: str
    source_class: str
    confidence: str
    licence: str
    note: str

    @property
    def cited(self) -> str:
        """Publisher, title and day in one line."""
        own = "" if self.source == self.publisher else f": {self.source}"
        return f"{self.publisher}{own}, {self.published}"


def _rows(name: str) -> Iterable[dict[str, str]]:
    text = files("terbium").joinpath(f"data/evidence/{name}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _number(text: str) -> float | None:
    return float(text) if text else None


@cache
def quantities() -> dict[str, Quantity]:
    """All known quantities by key."""
    bounds = ("plausible_low", "plausible_high")
    return {
        row["quantity"]: Quantity(**{**row, **{key: _number(row[key]) for key in bounds}})  # type: ignore[arg-type]
        for row in _rows("quantities")
    }


@cache
def figures() -> tuple[Figure, ...]:
    """All shipped figures, in the order of their table; every one has a source and a day."""
    found = []
    for row in _rows("figures"):
        parse_date(row["published"])
        numbers = {"value": float(row["value"]), "low": _number(row["low"])}
        found.append(Figure(**{**row, **numbers, "high": _number(row["high"])}))  # type: ignore[arg-type]
    return tuple(found)


@cache
def figures_of(quantity: str) -> tuple[Figure, ...]:
    """Shipped figures on one quantity."""
    return tuple(figure for figure in figures() if figure.quantity == quantity)


def quantity_of(claim: StatedClaim, reading: Reading) -> Quantity | None:
    """The known quantity that a claim speaks of; the first of the table that fits."""
    known = _by_metric().get(claim.metric, ())
    return next((one for one in known if one.is_meant(claim, reading)), None)


@cache
def _by_metric() -> dict[str, tuple[Quantity, ...]]:
    metrics = {metric for one in quantities().values() for metric in one.metric.split(";")}
    return {
        metric: tuple(one for one in quantities().values() if metric in one.metric.split(";"))
        for metric in metrics
    }


def find_quantity(text: str) -> Quantity:
    """A known quantity by its key, its name in English or Chinese, or words of these.

    Raises
    ------
    CommandError
        If nothing is near; close names are suggested.
    """
    asked = _tidy(text)
    names = {_tidy(name): one for one in quantities().values() for name in one.names}
    if asked in names:
        return names[asked]
    words = _words(asked)
    scored = sorted(
        ((_shared(words, _words(name)), -len(name), name) for name in names), reverse=True
    )
    best, runner = scored[0], scored[1]
    is_clear = names[best[2]] is names[runner[2]] or best[0] > runner[0]
    if words and best[0] == 1 and is_clear:
        return names[best[2]]
    near = list(dict.fromkeys(names[name].name for share, _, name in scored if share > 0))
    known = [one.name for one in quantities().values()]
    raise CommandError.of(
        "terbium evidence show",
        "QUANTITY",
        f"'{text}'",
        "; ".join(near[:5]) or "a quantity that `terbium evidence show list` names",
        f"did you mean '{near[0]}'?" if near else suggest(text, known),
    )


_LITTLE = frozenset({"of", "the", "s", "in", "share", "a", "an", "and", "on", "for", "的", "占"})


def _tidy(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9_]+|[\u3400-\u9fff]", folded(text).replace("'s", "")))


def _words(text: str) -> frozenset[str]:
    stems = (word[:-3] if word.endswith("ing") else word.rstrip("s") for word in text.split())
    return frozenset(stems) - _LITTLE


def _shared(asked: frozenset[str], known: frozenset[str]) -> float:
    return len(asked & known) / len(asked) if asked else 0.0
