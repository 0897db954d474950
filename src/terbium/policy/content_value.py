"""The share of an item's value that its elements make up, at the prices of a day."""

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache

from terbium.base.units import convert
from terbium.policy.cached import register_folder
from terbium.policy.item import Item
from terbium.policy.truth import Range, Truth

_TABLE = "prices.csv"
_LEAST_SHARE, _MOST_SHARE = 0.0, 1.0


@cache
def _prices() -> Mapping[str, Mapping[int, Range]]:
    """Material to year to price [USD/kg]."""
    found: dict[str, dict[int, Range]] = {}
    text = (register_folder() / _TABLE).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        price = Range(float(row["low"]), float(row["high"]))
        found.setdefault(row["material"], {})[int(row["year"])] = price
    return found


def price_of(material: str, on: date) -> Range | None:
    """Price of a material in the year of a day, else in the nearest year held [USD/kg]."""
    years = _prices().get(material)
    if not years:
        return None
    return years[min(years, key=lambda year: (abs(year - on.year), year))]


def value_share(item: Item, elements: frozenset[str], on: date) -> Range | None:
    """Share of value of some elements in an item [-].

    Parameters
    ----------
    item
        With shares by mass.
    elements
        Elements that count.
    on
        The day whose prices hold.

    Returns
    -------
    Range or None
        None if contents or prices are not known. Prices are those of oxides, which elements never
        cost less than, so the share errs to the low side by a few tenths of itself.
    """
    whole = price_of(item.form, on)
    inside = [element for element in elements if item.holds(element) is not Truth.NO]
    if whole is None or not inside:
        return None
    low = high = 0.0
    for element in inside:
        mass, price = item.amounts.get(element), price_of(f"{element}_oxide", on)
        if mass is None or price is None:
            # it may make up anything; what is known of the others still counts
            high = _MOST_SHARE
            continue
        low += convert(mass.low, "%", "1") * price.low / whole.high
        high += convert(mass.high, "%", "1") * price.high / whole.low
    return Range(max(low, _LEAST_SHARE), min(high, _MOST_SHARE))
