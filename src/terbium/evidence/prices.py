"""Public prices and events as users keep them: CSV, one column per asset, or one row per price."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from terbium.base.errors import InputError, Problems, suggest
from terbium.evidence.documents.decode import decode

Array = NDArray[np.float64]

_DATES: Final = ("date", "day", "time", "tradedate", "日期", "交易日期", "时间", "日付")
_ASSETS: Final = (
    "asset",
    "ticker",
    "symbol",
    "code",
    "firm",
    "name",
    "股票代码",
    "代码",
    "证券代码",
)
_PRICES: Final = ("adjclose", "adjustedclose", "close", "price", "level", "value", "收盘价", "收盘")
_LABELS: Final = ("event", "label", "title", "description", "note", "事件", "名称")
_MISSING: Final = ("", "na", "n/a", "nan", "null", "none", "-", "..", "#n/a")
_DAY: Final = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?")
_MOST_PROBLEMS: Final = 30


@dataclass(frozen=True)
class Prices:
    """Prices of assets on the days of one calendar.

    Attributes
    ----------
    days
        Every day on which any asset has a price, ascending.
    prices
        Asset to its prices on these days; NaN where it has none.
    """

    days: tuple[date, ...]
    prices: Mapping[str, Array]


@dataclass(frozen=True)
class Event:
    """Something that happened on a day, to one asset or to all of them (``asset`` empty)."""

    day: date
    asset: str
    label: str


def read_prices(path: Path | str) -> Prices:
    """Read prices: a column of dates and one column per asset, or columns date, asset, price.

    Raises
    ------
    InputError
        If columns are missing, a date is none, stands twice, or a price is not above 0.
    """
    names, rows, where = _table(Path(path))
    problems = Problems()
    at = _dates_at(names, where)
    long = _find(names, _ASSETS), _find(names, _PRICES)
    found: dict[str, dict[date, float]] = {}
    for line, row in rows:
        if len(problems) >= _MOST_PROBLEMS:
            break
        day = _day(row[at], f"line {line}, column {names[at]}", problems)
        if long[0] is not None and long[1] is not None:
            cells = {row[long[0]].strip(): (names[long[1]], row[long[1]])}
        else:
            cells = {name: (name, row[i]) for i, name in enumerate(names) if i != at and name}
        for asset, (column, cell) in cells.items():
            price = _price(cell, f"line {line}, column {column}", problems)
            if day is None or price is None:
                continue
            held = found.setdefault(asset, {})
            if day in held:
                problems.add(
                    f"line {line}", f"{day} of {asset} again", "each day once", "take one away"
                )
            held[day] = price
    if not problems and not found:
        problems.add("prices", "none", "a column per asset beside the dates", "add one")
    problems.raise_if_any(where)
    days = tuple(sorted({day for held in found.values() for day in held}))
    prices = {
        asset: np.array([held.get(day, math.nan) for day in days]) for asset, held in found.items()
    }
    return Prices(days, prices)


def with_market(prices: Prices, market: Prices, name: str) -> Prices:
    """Prices with those of a market beside them, on the days of both.

    Parameters
    ----------
    prices, market
        The market is the only asset of its file.
    name
        What it is to be called, which no asset is.

    Raises
    ------
    InputError
        If the market's file has several columns.
    """
    if len(market.prices) != 1:
        raise InputError.of(
            name, "columns", ", ".join(market.prices), "dates and one column of levels",
            "keep the one that is meant",
        )  # fmt: skip
    days = tuple(sorted({*prices.days, *market.days}))
    found = {asset: _on(days, prices.days, cells) for asset, cells in prices.prices.items()}
    (levels,) = market.prices.values()
    return Prices(days, {**found, name: _on(days, market.days, levels)})


def _on(days: Sequence[date], own: Sequence[date], cells: Array) -> Array:
    held = dict(zip(own, cells.tolist(), strict=True))
    return np.array([held.get(day, math.nan) for day in days])


def read_events(path: Path | str, assets: Sequence[str]) -> list[Event]:
    """Read events: columns date, and if you like asset (one of ``assets``) and event (its name).

    Raises
    ------
    InputError
        If a date is none, or an asset has no prices.
    """
    names, rows, where = _table(Path(path))
    problems = Problems()
    at = _dates_at(names, where)
    label = _find(names, _LABELS)
    # a column called name is the asset's only if another one tells the event
    asset = _find(names, [word for word in _ASSETS if label is not None or word != "name"])
    label = _find(names, (*_LABELS, "name")) if label is None else label
    events = []
    for line, row in rows:
        day = _day(row[at], f"line {line}, column {names[at]}", problems)
        named = row[asset].strip() if asset is not None else ""
        if named and named not in assets:
            problems.add(
                f"line {line}, column {names[asset or 0]}", f"'{named}'",
                ", ".join(list(assets)[:20]), suggest(named, assets),
            )  # fmt: skip
        if day is not None:
            events.append(Event(day, named, row[label].strip() if label is not None else ""))
    if not problems and not events:
        problems.add("events", "none", "a date on each line", "add one")
    problems.raise_if_any(where)
    return events


def _table(file: Path) -> tuple[list[str], list[tuple[int, list[str]]], str]:
    try:
        text = decode(file.read_bytes(), file.name)
    except OSError as error:
        raise InputError.of(
            str(file), "file", error.strerror or str(error), "a CSV file", "correct the path"
        ) from error
    first = text.partition("\n")[0]
    comma = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        names = [name.strip() for name in next(reader)]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError.of(file.name, "file", str(error), "CSV", "mend it") from error
    problems = Problems()
    for line, row in rows:
        if len(row) != len(names) and len(problems) < _MOST_PROBLEMS:
            problems.add(f"line {line}", f"{len(row)} cells", str(len(names)), "mend the line")
    problems.raise_if_any(file.name)
    return names, rows, file.name


def _dates_at(names: Sequence[str], where: str) -> int:
    at = _find(names, _DATES)
    if at is None:
        raise InputError.of(
            where, "columns", ", ".join(names), f"one of dates: {', '.join(_DATES)}",
            "name the column of dates 'date'",
        )  # fmt: skip
    return at


def _find(names: Sequence[str], words: Sequence[str]) -> int | None:
    bare = [re.sub(r"[\W_]+", "", name.casefold()) for name in names]
    return next((bare.index(word) for word in words if word in bare), None)


def _day(cell: str, place: str, problems: Problems) -> date | None:
    found = _DAY.fullmatch(cell.strip())
    try:
        return date(*map(int, found.groups())) if found else _no_day()
    except ValueError:
        problems.add(
            place,
            f"'{cell}'",
            "a day, year first: 2025-04-04, 20250404, 2025年4月4日",
            "write it so",
        )
        return None


def _no_day() -> date:
    raise ValueError


def _price(cell: str, place: str, problems: Problems) -> float | None:
    text = cell.strip()
    if text.lower() in _MISSING:
        return None
    try:
        price = float(text.replace(",", ""))
    except ValueError:
        price = math.nan
    if math.isfinite(price) and price > 0:
        return price
    problems.add(
        place, f"'{cell}'", "a price above 0, or nothing on a day without one",
        "give prices, not returns",
    )  # fmt: skip
    return None
