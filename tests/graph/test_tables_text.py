"""Folders of pymrio and CSV files hold the same table as the archive, in lexicographic order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graph.tables_make import (
    FOLDER,
    FOLDER_AS_NPZ,
    assert_same,
    copy_of_folder,
    frames,
    long_lines,
    permuted,
    small_table,
    tables,
)
from tests.graph.test_tables import refusal, refusals

from terbium.graph.tables import InputOutputTable, read_table


def rewrite(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def in_order(table: InputOutputTable) -> InputOutputTable:
    """The table with sorted labels."""
    regions, sectors = (
        sorted(range(len(labels)), key=labels.__getitem__)
        for labels in (table.regions, table.sectors)
    )
    turned = permuted(table, regions, sectors)
    order = sorted(range(len(table.categories)), key=table.categories.__getitem__)
    columns = turned.Y.reshape(table.size, len(regions), len(order))[:, :, order]
    categories = tuple(table.categories[index] for index in order)
    final = np.ascontiguousarray(columns.reshape(table.size, -1))
    labels = turned.regions, turned.sectors, categories
    return InputOutputTable(turned.Z, final, turned.x, *labels, table.name)


def square(table: InputOutputTable, path: Path, outputs: bool = True) -> Path:
    flows, final, x = frames(table)
    wide = pd.concat({"Z": flows, "Y": final}, axis=1)
    if outputs:
        wide["x", "", ""] = x
    wide.to_csv(path)
    return path


def long(table: InputOutputTable, path: Path, outputs: bool = True) -> Path:
    path.write_text("\n".join(long_lines(table, outputs)) + "\n", encoding="utf-8")
    return path


def folder_of_csv(table: InputOutputTable, path: Path, outputs: bool = True) -> Path:
    path.mkdir()
    for name, frame in zip("ZYx", frames(table), strict=True):
        if outputs or name != "x":
            frame.to_csv(path / f"{name}.csv")
    return path


def assert_same_but_sums(one: InputOutputTable, other: InputOutputTable, outputs: bool) -> None:
    """Same bits; sums that were added up in another order may differ in the last one."""
    np.testing.assert_allclose(one.x, other.x, rtol=1e-14)
    assert_same(one if outputs else replace(one, x=other.x), other)


def test_a_folder_of_pymrio_is_the_table_that_pandas_sorts() -> None:
    table, same = read_table(FOLDER), read_table(FOLDER_AS_NPZ)
    assert table.regions == ("NA", "isles, outer", "south")
    assert table.sectors == ('"fine" metals', "assembly", "mining", "services")
    assert table.unit == "M EUR"
    assert table.name == "pymrio-folder"
    assert not table.warnings
    for name in ("regions", "sectors", "categories"):
        assert getattr(table, name) == getattr(same, name)
    np.testing.assert_array_equal(table.Z, same.Z)
    np.testing.assert_array_equal(table.Y, same.Y)
    np.testing.assert_allclose(table.x, same.x, rtol=1e-11)  # pymrio writes 12 digits
    assert table.Z.flags.c_contiguous


def test_coefficients_and_output_make_flows(tmp_path: Path) -> None:
    folder = copy_of_folder(tmp_path)
    (folder / "Z.txt").unlink()
    described = json.loads((folder / "file_parameters.json").read_text(encoding="utf-8"))
    del described["files"]["Z"]
    (folder / "file_parameters.json").write_text(json.dumps(described), encoding="utf-8")
    table = read_table(folder)
    np.testing.assert_allclose(table.Z, read_table(FOLDER).Z, rtol=1e-10)
    assert table.warnings == ("Z is not given: it is A times x.",)


def test_a_folder_without_description_goes_by_names(tmp_path: Path) -> None:
    folder = copy_of_folder(tmp_path)
    for name in ("file_parameters.json", "metadata.json", "x.txt", "unit.txt"):
        (folder / name).unlink()
    table = read_table(folder)
    np.testing.assert_allclose(table.x, read_table(FOLDER).x, rtol=1e-11)
    assert table.unit == "money of the table"
    assert table.warnings[0].startswith("x is not given")


@settings(max_examples=25)
@given(tables(), st.booleans())
def test_a_folder_of_csv_is_the_same_table(table: InputOutputTable, outputs: bool) -> None:
    with TemporaryDirectory() as place:
        again = read_table(folder_of_csv(table, Path(place, "t"), outputs))
        assert_same_but_sums(again, in_order(table), outputs)


@settings(max_examples=25)
@given(tables(), st.booleans())
def test_a_square_of_csv_is_the_same_table(table: InputOutputTable, outputs: bool) -> None:
    with TemporaryDirectory() as place:
        again = read_table(square(table, Path(place, "t.csv"), outputs))
        assert_same_but_sums(again, in_order(table), outputs)


@pytest.mark.parametrize("outputs", [True, False])
@pytest.mark.parametrize("write", [square, long, folder_of_csv])
def test_all_forms_hold_the_same_bits(
    tmp_path: Path, write: Callable[..., Path], outputs: bool
) -> None:
    table = permuted(small_table(), [2, 0, 1], [3, 1, 0, 2])
    again = read_table(write(table, tmp_path / "table.csv", outputs))
    assert_same(again, small_table())
    assert bool(again.warnings) is not outputs


def test_two_lines_of_labels_do_if_rows_follow_the_columns(tmp_path: Path) -> None:
    flows, final, x = frames(permuted(small_table(), [2, 0, 1], [3, 1, 0, 2]))
    wide = pd.concat([flows, final], axis=1)
    wide.to_csv(tmp_path / "table.csv")
    assert_same(read_table(tmp_path / "table.csv"), small_table())
    wide["x", ""] = x
    wide.to_csv(tmp_path / "table.csv")
    assert_same(read_table(tmp_path / "table.csv"), small_table())


@pytest.mark.parametrize("regions", [1, 3])
def test_two_lines_of_labels_are_refused_where_a_cut_could_not_be_seen(
    tmp_path: Path, regions: int
) -> None:
    flows, final, _ = frames(small_table(regions=regions))
    by_sector = [(region, sector) for sector, region in product(["s3", "s1", "s0"], ["r1", "r0"])]
    if regions > 1:
        flows = flows.loc[by_sector, by_sector]
        final = final.loc[by_sector]
    pd.concat([flows, final], axis=1).to_csv(tmp_path / "table.csv")
    found = refusal(tmp_path / "table.csv")
    assert "no line that tells Z from Y" in found.seen
    assert "region by region" in found.allowed
    assert "pandas.concat({'Z': Z, 'Y': Y}, axis=1).to_csv(path)" in found.remedy


@pytest.mark.parametrize("sign", [";", "\t"])
def test_semicolons_and_tabs_are_seen(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "table.csv"
    text = "\n".join(long_lines(small_table())).replace(",", sign) + "\n"
    path.write_text("\ufeff" + text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert_same(read_table(path), small_table())


def test_a_folder_without_a_table_says_what_it_looks_for(tmp_path: Path) -> None:
    found = refusal(tmp_path)
    assert (found.place, found.seen) == ("the folder", "no table")
    assert found.allowed.startswith("Z and Y (and x), or A, Y and x, as text")
    assert "table_format='txt'" in found.remedy
    (tmp_path / "A.txt").write_text("", encoding="utf-8")
    assert [found.seen for found in refusals(tmp_path)] == ["only A", "an empty file"]


@pytest.mark.parametrize(
    ("suffix", "seen"), [("parquet", "no reader"), ("pickle", "running code"), ("pkl", "code")]
)
def test_binary_folders_are_refused_with_the_way_out(
    tmp_path: Path, suffix: str, seen: str
) -> None:
    for name in "ZY":
        (tmp_path / f"{name}.{suffix}").write_bytes(b"\x80")
    for found, name in zip(refusals(tmp_path), "ZY", strict=True):
        assert found.place == f"{name}.{suffix}"
        assert seen in found.seen
        assert "save_all(path, table_format='txt')" in found.remedy


@pytest.mark.parametrize(
    ("old", "new", "place", "seen"),
    [
        ('"Z.txt"', '"../Z.txt"', "file_parameters.json, Z", "'../Z.txt'"),
        ('"Y.txt"', '"none.txt"', "none.txt", "a file that cannot be read (No such file"),
        (
            '"nr_header": "2"',
            '"nr_header": "3"',
            "file_parameters.json, Z",
            "2 columns and 3 lines of labels",
        ),
        ('"files"', '"file"', "file_parameters.json", "describes no files"),
        ('"name": "Z.txt"', '"name": 5', "file_parameters.json", "cannot be read"),
    ],
)
def test_a_wrong_description_is_told(
    tmp_path: Path, old: str, new: str, place: str, seen: str
) -> None:
    folder = copy_of_folder(tmp_path)
    rewrite(folder / "file_parameters.json", old, new)
    assert any(seen in found.seen for found in refusals(folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "seen"),
    [
        ("Z.txt", "2.2709", "2,27", "Z.txt, line 4, column south/mining", "'2,27'"),
        ("Z.txt", "2.2709", "", "Z.txt, line 4, column south/mining", "an empty cell"),
        ("Z.txt", "2.2709\t", "", "Z.txt, line 4", "13 cells"),
        ("Z.txt", "south\tmining\t2", "north\tmining\t2", "Z.txt, line 4", "'north/mining'"),
        ("Z.txt", "assembly\tserv", "mining\tserv", "Z.txt, columns", "'south/mining' a second"),
        ("Z.txt", "\tassembly\tserv", "\t\tserv", "Z.txt, columns", "1 empty label(s)"),
        (
            "Z.txt",
            "\tassembly\tserv",
            "\tx\tserv",
            "Z.txt, columns",
            "no NA/x, isles, outer/x, south/assembly",
        ),
        ("Y.txt", "\tNA\tNA\t", "\tNB\tNB\t", "Y.txt", "NA, NB in Y or in Z alone"),
        ("Y.txt", "\tcapital\t", "\tstocks\t", "Y.txt, columns", "no NA/stocks"),
        ("x.txt", "indout", "indout\tmore", "x.txt", "2 columns"),
        ("x.txt", "386.5296\n", "386.5296\nsouth\tmining\t1\n", "x.txt, line 3", "a second time"),
        ("x.txt", "386.5296", "386.5", "", ""),
        ("x.txt", "386.5296", "3865.296", "x", "1 of 12 industries whose output is not"),
        ("Y.txt", "50.3824", "nan", "Y", "no finite number (NaN or infinite): south/mining to"),
        ("unit.txt", "M EUR", "t", "unit.txt", "several units: t, M EUR"),
    ],
)
def test_what_is_wrong_with_a_folder_is_told(
    tmp_path: Path, file: str, old: str, new: str, place: str, seen: str
) -> None:
    folder = copy_of_folder(tmp_path)
    rewrite(folder / file, old, new)
    if not place:
        assert "386.5" in read_table(folder).warnings[0]
        return
    found = refusals(folder)
    assert any(place == one.place and seen in one.seen for one in found), list(map(str, found))
    assert all(one.allowed and one.remedy for one in found)


def test_a_missing_line_is_named(tmp_path: Path) -> None:
    folder = copy_of_folder(tmp_path)
    path = folder / "Y.txt"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-2]), encoding="utf-8")
    found = refusal(folder)
    assert (found.place, found.seen) == (
        "Y.txt",
        "no line for 2 industries: isles, outer/assembly, isles, outer/services",
    )
    assert "cut short" in found.remedy


def test_many_bad_cells_are_not_listed_one_by_one(tmp_path: Path) -> None:
    folder = copy_of_folder(tmp_path)
    path = folder / "Y.txt"
    head, rows = path.read_text(encoding="utf-8").split("region\tsector", 1)
    path.write_text(f"{head}region\tsector{rows.replace('.', ',')}", encoding="utf-8")
    found = refusals(folder)
    assert len(found) == 6
    assert (found[-1].place, found[-1].seen) == ("Y.txt", "6 more like these")


def lines_changed(place: Path, how: Callable[[list[str]], list[str]]) -> Path:
    path = place / "table.csv"
    path.write_text("\n".join(how(long_lines(small_table()))) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("how", "place", "seen", "remedy"),
    [
        (lambda rows: rows[:-1], "", "no output (kind x) of r2/s3", "cut short"),
        (lambda rows: [*rows[:1], *rows[:0:-1]], "", "flows below outputs", "cut short"),
        (lambda rows: rows[:-12], "", "no outputs (kind x), and 0 cells of Z", None),
        (lambda rows: [*rows[:5], *rows[8:-12]], "", "and 3 cells of Z and 0 of Y", "at the end"),
        (lambda rows: [*rows[:5], *rows[4:]], "", "Z a second time: r0/s0 to r0/s3", "add up"),
        (lambda rows: [*rows, rows[-1]], "", "x a second time: r2/s3", "add up"),
        (lambda rows: ["king" + rows[0][4:], *rows[1:]], ", line 1", "0 columns kind", "once"),
        (lambda rows: [row + "," for row in rows], ", line 1", "unknown column ''", "delete it"),
        (lambda rows: [*rows[:5], "A" + rows[5][1:], *rows[6:]], ", line 6", "kind 'A'", "name"),
        (lambda rows: [*rows[:5], rows[5] + ",5", *rows[6:]], ", line 6", "8 cells", "point"),
        (lambda rows: [*rows[:5], "Y" + rows[5][1:], *rows[6:]], ", line 6", "of Y", "fill in"),
        (
            lambda rows: [*rows[:5], rows[5].rpartition(",")[0] + ",", *rows[6:]],
            ", line 6",
            "no value",
            "leave out",
        ),
        (lambda rows: [*rows[:5], rows[5] + "e", *rows[6:]], ", line 6", "value '", "leave out"),
        (lambda rows: [row for row in rows if row[0] != "Y"], "", "no line of Y", "add"),
        (lambda rows: [row for row in rows if row[0] != "Z"], "", "no line of Z", "add"),
    ],
)
def test_what_is_wrong_with_a_list_of_flows_is_told(
    tmp_path: Path,
    how: Callable[[list[str]], list[str]],
    place: str,
    seen: str,
    remedy: str | None,
) -> None:
    path = lines_changed(tmp_path, how)
    if remedy is None:
        # every cell is there, so nothing can be missing
        assert read_table(path).warnings[0].startswith("x is not given")
        return
    found = refusals(path)
    assert found[0].place == f"table.csv{place}"
    assert seen in found[0].seen
    assert remedy in found[0].remedy.casefold()


def test_flows_of_nothing_may_be_left_out_if_outputs_are_given(tmp_path: Path) -> None:
    table = small_table()
    is_small = np.less(table.Z, np.median(table.Z))
    table.Z[is_small] = 0
    table.x[:] = table.Z.sum(axis=1) + table.Y.sum(axis=1)
    assert len(long_lines(table)) == 1 + 72 + 72 + 12
    assert_same(read_table(long(table, tmp_path / "table.csv")), table)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (b"", "an empty file"),
        (b"\n", "first lines of"),
        (b"kind,value\n", "0 columns from_region"),
        (b"a,b,Z,Q\n", "first lines of 4 cells"),
        (b"\xff\xfe\n", "text that cannot be read"),
        (b'a,b,"Z\n', "text that cannot be read"),
        (b"a,b,Z,Y,x,x\nr,s,r,r,,\n,,s,c,,\nr,s,1,1,2,2\n", "1 of Z, 1 of Y, 2 of x"),
    ],
)
def test_text_that_is_no_table_is_refused(tmp_path: Path, text: bytes, seen: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(text)
    found = refusals(path)
    assert seen in found[0].seen
    assert found[0].remedy


def test_a_square_that_loses_a_row_or_a_cell_is_refused(tmp_path: Path) -> None:
    path = square(small_table(), tmp_path / "table.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:5], *lines[6:]]), encoding="utf-8")
    assert "no line for 1 industries: r0/s1" in refusal(path).seen
    path.write_text("".join([*lines[:5], lines[5].replace(",", ";", 3), *lines[6:]]))
    assert any("cells" in found.seen for found in refusals(path))
