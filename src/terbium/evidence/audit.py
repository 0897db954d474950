"""What a dataset covers, how good its numbers are, how old, and whether any stands alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from terbium.base.calendar import parse_period
from terbium.evidence.dataset import Dataset
from terbium.evidence.references import unused

GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class AuditRow:
    """One line of the audit, for printing: what, how much, and of what."""

    section: str
    item: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class AuditReport:
    """The audit of a dataset.

    Parameters
    ----------
    dataset
        Its name.
    base_year
        Year that it stands for.
    coverage
        Rows of each table; `stock_cells` and `stock_cells_stated` are cells of the stock table and
        those about which somebody said something.
    grades
        Share of each grade over all estimates, 0 to 1.
    families
        For each family (first part of a name) the number of estimates of each grade.
    ages
        Years between a claim's date and the base year -> number of claims.
    orphans
        Kind -> names; every list is empty in a dataset that is in order.
    redistributable
        Claims that carry a value, and recipes.
    """

    dataset: str
    base_year: int
    coverage: dict[str, int]
    grades: dict[str, float]
    families: dict[str, dict[str, int]]
    ages: dict[int, int]
    orphans: dict[str, list[str]]
    redistributable: dict[str, int]

    @property
    def clean(self) -> bool:
        """Whether no number stands alone."""
        return not any(self.orphans.values())

    def to_dict(self) -> dict[str, object]:
        """Plain data, for JSON."""
        report = asdict(self)
        report["ages"] = {str(age): count for age, count in self.ages.items()}
        return report | {"clean": self.clean}

    def rows(self) -> list[AuditRow]:
        """The report as lines for a table."""
        lines = [AuditRow("coverage", k, str(v)) for k, v in self.coverage.items()]
        lines += [
            AuditRow("grades", k, f"{v:.1%}", "of all estimates") for k, v in self.grades.items()
        ]
        for family, counts in self.families.items():
            note = ", ".join(f"{n} {g}" for g, n in counts.items() if n)
            lines.append(AuditRow("families", family, str(sum(counts.values())), note))
        for age, count in self.ages.items():
            lines.append(AuditRow("ages", f"{age:+d} years", str(count), "claims, to base year"))
        lines += [AuditRow("claims", k, str(v)) for k, v in self.redistributable.items()]
        for kind, names in self.orphans.items():
            lines.append(AuditRow("orphans", kind, str(len(names)), "; ".join(names[:5])))
        return lines


def audit(dataset: Dataset) -> AuditReport:
    """Examine a dataset.

    Parameters
    ----------
    dataset
        As loaded; whatever loading refuses (a row without source, date or licence) cannot be here.
    """
    estimates = dataset.estimates.values()
    graded: Counter[str] = Counter(e.grade for e in estimates)
    families: dict[str, dict[str, int]] = {}
    for item in estimates:
        families.setdefault(item.family, dict.fromkeys(GRADES, 0))[item.grade] += 1
    ages = Counter(
        parse_period(c.as_of).last.year - dataset.base_year for c in dataset.claims.values()
    )
    marks = Counter(c.redistributable for c in dataset.claims.values())
    return AuditReport(
        dataset=dataset.name,
        base_year=dataset.base_year,
        coverage=_coverage(dataset),
        grades={g: graded[g] / max(len(dataset.estimates), 1) for g in GRADES},
        families=dict(sorted(families.items())),
        ages=dict(sorted(ages.items())),
        orphans=_orphans(dataset),
        redistributable={"with value": marks["yes"], "recipe": marks["recipe"]},
    )


def _coverage(dataset: Dataset) -> dict[str, int]:
    counted = {name: len(dataset.table(name)) for name in dataset.tables}
    if "mines" in counted:
        counted["stages"] = len({"mine", "concentrate", "separate", "metal", "magnet"}) + len(
            set(dataset.table("industries")["stage"])
        )
    if "stocks" in counted:
        stocks = dataset.table("stocks")
        counted["stock_cells"] = len(stocks)
        counted["stock_cells_stated"] = int((stocks["n_claims"] > 0).sum())
    return counted


def _column(dataset: Dataset, column: str) -> Iterable[str]:
    """All keys in a column of that name, over all tables."""
    for name in dataset.tables:
        frame = dataset.table(name)
        if column in frame.columns:
            for cell in frame[column]:
                yield from str(cell).split(";")


def _orphans(dataset: Dataset) -> dict[str, list[str]]:
    used = {key for e in dataset.estimates.values() for key in e.claims}
    used.update(_column(dataset, "claim"))
    sources = {c.source for c in dataset.claims.values()}
    named = {n for column in ("estimate", "unit_value") for n in _column(dataset, column)}
    return {
        "estimates without claims": [n for n, e in dataset.estimates.items() if not e.claims],
        "claims that nothing uses": unused(dataset.claims, used),
        "sources that nothing uses": unused(dataset.sources, sources),
        "names that lead nowhere": unused(
            [*named, *used, *sources],
            [*dataset.estimates, *dataset.claims, *dataset.sources],
        ),
    }
