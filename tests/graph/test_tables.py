"""Tables come back from an archive as they were written; what is wrong with one is told."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graph.tables_make import (
    arrays_of,
    assert_same,
    permuted,
    scaled,
    small_table,
    split_sector,
    tables,
)

from terbium.base.errors import GraphError, LabelError, OutputError, Problem
from terbium.graph.tables import InputOutputTable, read_table, write_table


def written(place: Path, **changes: Any) -> Path:
    """The small table with arrays replaced, or left out where the change is None."""
    arrays = {**arrays_of(small_table()), **changes}
    path = place / "table.npz"
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def refusals(path: Path, **options: Any) -> list[Problem]:
    with pytest.raises(GraphError) as caught:
        read_table(path, **options)
    assert caught.value.exit_code == 2
    assert caught.value.where == path.name
    return list(caught.value.problems)


def refusal(path: Path, **options: Any) -> Problem:
    problems = refusals(path, **options)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


@settings(max_examples=40)
@given(tables())
def test_a_table_comes_back_bit_for_bit(table: InputOutputTable) -> None:
    with TemporaryDirectory() as place:
        path = Path(place, "table.npz")
        write_table(table, path)
        first = path.read_bytes()
        again = read_table(path)
        assert_same(again, table)
        assert again.unit == table.unit
        write_table(again, path)
        assert path.read_bytes() == first


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["<f8", ">f8", "<f4"])
@pytest.mark.parametrize("pack", [np.savez, np.savez_compressed])
def test_any_storage_gives_the_same_table(tmp_path: Path, order: Any, kind: str, pack: Any) -> None:
    arrays = arrays_of(small_table())
    for name in ("Z", "Y"):
        arrays[name] = np.array(arrays[name].astype(kind), order=order)
    path = tmp_path / "table.npz"
    pack(path, **arrays)
    table = read_table(path)
    assert table.Z.flags.c_contiguous
    assert (table.Z.dtype, table.Y.dtype) == (np.float64, np.float64)
    np.testing.assert_array_equal(table.Z, arrays["Z"])
    np.testing.assert_array_equal(table.Y, arrays["Y"])
    assert not table.warnings


def test_the_order_of_the_file_is_kept(tmp_path: Path) -> None:
    labels = np.array(["zinc", "apples", "Öl"])
    table = read_table(written(tmp_path, regions=labels))
    assert table.regions == ("zinc", "apples", "Öl")
    assert table.industries[:5] == ("zinc/s0", "zinc/s1", "zinc/s2", "zinc/s3", "apples/s0")
    assert table.position("apples", "s0") == 4
    assert table.final_column("apples", "c1") == 3


def test_bytes_and_numbers_may_be_labels(tmp_path: Path) -> None:
    path = written(tmp_path, regions=np.array([b"DE", b"FR", b"IT"]), sectors=np.arange(4))
    table = read_table(path)
    assert table.regions == ("DE", "FR", "IT")
    assert table.sectors == ("0", "1", "2", "3")


def test_a_unit_travels_with_the_table(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, unit=np.array("M EUR"))).unit == "M EUR"
    assert read_table(written(tmp_path)).unit == "money of the table"


def test_without_x_the_row_sums_are_output_and_that_is_said(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, x=None))
    np.testing.assert_array_equal(table.x, small_table().x)
    assert table.warnings == ("x is not given: the row sums of Z and Y are taken as output.",)


def test_x_may_be_a_column(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, x=small_table().x[:, None]))
    assert table.x.shape == (12,)


def test_categories_that_are_not_named_are_numbered(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, categories=None))
    assert table.categories == ("category_1", "category_2")
    assert "2 per region" in table.warnings[0]


def test_missing_arrays_are_named_all_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, Z=None, regions=None, region=np.array(["r0", "r1", "r2"]))
    found = refusals(path)
    assert [problem.place for problem in found] == ["array 'Z'", "array 'regions'"]
    assert found[0].seen == "nothing"
    assert "Z (N, N), Y (N, R*C), x (N)" in found[0].allowed
    assert found[1].remedy == "store it under this name; did you mean 'region'?"


@pytest.mark.parametrize(
    ("name", "shape", "allowed"),
    [
        ("Z", (12, 11), "(12, 12) for 3 regions x 4 sectors"),
        ("Z", (144,), "(12, 12)"),
        ("Y", (11, 6), "(12, 6)"),
        ("Y", (12, 5), "(12, 6)"),
        ("x", (11,), "(12,)"),
        ("x", (), "(12,)"),
        ("sectors", (2, 2), "a list of labels"),
        ("regions", (0,), "a list of labels"),
    ],
)
def test_a_wrong_shape_is_refused(
    tmp_path: Path, name: str, shape: tuple[int, ...], allowed: str
) -> None:
    kind = float if name in ("Z", "Y", "x") else str
    found = refusal(written(tmp_path, **{name: np.zeros(shape, dtype=kind)}))
    assert found.place == f"array '{name}'"
    assert found.seen == f"the shape {shape}"
    assert allowed in found.allowed
    assert "one row and column" in found.remedy


def test_final_demand_must_divide_by_regions_where_categories_are_not_named(
    tmp_path: Path,
) -> None:
    found = refusal(written(tmp_path, categories=None, Y=np.ones((12, 7))))
    assert (found.place, found.seen) == ("array 'Y'", "the shape (12, 7)")
    assert "3 x categories" in found.allowed


class Bomb:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return pytest.fail, ("unpickled",)


@pytest.mark.parametrize("name", ["regions", "Z"])
def test_objects_are_refused_and_not_unpickled(tmp_path: Path, name: str) -> None:
    count = 3 if name == "regions" else 12
    found = refusal(written(tmp_path, **{name: np.array([Bomb()] * count, dtype=object)}))
    assert found.place == f"array '{name}'"
    assert "running code" in found.seen
    kind = "str" if name == "regions" else "float"
    assert found.remedy == f"store it as numpy.array({name}, dtype={kind})"


def test_values_of_another_kind_are_refused(tmp_path: Path) -> None:
    small = small_table()
    path = written(tmp_path, Z=small.Z + 0j, Y=small.Y > 0, regions=np.array([1.5, 2.5, 3.5]))
    found = {problem.place: problem for problem in refusals(path)}
    assert found["array 'Z'"].seen == "values of type complex128"
    assert found["array 'Y'"].allowed == "real numbers"
    assert found["array 'regions'"].allowed == "text or whole numbers"


def test_labels_that_stand_twice_or_are_empty_are_refused(tmp_path: Path) -> None:
    path = written(
        tmp_path, regions=np.array(["r0", "r0", "r2"]), sectors=np.array(["a", "", " ", "b"])
    )
    twice, empty = refusals(path)
    assert (twice.place, twice.seen) == ("regions", "'r0' a second time")
    assert (twice.allowed, twice.remedy[:6]) == ("each label once", "rename")
    assert (empty.place, empty.seen) == (
        "sectors",
        "2 empty label(s), the first at position 2",
    )


def test_a_path_that_is_no_table_names_what_is_one(tmp_path: Path) -> None:
    for name, seen, remedy in [
        ("absent.npz", "no such file or folder", "check the path"),
        ("table.xlsx", "the suffix '.xlsx'", "convert it"),
        ("table.zip", "the suffix '.zip'", "unpack the archive and name the folder"),
        ("table", "no suffix", "convert it"),
    ]:
        if "absent" not in name:
            (tmp_path / name).write_bytes(b"x")
        found = refusal(tmp_path / name)
        assert (found.place, found.seen, found.remedy) == ("the path", seen, remedy)
        assert found.allowed == "an .npz, a folder saved by pymrio as text, or a .csv"


def test_a_table_is_written_with_the_suffix_that_is_read(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"the suffix '.dat'. Allowed: .npz. Name it table.npz"):
        write_table(small_table(), tmp_path / "table.dat")


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(LabelError, match="region: seen 'R1'.*Did you mean 'r1'"):
        small_table().position("R1", "s0")
    with pytest.raises(LabelError, match="category: seen 'x'"):
        small_table().final_column("r0", "x")


def test_an_unknown_choice_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="small, clip, refuse, keep"):
        read_table(written(tmp_path), negative_final="clipped")


def test_aggregation_adds_up_rows_and_columns() -> None:
    table = small_table()
    whole = table.aggregate(
        {"r0": "north", "r1": "north", "r2": "all others"}, dict.fromkeys(table.sectors, "goods")
    )
    assert whole.regions == ("all others", "north")
    assert whole.sectors == ("goods",)
    np.testing.assert_allclose(whole.x, [table.x[8:].sum(), table.x[:8].sum()])
    np.testing.assert_allclose(
        whole.Z,
        [
            [table.Z[8:, 8:].sum(), table.Z[8:, :8].sum()],
            [table.Z[:8, 8:].sum(), table.Z[:8, :8].sum()],
        ],
    )
    np.testing.assert_allclose(whole.Y[1, 2:], table.Y[:8, :4].reshape(8, 2, 2).sum(axis=(0, 1)))
    np.testing.assert_allclose(whole.x, whole.Z.sum(axis=1) + whole.Y.sum(axis=1))


def test_aggregation_needs_a_new_label_for_each_old_one() -> None:
    with pytest.raises(LabelError) as caught:
        small_table().aggregate({"r0": "a", "r1": "a"}, {})
    assert [problem.place for problem in caught.value.problems] == [
        "region 'r2'",
        *(f"sector 's{index}'" for index in range(4)),
    ]


@settings(max_examples=40)
@given(tables(), st.data())
def test_turning_or_splitting_a_table_is_undone_by_adding_up(
    table: InputOutputTable, data: st.DataObject
) -> None:
    regions = data.draw(st.permutations(range(len(table.regions))))
    sectors = data.draw(st.permutations(range(len(table.sectors))))
    sector = data.draw(st.integers(0, len(table.sectors) - 1))
    same = dict(zip(table.regions, table.regions, strict=True))
    own = dict(zip(table.sectors, table.sectors, strict=True))
    plain = table.aggregate(same, own)
    turned = permuted(table, regions, sectors).aggregate(same, own)
    assert_same(turned, plain)
    cut = split_sector(table, sector, 0.25)
    merged = cut.aggregate(same, {**own, cut.sectors[-1]: table.sectors[sector]})
    np.testing.assert_allclose(merged.Z, plain.Z, rtol=1e-12)
    np.testing.assert_allclose(merged.Y, plain.Y, rtol=1e-12)
    np.testing.assert_array_equal(scaled(table, 2.0).aggregate(same, own).Z, plain.Z * 2.0)
