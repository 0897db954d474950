"""The synthetic network of firms: what its page promises."""

from __future__ import annotations

import numpy as np
import pytest

from terbium.base.errors import CommandError
from terbium.evidence.methods import method
from terbium.graph import firms_make
from terbium.graph.firms_make import network_and_communities, synthetic_network


def hill(degrees: np.ndarray, count: int) -> float:
    """Exponent of a power-law tail, by Hill's estimator."""
    tail = np.sort(degrees)[::-1][: count + 1]
    return float(1 / np.mean(np.log(tail[:-1] / tail[-1])))


@pytest.mark.parametrize("firms", [10_000, 50_000])
def test_it_is_what_its_page_says(firms: int) -> None:
    net, community = network_and_communities(firms, 5 * firms, 3)
    assert (net.size, net.links) == (firms, 5 * firms)
    assert np.unique(net.buyer.astype(np.int64) * firms + net.supplier).size == net.links
    assert np.all(net.buyer != net.supplier)
    outside = (community[net.buyer] != community[net.supplier]).mean()
    assert 0.4 <= outside <= 0.6
    # heavy tails on both sides, with a finite mean
    for side in (net.supplier, net.buyer):
        degrees = np.bincount(side, minlength=firms)
        assert 1 < hill(degrees, firms // 100) < 3
        assert degrees.max() > 15 * degrees.mean()
    # the largest firms are some per cent of all, not half of it
    assert 0.005 < net.output.max() / net.output.sum() < 0.1


def test_every_firm_adds_value() -> None:
    net = synthetic_network(3000, 12000, 5)
    assert np.all(net.flow > 0)
    assert np.all(net.final > 0)
    share = net.inputs / net.output
    buys = net.inputs > 0
    assert share[buys] == pytest.approx(0.5, rel=1e-5)
    assert net.final.sum() == pytest.approx((net.output - net.inputs).sum())


def test_numbers_say_nothing_and_the_seed_says_all() -> None:
    net, community = network_and_communities(5000, 20000, 1)
    assert abs(np.corrcoef(np.arange(5000), community)[0, 1]) < 0.05
    assert abs(np.corrcoef(np.arange(20000), net.buyer)[0, 1]) < 0.05
    assert abs(np.corrcoef(net.buyer, net.supplier)[0, 1]) < 0.05
    again, other = synthetic_network(5000, 20000, 1), synthetic_network(5000, 20000, 2)
    assert again.flow.tobytes() == net.flow.tobytes()
    assert again.supplier.tobytes() == net.supplier.tobytes()
    assert other.flow.tobytes() != net.flow.tobytes()


def test_what_cannot_be_drawn_is_told_all_at_once() -> None:
    with pytest.raises(CommandError) as error:
        synthetic_network(1, 10**9, -1, sectors=0)
    said = str(error.value)
    for place in ("firms: seen 1", "links: seen 1000000000", "seed: seen -1", "sectors: seen 0"):
        assert place in said


def test_links_that_no_recipe_leaves_are_told_and_not_drawn_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dense = {"firms/densest": 1.0}
    monkeypatch.setattr(firms_make, "method", lambda name: dense.get(name) or method(name))
    with pytest.raises(CommandError, match=r"links: seen 870, of which \d+ could be drawn"):
        synthetic_network(30, 870, 1)
