"""The kernel of firm networks: a second writing, books, rest, bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.network.firm_oracle import level, play

from terbium.engine.jit import get_num_threads, set_num_threads
from terbium.engine.network.firm_case import FIRM_RATIONING, FirmCase, FirmShock, FirmTrajectories
from terbium.engine.network.firm_kernel import level_of
from terbium.engine.network.firm_run import FirmPropagation, simulate_firms
from terbium.graph.firms import FirmNetwork
from terbium.graph.firms_make import synthetic_network

FIRMS, LINKS = 60, 170


def case_of(
    net: FirmNetwork, rationing: str = "proportional", steps: int = 60, seed: int = 0, hit: int = 6
) -> FirmCase:
    """A few firms lose most of their capacity for three weeks, others a little for ever."""
    rng = np.random.default_rng(seed)
    profile = (np.arange(steps) >= 3) * (np.arange(steps) < 24) * 1.0
    node = rng.choice(net.size, 2 * hit, replace=False)
    shocks = (
        FirmShock(node[: hit + 1], rng.uniform(0.5, 1.0, hit + 1), profile),
        FirmShock(node[hit:], rng.uniform(0.1, 0.6, hit), np.ones(steps)),
    )
    cover = rng.integers(2, 18, net.size).astype(float)
    return FirmCase(steps, cover, 6.0, rationing, shocks, np.arange(net.size), 0.5, 365.0)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks are not worth two."""
    before = get_num_threads()
    set_num_threads(1)
    yield
    set_num_threads(before)


def nets(seed: int, firms: int = FIRMS, links: int = LINKS) -> FirmNetwork:
    return synthetic_network(firms, links, seed, sectors=5, regions=3)


def same(left: FirmTrajectories, right: FirmTrajectories) -> bool:
    pairs = [(getattr(left, f.name), getattr(right, f.name)) for f in fields(left)]
    return all(
        a.tobytes() == b.tobytes() if isinstance(a, np.ndarray) else a == b for a, b in pairs
    )


@pytest.mark.parametrize("rationing", FIRM_RATIONING)
@pytest.mark.parametrize("seed", range(6))
def test_a_second_writing_agrees(rationing: str, seed: int) -> None:
    net = nets(seed)
    case = case_of(net, rationing, seed=seed)
    found = simulate_firms(net, case)
    made, given_ = play(net, case)
    scale = net.output.max() / 365
    assert np.abs(found.chosen_output - made).max() < 1e-10 * scale
    # something ran out: the rule mattered
    assert (made < 0.9 * net.output / 365).mean() > 0.1
    unmet = net.final / 365 - given_
    for t in (5, 30, 59):
        by_group = np.zeros((3, 5))
        np.add.at(by_group, (net.region, net.sector), unmet[t])
        assert found.final_unmet[t] == pytest.approx(by_group, abs=1e-10 * scale)
    share = made / (net.output / 365)
    assert found.lowest == pytest.approx(np.minimum(share.min(axis=0), 1.0), abs=1e-10)
    assert found.below.tolist() == (share < 0.5).sum(axis=0).tolist()
    stops = np.where((share < 0.5).any(axis=0), (share < 0.5).argmax(axis=0), -1)
    assert found.stop_step.tolist() == stops.tolist()
    lost = (net.output / 365 - made).sum(axis=0)
    assert found.lost == pytest.approx(lost, abs=1e-9 * scale)


@given(
    claims=st.lists(st.tuples(st.floats(0, 1e3), st.floats(1e-3, 1e3)), min_size=1, max_size=30),
    share=st.floats(0, 0.999),
)
def test_the_level_fills_what_there_is(claims: list[tuple[float, float]], share: float) -> None:
    claim, usual = (np.array(part) for part in zip(*claims, strict=True))
    there = share * claim.sum()
    found = level_of(claim, usual, claim.size, there)
    assert np.minimum(claim, found * usual).sum() == pytest.approx(there, rel=1e-9, abs=1e-9)
    if 0 < there < 0.99 * claim.sum():
        served = np.minimum(claim, level(claims, there) * usual)
        assert np.minimum(claim, found * usual) == pytest.approx(served, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("rationing", FIRM_RATIONING)
@settings(max_examples=15)
@given(seed=st.integers(0, 2**31), firms=st.integers(60, 300), hit=st.integers(1, 12))
def test_books_close(rationing: str, seed: int, firms: int, hit: int) -> None:
    net = nets(seed, firms, 2 * firms)
    run = FirmPropagation(net, case_of(net, rationing, 80, seed, hit))
    run.advance(80)
    found = run.trajectories()
    b = found.balance
    assert max(b.money, b.recipe, b.stock) < 1e-12
    assert b.lowest_stock >= 0
    assert np.all(found.chosen_output >= 0)
    assert np.all(found.final_unmet >= -1e-12 * net.output.sum())
    total = found.output.sum(axis=(1, 2))
    assert total == pytest.approx(found.chosen_output.sum(axis=1), rel=1e-12)


@pytest.mark.parametrize("rationing", FIRM_RATIONING)
def test_at_rest_nothing_moves_for_ten_years(rationing: str) -> None:
    # stocks of 15 days and gaps made up in 6: rounding would double in less than two days
    net = nets(4, 150, 500)
    case = replace(case_of(net, rationing, 3650), shocks=(), cover=np.full(150, 15.0))
    found = simulate_firms(net, case)
    base = net.output / 365
    assert np.abs(found.chosen_output / base - 1).max() < 1e-9
    assert np.abs(found.lost).max() < 1e-9 * net.output.sum()
    assert not found.below.any()


@pytest.mark.parametrize("rationing", ["proportional", "water_filling"])
def test_threads_kept_states_and_the_order_of_links_leave_the_same_bytes(rationing: str) -> None:
    net = nets(9, 3000, 12000)
    case = case_of(net, rationing, 40, hit=200)
    expected = simulate_firms(net, case)
    set_num_threads(2)
    assert same(simulate_firms(net, case), expected)
    set_num_threads(1)
    begun = FirmPropagation(net, case)
    begun.advance(17)
    other = FirmPropagation(net, case)
    other.resume(begun.checkpoint())
    other.advance(40)
    assert other.step == 40
    assert same(other.trajectories(), expected)
    mixed = np.random.default_rng(1).permutation(net.links)
    links = {name: getattr(net, name)[mixed] for name in ("buyer", "supplier", "flow")}
    assert same(simulate_firms(replace(net, **links), case), expected)


def test_other_numbers_for_firms_change_nothing_but_rounding() -> None:
    net = nets(2, 300, 1200)
    case = case_of(net, hit=20)
    expected = simulate_firms(net, case)
    new = np.random.default_rng(3).permutation(net.size)
    old = np.argsort(new)
    moved = replace(
        net,
        sector=net.sector[old],
        region=net.region[old],
        final=net.final[old],
        buyer=new[net.buyer].astype(np.int32),
        supplier=new[net.supplier].astype(np.int32),
    )
    shocks = tuple(replace(shock, node=new[shock.node]) for shock in case.shocks)
    found = simulate_firms(moved, replace(case, cover=case.cover[old], shocks=shocks))
    assert found.lost[new] == pytest.approx(expected.lost, abs=1e-9 * net.output.max())


def test_a_firm_that_fails_stops_those_that_have_no_other_supplier() -> None:
    # a mine sells to two smelters of one sector; a maker of magnets buys from both smelters
    net = FirmNetwork(
        firm=np.array(["mine", "smelter a", "smelter b", "magnets"]),
        sector=np.array([0, 1, 1, 2], np.int32),
        region=np.zeros(4, np.int32),
        final=np.array([0.0, 365, 365, 3650]),
        buyer=np.array([1, 2, 3, 3], np.int32),
        supplier=np.array([0, 0, 1, 2], np.int32),
        flow=np.array([365.0, 365, 730, 730]),
        sectors=("ore", "metal", "magnets"),
        regions=("here",),
    )
    steps = 40
    gone = FirmShock(np.array([1]), np.ones(1), np.ones(steps))
    case = FirmCase(steps, np.full(4, 5.0), 6.0, "proportional", (gone,), np.arange(4), 0.5, 365.0)
    found = simulate_firms(net, case)
    share = found.chosen_output / (net.output / 365)
    assert share[:, 1].max() == 0
    # stocks of five days, and what smelter b can send beside, last longer than stocks alone
    both = FirmShock(np.array([1, 2]), np.ones(2), np.ones(steps))
    dead = simulate_firms(net, replace(case, shocks=(both,)))
    assert (dead.chosen_output[:, 3] > 0).sum() == 5
    assert dead.chosen_output[:5, 3] == pytest.approx(10.0 * np.ones(5))
    assert np.all(share[:8, 3] == 1)
    assert share[-1, 3] < 0.5
    assert found.chosen_output[:, 3].sum() > 2 * dead.chosen_output[:, 3].sum()
    # the mine lost half of its customers, and lives on at half until they order less
    assert dead.chosen_output[-1, 0] == 0
    assert found.stop_step[1] == 0


@pytest.mark.parametrize("rationing", FIRM_RATIONING)
def test_a_larger_loss_never_makes_more(rationing: str) -> None:
    net = nets(12, 200, 800)
    case = case_of(net, rationing, steps=50, hit=12)
    made = [
        simulate_firms(
            net,
            replace(case, shocks=tuple(replace(s, share=s.share * part) for s in case.shocks)),
        ).output.sum()
        for part in (0.0, 0.25, 0.5, 1.0)
    ]
    assert np.all(np.diff(made) < 0)
