"""Scores of families of rows: by episode, by quantity, by series; beside baselines, with intervals.

A family's interval comes from resampling whole clusters of rows with replacement: its episodes,
where it has several; else its series; else its rows. Rows that hang together are drawn together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from terbium.analysis.backtest import BASELINES, Judged
from terbium.analysis.targets import USES
from terbium.base.calendar import Period
from terbium.results.keys_constants import constant
from terbium.results.keys_labels import month_before, month_of
from terbium.results.keys_terms import Against, Recoup, Simple, Span
from terbium.results.quantiles import BANDS, quantile, tidy

ALL = "all"
Row = dict[str, object]
_STEPS_BACK = ("yoy", "mom")


def family_rows(rows: Sequence[Judged]) -> list[Row]:
    """Scores per family and use, those beaten by a baseline first.

    Returns
    -------
    list of rows
        ``family, by`` (``all``, ``episode``, ``quantity`` or ``series``) ``, use, rows, hits``;
        ``log_rmse`` of the medians with ``low90, high90`` and what was ``resampled``;
        ``left_out``: ids whose log error does not exist; ``crps``: mean on the log scale;
        ``coverage50, coverage90``: share of records inside the interval, with ``width50,
        width90``, the median of high over low; ``signs``, ``turning_points``: right and all;
        ``baselines``: by name ``rows, log_rmse`` and the model's ``model_log_rmse`` on the same
        rows; ``winner``: the least of the baselines and the model on the rows that all of them
        answer, or None.
    """
    scored = [row for row in rows if row.hit is not None]
    found = []
    for by, name_of in _GROUPINGS.items():
        for use in (ALL, *USES):
            families: dict[str, list[Judged]] = {}
            for row in scored:
                name = name_of(row)
                if name is not None and use in (ALL, row.target.use):
                    families.setdefault(name, []).append(row)
            for name, part in families.items():
                if by != "series" or len(part) >= constant("series/least_rows"):
                    found.append(_family(name, by, use, part))
    return sorted(found, key=_failures_first)


def _series(row: Judged) -> str | None:
    """Quantity, subject and place of a row about a calendar month without transforms."""
    key = row.target.key
    if key is None or key.transforms or _month(row) is None:
        return None
    return f"{row.target.scenario}: {key.text.rpartition('/')[0]}"


def _month(row: Judged) -> Period | None:
    key = row.target.key
    if key is None or not isinstance(key.period, Span) or key.transforms:
        return None
    days = key.period.days
    return days if days == month_of(days.first) else None


def _quantity(row: Judged) -> str | None:
    return row.target.key.quantity if row.target.key is not None else None


_GROUPINGS: Mapping[str, Callable[[Judged], str | None]] = {
    ALL: lambda row: ALL,
    "episode": lambda row: row.target.episode or "not named",
    "quantity": _quantity,
    "series": _series,
}


def _family(name: str, by: str, use: str, rows: Sequence[Judged]) -> Row:
    errors = [(row, row.log_error) for row in rows]
    logs = [(row, error) for row, error in errors if error is not None and math.isfinite(error)]
    on_logs = [row for row in rows if row.yardstick is not None and row.yardstick.scale == "log"]
    left_out = sorted({r.target.id for r in on_logs} - {r.target.id for r, _ in logs})
    scores = [row.score for row, _ in logs if row.score is not None]
    low, high, resampled = _bootstrap(logs)
    return {
        "family": name,
        "by": by,
        "use": use,
        "rows": len(rows),
        "hits": sum(bool(row.hit) for row in rows),
        "log_rmse": _tidy(_rms([error for _, error in logs])),
        "low90": _tidy(low),
        "high90": _tidy(high),
        "resampled": resampled,
        "log_rows": len(logs),
        "left_out": left_out,
        "crps": _tidy(_mean(scores)),
        **_intervals(rows, {row.target.id for row, _ in logs}),
        **_directions(rows),
        **_beside(logs),
    }


def _rms(errors: Sequence[float]) -> float | None:
    # exact summation: the result must not hang on the order of the rows
    return math.sqrt(math.fsum(e * e for e in errors) / len(errors)) if errors else None


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _tidy(value: float | None) -> float | None:
    return None if value is None else tidy(value)


def _clusters(logs: Sequence[tuple[Judged, float]]) -> tuple[str | None, list[list[float]]]:
    """Log errors of rows that hang together, by the coarsest thing of which there are several."""
    for what, label in _CLUSTERS:
        clusters: dict[str, list[float]] = {}
        for row, error in logs:
            clusters.setdefault(label(row), []).append(error)
        if len(clusters) > 1:
            return what, list(clusters.values())
    return None, []


def _bootstrap(
    logs: Sequence[tuple[Judged, float]],
) -> tuple[float | None, float | None, str | None]:
    """90 % interval of the log-RMSE, and what was drawn."""
    what, clusters = _clusters(logs)
    if what is None:
        return None, None, None
    # by content, so that renamed rows give the same interval
    pieces = sorted(sorted(errors) for errors in clusters)
    squares = np.array([math.fsum(e * e for e in piece) for piece in pieces])
    counts = np.array([len(piece) for piece in pieces])
    random = np.random.default_rng(round(constant("bootstrap/seed")))
    size = (round(constant("bootstrap/resamples")), len(pieces))
    drawn = random.integers(0, len(pieces), size)
    results = np.sqrt(squares[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return float(quantile(results, BANDS["low90"])), float(quantile(results, BANDS["high90"])), what


_CLUSTERS: tuple[tuple[str, Callable[[Judged], str]], ...] = (
    ("episode", lambda row: row.target.episode),
    ("series", lambda row: _series(row) or str(row.target.key)),
    ("row", lambda row: row.target.id),
)


def _intervals(rows: Sequence[Judged], on_logs: set[str]) -> Row:
    found: Row = {}
    for level in ("50", "90"):
        ends = [
            (row, row.figures[f"low{level}"], row.figures[f"high{level}"])
            for row in rows
            if f"low{level}" in row.figures and row.yardstick is not None
        ]
        inside = [low <= row.yardstick.observed <= high for row, low, high in ends if row.yardstick]
        ratios = [
            high / max(low, row.yardstick.floor)
            for row, low, high in ends
            if row.target.id in on_logs and row.yardstick and max(low, row.yardstick.floor) > 0
        ]
        found[f"coverage{level}"] = _tidy(_mean([float(hit) for hit in inside]))
        found[f"width{level}"] = _tidy(float(np.median(ratios))) if ratios else None
    return found


@dataclass(frozen=True)
class _Point:
    model: float
    observed: float


def _directions(rows: Sequence[Judged]) -> Row:
    """Signs of changes, those that a key asks for and those between neighbouring months."""
    signs = [
        _same_sign(row.figures["model"], row.yardstick.observed)
        for row in rows
        if row.yardstick is not None and _is_change(row)
    ]
    turns: list[bool] = []
    series: dict[str, dict[date, _Point]] = {}
    for row in rows:
        name, month = _series(row), _month(row)
        if name is not None and month is not None and row.yardstick is not None:
            point = _Point(row.figures["model"], row.yardstick.observed)
            series.setdefault(name, {})[month.first] = point
    for points in series.values():
        for first in points:
            before = month_before(month_of(first)).first
            after = month_of(first).end
            if before in points:
                steps = _step(points[before], points[first])
                signs.append(_same_sign(steps.model, steps.observed))
                if after in points:
                    later = _step(points[first], points[after])
                    if steps.observed * later.observed < 0:
                        turns.append(
                            _same_sign(steps.model, steps.observed)
                            and _same_sign(later.model, later.observed)
                        )
    return {"signs": _count(signs), "turning_points": _count(turns)}


def _step(a: _Point, b: _Point) -> _Point:
    return _Point(b.model - a.model, b.observed - a.observed)


def _same_sign(model: float, observed: float) -> bool:
    return bool(np.sign(model) == np.sign(observed))


def _count(found: Sequence[bool]) -> Row:
    return {"right": sum(found), "of": len(found)}


def _is_change(row: Judged) -> bool:
    transforms = row.target.key.transforms if row.target.key is not None else ()
    return bool(transforms) and (
        isinstance(transforms[-1], Recoup)
        or (isinstance(transforms[-1], Simple) and transforms[-1].name in _STEPS_BACK)
        or (isinstance(transforms[-1], Against) and transforms[-1].name == "change")
    )


def _beside(logs: Sequence[tuple[Judged, float]]) -> Row:
    """Each baseline on the rows that it answers, the model on the same ones."""
    found: dict[str, Row] = {}
    answered: dict[str, dict[str, float]] = {}
    for name in BASELINES:
        errors = {
            row.target.id: row.baselines[name].score
            for row, _ in logs
            if name in row.baselines and row.baselines[name].score is not None
        }
        known = {i: error for i, error in errors.items() if error is not None}
        if known:
            own = [error for row, error in logs if row.target.id in known]
            found[name] = {
                "rows": len(known),
                "log_rmse": _tidy(_rms(list(known.values()))),
                "model_log_rmse": _tidy(_rms(own)),
            }
            answered[name] = known
    return {"baselines": found, "winner": _winner(logs, answered)}


def _winner(
    logs: Sequence[tuple[Judged, float]], answered: Mapping[str, Mapping[str, float]]
) -> str | None:
    if not answered:
        return None
    shared = set.intersection(*(set(known) for known in answered.values()))
    results = {
        "model": _rms([error for row, error in logs if row.target.id in shared]),
        **{name: _rms([known[i] for i in sorted(shared)]) for name, known in answered.items()},
    }
    known_results = {name: value for name, value in results.items() if value is not None}
    return min(known_results, key=lambda n: known_results[n]) if known_results else None


def _failures_first(row: Row) -> tuple[int, int, int, float, str]:
    uses: Iterable[str] = (ALL, *USES)
    beaten = row["winner"] not in (None, "model")
    error = row["log_rmse"] if isinstance(row["log_rmse"], float) else -1.0
    return (
        list(_GROUPINGS).index(str(row["by"])),
        list(uses).index(str(row["use"])),
        0 if beaten else 1,
        -error,
        str(row["family"]),
    )
