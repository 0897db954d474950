"""A run that is kept and taken up again writes the same bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.network.borders import EXTRAS
from tests.engine.network.economies import (
    assert_same_bits,
    behaviour_of,
    behaviours,
    economies,
    economy,
    events,
    stop,
)

from terbium.base.errors import InputError
from terbium.engine.network.case import RATIONING, Case, Shock
from terbium.engine.network.run import Propagation, simulate
from terbium.graph.tables import InputOutputTable

STEPS = 40


@given(st.data())
@settings(max_examples=40)
def test_resuming_at_any_step_gives_the_same_bytes(data: st.DataObject) -> None:
    table = data.draw(economies())
    rule = data.draw(st.sampled_from(RATIONING))
    behaviour = data.draw(behaviours(table, rationing=rule))
    extra = data.draw(st.sampled_from(list(EXTRAS)))
    case = Case(
        STEPS,
        behaviour,
        data.draw(events(table, behaviour, STEPS)),
        data.draw(EXTRAS[extra](table, STEPS)),
        capacity_loss=stop(STEPS, 0, 3, 20, 0.6),
        stocks_every=data.draw(st.integers(1, 15)),
    )
    each_link = data.draw(st.booleans())
    whole = simulate(table, case, each_link=each_link)
    first = Propagation(table, case, each_link)
    first.advance(data.draw(st.integers(0, STEPS)))
    kept = {name: array.copy() for name, array in first.checkpoint().items()}
    # what happens to the first run afterwards is no concern of the checkpoint
    first.advance(STEPS)
    second = Propagation(table, case, each_link)
    second.advance(data.draw(st.integers(0, STEPS)))
    second.resume(kept)
    while second.step < STEPS:
        second.advance(data.draw(st.integers(1, STEPS)))
    assert_same_bits(first.trajectories(), whole)
    assert_same_bits(second.trajectories(), whole)
    assert second.trajectories().balance == whole.balance


def example() -> tuple[InputOutputTable, Case]:
    table = economy(2, 2, 3)
    behaviour = behaviour_of(table, days=20.0)
    shock = Shock(
        "recovery", np.array([1, 2]), 0.3 * behaviour.capital[[1, 2]], 3, 5, "linear", 9.0
    )
    return table, Case(STEPS, behaviour, (shock,))


def test_a_checkpoint_is_written_to_a_file_and_back(tmp_path: Any) -> None:
    table, case = example()
    run = Propagation(table, case)
    run.advance(17)
    np.savez(tmp_path / "kept.npz", **run.checkpoint())
    again = Propagation(table, case)
    with np.load(tmp_path / "kept.npz") as kept:
        again.resume(kept)
    assert again.step == 17
    again.advance(STEPS)
    assert_same_bits(again.trajectories(), simulate(table, case))


def wrong_ones() -> dict[str, tuple[InputOutputTable, Case, bool]]:
    table, case = example()
    other = economy(2, 3, 3)
    lost = np.ones(1) * case.behaviour.capital[1] * 0.1
    rebuild = Shock(
        "rebuild", np.array([1]), lost, 3, 5, rebuild_steps=9.0, rebuild_share=np.eye(3)[0]
    )
    return {
        "another table": (other, Case(STEPS, behaviour_of(other)), False),
        "another event": (table, replace(case, shocks=(rebuild,)), False),
        "another length": (table, replace(case, steps=STEPS + 1), False),
        "another layout": (table, case, True),
        "other rows of stocks": (table, replace(case, stocks_every=5), False),
    }


@pytest.mark.parametrize("name", wrong_ones())
def test_a_checkpoint_of_another_run_is_refused(name: str) -> None:
    table, case, each_link = wrong_ones()[name]
    kept = Propagation(*example()).checkpoint()
    run = Propagation(table, case, each_link)
    with pytest.raises(InputError, match="Resume with the table and the event"):
        run.resume(kept)


@pytest.mark.parametrize("lacks", ["step", "state/stock", "record/output"])
def test_a_checkpoint_that_lacks_a_part_is_refused(lacks: str) -> None:
    table, case = example()
    run = Propagation(table, case)
    kept = dict(run.checkpoint())
    del kept[lacks]
    with pytest.raises(InputError, match=lacks):
        run.resume(kept)


def test_a_refused_checkpoint_leaves_the_run_as_it_was() -> None:
    table, case = example()
    run = Propagation(table, case)
    run.advance(12)
    kept = {name: array + 1 for name, array in run.checkpoint().items()}
    del kept["record/books"]
    with pytest.raises(InputError):
        run.resume(kept)
    run.advance(STEPS)
    assert_same_bits(run.trajectories(), simulate(table, case))
