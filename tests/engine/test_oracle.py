"""The compiled kernel gives what a plain second writing of the rules gives."""

from collections.abc import Iterable

import numpy as np
import pytest
from tests.engine.chains import Chain, random_chain, random_policy
from tests.engine.oracle import Oracle

from terbium.engine.kernel import advance
from terbium.engine.program import Rules
from terbium.engine.state import Record, State

STEPS = 80
RTOL = 1e-12
BOOKS = ("filed", "granted", "refused", "lapsed", "shipped")


def assert_close(seen: Iterable[float], expected: Iterable[float], what: str) -> None:
    """Relative to the largest value of its kind, at least 1: what cancels keeps absolute digits."""
    a, b = np.array(list(seen)), np.array(list(expected))
    np.testing.assert_array_equal(np.isinf(a), np.isinf(b), err_msg=what)
    finite = np.isfinite(a)
    scale = np.abs(b[finite]).max(initial=1.0)
    np.testing.assert_allclose(a[finite], b[finite], rtol=RTOL, atol=RTOL * scale, err_msg=what)


def compare_state(chain: Chain, state: State, oracle: Oracle, lane: int, t: int) -> None:
    p, at = chain.program, f"at step {t}"
    licensed = sorted(oracle.licensed)
    assert_close(state.inv_in[:, lane], oracle.stock_in.values(), f"stocks of users {at}")
    assert_close(state.inv_out[:, lane], oracle.stock_out.values(), f"stocks of makers {at}")
    assert_close(state.want[:, lane], oracle.want.values(), f"wanted activity {at}")
    assert_close(state.backlog[:, lane], oracle.backlog.values(), f"demand put off {at}")
    assert_close(state.share[:, lane], oracle.share.values(), f"supplier shares {at}")
    assert_close(state.avail[:, lane], oracle.served.values(), f"what suppliers delivered {at}")
    assert_close(state.queue[:, lane], oracle.pending.values(), f"tonnes in the queue {at}")
    assert_close(state.risk[:, lane], oracle.risk.values(), f"risk perceived {at}")
    slots = [oracle.under_way(i) for i in range(p.in_coef.size)]
    assert_close(state.ring[:, :, lane].sum(axis=0), slots, f"goods under way {at}")
    assert_close(state.transit[:, lane], slots, f"goods under way to a slot {at}")
    assert_close(state.review[:, lane], (oracle.review_pile[k] for k in licensed), f"review {at}")
    assert_close(state.ready[:, lane], (oracle.ready_pile[k] for k in licensed), f"ready {at}")
    assert_close(state.live[:, lane], (oracle.live(k) for k in licensed), f"live licences {at}")


def compare_record(chain: Chain, record: Record, oracle: Oracle, lane: int, t: int) -> None:
    p, at = chain.program, f"at step {t}"
    for row, name in enumerate(BOOKS):
        series = np.zeros(record.queue.shape[2])
        for k, tonnes in oracle.books[name].items():
            series[p.class_queue[p.link_class[k]]] += tonnes
        assert_close(record.queue[t, row, :, lane], series, f"{name} {at}")
    exports = np.zeros(record.export.shape[1])
    for k, tonnes in oracle.flows.items():
        exports[p.link_series[k]] += tonnes
    assert_close(record.export[t, :, lane], exports, f"exports {at}")
    assert_close(record.link_total[:, lane], oracle.shipped_total.values(), f"shipments {at}")
    assert_close(record.node_total[:, lane], oracle.made_total.values(), f"production {at}")
    assert_close(record.stop_step[:, lane], oracle.stop_step.values(), f"first stops {at}")
    length = np.abs(record.stop_length[:, lane])
    assert_close(length, oracle.stop_length.values(), f"length of stops {at}")
    assert record.stop_slot[:, lane].tolist() == list(oracle.stop_slot.values())


@pytest.mark.parametrize("order_on_wanted", [1, 0])
@pytest.mark.parametrize("priority", [0, 1])
@pytest.mark.parametrize("seed", range(6))
def test_kernel_equals_the_oracle(seed: int, priority: int, order_on_wanted: int) -> None:
    chain = random_policy(random_chain(seed, STEPS, tiers=3 + seed % 3), 100 + seed)
    rules = Rules(order_on_wanted, priority, 0.5, stop_from=10 * (seed % 2))
    lane = (3 * seed + 5 * priority + order_on_wanted) % 16
    state, record = chain.fresh()
    oracle = Oracle(chain.program, chain.draws, chain.policy, rules, lane)
    compare_state(chain, state, oracle, lane, -1)
    for t in range(STEPS):
        advance(chain.program, chain.policy, chain.draws, state, record, t, t + 1, rules)
        oracle.step(t)
        compare_state(chain, state, oracle, lane, t)
        compare_record(chain, record, oracle, lane, t)


def test_the_comparison_reaches_every_rule() -> None:
    """The random policies bring about each thing that the oracle is meant to check."""
    seen = dict.fromkeys((*BOOKS, "stop", "latent route", "backlog", "risk"), False)
    for seed in range(6):
        chain = random_policy(random_chain(seed, STEPS, tiers=3 + seed % 3), 100 + seed)
        state, record = chain.fresh()
        p = chain.program
        advance(p, chain.policy, chain.draws, state, record, 0, STEPS, Rules(1, 0, 0.5))
        for row, name in enumerate(BOOKS):
            seen[name] |= bool((record.queue[:, row] > 1e-6).any())
        seen["stop"] |= bool(np.isfinite(record.stop_step).any())
        seen["latent route"] |= bool((record.link_total[p.link_base == 0.0] > 1e-6).any())
        seen["backlog"] |= bool((state.backlog > 1e-6).any())
        seen["risk"] |= bool((state.risk > 1e-6).any())
    assert all(seen.values()), seen
