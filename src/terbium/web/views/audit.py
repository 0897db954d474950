"""How good the numbers are: grades by family and ages, as figures and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from markupsafe import Markup

from terbium.base.speech import tr, trn
from terbium.evidence.audit import GRADES, AuditReport
from terbium.evidence.audit import audit as examine
from terbium.report.blocks import Column, Figure, Table
from terbium.report.figures import CHARACTER, NARROW, WIDE
from terbium.report.svg import Canvas, Scale, ticks
from terbium.web.views.families import family, grade_meaning
from terbium.web.views.says import number, percent
from terbium.web.views.sources import datasets

_PITCH, _STACKED, _BAR = 24.0, 42.0, 15.0
_OLDEST: Final = 10
"""Claims older than so many years before the base year stand in one bar."""


@cache
def audit_of(dataset: str) -> AuditReport:
    """The audit of a shipped dataset."""
    return examine(datasets()[dataset])


def grades_figure(dataset: str) -> Figure:
    """Grades of the estimates of each family, as shares of the family."""
    report = audit_of(dataset)
    rows = sorted(report.families.items(), key=lambda item: -sum(item[1].values()))
    shown = [(family(key).title, counts) for key, counts in rows]
    title = tr("Grades of the estimates, by family")
    caption = tr(
        "{share} of all estimates are guesses of the maintainers (grade D). The number beside each "
        "bar counts estimates.",
        share=percent(report.grades["D"]),
    )
    legend = [
        (f"part grade-{grade}", tr("{grade}: {means}", grade=grade, means=grade_meaning(grade)))
        for grade in GRADES
    ]
    wide, narrow = (
        _grade_bars(shown, f"{dataset}-grades-{int(width)}", title, width)
        for width in (WIDE, NARROW)
    )
    return Figure(title, caption, wide, narrow, legend)


def _grade_bars(
    rows: Sequence[tuple[str, Mapping[str, int]]], key: str, title: str, width: float
) -> Markup:
    narrow = width < WIDE
    pitch = _STACKED if narrow else _PITCH
    left, right = (4.0, width - 52) if narrow else (320.0, width - 52)
    canvas = Canvas(width, pitch * len(rows) + 30)
    x = Scale(0.0, 1.0, left, right)
    for i, (name, counts) in enumerate(rows):
        total, top = sum(counts.values()), pitch * i + (20 if narrow else 4)
        at = (left, top - 6) if narrow else (left - 10, top + 12)
        canvas.text(at, name, "name", "start" if narrow else "end")
        edge = 0.0
        for grade in GRADES:
            share = counts[grade] / total
            if share:
                hint = tr("{name}: {count} of grade {grade}", name=name, count=counts[grade],
                          grade=grade)  # fmt: skip
                canvas.rect((x(edge), top), (x(edge + share) - x(edge), _BAR),
                            f"part grade-{grade}", hint)  # fmt: skip
            edge += share
        canvas.text((right + 8, top + 12), number(total, 4), "tick")
    floor = pitch * len(rows) + 8
    for mark in (0.0, 0.5, 1.0):
        anchor = "start" if not mark else "end" if mark == 1 else "middle"
        canvas.text((x(mark), floor + 14), percent(mark), "tick", anchor)
    said = "; ".join(
        f"{name}: " + ", ".join(f"{counts[g]} {g}" for g in GRADES if counts[g])
        for name, counts in rows
    )
    return canvas.render(key, title, said)


def ages_figure(dataset: str) -> Figure:
    """How many claims there are by year of what they speak of, from the base year."""
    report = audit_of(dataset)
    counted: dict[int, int] = {}
    for age, count in report.ages.items():
        held = max(age, -_OLDEST)
        counted[held] = counted.get(held, 0) + count
    title = tr("Age of the claims")
    caption = tr(
        "Years between what a claim speaks of and the base year {year}; what is older than "
        "{oldest} years stands in the first bar. Judgements of the maintainers bear their own day.",
        year=report.base_year,
        oldest=_OLDEST,
    )
    bars = [(age, counted.get(age, 0)) for age in range(min(counted), max(counted) + 1)]
    wide, narrow = (
        _age_bars(bars, report.base_year, f"{dataset}-ages-{int(width)}", title, width)
        for width in (WIDE, NARROW)
    )
    return Figure(title, caption, wide, narrow, ())


def _age_bars(
    bars: Sequence[tuple[int, int]], base: int, key: str, title: str, width: float
) -> Markup:
    height, foot = 200.0, 26.0
    canvas = Canvas(width, height)
    marks = ticks(max(count for _, count in bars), 4)
    left = max(len(number(mark, 4)) for mark in marks) * CHARACTER + 14
    y = Scale(0.0, marks[-1], height - foot, 10)
    step = (width - left - 6) / len(bars)
    every = 1 if step > 40 else 2 if step > 22 else 4
    for mark in marks:
        canvas.line((left, y(mark)), (width - 4, y(mark)), "grid" if mark else "axis")
        canvas.text((left - 6, y(mark) + 4), number(mark, 4), "tick", "end")
    for i, (age, count) in enumerate(bars):
        start = left + step * i + step * 0.12
        hint = trn("{year}: {n} claim", "{year}: {n} claims", count, year=base + age)
        if count:
            canvas.rect((start, y(count)), (step * 0.76, y(0) - y(count)), "box", hint)
        if (age - bars[0][0]) % every == 0:
            canvas.text((start + step * 0.38, height - 8), str(base + age), "tick", "middle")
    said = ", ".join(f"{base + age}: {count}" for age, count in bars if count)
    return canvas.render(key, title, said)


def coverage_table(dataset: str) -> Table:
    """Rows of each table of the dataset, and of what each family says."""
    report = audit_of(dataset)
    columns = [
        Column(tr("Family")),
        Column(tr("Estimates"), number=True),
        *(Column(grade, number=True) for grade in GRADES),
    ]
    rows = [
        [
            Markup('<a href="/sources?family={0}">{1}</a>').format(key, family(key).title),
            str(sum(counts.values())),
            *(str(counts[grade]) for grade in GRADES),
        ]
        for key, counts in report.families.items()
    ]
    caption = tr("Estimates of {dataset}, by family and grade", dataset=dataset)
    return Table(caption, columns, rows, folded=True)
