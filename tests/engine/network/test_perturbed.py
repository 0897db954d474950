"""Another order of labels, another unit and a finer table change nothing but the way it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engine.network.borders import EXTRAS
from tests.engine.network.economies import (
    Floats,
    assert_alike,
    cases,
    economies,
    is_steady,
    levels,
    scales,
    seeds,
    series,
    stop,
)
from tests.engine.network.rewritten import Rewriting, scaled, split, turned

from terbium.engine.network.case import RATIONING, Case
from terbium.engine.network.run import simulate
from terbium.graph.tables import InputOutputTable, read_table
from terbium.scenario.propagation import read_event, resolve

STEPS = 60
WITHIN = 1e-9
BAND = 1e-5
"""The reference's dead band has an absolute part, so that units and splitting move its edge; what
it hides is as large as its relative part."""
some = settings(max_examples=25)
units = st.sampled_from([1e3, 1e-3])


def told(table: InputOutputTable, case: Case) -> dict[str, Floats]:
    return series(simulate(table, case))


@st.composite
def disturbed(draw: st.DrawFn, *extras: str) -> tuple[InputOutputTable, Case]:
    """A table under events, with any rule, levels of inputs and one of some extras."""
    table, case = draw(cases(STEPS))
    behaviour = replace(
        case.behaviour,
        rationing=draw(st.sampled_from(RATIONING)),
        ordering=draw(st.sampled_from(["realised", "wanted"])),
        criticality=draw(levels(table)),
    )
    loss = stop(STEPS, draw(st.integers(0, table.x.size - 1)), 5, 25, 0.7)
    more = draw(EXTRAS[draw(st.sampled_from(extras))](table, STEPS))
    case = replace(case, behaviour=behaviour, capacity_loss=loss, extras=more)
    found = told(table, case)
    assume(is_steady(table, case, found, lambda other: told(other, case), WITHIN))
    return table, case


def check(rewriting: Rewriting, case: Case, within: float) -> None:
    one = told(rewriting.table, case)
    other = rewriting.back(told(rewriting.new_table(), rewriting.new_case(case)))
    assert_alike(one, other, scales(rewriting.table, case.behaviour), within)


@some
@given(disturbed(*EXTRAS), seeds)
def test_the_order_of_labels_does_not_matter(
    drawn: tuple[InputOutputTable, Case], seed: int
) -> None:
    table, case = drawn
    rng = np.random.default_rng(seed)
    regions, sectors = turned(len(table.regions), rng), turned(len(table.sectors), rng)
    check(Rewriting(table, regions, sectors), case, WITHIN)


@some
@given(disturbed(*EXTRAS), units)
def test_the_unit_does_not_matter(drawn: tuple[InputOutputTable, Case], factor: float) -> None:
    table, case = drawn
    other_table, other_case = scaled(table, case, factor)
    one, other = told(table, case), told(other_table, other_case)
    back = {k: v if k == "overproduction" else v / factor for k, v in other.items()}
    assert_alike(one, back, scales(table, case.behaviour), WITHIN)


@some
@given(disturbed(*EXTRAS), st.data())
def test_a_sector_in_two_equal_halves_is_the_same_sector(
    drawn: tuple[InputOutputTable, Case], data: st.DataObject
) -> None:
    table, case = drawn
    which = data.draw(st.integers(0, len(table.sectors) - 1))
    whole = [(r, 1.0) for r in range(len(table.regions))]
    check(Rewriting(table, whole, split(len(table.sectors), which)), case, WITHIN)


# a region in halves is another home, and two conduits to choose from
@some
@given(disturbed(*sorted(set(EXTRAS) - {"relabelling"})), st.data())
def test_a_region_in_two_equal_halves_is_the_same_region(
    drawn: tuple[InputOutputTable, Case], data: st.DataObject
) -> None:
    table, case = drawn
    assume(case.behaviour.rationing != "priority")
    which = data.draw(st.integers(0, len(table.regions) - 1))
    whole = [(s, 1.0) for s in range(len(table.sectors))]
    check(Rewriting(table, split(len(table.regions), which), whole), case, WITHIN)


@some
@given(cases(STEPS, compatible=True), st.sampled_from(["turned", "unit", "sector"]), seeds)
def test_with_the_rules_of_the_reference_too(
    drawn: tuple[InputOutputTable, Case], how: str, seed: int
) -> None:
    table, case = drawn
    rng = np.random.default_rng(seed)
    found = told(table, case)
    assume(is_steady(table, case, found, lambda other: told(other, case), WITHIN))
    if how == "unit":
        other = told(*scaled(table, case, 1e3))
        back = {k: v if k == "overproduction" else v / 1e3 for k, v in other.items()}
        assert_alike(found, back, scales(table, case.behaviour), BAND)
        return
    regions = turned(len(table.regions), rng)
    if how == "turned":
        check(Rewriting(table, regions, turned(len(table.sectors), rng)), case, WITHIN)
    else:
        count = len(table.sectors)
        check(Rewriting(table, regions, split(count, int(rng.integers(count)))), case, BAND)


@given(economies())
@settings(max_examples=5)
def test_a_rewriting_keeps_what_there_is(table: InputOutputTable) -> None:
    rewriting = Rewriting(table, split(len(table.regions), 0), split(len(table.sectors), 0))
    new = rewriting.new_table()
    np.testing.assert_allclose(new.x, new.Z.sum(axis=1) + new.Y.sum(axis=1), atol=1e-6)
    np.testing.assert_allclose(np.bincount(rewriting.node, new.x, table.x.size), table.x)


SHARED = (
    "S2_synth_recover_noalt_psi095",
    "S5_synth_rebuild",
    "S6_synth_rebuild_house",
    "S8_synth_collapse",
    "D1_synth_dense_inv30",
    "E1_synth_sparse_inv25",
)


def shared_case(folder: Path, name: str) -> tuple[InputOutputTable, Case]:
    event = read_event(folder / "cases.json", name)
    table = read_table(folder / f"table_{event.table}.npz")
    return table, resolve(event, table)


@pytest.mark.shared
@pytest.mark.parametrize("compatible", [True, False])
@pytest.mark.parametrize("name", SHARED)
def test_reference_tables_turned_split_and_in_other_units(
    shared_dir: Path, name: str, compatible: bool
) -> None:
    table, case = shared_case(shared_dir / "reference", name)
    case = replace(case, behaviour=replace(case.behaviour, compatible=compatible))
    rng = np.random.default_rng(3)
    r, s = len(table.regions), len(table.sectors)
    within = 1e-6 if compatible else WITHIN
    check(Rewriting(table, turned(r, rng), turned(s, rng)), case, WITHIN)
    check(Rewriting(table, turned(r, rng), split(s, 2)), case, within)
    check(Rewriting(table, split(r, 1), turned(s, rng)), case, within)
    for factor in (1e3, 1e-3):
        one, other = told(table, case), told(*scaled(table, case, factor))
        back = {k: v if k == "overproduction" else v / factor for k, v in other.items()}
        assert_alike(one, back, scales(table, case.behaviour), within)


@pytest.mark.shared
@pytest.mark.parametrize("name", SHARED[:3])
def test_a_file_in_another_order_is_the_same_table(
    shared_dir: Path, tmp_path: Path, name: str
) -> None:
    folder = shared_dir / "reference"
    table, case = shared_case(folder, name)
    event = read_event(folder / "cases.json", name)
    rng = np.random.default_rng(5)
    rewriting = Rewriting(table, turned(len(table.regions), rng), turned(len(table.sectors), rng))
    new = rewriting.new_table()
    labels = {
        "regions": np.array(table.regions)[rewriting.region],
        "sectors": np.array(table.sectors)[rewriting.sector],
        "categories": np.array(table.categories),
    }
    np.savez(tmp_path / "turned.npz", Z=new.Z, Y=new.Y, x=new.x, **labels)
    read = read_table(tmp_path / "turned.npz")
    assert read.regions == tuple(labels["regions"])
    other = rewriting.back(told(read, resolve(event, read)))
    assert_alike(told(table, case), other, scales(table, case.behaviour), WITHIN)
