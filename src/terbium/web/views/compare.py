"""Two stored runs side by side: what parts them, and what it does to exports and stops."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from terbium.analysis.compare import Comparison, compare
from terbium.analysis.differences import Difference
from terbium.base.speech import tr
from terbium.report.blocks import WORLD, Column, Figure, Multiples, Record, Table
from terbium.report.figures import NARROW, WIDE, Fan, pair_figure
from terbium.report.words import capital
from terbium.results.stops import ALL_INDUSTRIES
from terbium.results.store import RunFolder
from terbium.web.views import says
from terbium.web.views.run import LocalView, Shelf, view_of

_BANDS: Final = ("central", "low50", "high50", "low90", "high90")
_PANEL, _HEIGHTS = (300.0, 200.0), (330.0, 280.0)
_MOST_PANELS, _MOST_STOPS, _MOST_DIFFERENCES = 8, 16, 12


@dataclass(frozen=True)
class SideBySide:
    """Two runs, with the answer to why and by how much they differ.

    Attributes
    ----------
    left, right
        The runs.
    comparison
        The right one less the left one.
    """

    left: LocalView
    right: LocalView
    comparison: Comparison

    @cached_property
    def is_same(self) -> bool:
        """Whether nothing parts their answers."""
        found = self.comparison
        return not (found.exports or found.stops)

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """What each of them is: label, left, right."""
        rows: list[tuple[str, str]] = [
            (tr("Scenario"), "scenario"),
            (tr("Mixes"), "mixes"),
            (tr("Draws"), "draws"),
            (tr("Seed"), "seed"),
            (tr("First day"), "first_day"),
            (tr("Last day"), "last_day"),
            (tr("Branch past the evidence"), "branch"),
        ]
        found = [(label, _fact(self.left.run[n]), _fact(self.right.run[n])) for label, n in rows]
        regimes = [regime_name(label) for label in self.comparison.regimes]
        return [*found, (tr("How it ends"), regimes[0], regimes[1])]

    @property
    def differences(self) -> list[Table]:
        """What parts the scenarios; a long list is folded."""
        rows = [_difference(one) for one in self.comparison.differences]
        columns = (
            Column(tr("Kind")),
            Column(tr("What")),
            Column(tr("Left")),
            Column(tr("Right")),
            Column(tr("By")),
        )
        first = Table(tr("What parts the two runs"), columns, rows[:_MOST_DIFFERENCES])
        rest = rows[_MOST_DIFFERENCES:]
        if not rest:
            return [first]
        return [first, Table(tr("More that parts them"), columns, rest, folded=True)]

    @property
    def ascription(self) -> str:
        """Whether the effects can be ascribed to one difference."""
        causes = {one.cause for one in self.comparison.differences}
        if not causes:
            return tr("Nothing parts the two runs.")
        if len(causes) == 1:
            return tr("One change parts them: effects beyond the error of drawing belong to it.")
        return tr(
            "{count} changes part them at once: this comparison alone cannot ascribe an effect to "
            "one of them.",
            count=len(causes),
        )

    @property
    def pairing(self) -> str:
        """Whether draws are compared one by one."""
        if self.comparison.paired:
            return tr("The runs share their draws: they are compared draw by draw.")
        return tr("The runs have other draws: only their medians are compared.")

    @property
    def world(self) -> Figure | None:
        """Exports to the world over each other."""
        if WORLD not in self.left.exports or WORLD not in self.right.exports:
            return None
        wide, narrow = (
            self._drawn(WORLD, f"compare-{size}", (size, height))
            for size, height in zip((WIDE, NARROW), _HEIGHTS, strict=True)
        )
        caption = tr(
            "{material} from {origin} to the world, t per calendar month.",
            material=capital(self.left.name(self.left.material)),
            origin=self.left.name(self.left.origin),
        )
        return Figure(self._title(WORLD), caption, wide, narrow, _legend())

    @property
    def places(self) -> Multiples | None:
        """Destinations whose exports differ, the largest difference first."""
        ranked = [
            str(row["destination"])
            for row in self.comparison.totals
            if row["material"] == self.left.material
        ]
        both = [
            p for p in ranked if p != WORLD and p in self.left.exports and p in self.right.exports
        ]
        panels = [
            (self._title(place), self._drawn(place, f"compare-{place}", _PANEL))
            for place in both[:_MOST_PANELS]
        ]
        if not panels:
            return None
        caption = tr("t per calendar month; each panel has its own scale, from zero.")
        return Multiples(tr("Exports that differ most, by destination"), caption, panels, _legend())

    @property
    def totals(self) -> Table:
        """Exports over all months that both hold."""
        rows = [
            (
                tr(
                    "{place}: {material}",
                    place=capital(self.left.name(str(row["destination"]))),
                    material=self.left.name(str(row["material"])),
                ),
                _interval(row, "before"),
                _interval(row, "after"),
                _step(row),
                _error(row),
            )
            for row in self.comparison.totals
        ]
        columns = (
            Column(tr("Exports to")),
            Column(tr("Left"), "t", number=True),
            Column(tr("Right"), "t", number=True),
            Column(tr("Difference"), "t", number=True),
            Column(tr("Error of drawing"), "t", number=True),
        )
        return Table(
            tr("Exports over the months that both runs hold"), columns, rows, _note(), folded=True
        )

    @property
    def stops(self) -> list[Table]:
        """First stops that differ, the largest difference first."""
        rows = [
            (
                tr(
                    "{place}: {industry}",
                    place=capital(self.left.name(str(row["region"]))),
                    industry=self.left.name(str(row["industry"])),
                ),
                _weeks(row["before"]),
                _weeks(row["after"]),
                _step(row),
                _error(row),
                tr(
                    "{before} to {after}",
                    before=says.percent(_number(row["share_before"])),
                    after=says.percent(_number(row["share_after"])),
                ),
            )
            for row in self.comparison.stops
            if row["industry"] != ALL_INDUSTRIES
        ]
        columns = (
            Column(tr("Who")),
            Column(tr("Left"), tr("week"), number=True),
            Column(tr("Right"), tr("week"), number=True),
            Column(tr("Difference"), tr("weeks"), number=True),
            Column(tr("Error of drawing"), tr("weeks"), number=True),
            Column(tr("Stops in"), tr("share of draws"), number=True),
        )
        caption = tr("First stops that differ")
        first = Table(caption, columns, rows[:_MOST_STOPS], _note())
        rest = rows[_MOST_STOPS:]
        if not rest:
            return [first]
        return [first, Table(tr("More first stops that differ"), columns, rest, folded=True)]

    def _title(self, place: str) -> str:
        row = next(
            (
                r
                for r in self.comparison.totals
                if r["destination"] == place and r["material"] == self.left.material
            ),
            None,
        )
        where = self.left.heading(place)
        if row is None:
            return tr("{place}: the same in both", place=where)
        return tr(
            "{place}: {before} t left, {after} t right",
            place=where,
            before=says.number(_number(row["before"])),
            after=says.number(_number(row["after"])),
        )

    def _drawn(self, place: str, key: str, size: tuple[float, float]) -> Markup:
        before, after = (_fan(view, place) for view in (self.left, self.right))
        return pair_figure(before, after, key, self._title(place), *size)


_pairs: Shelf[Comparison] = Shelf(8)


def side_by_side(left: Path, right: Path) -> SideBySide:
    """Hold two run folders against each other; what was compared once is kept."""
    found = _pairs.get((left, right), lambda: compare(RunFolder(left), RunFolder(right)))
    return SideBySide(view_of(left), view_of(right), found)


def regime_name(label: str) -> str:
    """In which state the chain is at the end of a run."""
    told = {
        "at rest": tr("at rest"),
        "recovered": tr("recovered"),
        "depressed": tr("depressed"),
        "collapsed": tr("collapsed"),
    }
    return told.get(label, label)


def _kinds() -> Mapping[str, str]:
    return {
        "law": tr("Law"),
        "shocks": tr("Shocks"),
        "data": tr("Data"),
        "parameters": tr("Parameters"),
        "responses": tr("Responses and rules"),
        "window": tr("Window and recording"),
        "code": tr("Code"),
        "sampling": tr("Seed and draws"),
    }


def _difference(one: Difference) -> tuple[str, ...]:
    name: str | Markup = one.what
    if one.kind in ("parameters", "data") and "/" in one.what:
        title = tr("Open the sources of this number")
        name = Markup('<a class="sourced" href="{}" title="{}">{}</a>').format(
            says.sources_path(one.what), title, one.what
        )
    return _kinds()[one.kind], name, one.before, one.after, one.cause


def _fact(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or tr("none")
    return says.day(value) if isinstance(value, str) and value[4:5] == "-" else str(value)


def _fan(view: LocalView, place: str) -> Fan:
    rows: list[Record] = list(view.exports[place])
    columns = {name: [_number(row[name]) for row in rows] for name in _BANDS}
    return Fan(
        months=[row["month"] for row in rows],
        **columns,
        observed=[row["observed"] for row in rows],
        base=view.base_mean(place),
        unit=tr("t/month"),
        mark=view.headline,
    )


def _legend() -> tuple[tuple[str, str], ...]:
    return (
        ("stroke before", tr("median, left")),
        ("haze before", tr("90 % interval, left")),
        ("stroke after", tr("median, right")),
        ("haze after", tr("90 % interval, right")),
        ("observed", tr("recorded")),
    )


def _note() -> str:
    return tr(
        "Medians, in brackets the interval that holds 90 % of the draws. The error of drawing is "
        "the interval of the difference when draws are drawn again; a difference in bold lies "
        "beyond it."
    )


def _number(value: object) -> float:
    return float(str(value))


def _interval(row: Mapping[str, object], side: str) -> str:
    return tr(
        "{central} ({low} to {high})",
        central=says.number(_number(row[side])),
        low=says.number(_number(row[f"{side}_low90"])),
        high=says.number(_number(row[f"{side}_high90"])),
    )


def _weeks(value: object) -> str:
    return says.number(_number(value))


def _step(row: Mapping[str, object]) -> str:
    value = _number(row["difference"])
    if math.isinf(value):
        told = tr("no stop any more") if value > 0 else tr("stops now")
    else:
        told = says.number(value) if value <= 0 else f"+{says.number(value)}"
    return Markup("<strong>{}</strong>").format(told) if row["exceeds"] else told


def _error(row: Mapping[str, object]) -> str:
    low, high = _number(row["error_low"]), _number(row["error_high"])
    return tr("{low} to {high}", low=_end(low), high=_end(high))


def _end(value: float) -> str:
    if math.isinf(value):
        return tr("never") if value > 0 else tr("at once")
    return says.number(value)
