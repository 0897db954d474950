"""Figures that make no sense are refused with the worst cells by name; small oddities are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.graph.tables_make import arrays_of, small_table
from tests.graph.test_tables import refusal, refusals, written

from terbium.base.errors import GraphError
from terbium.evidence.methods import method
from terbium.graph import tables_checks
from terbium.graph.tables import read_table
from terbium.graph.tables_checks import NEGATIVE_FINAL, settle, survey
from terbium.graph.tables_draft import Draft

DRAFT_FIELDS = ("Z", "Y", "x", "regions", "sectors", "categories")


def changed(name: str, **cells: float) -> np.ndarray:
    """An array of the small table with cells, given as ``row_column``, replaced."""
    array = arrays_of(small_table())[name]
    for cell, value in cells.items():
        array[tuple(int(index) for index in cell.strip("i").split("_"))] = value
    return array


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_cells_that_are_no_number_are_named(tmp_path: Path, value: float) -> None:
    path = written(
        tmp_path,
        Z=changed("Z", i0_5=value, i11_0=value),
        Y=changed("Y", i3_1=value),
        x=changed("x", i2=value),
    )
    found = {problem.place: problem for problem in refusals(path) if "finite" in problem.seen}
    assert found.keys() == {"Z", "Y", "x"}
    assert "2 cell(s)" in found["Z"].seen
    assert found["Z"].seen.endswith("r0/s0 to r1/s1, r2/s3 to r0/s0")
    assert found["Z"].allowed == "a finite number in each cell"
    assert found["Z"].remedy.startswith("write 0 where nothing flows")
    assert found["Y"].seen.endswith("r0/s3 to r0/c1")
    assert found["x"].seen.endswith("r0/s2")


def test_a_table_of_nothing_but_holes_is_refused_in_a_few_words(tmp_path: Path) -> None:
    found = refusals(written(tmp_path, Z=np.full((12, 12), np.nan), x=None))
    assert "144 cell(s)" in found[0].seen
    assert "and 139 more" in found[0].seen


def test_negative_flows_are_refused_and_the_lowest_named(tmp_path: Path) -> None:
    arrays = arrays_of(small_table())
    arrays["Z"][7] *= -1
    arrays["Z"][2, 3] = -1e6
    arrays["x"] = arrays["Z"].sum(axis=1) + arrays["Y"].sum(axis=1)
    found = {problem.place: problem for problem in refusals(written(tmp_path, **arrays))}
    assert found["Z"].seen.startswith(
        "13 negative cell(s), lowest first: -1e+06 from r0/s2 to r0/s3, "
    )
    assert "and 8 more" in found["Z"].seen
    assert found["Z"].allowed == "flows of 0 or more"
    assert "purchase the other way" in found["Z"].remedy


def test_the_slightest_negative_flow_is_refused(tmp_path: Path) -> None:
    found = refusal(written(tmp_path, Z=changed("Z", i0_0=-1e-300), x=None))
    assert found.seen == "1 negative cell(s), lowest first: -1e-300 from r0/s0 to r0/s0"


def test_minus_zero_is_nothing(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, Z=changed("Z", i0_0=-0.0), x=None)).size == 12


def test_output_that_is_not_the_sum_of_its_row_is_refused(tmp_path: Path) -> None:
    x = arrays_of(small_table())["x"]
    x[[1, 4, 8]] *= (1.01, 0.5, 1 + 0.9e-3)
    found = refusal(written(tmp_path, x=x))
    assert found.place == "x"
    assert found.seen.startswith("2 of 12 industries whose output is not what Z and Y sum to")
    worst, next_one = found.seen.partition("sum to: ")[2].split(", r")
    assert worst.startswith(f"r1/s0 x {x[4]:.6g}, sum {small_table().x[4]:.6g}")
    assert next_one.startswith("0/s1")
    assert found.allowed == "output within 0.001 of itself"
    assert "leave x out" in found.remedy
    assert "larger tolerance" in found.remedy


@pytest.mark.parametrize("tolerance", [1e-9, 1e-3, 0.2])
def test_the_tolerance_is_where_it_is_said_to_be(tmp_path: Path, tolerance: float) -> None:
    sums = arrays_of(small_table())["x"]
    for near in (1 + 0.99 * tolerance, 1 - 0.99 * tolerance):
        table = read_table(written(tmp_path, x=sums / near), tolerance=tolerance)
        np.testing.assert_array_equal(table.x, sums / near)
        told = [text for text in table.warnings if "not quite" in text]
        assert bool(told) is (tolerance > method("tables/row_sum_notice"))
    for far in (1 + 1.02 * tolerance, 1 - 1.02 * tolerance):
        found = refusal(written(tmp_path, x=sums / far), tolerance=tolerance)
        assert f"{tolerance:g}" in found.allowed


def test_a_small_miss_is_told(tmp_path: Path) -> None:
    x = arrays_of(small_table())["x"]
    x[3] *= 1 + 5e-4
    (told,) = read_table(written(tmp_path, x=x)).warnings
    assert told.startswith("The output of 1 of 12 industries is not quite what Z and Y sum to")
    assert f"r0/s3 x {x[3]:.6g}" in told


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_a_printed_table_may_miss_by_its_rounding(tmp_path: Path, decimals: int) -> None:
    plain = arrays_of(small_table())
    scale = 2.0 / 10**decimals
    flows, final, x = (np.round(plain[name] * scale, decimals) for name in ("Z", "Y", "x"))
    half = (12 + 6 + 1) / 2 / 10**decimals
    sums = np.round(flows.sum(axis=1) + final.sum(axis=1), decimals)
    x = sums + np.floor(half * 10**decimals) / 10**decimals
    assert (x > sums * (1 + method("tables/row_sum_tolerance"))).any()
    table = read_table(written(tmp_path, Z=flows, Y=final, x=x))
    assert "12 of 12" in table.warnings[0]
    far = sums + half * 1.1 + sums * method("tables/row_sum_tolerance")
    found = refusal(written(tmp_path, Z=flows, Y=final, x=far))
    assert f"or of {half:g} (rounding of the printed cells)" in found.allowed


def test_a_single_long_number_ends_the_excuse_of_rounding(tmp_path: Path) -> None:
    flows, final = np.full((12, 12), 3.0), np.full((12, 6), 5.0)
    x = flows.sum(axis=1) + final.sum(axis=1) + 4
    assert read_table(written(tmp_path, Z=flows, Y=final, x=x)).size == 12
    flows[5, 5] += 1e-6
    found = refusal(written(tmp_path, Z=flows, Y=final, x=x))
    assert "12 of 12" in found.seen


def test_negative_output_and_no_output_at_all_are_refused(tmp_path: Path) -> None:
    found = refusals(written(tmp_path, x=changed("x", i4=-3.0)))
    assert found[0].seen == "1 negative output(s): r1/s0 -3"
    nothing = written(tmp_path, Z=np.zeros((12, 12)), Y=np.zeros((12, 6)), x=None)
    assert refusal(nothing).seen == "no output at all"


def test_sums_beyond_float64_are_refused(tmp_path: Path) -> None:
    found = refusals(written(tmp_path, Z=np.full((12, 12), 1e308), x=None))
    assert found[0].seen == "a row too large to add up (r0/s0)"


def test_industries_without_output_are_fine(tmp_path: Path) -> None:
    arrays = arrays_of(small_table())
    arrays["Z"][5], arrays["Z"][:, 5], arrays["Y"][5] = 0, 0, 0
    arrays["x"] = arrays["Z"].sum(axis=1) + arrays["Y"].sum(axis=1)
    table = read_table(written(tmp_path, **arrays))
    assert table.x[5] == 0
    assert not table.warnings


def test_value_added_below_zero_is_told(tmp_path: Path) -> None:
    arrays = arrays_of(small_table())
    arrays["Z"][:, 6] *= 1000
    arrays["x"] = arrays["Z"].sum(axis=1) + arrays["Y"].sum(axis=1)
    table = read_table(written(tmp_path, **arrays))
    (told,) = table.warnings
    bought = table.Z[:, 6].sum()
    assert told == (
        "1 industries buy more than they make (value added below zero): "
        f"r1/s2 buys {bought:.6g}, makes {table.x[6]:.6g}."
    )


def with_inventories(share: float) -> dict[str, Any]:
    """Arrays in which stocks were run down by a share of final demand."""
    arrays = arrays_of(small_table())
    arrays["Y"][:, 1] = 0
    arrays["Y"][[2, 9], [1, 1]] = -arrays["Y"].sum() * np.array([0.75, 0.25]) * share
    arrays["x"] = arrays["Z"].sum(axis=1) + arrays["Y"].sum(axis=1)
    return arrays


def test_small_negative_final_demand_is_cut_and_told(tmp_path: Path) -> None:
    given_arrays = with_inventories(0.0099)
    table = read_table(written(tmp_path, **given_arrays))
    np.testing.assert_array_equal(table.Y, np.maximum(given_arrays["Y"], 0))
    np.testing.assert_array_equal(table.x, table.Z.sum(axis=1) + table.Y.sum(axis=1))
    (told,) = table.warnings
    assert told.startswith(f"2 negative cell(s), lowest first: {given_arrays['Y'][2, 1]:.6g} from")
    assert "0.99% of final demand" in told
    assert f"{given_arrays['x'][2]:.6g} to {table.x[2]:.6g}" in told


def test_large_negative_final_demand_is_refused_unless_asked_for(tmp_path: Path) -> None:
    given_arrays = with_inventories(0.02)
    path = written(tmp_path, **given_arrays)
    found = refusal(path)
    assert found.place == "Y"
    assert found.seen.startswith("2 negative cell(s), lowest first: ")
    assert found.seen.endswith("from r2/s1 to r0/c1; 2.00% of final demand in sum")
    assert "up to 1% of it in sum" in found.allowed
    assert "cannot be rationed" in found.allowed
    assert "negative_final='clip'" in found.remedy
    assert "--clip-negative-final" in found.remedy
    table = read_table(path, negative_final="clip")
    assert (table.Y >= 0).all()
    np.testing.assert_array_equal(table.x, table.Z.sum(axis=1) + table.Y.sum(axis=1))


def test_negative_final_demand_can_be_refused_or_kept(tmp_path: Path) -> None:
    given_arrays = with_inventories(0.001)
    path = written(tmp_path, **given_arrays)
    assert refusal(path, negative_final="refuse").allowed.startswith("final demand of 0 or more: ")
    table = read_table(path, negative_final="keep")
    np.testing.assert_array_equal(table.Y, given_arrays["Y"])
    np.testing.assert_array_equal(table.x, given_arrays["x"])


@pytest.mark.parametrize("choice", NEGATIVE_FINAL)
def test_no_choice_changes_a_table_without_negatives(tmp_path: Path, choice: str) -> None:
    table = read_table(written(tmp_path), negative_final=choice)
    np.testing.assert_array_equal(table.Y, small_table().Y)
    np.testing.assert_array_equal(table.x, small_table().x)


def test_all_that_is_wrong_with_the_figures_is_told_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        Z=changed("Z", i0_1=np.nan, i3_3=-5.0),
        Y=changed("Y", i1_1=-1e5),
        x=changed("x", i9=1.0, i10=np.inf),
    )
    assert [problem.place for problem in refusals(path)] == ["Z", "Z", "Y", "x", "x"]


CELLS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, 1.0, 2.5, -1.0, 0.001]),
)


@given(arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 5)), elements=CELLS))
def test_a_survey_in_blocks_finds_what_plain_counting_finds(matrix: np.ndarray) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables_checks, "_BLOCK_BYTES", 1)
        found = survey(matrix)
    assert found.unreal == (~np.isfinite(matrix)).sum()
    assert found.negative == (matrix < 0).sum()
    assert set(found.first_unreal) <= {tuple(cell) for cell in np.argwhere(~np.isfinite(matrix))}
    assert bool(found.first_unreal) is bool(found.unreal)
    if found.negative:
        assert found.lowest[0][0] == matrix[matrix < 0].min()
    with np.errstate(over="ignore", invalid="ignore"):
        np.testing.assert_array_equal(found.row_sums, matrix.sum(axis=1))


@given(st.data())
def test_no_figures_at_all_make_the_checks_stumble(data: st.DataObject) -> None:
    shapes = {"Z": (2, 2), "Y": (2, 4), "x": (2,)}
    figures = {
        name: data.draw(arrays(np.float64, shape, elements=CELLS)) for name, shape in shapes.items()
    }
    draft = Draft(**figures, regions=("a", "b"), sectors=("s",), categories=("c", "d"))
    try:
        x, _ = settle(draft, "drawn", 1.0, data.draw(st.sampled_from(NEGATIVE_FINAL)))
    except GraphError:
        return
    assert np.isfinite(draft.Z).all()
    assert (draft.Z >= 0).all()
    assert np.isfinite(x).all()
