"""Why two saved runs differ, and by how much beyond the error of drawing.

A difference of medians is held against its Monte Carlo error: the interval that holds 90 % of the
differences when draws are drawn again with replacement. Runs that share their draws draw the same
ones again (paired), others each their own. Draws are points of a Sobol sequence, which lie more
evenly than chance would have them: the error is rather too large than too small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from terbium.analysis.differences import (
    Difference,
    attribution,
    differences,
    is_paired,
    summary_lines,
)
from terbium.base.calendar import Clock
from terbium.evidence.methods import method
from terbium.results.context import Route, Row
from terbium.results.exports import HEADLINE_MATERIAL, add_sums, by_month, whole_months
from terbium.results.quantiles import BANDS, bands, quantile, significant, tidy
from terbium.results.stops import ALL_INDUSTRIES
from terbium.results.store import RunFolder

Floats = NDArray[np.float64]

_DAYS_PER_WEEK = 7
_DIGITS = 4


@dataclass(frozen=True)
class Comparison:
    """One run held against another.

    Parameters
    ----------
    first, second
        Folders, as they were named.
    differences
        What parts them.
    lines
        One sentence by kind.
    attribution
        Whether effects can be ascribed to one difference.
    paired, pairing
        Whether draws are compared one by one, and why.
    exports
        Rows ``material, origin, destination, month``, medians and 90 % intervals ``before_...,
        after_...`` [t/month], ``difference``, ``error_low, error_high`` (its Monte Carlo
        interval at 90 %), ``exceeds``; months in which the runs differ.
    totals
        The same over all months that both hold, one row per route, the largest difference first.
    stops
        Rows ``region, industry, before, after`` (median week; `inf` is never), ``difference``,
        ``error_low, error_high``, ``exceeds``, ``share_before, share_after``.
    regimes
        Regime of the network in each.
    """

    first: str
    second: str
    differences: tuple[Difference, ...]
    lines: Mapping[str, str]
    attribution: str
    paired: bool
    pairing: str
    exports: tuple[Row, ...]
    totals: tuple[Row, ...]
    stops: tuple[Row, ...]
    regimes: tuple[str, str]

    def to_dict(self) -> Row:
        """The comparison as JSON has it."""
        return {
            "first": self.first,
            "second": self.second,
            "differences": [one.to_dict() for one in self.differences],
            "kinds": dict(self.lines),
            "attribution": self.attribution,
            "paired": self.paired,
            "pairing": self.pairing,
            "exports": list(self.exports),
            "totals": list(self.totals),
            "stops": list(self.stops),
            "regimes": {"before": self.regimes[0], "after": self.regimes[1]},
            "units": {
                "exports": "t per calendar month",
                "totals": "t over the months that both runs hold",
                "stops": "weeks after each run's own headline measure took force",
            },
        }


def compare(first: RunFolder, second: RunFolder) -> Comparison:
    """Hold a run against another.

    Parameters
    ----------
    first, second
        Saved runs; differences are second less first.
    """
    found = differences(first, second)
    paired, pairing = is_paired(first, second)
    sides = _Draws(first), _Draws(second)
    resampler = Resampler(sides[0].draws, sides[1].draws, paired)
    months, totals = export_changes(*sides, resampler)
    return Comparison(
        str(first.path),
        str(second.path),
        found,
        summary_lines(found, first, second),
        attribution(found),
        paired,
        pairing,
        months,
        totals,
        stop_changes(*sides, resampler),
        (str(first.summary["regime"]["label"]), str(second.summary["regime"]["label"])),
    )


@dataclass(frozen=True)
class Change:
    """A difference of two medians with its Monte Carlo interval at 90 %."""

    difference: float
    low: float
    high: float

    @property
    def exceeds(self) -> bool:
        """Whether zero lies outside the interval."""
        return self.low > 0 or self.high < 0

    @property
    def cells(self) -> Row:
        """Columns of a row."""
        return {
            "difference": tidy(self.difference),
            "error_low": tidy(self.low),
            "error_high": tidy(self.high),
            "exceeds": self.exceeds,
        }


class Resampler:
    """Draws the draws of two runs again and again, always in the same way.

    Parameters
    ----------
    before, after
        Number of draws of each.
    paired
        Whether equal positions are the same draw.
    """

    def __init__(self, before: int, after: int, paired: bool) -> None:
        random = np.random.default_rng(round(method("validation/bootstrap/seed")))
        self._count = round(method("validation/bootstrap/resamples"))
        self._weights = self._drawn(random, before), self._drawn(random, after)
        if paired and before == after:
            self._weights = self._weights[0], self._weights[0]

    def _drawn(self, random: np.random.Generator, draws: int) -> NDArray[np.int64]:
        """How often each draw was drawn, (resample, draw)."""
        return random.multinomial(draws, np.full(draws, 1 / draws), size=self._count)

    def change(self, before: Floats, after: Floats) -> Change:
        """Difference of the medians of two samples, each (draw,); `inf` means never."""
        middle = _less(float(quantile(after, 0.5)), float(quantile(before, 0.5)))
        medians = [
            _medians(sample, weights)
            for sample, weights in zip((before, after), self._weights, strict=True)
        ]
        steps = np.zeros(self._count)
        np.subtract(medians[1], medians[0], out=steps, where=medians[1] != medians[0])
        ordered = np.sort(steps)
        # ranks, not interpolation: half way to never is no number
        ends = (BANDS[name] * (self._count - 1) for name in ("low90", "high90"))
        low, high = (float(ordered[round(end)]) for end in ends)
        return Change(middle, min(low, middle), max(high, middle))


def _less(a: float, b: float) -> float:
    """Take b from a, where never less never is nothing."""
    return 0.0 if a == b else a - b


def _medians(sample: Floats, weights: NDArray[np.int64]) -> Floats:
    """Median of each resample, (resample,)."""
    order = np.argsort(sample, kind="stable")
    heaps = np.cumsum(weights[:, order], axis=1)
    middle = (heaps + heaps >= sample.size).argmax(axis=1)
    found: Floats = sample[order][middle]
    return found


class Draws(Protocol):
    """What is compared of a run, draw by draw."""

    @property
    def months(self) -> tuple[str, ...]:
        """Months that it covers whole."""
        ...

    @property
    def routes(self) -> Mapping[Route, Floats]:
        """Exports by route, (month, draw) [t]."""
        ...

    @property
    def stops(self) -> Mapping[tuple[str, str], Floats]:
        """First stop by region and industry, (draw,) [week]; `inf` is never."""
        ...


class _Draws:
    """The draws of a saved run."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run

    @property
    def draws(self) -> int:
        return int(self.run.dataset.sizes["draw"])

    @cached_property
    def months(self) -> tuple[str, ...]:
        return whole_months(self._clock)[0]

    @cached_property
    def routes(self) -> dict[Route, Floats]:
        """Exports of the headline groups by route, (month, draw) [t]."""
        data = self.run.dataset
        keys = zip(
            data["export_link_material"].values,
            data["export_link_origin"].values,
            data["export_link_destination"].values,
            strict=True,
        )
        tonnes = by_month(data["export"].values, whole_months(self._clock)[1])
        table = {(str(m), str(o), str(d)): tonnes[i] for i, (m, o, d) in enumerate(keys)}
        summary = self.run.summary
        add_sums(table, summary["groups"], summary["blocs"])
        wanted = self._headline_materials()
        return {route: table[route] for route in sorted(table) if route[0] in wanted}

    @cached_property
    def stops(self) -> dict[tuple[str, str], Floats]:
        """First stop by region and industry, and of any industry of a region, (draw,) [week]."""
        data = self.run.dataset
        days = data["first_stop_days"].values.astype(np.float64) / _DAYS_PER_WEEK
        keys = zip(data["node_region"].values, data["node_industry"].values, strict=True)
        return with_regions({(str(r), str(i)): days[n] for n, (r, i) in enumerate(keys)})

    @property
    def _clock(self) -> Clock:
        data = self.run.dataset
        start = data["time"].values[0].astype("datetime64[D]").item()
        return Clock(start, int(data.attrs["step_days"]), data.sizes["time"])

    def _headline_materials(self) -> set[str]:
        """What the record follows; without a record, the group that the report is about."""
        rows: list[Mapping[str, Any]] = self.run.summary["monthly_exports"]
        return {HEADLINE_MATERIAL, *(r["material"] for r in rows if r["observed"] is not None)}


def with_regions(stops: Mapping[tuple[str, str], Floats]) -> dict[tuple[str, str], Floats]:
    """First stops by industry, and of any industry of each region."""
    found = dict(stops)
    for region in sorted({region for region, _ in stops}):
        inside = [week for (r, _), week in stops.items() if r == region]
        found[region, ALL_INDUSTRIES] = np.stack(inside).min(axis=0)
    return found


def export_changes(
    first: Draws, second: Draws, resampler: Resampler, with_months: bool = True
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Months in which a route differs, and the sum over all shared months of each such route.

    Parameters
    ----------
    first, second, resampler
        The runs, and how their draws are drawn again.
    with_months
        Whether single months are asked for; sums alone take a fraction of the time.

    Returns
    -------
    exports, totals
        See `Comparison`.
    """
    shared = [m for m in first.months if m in second.months]
    at = [[side.months.index(m) for m in shared] for side in (first, second)]
    rows: list[Row] = []
    totals: list[Row] = []
    for route in first.routes:
        if route not in second.routes or not shared:
            continue
        before, after = first.routes[route][at[0]], second.routes[route][at[1]]
        if np.array_equal(before, after):
            continue
        labels: Row = dict(zip(("material", "origin", "destination"), route, strict=True))
        rows += [
            {**labels, "month": month, **_compared(before[i], after[i], resampler)}
            for i, month in enumerate(shared)
            if with_months and not np.array_equal(before[i], after[i])
        ]
        sums = _compared(before.sum(axis=0), after.sum(axis=0), resampler)
        totals.append({**labels, "first": shared[0], "last": shared[-1], **sums})
    return tuple(rows), tuple(sorted(totals, key=_largest_first))


def _compared(before: Floats, after: Floats, resampler: Resampler) -> Row:
    cells: Row = {}
    for name, sample in (("before", before), ("after", after)):
        found = bands(sample)
        cells[name] = tidy(float(found["central"]))
        cells[f"{name}_low90"] = tidy(float(found["low90"]))
        cells[f"{name}_high90"] = tidy(float(found["high90"]))
    return {**cells, **resampler.change(before, after).cells}


def _largest_first(row: Row) -> tuple[bool, str, bool, float, str]:
    material, step = str(row["material"]), row["difference"]
    size = abs(step) if isinstance(step, float) else 0.0
    is_other = material != HEADLINE_MATERIAL
    return is_other, material, not row["exceeds"], -size, str(row["destination"])


def stop_changes(first: Draws, second: Draws, resampler: Resampler) -> tuple[Row, ...]:
    """Stops that differ, see `Comparison`."""
    return tuple(sorted(_stops(first, second, resampler), key=_most_moved_first))


def _stops(first: Draws, second: Draws, resampler: Resampler) -> Iterator[Row]:
    """Stops whose median week, or share of draws, is another."""
    for (region, industry), before in first.stops.items():
        after = second.stops.get((region, industry))
        if after is None or np.array_equal(before, after):
            continue
        weeks = [float(np.round(quantile(sample, 0.5))) for sample in (before, after)]
        shares = [float(np.isfinite(sample).mean()) for sample in (before, after)]
        if weeks[0] == weeks[1] and shares[0] == shares[1]:
            continue
        yield {
            "region": region,
            "industry": industry,
            "before": weeks[0],
            "after": weeks[1],
            **resampler.change(before, after).cells,
            "share_before": significant(shares[0], _DIGITS),
            "share_after": significant(shares[1], _DIGITS),
        }


def _most_moved_first(row: Row) -> tuple[bool, float, str, str]:
    step = row["difference"]
    size = abs(step) if isinstance(step, float) else 0.0
    return not row["exceeds"], -size, str(row["region"]), str(row["industry"])
