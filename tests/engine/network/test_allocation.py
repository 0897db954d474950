"""How one supplier divides what it has, rule by rule, on claims drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq

from terbium.engine.network.allocation import by_place, proportional, water_filling

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RTOL = 1e-12
HUB = 200_000
many = settings(max_examples=80)
amounts = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))


@dataclass
class Claims:
    """What a supplier is asked for; its links lie anywhere among those of all suppliers."""

    links: Ints
    claim: Floats
    usual: Floats
    place: Floats
    rebuild: float
    rebuild_place: float
    available: float

    @property
    def asked(self) -> Floats:
        """All claims, that of rebuilding last."""
        return np.append(self.claim[self.links], self.rebuild)


@st.composite
def claims(draw: st.DrawFn) -> Claims:
    count = draw(st.integers(0, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = count + 5
    links = rng.permutation(size)[:count]
    claim, usual = np.zeros(size), np.zeros(size)
    claim[links] = draw(st.lists(amounts, min_size=count, max_size=count))
    usual[links] = claim[links] * rng.choice([0.2, 0.5, 1.0, 1.0, 3.0], count)
    place = rng.integers(0, 4, size).astype(np.float64)
    links = links[np.argsort(place[links], kind="stable")]
    rebuild = draw(amounts)
    whole = float(claim.sum() + rebuild)
    share = draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0, 2.0]))
    return Claims(links, claim, usual, place, rebuild, float(rng.integers(0, 5)), share * whole)


def divided(rule: str, c: Claims) -> Floats:
    """What each claim gets, that of rebuilding last; other links stay as they were."""
    sent = np.full(c.claim.size, np.nan)
    if rule == "proportional":
        share = proportional(c.links, c.claim, c.rebuild, c.available, sent)
    elif rule == "by_place":
        share = by_place(c.links, c.claim, c.place, c.rebuild, c.rebuild_place, c.available, sent)
    else:
        share = water_filling(
            c.links, c.claim, c.usual, c.rebuild, c.available, sent, np.zeros(c.links.size + 1)
        )
    others = np.ones(c.claim.size, dtype=bool)
    others[c.links] = False
    assert np.isnan(sent[others]).all()
    assert 0.0 <= share <= 1.0
    return np.append(sent[c.links], share * c.rebuild)


@pytest.mark.parametrize("rule", ["proportional", "by_place", "water_filling"])
@many
@given(claims())
def test_nobody_gets_more_than_asked_and_nothing_stays_unsold(rule: str, c: Claims) -> None:
    got, asked = divided(rule, c), c.asked
    assert (got >= 0.0).all()
    assert (got <= asked * (1 + RTOL)).all()
    np.testing.assert_allclose(got.sum(), min(asked.sum(), c.available), rtol=1e-11)


@many
@given(claims())
def test_proportional_serves_all_alike(c: Claims) -> None:
    got, asked = divided("proportional", c), c.asked
    ratio = got[asked > 0] / asked[asked > 0]
    np.testing.assert_allclose(ratio, ratio[:1].repeat(ratio.size), rtol=RTOL)


@many
@given(claims())
def test_a_lower_place_is_served_in_full_before_the_next(c: Claims) -> None:
    got, asked = divided("by_place", c), c.asked
    place = np.append(c.place[c.links], c.rebuild_place)
    left = c.available
    for here in np.unique(place):
        at = place == here
        share = min(1.0, left / asked[at].sum()) if asked[at].sum() > 0 else 1.0
        atol = RTOL * max(asked.sum(), 1e-300)
        np.testing.assert_allclose(got[at], share * asked[at], rtol=1e-9, atol=atol)
        left = max(left - share * asked[at].sum(), 0.0)


def level_by_rounds(asked: Floats, usual: Floats, available: float) -> Floats:
    """Quadratic: serve whoever asks for less than the level, set the level anew, until nobody."""
    got, waiting = np.zeros_like(asked), usual > 0
    while waiting.any():
        level = available / usual[waiting].sum()
        small = waiting & (asked <= level * usual)
        if not small.any():
            got[waiting] = level * usual[waiting]
            return got
        got[small] = asked[small]
        available -= asked[small].sum()
        waiting &= ~small
    return got


def level_by_bisection(asked: Floats, usual: Floats, available: float) -> Floats:
    low, high = 0.0, 1e3
    for _ in range(200):
        middle = 0.5 * (low + high)
        sold = np.minimum(asked, middle * usual).sum()
        low, high = (middle, high) if sold <= available else (low, middle)
    return np.minimum(asked, low * usual)


def level_by_root(asked: Floats, usual: Floats, available: float) -> Floats:
    def unsold(level: float) -> float:
        return available - float(np.minimum(asked, level * usual).sum())

    level = brentq(unsold, 0.0, 1e3, xtol=1e-15, rtol=1e-14)
    return np.minimum(asked, level * usual)


@pytest.mark.parametrize("oracle", [level_by_rounds, level_by_bisection, level_by_root])
@many
@given(claims())
def test_water_filling_finds_the_level(
    oracle: Callable[[Floats, Floats, float], Floats], c: Claims
) -> None:
    got, asked = divided("water_filling", c), c.asked
    usual = np.append(c.usual[c.links], c.rebuild)
    if asked.sum() <= c.available * (1 + RTOL):
        np.testing.assert_allclose(got, asked, rtol=RTOL, atol=RTOL * asked.sum())
        return
    expected = oracle(asked, usual, c.available)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=RTOL * asked.sum())


def test_water_filling_serves_first_whose_orders_fell_most() -> None:
    # usual 10 each; orders 2, 5 and 10 of which 12 can be had: 2, 5 and the rest, 5
    links, claim, usual = np.arange(3), np.array([10.0, 2.0, 5.0]), np.full(3, 10.0)
    sent = np.zeros(3)
    water_filling(links, claim, usual, 0.0, 12.0, sent, np.zeros(4))
    np.testing.assert_allclose(sent, [5.0, 2.0, 5.0])
    # one less, and who fell less loses it together with who did not
    water_filling(links, claim, usual, 0.0, 11.0, sent, np.zeros(4))
    np.testing.assert_allclose(sent, [4.5, 2.0, 4.5])


def test_a_hub_with_many_claims_is_divided() -> None:
    rng = np.random.default_rng(1)
    links = np.arange(HUB)
    usual = rng.lognormal(0.0, 2.0, HUB)
    claim = usual * rng.uniform(0.1, 2.0, HUB)
    sent = np.zeros(HUB)
    available = 0.4 * claim.sum()
    water_filling(links, claim, usual, 0.0, available, sent, np.zeros(HUB + 1))
    np.testing.assert_allclose(sent.sum(), available, rtol=1e-12)
    cut = sent < claim * (1 - 1e-9)
    level = sent[cut] / usual[cut]
    np.testing.assert_allclose(level, level[0], rtol=1e-9)
    assert (claim[~cut] <= level[0] * usual[~cut] * (1 + 1e-9)).all()
