"""The answer to a what-if as the page shows it: who runs short and when, exports, and why."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from terbium.base.speech import tr
from terbium.report.blocks import Column, Figure, Table
from terbium.report.figures import NARROW, WIDE, Fan, pair_figure
from terbium.report.words import capital
from terbium.results.context import WORLD
from terbium.results.stops import ALL_INDUSTRIES
from terbium.web.views import lever_words, names, says
from terbium.web.views.change_words import (
    LEAST,
    amount,
    largest_first,
    pair,
    percent,
    share,
    signed,
    step,
    week,
)
from terbium.web.views.levers import Lever, Value
from terbium.web.views.run import Shelf

Row = Mapping[str, Any]

MOST_STOPS: Final = 14
"""Rows of the table of stops that stand open."""

_MOST_STOP_REASONS, _MOST_EXPORT_REASONS = 5, 3
_BANDS = ("central", "low50", "high50", "low90", "high90")
_HEIGHTS = (320.0, 270.0)


@dataclass(frozen=True)
class Move:
    """A lever that was moved, and what it does alone where that was asked for."""

    name: str
    title: str
    before: str
    after: str
    alone: str = ""


@dataclass(frozen=True)
class Answer:
    """A finished what-if.

    Attributes
    ----------
    content
        Of its ``summary.json``.
    levers
        Of its scenario.
    """

    content: Row
    levers: tuple[Lever, ...]

    @property
    def is_base(self) -> bool:
        """Whether nothing was moved."""
        return not self.content["request"]["levers"]

    @property
    def run(self) -> Row:
        """What ran."""
        found: Row = self.content["run"]
        return found

    @property
    def moves(self) -> list[Move]:
        """What was moved."""
        settings: Mapping[str, Value] = self.content["request"]["levers"]
        alone = {row["lever"]: row for row in self.content["apart"]}
        return [
            Move(
                lever.name,
                lever_words.full_title(lever),
                lever_words.at_rest(lever),
                lever_words.setting(lever, settings[lever.name]),
                self._alone(alone[lever.name]) if lever.name in alone else "",
            )
            for lever in self.levers
            if lever.name in settings
        ]

    @property
    def is_apart(self) -> bool:
        """Whether what each lever does alone is known."""
        return bool(self.content["apart"])

    @property
    def destinations(self) -> list[tuple[str, str]]:
        """Places that exports go to, with their names: the world, then the largest first."""
        sums: dict[str, float] = {}
        for row in self.content["base"]["monthly_exports"]:
            place = row["destination"]
            sums[place] = sums.get(place, 0.0) + float(row["central"])
        ranked = sorted(sums, key=lambda place: (place != WORLD, -sums[place]))
        return [(place, capital(self.name(place))) for place in ranked]

    def name(self, label: str) -> str:
        """Name of a label."""
        if label == WORLD:
            return names.place(label)
        return names.any_name(label, self.content["names"])

    def headline(self) -> list[str]:
        """What came of it, in a sentence or two."""
        stops = self._moved_stops
        if self.is_base:
            first = next(iter(self._open_rows()), None)
            if first is None or math.isinf(float(first["week"])):
                return [tr("No industry stops in the median of the draws.")]
            told = tr(
                "{place} stops first: {industry}, in week {week} after the measure.",
                place=capital(self.name(first["region"])),
                industry=self.name(first["industry"]),
                week=says.number(float(first["week"])),
            )
            return [told]
        later = sum(step(row) > 0 for row in stops)
        earlier = sum(step(row) < 0 for row in stops)
        if not stops:
            said = [tr("No first stop moves by a week.")]
        else:
            said = [
                tr(
                    "First stops that move: {later} later, {earlier} earlier.",
                    later=later,
                    earlier=earlier,
                )
            ]
        return [*said, *self._world()]

    def reasons(self) -> list[str]:
        """The largest differences, each with what binds."""
        stops = [self._reason(row) for row in self._moved_stops if row["exceeds"]]
        exports = [
            tr(
                "Exports to {place}: {change} ({before} t to {after} t).",
                place=self.name(row["destination"]),
                change=percent(row),
                before=amount(row["before"]),
                after=amount(row["after"]),
            )
            for row in self.content["totals"]
            if row["exceeds"] and row["destination"] != WORLD and abs(share(row)) >= LEAST
        ]
        return [*stops[:_MOST_STOP_REASONS], *exports[:_MOST_EXPORT_REASONS]]

    def stops_table(self) -> Table:
        """First stops, those that moved first."""
        changed = {pair(row): row for row in self._moved_stops}
        base = {pair(row): row for row in self.content["base"]["first_stops"]}
        rows = sorted(
            self._open_rows(),
            key=lambda row: largest_first(changed.get(pair(row))),
        )
        cells = [self._cells(row, base[pair(row)], changed.get(pair(row))) for row in rows]
        note = tr(
            "Median week of the first stop of a line after the headline day; in brackets the "
            "interval that holds 90 % of the draws."
        )
        if self.is_base:
            unmoved = (
                Column(tr("Who")),
                Column(tr("First stop"), tr("week"), number=True),
                Column(tr("Stops in"), tr("share of draws"), number=True),
                Column(tr("For want of")),
            )
            plain = [(who, week, share, want) for who, week, _, _, share, want in cells]
            return Table(tr("Who runs short, and when"), unmoved, plain, note)
        note = tr("{note} A change in bold goes beyond the error of drawing.", note=note)
        columns = (
            Column(tr("Who")),
            Column(tr("Before"), tr("week"), number=True),
            Column(tr("Now"), tr("week"), number=True),
            Column(tr("Change"), tr("weeks"), number=True),
            Column(tr("Stops in"), tr("share of draws"), number=True),
            Column(tr("For want of")),
        )
        return Table(
            tr("Who runs short, and when"),
            columns,
            cells,
            note,
        )

    def exports_figure(self, place: str) -> Figure:
        """Exports to a place, unmoved and moved over each other."""
        before, after = (self._fan(side, place) for side in (self.content["base"], self.content))
        where = capital(self.name(place))
        title = tr("{place}: exports by month", place=where)
        row = next((r for r in self.content["totals"] if r["destination"] == place), None)
        if row is not None:
            title = tr(
                "{place}: {change} over {first} to {last}",
                place=where,
                change=percent(row),
                first=says.month(row["first"]),
                last=says.month(row["last"]),
            )
        wide, narrow = (
            pair_figure(before, after, f"pair-{size}", title, size, height)
            for size, height in zip((WIDE, NARROW), _HEIGHTS, strict=True)
        )
        legend = [("stroke after", tr("median, moved")), ("haze after", tr("90 % interval"))]
        if not self.is_base:
            legend += [
                ("stroke before", tr("median, before")),
                ("haze before", tr("90 % interval, before")),
            ]
        else:
            legend[0] = ("stroke after", tr("median"))
        if any(point is not None for point in after.observed):
            legend.append(("observed", tr("recorded")))
        if after.base is not None:
            legend.append(("base", tr("mean month of {year}", year=self.run["base_year"])))
        caption = tr(
            "Rare-earth magnets from {origin} to {place}, t per calendar month.",
            origin=self.name(self.content["monthly_exports"][0]["origin"]),
            place=self.name(place),
        )
        return Figure(title, caption, wide, narrow, tuple(legend))

    def exports_table(self) -> Table:
        """Exports over the whole time by place, the largest change first."""
        rows = [
            (
                capital(self.name(row["destination"])),
                amount(row["before"]),
                amount(row["after"]),
                percent(row),
                tr("beyond") if row["exceeds"] else tr("within"),
            )
            for row in self.content["totals"]
        ]
        columns = (
            Column(tr("Destination")),
            Column(tr("Before"), "t", number=True),
            Column(tr("Now"), "t", number=True),
            Column(tr("Change"), number=True),
            Column(tr("Error of drawing")),
        )
        return Table(tr("Exports that change, by destination"), columns, rows, folded=True)

    @property
    def _moved_stops(self) -> list[Row]:
        return [
            row
            for row in self.content["stops"]
            if row["industry"] != ALL_INDUSTRIES and step(row) != 0
        ]

    def _open_rows(self) -> list[Row]:
        """First stops of industries; those that never stop in any draw are left out."""
        pairs = {pair(row) for row in self._moved_stops}
        return [
            row
            for row in self.content["first_stops"]
            if row["industry"] != ALL_INDUSTRIES
            and (float(row["share_stopped"]) > 0 or pair(row) in pairs)
        ]

    def _cells(self, row: Row, base: Row, change: Row | None) -> tuple[str, ...]:
        moved = ""
        if change is not None:
            moved = signed(step(change))
            if change["exceeds"]:
                moved = Markup("<strong>{}</strong>").format(moved)
        share = says.percent(float(row["share_stopped"]))
        if row["share_stopped"] != base["share_stopped"]:
            share = tr(
                "{before} to {after}",
                before=says.percent(float(base["share_stopped"])),
                after=share,
            )
        return (
            tr(
                "{place}: {industry}",
                place=capital(self.name(row["region"])),
                industry=self.name(row["industry"]),
            ),
            week(base),
            week(row),
            moved,
            share,
            self.name(row["binding"]) if row["binding"] else "",
        )

    def _reason(self, row: Row) -> str:
        now = next(r for r in self.content["first_stops"] if pair(r) == pair(row))
        before, after = float(row["before"]), float(row["after"])
        told = {
            "place": capital(self.name(row["region"])),
            "industry": self.name(row["industry"]),
            "before": says.number(before),
            "after": says.number(after),
            "input": self.name(now["binding"]) if now["binding"] else tr("nothing"),
        }
        if math.isinf(after):
            return tr(
                "{place}, {industry}: no stop any more in the median, week {before} before.", **told
            )
        if math.isinf(before):
            return tr(
                "{place}, {industry}: stops in week {after}, where it did not before, for want of "
                "{input}.",
                **told,
            )
        return tr(
            "{place}, {industry}: week {after} instead of week {before}, for want of {input}.",
            **told,
        )

    def _world(self) -> Iterator[str]:
        row = next((r for r in self.content["totals"] if r["destination"] == WORLD), None)
        if row is None:
            yield tr("Exports to the world stay as they are.")
            return
        if abs(share(row)) < LEAST:
            yield tr("Exports to the world change by less than 1 %.")
            return
        yield tr(
            "Exports to the world: {change} ({before} t to {after} t).",
            change=percent(row),
            before=amount(row["before"]),
            after=amount(row["after"]),
        )

    def _alone(self, row: Row) -> str:
        stops = [r for r in row["stops"] if r["industry"] != ALL_INDUSTRIES and step(r) != 0]
        world = next((r for r in row["totals"] if r["destination"] == WORLD), None)
        return tr(
            "alone: {later} later, {earlier} earlier, exports to the world {change}",
            later=sum(step(r) > 0 for r in stops),
            earlier=sum(step(r) < 0 for r in stops),
            change=percent(world) if world is not None else tr("unchanged"),
        )

    def _fan(self, side: Row, place: str) -> Fan:
        rows = [row for row in side["monthly_exports"] if row["destination"] == place]
        columns: dict[str, Sequence[float]] = {
            name: [float(row[name]) for row in rows] for name in _BANDS
        }
        base = self.content["base_means"].get(place)
        return Fan(
            months=[row["month"] for row in rows],
            **columns,
            observed=[row["observed"] for row in rows],
            base=None if base is None else float(base),
            unit=tr("t/month"),
            mark=self.run["headline_date"],
        )


_read: Shelf[Row] = Shelf(24)


def answer_of(folder: Path, levers: tuple[Lever, ...]) -> Answer:
    """The answer in a folder."""

    def read() -> Row:
        found: Row = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        return found

    return Answer(_read.get(folder, read), levers)
