"""First line stops: when, how long, for want of what, in how many draws."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.engine.recording import Recording
from terbium.results.context import Row, RunContext
from terbium.results.quantiles import BANDS, interval, quantile, significant, tidy

ALL_INDUSTRIES = "all_industries"
"""The subject that stands for whichever industry of a region stops first."""

_DAYS_PER_WEEK = 7
_SHARE_DIGITS = 4


@dataclass(frozen=True)
class _Stops:
    """First stops of one subject; all arrays (draw,)."""

    days: NDArray[np.float64]
    length: NDArray[np.float64]
    binding: NDArray[np.int64]


def stop_rows(recording: Recording, context: RunContext) -> list[Row]:
    """Rows of first stops by region and industry, the earliest first.

    Returns
    -------
    list of rows
        ``week`` (median), ``low50`` .. ``high90``: whole weeks after the day the headline measure
        took force, `inf` for never, because stocks are known in weeks at best. ``share_stopped``:
        share of draws with a stop. ``length_weeks``: median length where one stops. ``binding``:
        the input that most often caused it, with ``binding_share``. ``grade``: of the days of
        cover it rests on. Industry ``all_industries`` is the earliest stop of the region, draw by
        draw; blocs are listed so.
    """
    by_pair = {
        key: _Stops(
            recording.first_stop_days[i].astype(np.float64),
            recording.stop_length_days[i].astype(np.float64),
            recording.binding[i].astype(np.int64),
        )
        for i, key in enumerate(recording.industry_keys)
    }
    rows = [
        _row(region, industry, stops, recording, context.stock_grades.get((region, industry)))
        for (region, industry), stops in by_pair.items()
    ]
    for place, regions in _places(recording, context).items():
        inside = [key for key in by_pair if key[0] in regions]
        worst = max(
            (context.stock_grades[key] for key in inside if key in context.stock_grades),
            default=None,
        )
        rows.append(
            _row(place, ALL_INDUSTRIES, _earliest([by_pair[k] for k in inside]), recording, worst)
        )
    return sorted(rows, key=_earliest_first)


def _places(recording: Recording, context: RunContext) -> dict[str, set[str]]:
    present = {region for region, _ in recording.industry_keys}
    places = {region: {region} for region in present}
    places.update({bloc: set(regions) & present for bloc, regions in context.blocs.items()})
    return {place: regions for place, regions in sorted(places.items()) if regions}


def _earliest(stops: list[_Stops]) -> _Stops:
    days = np.stack([one.days for one in stops])
    first = days.argmin(axis=0)
    draw = np.arange(days.shape[1])
    return _Stops(
        days[first, draw],
        np.stack([one.length for one in stops])[first, draw],
        np.stack([one.binding for one in stops])[first, draw],
    )


def _row(region: str, industry: str, stops: _Stops, recording: Recording, grade: str | None) -> Row:
    stopped = np.isfinite(stops.days)
    binding, share = _commonest(stops.binding[stopped], recording.materials)
    weeks = {name: _weeks(stops.days, level) for name, level in BANDS.items()}
    return {
        "region": region,
        "industry": industry,
        "week": weeks.pop("central"),
        **weeks,
        "share_stopped": significant(float(stopped.mean()), _SHARE_DIGITS),
        "length_weeks": _weeks(stops.length[stopped], BANDS["central"]) if stopped.any() else None,
        "binding": binding,
        "binding_share": share,
        "grade": grade,
    }


def _weeks(days: NDArray[np.float64], level: float) -> float:
    # a stop in the first days rounds to a zero that must not carry a sign
    return float(np.round(quantile(days, level) / _DAYS_PER_WEEK)) + 0.0


def _commonest(
    binding: NDArray[np.int64], materials: tuple[str, ...]
) -> tuple[str | None, float | None]:
    known = [int(position) for position in binding if position >= 0]
    if not known:
        return None, None
    position, count = min(Counter(known).items(), key=lambda item: (-item[1], materials[item[0]]))
    return materials[position], significant(count / len(known), _SHARE_DIGITS)


def _earliest_first(row: Row) -> tuple[float, float, str, str]:
    week, low, share = row["week"], row["low90"], row["share_stopped"]
    # among those that never stop at the median, the likeliest stop comes first
    first = week if isinstance(week, float) else np.inf
    rest = low if isinstance(low, float) and np.isfinite(low) else np.inf
    likely = -share if isinstance(share, float) else 0.0
    return (
        first,
        min(rest, np.finfo(float).max) + likely,
        str(row["region"]),
        str(row["industry"]),
    )


def output_rows(recording: Recording) -> list[Row]:
    """Output of each industry over undisturbed output, mean over the run, with intervals [1]."""
    rows: list[Row] = []
    for i, (region, industry) in enumerate(recording.industry_keys):
        mean = recording.output_share[i].astype(np.float64).mean(axis=0)
        rows.append(
            {
                "region": region,
                "industry": industry,
                **interval(mean),
                "lowest": tidy(
                    float(quantile(recording.output_share[i].min(axis=0), BANDS["central"]))
                ),
            }
        )
    return rows
