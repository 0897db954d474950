"""The laws of DESIGN section 5 that the kernel must keep, over random chains and policies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.chains import (
    CLASSES,
    Chain,
    element_made,
    element_mass,
    random_chain,
    random_draws,
    random_policy,
)

from terbium.base import tolerances
from terbium.engine.kernel import advance
from terbium.engine.program import LANES, Rules
from terbium.engine.state import (
    QUEUE_FILED,
    QUEUE_GRANTED,
    QUEUE_LAPSED,
    QUEUE_REFUSED,
    QUEUE_SHIPPED,
    Record,
    State,
)

STEPS = 60
YEARS = 520
few = settings(max_examples=40)

seeds = st.integers(0, 2**32 - 1)
rules = st.builds(
    Rules, st.integers(0, 1), st.integers(0, 1), st.floats(0.1, 0.9), st.integers(0, STEPS)
)


@st.composite
def chains(draw: st.DrawFn, disturbed: bool = True) -> Chain:
    """A random chain, under random measures and shocks if ``disturbed``."""
    chain = random_chain(draw(seeds), STEPS, tiers=draw(st.integers(2, 5)))
    return random_policy(chain, draw(seeds)) if disturbed else chain


def run(
    chain: Chain,
    how: Rules,
    watch: Callable[[int, State, Record], None] | None = None,
    steps: int = STEPS,
) -> tuple[State, Record]:
    """Step from rest to the end; ``watch`` sees every step."""
    state, record = chain.fresh(steps)
    pauses = range(steps) if watch else [0]
    for t in pauses:
        last = t + 1 if watch else steps
        advance(chain.program, chain.policy, chain.draws, state, record, t, last, how)
        if watch:
            watch(t, state, record)
    return state, record


def with_draws(chain: Chain, **fields: np.ndarray) -> Chain:
    return replace(chain, draws=chain.draws._replace(**fields))


def with_policy(chain: Chain, **fields: np.ndarray) -> Chain:
    return replace(chain, policy=chain.policy._replace(**fields))


def assert_same_bits(a: tuple[State, Record], b: tuple[State, Record]) -> None:
    for one, two in zip(a, b, strict=True):
        for name, array in one._asdict().items():
            assert array.tobytes() == getattr(two, name).tobytes(), name


@few
@given(chains(), rules)
def test_mass_of_each_element_is_conserved_in_each_step(chain: Chain, how: Rules) -> None:
    before = element_mass(chain, chain.fresh()[0])
    scale = before.max(axis=0)

    def watch(t: int, state: State, record: Record) -> None:
        gap = element_mass(chain, state) - before - element_made(chain, record)
        handled = scale + np.abs(element_made(chain, record)).max(axis=0)
        assert np.abs(gap / handled).max() < tolerances.CONSERVATION_RTOL, f"step {t}"

    run(chain, how, watch)


@few
@given(chains(), rules)
def test_licences_are_conserved_in_each_step(chain: Chain, how: Rules) -> None:
    p = chain.program
    series = np.zeros(int(p.link_ctrl.max(initial=-1)) + 1, dtype=np.int64)
    licensed = p.link_ctrl >= 0
    series[p.link_ctrl[licensed]] = p.class_queue[p.link_class[licensed]]

    def per_series(array: np.ndarray) -> np.ndarray:
        total = np.zeros((int(p.class_queue.max()) + 1, LANES))
        np.add.at(total, series, array)
        return total

    def watch(t: int, state: State, record: Record) -> None:
        books = record.queue[: t + 1].sum(axis=0)
        waiting = per_series(state.review + state.ready)
        decided = books[QUEUE_GRANTED] + books[QUEUE_REFUSED]
        scale = np.maximum(books[QUEUE_FILED], 1.0)
        gap = (books[QUEUE_FILED] - waiting - decided) / scale
        assert np.abs(gap).max() < tolerances.CONSERVATION_RTOL, f"filings, step {t}"
        gone = books[QUEUE_SHIPPED] + books[QUEUE_LAPSED]
        gap = (books[QUEUE_GRANTED] - per_series(state.live) - gone) / scale
        assert np.abs(gap).max() < tolerances.CONSERVATION_RTOL, f"licences, step {t}"
        held = per_series(state.granted - state.spent - state.live) / scale
        assert np.abs(held).max() < tolerances.CONSERVATION_RTOL, f"lots, step {t}"
        slot = np.repeat(np.arange(p.in_coef.size), np.diff(p.link_ptr))[licensed]
        pending = np.zeros_like(state.queue)
        np.add.at(pending, slot, state.review + state.ready + state.live)
        assert np.abs(pending - state.queue).max() < tolerances.CONSERVATION_RTOL * scale.max()

    run(chain, how, watch)


@few
@given(chains(), rules)
def test_no_stock_is_ever_negative(chain: Chain, how: Rules) -> None:
    names = ("inv_in", "inv_out", "transit", "ring", "review", "ready", "live", "backlog", "want")

    def watch(t: int, state: State, record: Record) -> None:
        for name in names:
            lowest = getattr(state, name).min(initial=0.0)
            assert lowest >= -tolerances.NEGATIVE_STOCK_ATOL, f"{name}, step {t}"
        assert np.all(np.isfinite(state.inv_in))
        assert np.all(np.isfinite(state.share))

    _, record = run(chain, how, watch)
    assert record.lowest.min() >= 0.0


@settings(max_examples=8)
@given(chains(disturbed=False), rules)
def test_at_rest_every_flow_is_constant_over_ten_years(chain: Chain, how: Rules) -> None:
    p = chain.program
    classes = chain.policy.controlled.shape[1]
    quiet = {
        name: np.full((YEARS, classes), idle)
        for name, idle in {
            "controlled": 0.0,
            "general": 0.0,
            "denied": 0.0,
            "age": np.inf,
            "grant": 1.0,
            "delay": 0.0,
            "duty": 1.0,
            "cap": np.inf,
        }.items()
    }
    nodes = np.ones((YEARS, p.node_base.size))
    steady = {
        n: np.repeat(getattr(chain.draws, n)[:1], YEARS, axis=0)
        for n in ("desk", "general", "level")
    }
    chain = with_draws(chain, **steady)
    chain = with_policy(chain, **quiet, expected=np.zeros(YEARS), node_scale=nodes, cap_scale=nodes)
    shipped = np.zeros((p.link_out.size, LANES))
    made = np.zeros((p.node_base.size, LANES))

    def watch(t: int, state: State, record: Record) -> None:
        np.testing.assert_allclose(
            record.link_total - shipped,
            np.repeat(p.link_base[:, None], LANES, axis=1),
            rtol=tolerances.REST_RTOL,
            # Totals of ten years carry their own rounding.
            atol=tolerances.REST_RTOL * max(p.link_base.max(), 1.0),
            err_msg=f"step {t}",
        )
        made_now = record.node_total - made
        np.testing.assert_allclose(
            made_now, np.repeat(p.node_base[:, None], LANES, axis=1), rtol=tolerances.REST_RTOL
        )
        shipped[:], made[:] = record.link_total, record.node_total

    _, record = run(chain, how, watch, YEARS)
    assert np.all(np.isinf(record.stop_step))
    assert not record.queue.any()


@few
@given(chains(), rules)
def test_a_controlled_share_of_zero_is_no_measure_bit_for_bit(chain: Chain, how: Rules) -> None:
    steps = np.zeros((STEPS, CLASSES))
    nobody = with_draws(chain, class_share=np.zeros((CLASSES, LANES)))
    lifted = with_policy(
        chain, controlled=steps, general=steps, denied=steps, expected=np.zeros(STEPS)
    )
    assert_same_bits(run(nobody, how), run(lifted, how))


@few
@given(chains(disturbed=False), rules)
def test_a_class_without_a_measure_is_no_class_bit_for_bit(chain: Chain, how: Rules) -> None:
    p = chain.program
    none = np.where(p.link_ctrl >= 0, p.link_class, -1)
    bare = replace(chain, program=p._replace(link_class=none))
    assert_same_bits(run(chain, how), run(bare, how))


@few
@given(chains(), rules)
def test_the_desk_decides_no_more_than_it_can(chain: Chain, how: Rules) -> None:
    """Nothing is filed again here, so that what is decided is what is granted or refused."""
    by_class = chain.program._replace(class_queue=np.arange(CLASSES))
    chain = with_draws(replace(chain, program=by_class), refile=np.zeros(LANES))
    _, record = run(chain, how)
    decided = record.queue[:, QUEUE_GRANTED] + record.queue[:, QUEUE_REFUSED]
    by_desk = np.where(chain.policy.controlled[:, :, None] > 0.0, decided, 0.0).sum(axis=1)
    assert np.all(by_desk <= chain.draws.desk * (1.0 + tolerances.CONSERVATION_RTOL) + 1e-12)


@few
@given(chains(), rules, st.integers(1, STEPS - 1))
def test_a_run_in_two_calls_gives_the_same_bits(chain: Chain, how: Rules, cut: int) -> None:
    state, record = chain.fresh()
    for first, last in ((0, cut), (cut, STEPS)):
        advance(chain.program, chain.policy, chain.draws, state, record, first, last, how)
    assert_same_bits((state, record), run(chain, how))


@settings(max_examples=12)
@given(chains(), rules, seeds)
def test_one_and_two_threads_give_the_same_bits(chain: Chain, how: Rules, seed: int) -> None:
    rng = np.random.default_rng(seed)
    blocks = [
        replace(chain, draws=random_draws(chain.program, rng, STEPS, CLASSES)) for _ in range(6)
    ]
    alone = [run(block, how) for block in blocks]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda block: run(block, how), blocks))
    for one, two in zip(alone, together, strict=True):
        assert_same_bits(one, two)
