"""The work of ``terbium evidence events``."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from terbium.base.errors import CommandError, Problems
from terbium.base.files import atomic_dir, atomic_write_text, tidy_json
from terbium.base.tolerances import STORED_DIGITS
from terbium.cli.options import check_folder
from terbium.cli.output import Columns, note, print_json, print_table, say
from terbium.evidence.documents.table import guard
from terbium.evidence.event_study import Interval, Study, event_study
from terbium.evidence.examples import example_or
from terbium.evidence.prices import Prices, read_events, read_prices, with_market
from terbium.report.event_figure import event_picture, told

_MARKER = "event-study.json"
_WINDOW = re.compile(r"\s*([+-]?\d{1,4})\s*:\s*([+-]?\d{1,4})\s*")
_LEAST_P = 0.001
_TABLE: Columns = {
    **{"Event": "left", "Asset": "left", "Day 0": "left", "Cumulative": "right", "p": "right"},
    **{"By permutation": "right", "Estimated on": "right"},
}


def print_events(
    prices: Path,
    happened: Path,
    market: str | None,
    window: str,
    estimation: int,
    seed: int,
    out: Path | None,
    is_json: bool,
) -> None:
    """Study events, print the table, and write a folder if asked."""
    problems = Problems()
    found = _WINDOW.fullmatch(window)
    if found is None:
        problems.add("--window", f"'{window}'", "first:last, such as -5:10", "write it so")
    if out is not None:
        check_folder(out, _MARKER, problems)
    problems.raise_if_any("terbium evidence events", CommandError)
    ends = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    held, index = _with_market(read_prices(example_or(prices)), market)
    events = read_events(example_or(happened), [asset for asset in held.prices if asset != index])
    study = event_study(held, events, market=index, window=ends, estimation=estimation, seed=seed)
    if out is not None:
        _save(study, out)
    if is_json:
        print_json(_plain(study))
        return
    _print(study, ends)
    if out is not None:
        say(str(out))


def _with_market(prices: Prices, market: str | None) -> tuple[Prices, str | None]:
    if market is None or market in prices.prices:
        return prices, market
    if Path(market).suffix or Path(market).exists():
        name = f"market {Path(market).name}"
        return with_market(prices, read_prices(market), name), name
    return prices, market


def _print(study: Study, ends: tuple[int, int]) -> None:
    rows = [
        (
            *(one.event.label or str(one.event.day), one.asset, str(one.day), told(path[-1])),
            *(_p(path[-1].p), told(rank), f"{one.days_used} days"),
        )
        for one, path, rank in zip(study.fitted, study.cumulative, study.by_rank, strict=True)
    ]
    if study.mean and study.mean_by_rank:
        mean = study.mean[-1]
        rows.append(
            (
                "mean",
                f"{len(rows)} events",
                "",
                told(mean),
                _p(mean.p),
                told(study.mean_by_rank),
                "",
            )
        )
    title = f"Abnormal log returns, days {ends[0]} to {ends[1]}, {study.model}"
    print_table(f"{title}; {study.level:.0%} intervals", _TABLE, rows, is_wide=True)
    say(f"Standardised (Patell, adjusted for common movement): z {study.patell_z:.2f}, "
        f"p {_p(study.patell_p)}")  # fmt: skip
    for event, asset, why in study.skipped:
        say(f"Not studied: {event.label or event.day} of {asset}: {why}")
    for text in study.notes:
        note(text)
    say("A return beyond the interval says that something happened in these days, not what.")


def _p(p: float) -> str:
    return "-" if p != p else f"{p:.3f}" if p >= _LEAST_P else f"< {_LEAST_P}"


def _plain(study: Study) -> dict[str, object]:
    """The study for JSON; a p-value that does not exist is None."""
    events = [
        {
            **{"event": one.event.label, "date": one.event.day, "asset": one.asset},
            **{"day0": one.day, "days_used": one.days_used, "alpha": one.alpha, "beta": one.beta},
            **{"sd": one.sd, "cumulative": _steps(path), "daily": _steps(days)},
            "by_permutation": _steps([rank])[0],
        }
        for one, path, days, rank in zip(
            study.fitted, study.cumulative, study.daily, study.by_rank, strict=True
        )
    ]
    mean = None
    if study.mean and study.mean_daily and study.mean_by_rank:
        mean = {
            **{"cumulative": _steps(study.mean), "daily": _steps(study.mean_daily)},
            "by_permutation": _steps([study.mean_by_rank])[0],
        }
    skipped = [
        {"event": event.label, "date": event.day, "asset": asset, "why": why}
        for event, asset, why in study.skipped
    ]
    return {
        **{"model": study.model, "offsets": study.offsets, "level": study.level},
        **{"events": events, "mean": mean, "skipped": skipped, "notes": study.notes},
        "patell": {"z": _known(study.patell_z), "p": _known(study.patell_p)},
    }


def _steps(path: Sequence[Interval]) -> list[dict[str, float | None]]:
    return [{name: _known(value) for name, value in asdict(step).items()} for step in path]


def _known(value: float) -> float | None:
    return value if value == value else None


def _save(study: Study, out: Path) -> None:
    with atomic_dir(out, replaces=_MARKER) as folder:
        atomic_write_text(folder / _MARKER, tidy_json(_plain(study)))
        atomic_write_text(folder / "returns.csv", _table(study))
        atomic_write_text(folder / "figure.svg", event_picture(study))


def _table(study: Study) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = ("value", "se", "low", "high", "p")
    writer.writerow(
        ("event", "asset", "day0", "offset", *(f"daily_{name}" for name in names),
         *(f"cumulative_{name}" for name in names))
    )  # fmt: skip
    series = [
        (guard(one.event.label or str(one.event.day)), guard(one.asset), str(one.day), days, path)
        for one, days, path in zip(study.fitted, study.daily, study.cumulative, strict=True)
    ]
    if study.mean and study.mean_daily:
        series.append(("mean", "", "", study.mean_daily, study.mean))
    for label, asset, day, days, path in series:
        for offset, daily, whole in zip(study.offsets, days, path, strict=True):
            cells = [getattr(step, name) for step in (daily, whole) for name in names]
            numbers = [f"{cell:.{STORED_DIGITS}g}" if cell == cell else "" for cell in cells]
            writer.writerow((label, asset, day, offset, *numbers))
    return text.getvalue()
