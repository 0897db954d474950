"""Losses beside naive reckonings, beside what others have published, beside other rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from terbium.analysis.economy_rows import (
    FIRST_YEAR,
    SHARE,
    Places,
    Window,
    dates,
    interval,
    step_weight,
)
from terbium.analysis.economy_run import EconomyRun
from terbium.analysis.economy_world import Floats, World
from terbium.base.calendar import Clock
from terbium.engine.recording import Recording
from terbium.evidence.methods import method
from terbium.results.context import Row
from terbium.results.quantiles import tidy

_CLAIM_MONTH_DAYS = 365 / 12
_PER_CENT = 100.0
REGIMES = ("at rest", "recovered", "depressed", "collapsed")


def missing_share(
    world: World, recording: Recording, materials: Sequence[str]
) -> Mapping[str, Floats]:
    """Share of the undisturbed flow of some materials that does not reach each region.

    Parameters
    ----------
    world
        Its regions.
    recording
        Of the chain, with exports of the recorded origins.
    materials
        Those that are added up.

    Returns
    -------
    mapping
        Region of the table to (step, draw), below zero where more comes; regions that the origins
        do not ship to have none.
    """
    found = {}
    for region, members in world.chain.items():
        rows = [
            i
            for i, (material, origin, to) in enumerate(recording.export_keys)
            if material in materials and to in members and origin not in members
        ]
        base = recording.export_base[rows].astype(np.float64).sum(axis=0)
        if rows and (base > 0).all():
            came = recording.export[rows].astype(np.float64).sum(axis=0)
            found[region] = 1.0 - came / base
    return found


def baseline_rows(places: Places, window: Window, missing: Mapping[str, Floats]) -> list[Row]:
    """Rows ``region, baseline, unit`` with intervals: shares of the GDP of a window.

    Returns
    -------
    list of rows
        ``value_of_material``: what is not bought, at its price, as if nothing hung on it;
        ``stands_still``: all lines of the chain that stand still, as if plants made nothing good
        and nothing were passed on; ``in_proportion``:
        every exposed line stands still in the share in which magnets do not come, without stocks,
        other suppliers or other inputs.
    """
    run, regions = places.run, places.run.world.table.regions
    weight = step_weight(run, window)
    still = np.zeros_like(run.direct)
    for region, share in missing.items():
        i = regions.index(region)
        still[i] = run.exposed[i] * np.maximum(share, 0.0)
    kinds = {
        "value_of_material": run.missing,
        "stands_still": run.still,
        "in_proportion": still,
    }
    return [
        {"region": place, "window": window.name, "baseline": name, "unit": SHARE,
         **interval(weight @ places.share(place, array))}
        for place in places.members
        for name, array in kinds.items()
    ]  # fmt: skip


def claim_rows(places: Places, headline: date | None, missing: Mapping[str, Floats]) -> list[Row]:
    """What others have published beside what this run says of as many months.

    Returns
    -------
    list of rows
        Columns of the package's table with ``claimed_low``, ``claimed_high`` and the run's own
        intervals, as shares of the GDP of a year; ``missing``: median share of magnets that did
        not come in these months, since no claim speaks of the same cut. A claim about more months
        than the run has after the headline measure has no figures of the run.
    """
    rows: list[Row] = []
    table = places.run.world.package.table("published")
    for claim in table.to_dict("records"):
        region = str(claim["region"])
        row: Row = {name: str(claim[name]) for name in ("study", "region", "scenario", "mechanism")}
        row |= {
            "months": int(claim["months"]),
            "claimed_low": tidy(float(claim["low"]) / _PER_CENT),
            "claimed_high": tidy(float(claim["high"]) / _PER_CENT),
            "claim": str(claim["claim"]),
        }
        window = _window_of(places.run.clock, headline, int(claim["months"]))
        if window is not None:
            weight = step_weight(places.run, window)
            years = window.days / (12 * _CLAIM_MONTH_DAYS)
            row |= interval(weight @ places.share(region, places.run.total) * years)
            share = missing.get(region)
            row["missing"] = (
                None if share is None else float(np.round(np.median(weight @ share), 2))
            )
        rows.append(row)
    return rows


def _window_of(clock: Clock, headline: date | None, months: int) -> Window | None:
    if headline is None:
        return None
    last = headline + timedelta(days=round(months * _CLAIM_MONTH_DAYS) - 1)
    return Window("claim", headline, last) if last < clock.end else None


def implausible_row(places: Places, window: Window, names: Sequence[str]) -> list[Row]:
    """How many draws say more of a window than statistics would have left unseen, by place."""
    limit = method("economy/implausible_share")
    weight = step_weight(places.run, window)
    rows: list[Row] = []
    for place in names:
        total = weight @ places.share(place, places.run.total)
        rows.append(
            {
                "region": place,
                **dates(window),
                "limit": limit,
                "share_of_draws_above": float(np.mean(total > limit)),
                **interval(total),
            }
        )
    return rows


def regime_row(run: EconomyRun) -> Row:
    """Whether output of the world came back in the table, and where a collapse could begin.

    Returns
    -------
    row
        ``label``: of most draws; ``shares``: share of the draws in each regime; ``lean``: sectors
        whose stock is shorter than the time of restocking in some draws, with that share.
    """
    recovered, collapsed = method("regime/recovered_share"), method("regime/collapsed_share")
    touched = np.abs(run.total).max(axis=(0, 1)) > 0
    kinds = np.where(
        run.at_end < collapsed, 3, np.where(run.at_end < recovered, 2, np.where(touched, 1, 0))
    )
    counts = np.bincount(kinds, minlength=len(REGIMES)) / run.draws
    lean = {sector: share for sector, share in run.lean.items() if share > 0}
    return {
        "label": REGIMES[int(counts.argmax())],
        "shares": {name: float(share) for name, share in zip(REGIMES, counts, strict=True)},
        "output_at_end": interval(run.at_end),
        "lean": dict(sorted(lean.items(), key=lambda item: -item[1])),
    }


def variant_row(places: Places, window: Window, name: str, names: Sequence[str]) -> list[Row]:
    """The total of a window under other rules, by place, with the share of draws that collapse."""
    weight = step_weight(places.run, window)
    collapsed = tidy(float(np.mean(places.run.at_end < method("regime/collapsed_share"))))
    return [
        {
            "variant": name,
            "region": place,
            "window": window.name,
            "unit": SHARE,
            "draws": places.run.draws,
            "share_collapsed": collapsed,
            **interval(weight @ places.share(place, places.run.total)),
        }
        for place in names
    ]


def chosen(windows: Sequence[Window], name: str = FIRST_YEAR) -> Window:
    """The window of that name, else the last one, which is the whole run."""
    return next((window for window in windows if window.name == name), windows[-1])
