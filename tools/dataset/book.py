"""The book that the subject builders write into: sources, claims, estimates and plain tables."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dataset.facts import Facts, Row, number

OURS = "terbium-2026"
OUR_DATE = "2026-11-22"
GRADES = {"read": "B", "recalled": "C", "estimate": "D"}
LOGIT, LOGNORMAL, NORMAL, FIXED = "logit", "lognormal", "normal", "fixed"


def fmt(value: float) -> str:
    """Shortest text of at most 12 significant digits, so that re-running repeats the bytes."""
    return f"{value:.12g}"


@dataclass
class Estimate:
    """An estimate on its way into estimates.csv (fields as in evidence.schema)."""

    name: str
    low: float
    central: float
    high: float
    unit: str
    as_of: str
    grade: str
    claims: tuple[str, ...]
    rule: str
    shape: str
    note: str = ""


@dataclass
class Book:
    """Collects what the dataset will hold.

    Parameters
    ----------
    facts : Facts
        Where claims are copied from.
    base_year : int
        Year that the estimates stand for.
    """

    facts: Facts
    base_year: int
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: dict[str, dict[str, str]] = field(default_factory=dict)
    estimates: dict[str, Estimate] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def central(self, name: str) -> float:
        """Median of an estimate that is in the book already."""
        return self.estimates[name].central

    def value(self, ref: str) -> float:
        """Number of a facts row, whatever its value column is called."""
        row = self.facts.row(ref)
        text = _value_text(row)
        if not text:
            raise SystemExit(f"{ref}: the row holds no figure")
        return number(text)

    def fact(self, ref: str) -> str:
        """Copy a facts row into the claims (once) and return its id."""
        if ref in self.claims:
            return ref
        row = self.facts.row(ref)
        publication = self.facts.publication(row)
        self._source(publication.id, publication.cells)
        passes = publication.cells["redistributable"] == "yes" and not row.agency
        value = _value_text(row) if passes else ""
        self.claims[ref] = {
            "id": ref,
            "subject": _subject(row),
            "quantity": _quantity(row),
            "value": fmt(number(value)) if value else "",
            "low": row.text("low") if passes else "",
            "high": row.text("high") if passes else "",
            "unit": _unit(row),
            "as_of": _as_of(row),
            "source": publication.id,
            "place": f"{row.file}, line {row.line}: {row.text('source')}"
            if row.file != "baci"
            else f"BACI HS92, {row.text('exporter')} to {row.text('importer')}",
            "confidence": row.text("confidence") if row.text("confidence") in GRADES else "read",
            "grade": self._grade(row, publication.cells),
            "licence": publication.cells["licence"],
            "redistributable": "yes" if passes else "recipe",
            "recipe": "" if passes else _recipe(row),
            "note": row.text("note") if passes else "",
        }
        return ref

    def _grade(self, row: Row, publication: Mapping[str, str]) -> str:
        confidence = row.text("confidence") or "read"
        if confidence == "read" and publication["official"] == "1":
            return "A"
        return GRADES.get(confidence, "B")

    def _source(self, key: str, cells: Mapping[str, str]) -> None:
        columns = ("title", "publisher", "date", "date_precision", "url", "licence")
        self.sources[key] = {"id": key} | {c: cells[c] for c in columns}
        self.sources[key]["redistributable"] = cells["redistributable"]
        self.sources[key]["note"] = cells["note"]

    def decide(self, key: str, subject: str, values: Sequence[float], unit: str, why: str) -> str:
        """Record a judgement of ours as a dated claim; `values` are low, central, high."""
        publication = next(p for p in self.facts.publications() if p.id == OURS)
        self._source(OURS, publication.cells)
        low, central, high = (fmt(v) for v in values)
        self.claims[key] = {
            "id": key,
            "subject": subject,
            "quantity": subject.split("/", 1)[0],
            "value": central,
            "low": low,
            "high": high,
            "unit": unit,
            "as_of": OUR_DATE,
            "source": OURS,
            "place": key,
            "confidence": "estimate",
            "grade": "D",
            "licence": publication.cells["licence"],
            "redistributable": "yes",
            "recipe": "",
            "note": why,
        }
        return key

    def computed(
        self,
        key: str,
        publication: Mapping[str, str],
        *,
        subject: str,
        quantity: str,
        value: float,
        unit: str,
    ) -> str:
        """Record plain arithmetic on a publication's figures as a grade A claim."""
        self._source(publication["id"], publication)
        self.claims[key] = {
            "id": key,
            "subject": subject,
            "quantity": quantity,
            "value": fmt(value),
            "low": "",
            "high": "",
            "unit": unit,
            "as_of": publication["date"],
            "source": publication["id"],
            "place": publication["title"],
            "confidence": "read",
            "grade": "A",
            "licence": publication["licence"],
            "redistributable": "yes",
            "recipe": "",
            "note": "computed",
        }
        return key

    def estimate(self, item: Estimate) -> str:
        """Add an estimate; claims named by it are copied from the facts where needed."""
        if item.name in self.estimates:
            raise SystemExit(f"{item.name}: estimate made twice")
        for claim in item.claims:
            if claim not in self.claims:
                self.fact(claim)
        if not item.low <= item.central <= item.high:
            raise SystemExit(f"{item.name}: {item.low} <= {item.central} <= {item.high} fails")
        self.estimates[item.name] = item
        return item.name

    def judge(
        self,
        name: str,
        values: Sequence[float],
        unit: str,
        shape: str,
        why: str,
        facts: Iterable[str] = (),
        place: str | None = None,
    ) -> str:
        """A grade D estimate of ours: low, central, high, with its reason as its own claim."""
        claim = self.decide(place or f"decision:{name}", name, values, unit, why)
        low, central, high = values
        year = str(self.base_year)
        return self.estimate(
            Estimate(name, low, central, high, unit, year, "D", (claim, *facts), why, shape)
        )

    def table(self, name: str, rows: Iterable[Mapping[str, str]]) -> None:
        """Append rows to a plain table."""
        self.tables.setdefault(name, []).extend(dict(row) for row in rows)

    def cell(self, text: str) -> float:
        """A decision's cell: a number, or ``file:line`` with an optional ``*factor``."""
        match = re.fullmatch(r"([a-z_]+:\d+)(?:\*([\d.eE+-]+))?", text)
        if match is None:
            return float(text)
        return self.value(match.group(1)) * float(match.group(2) or 1.0)

    def decisions(self, file: str) -> None:
        """Load ``decisions/<file>.csv``: one estimate a row, with facts and reason."""
        path = self.facts.decisions / f"{file}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            for cells in reader:
                self._decision(f"{file}:{reader.line_num}", cells)

    def refit(self, file: str) -> None:
        """Replace estimates by what a fit found (``decisions/<file>.csv``); keep them as priors."""
        path = self.facts.decisions / f"{file}.csv"
        self.table("priors", [])
        if not path.exists():
            return
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            for cells in reader:
                before = self.estimates.pop(cells["name"])
                row = {c: fmt(getattr(before, c)) for c in ("low", "central", "high")}
                self.table("priors", [{"name": before.name, **row}])
                facts = ";".join([*(c for c in before.claims if ":" in c and "decision" not in c)])
                same = {"unit": before.unit, "shape": before.shape, "grade": "D", "facts": facts}
                self._decision(f"{file}:{reader.line_num}", {**cells, **same})
                after = self.estimates[before.name]
                after.claims = (*after.claims, *(c for c in before.claims if c not in after.claims))

    def rivals(self, file: str) -> None:
        """Take over what fits of rival explanations found, if they were made."""
        path = self.facts.decisions / f"{file}.csv"
        self.table("rivals", [])
        if path.exists():
            with path.open(encoding="utf-8", newline="") as handle:
                self.table("rivals", list(csv.DictReader(handle)))

    def _decision(self, place: str, cells: Mapping[str, str]) -> None:
        values = [self.cell(cells[c]) for c in ("low", "central", "high")]
        facts = tuple(f for f in cells["facts"].split(";") if f)
        claims = tuple(self.fact(f) for f in facts)
        if cells["grade"] == "D" or not claims:
            key = f"decision_{place}"
            claims = (
                self.decide(key, cells["name"], values, cells["unit"], cells["reason"]),
                *claims,
            )
        low, central, high = values
        self.estimate(
            Estimate(
                cells["name"],
                low,
                central,
                high,
                cells["unit"],
                cells["as_of"] or str(self.base_year),
                cells["grade"],
                claims,
                cells["reason"],
                cells["shape"],
            )
        )


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows with a fixed column order and newline."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n", extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)


def _subject(row: Row) -> str:
    if row.file in ("trade", "baci"):
        return f"{row.text('exporter')}>{row.text('importer')}"
    keys = ("country", "deposit", "product", "grade", "holder", "item", "commodity", "facility")
    names = [row.text(k) for k in (*keys, "element", "end_use", "material", "sector", "stage")]
    return " | ".join(dict.fromkeys(n for n in names if n)) or row.text("subject", "key")


def _quantity(row: Row) -> str:
    if row.file in ("trade", "baci"):
        return f"quantity shipped, HS {row.text('hs', 'hs92')}"
    fallback = {"deposit_composition": "share of REO", "magnet_composition": "mass share"}
    named = row.text("metric", "measure", "observable", "parameter", "market", "freq")
    return named or fallback.get(row.file, "capacity" if row.file == "facilities" else "content")


def _value_text(row: Row) -> str:
    column = {
        "trade": "quantity",
        "baci": "quantity_t",
        "facilities": "capacity",
        "elasticity": "central",
    }
    return row.text(column.get(row.file, "value"))


def _unit(row: Row) -> str:
    if row.file == "baci":
        return "t"
    return row.text("unit", "quantity_unit", "capacity_unit") or "1"


def _as_of(row: Row) -> str:
    text = row.text("year", "period", "date_horizon")
    match = re.match(r"\d{4}(-\d{2}(-\d{2})?)?(\.\.\d{4}(-\d{2})?)?", text)
    return match.group() if match else str(_publication_year(row))


def _publication_year(row: Row) -> str:
    if row.file == "facilities":
        return "2025"
    years = re.findall(r"\b(?:19|20)\d\d\b", f"{row.text('source')} {row.text('note')}")
    return years[-1] if years else "2024"


def _recipe(row: Row) -> str:
    return (
        f"Not passed on. Look up in: {row.text('source')}. Read {_subject(row)}, {_quantity(row)}, "
        f"period {_as_of(row)}, in {_unit(row)}."
    )
