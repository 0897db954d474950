"""Tables in a folder of text files: what pymrio saves, or Z, Y and x side by side.

The layout is that of ``IOSystem.save_all`` of pymrio 0.4 to 0.7: ``file_parameters.json`` names
the files; Z, A and Y have two lines of labels over their columns, x and unit have one; each line
begins with region and sector. Nothing of pymrio is imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from terbium.base.errors import GraphError, Problems
from terbium.graph.tables_draft import NO_UNIT, Draft, Floats, Layout, Pair, layout_of, listed
from terbium.graph.tables_memory import check_memory, memory_needed
from terbium.graph.tables_text import Filler, Header, read_header

_PARAMETERS = "file_parameters.json"
_LEVELS = {"Z": 2, "A": 2, "Y": 2, "x": 1, "unit": 1}
_INDEX = 2
_SUFFIXES = (".txt", ".csv", ".tsv")
_BINARY = {
    ".parquet": "a Parquet file, for which this installation has no reader",
    ".pickle": "a pickle, which can only be read by running code from the file",
    ".pkl": "a pickle, which can only be read by running code from the file",
}
_WANTED = "Z and Y (and x), or A, Y and x"
_AS_TEXT = "save it with pymrio's save_all(path, table_format='txt')"


@dataclass(frozen=True)
class _Part:
    """A file with its header, and the order in which its columns belong."""

    path: Path
    header: Header
    layout: Layout | None = None


def read_folder(folder: Path) -> Draft:
    """Read a table from a folder; labels are brought into lexicographic order.

    Raises
    ------
    GraphError
        If files are absent, damaged or of a kind that is not read, or their labels disagree.
    """
    problems = Problems()
    where = folder.name or str(folder)
    parts = _parts(folder, problems)
    problems.raise_if_any(where, GraphError)
    flows = parts.get("Z") or parts["A"]
    industries, finals = flows.layout, parts["Y"].layout
    assert industries is not None
    assert finals is not None
    draft = _filled(parts, industries, finals, problems)
    problems.raise_if_any(where, GraphError)
    if "Z" not in parts and draft.x is not None:
        with np.errstate(over="ignore", invalid="ignore"):
            draft.Z *= draft.x
        draft.warnings.append("Z is not given: it is A times x.")
    return draft


def check_regions(industries: Layout, finals: Layout, place: str, problems: Problems) -> None:
    """Note regions that consume and do not produce, or the other way round."""
    odd = sorted(set(industries.firsts) ^ set(finals.firsts))
    if odd:
        problems.add(
            place,
            f"{listed(odd)} in Y or in Z alone",
            "final demand for the same regions as industries",
            "give what is missing as zeros",
        )


def read_array(part: Filler, columns: Layout | None, rows: int, problems: Problems) -> Floats:
    """Fill an array (rows, columns) from a file whose header was read."""
    width = len(part.header.columns)
    order = np.arange(width, dtype=np.int64) if columns is None else columns.order
    target = np.zeros((rows, width))
    part.fill(target, order)
    return target


def _filled(
    parts: Mapping[str, _Part], industries: Layout, finals: Layout, problems: Problems
) -> Draft:
    positions = industries.positions()

    def filler(name: str) -> Filler:
        return Filler(parts[name].path, parts[name].header, positions, problems)

    def array(name: str) -> Floats:
        return read_array(filler(name), parts[name].layout, len(positions), problems)

    unit = _unit(filler("unit"), problems) if "unit" in parts else NO_UNIT
    x = array("x").ravel() if "x" in parts else None
    return Draft(
        array("Z" if "Z" in parts else "A"),
        array("Y"),
        x,
        industries.firsts,
        industries.seconds,
        finals.seconds,
        unit,
    )


def _unit(unit: Filler, problems: Problems) -> str:
    found = unit.texts()
    if len(found) > 1:
        problems.add(
            unit.path.name,
            f"several units: {listed(found)}",
            "one unit for all industries, since columns are added up",
            "convert the table to money",
        )
    return found[0].strip() or NO_UNIT if found else NO_UNIT


def _parts(folder: Path, problems: Problems) -> dict[str, _Part]:
    files = _listed_files(folder, problems) if (folder / _PARAMETERS).is_file() else _found(folder)
    has_flows = "Z" in files or ("A" in files and "x" in files)
    if not problems and not (has_flows and "Y" in files):
        problems.add(
            "the folder",
            f"only {listed(sorted(files))}" if files else "no table",
            f"{_WANTED}, as text with the suffix {', '.join(_SUFFIXES)}",
            f"name the folder that holds Z and Y, or {_AS_TEXT}",
        )
    used = [name for name in files if name != "A" or "Z" not in files]
    parts: dict[str, _Part] = {}
    for name in used:
        path = files[name]
        if path.suffix in _BINARY:
            allowed = f"text with the suffix {', '.join(_SUFFIXES)}"
            problems.add(path.name, _BINARY[path.suffix], allowed, _AS_TEXT)
        elif (header := read_header(path, _LEVELS[name], problems)) is not None:
            parts[name] = _Part(path, header, _layout(name, path, header, problems))
    _check_together(parts, problems)
    return parts


def _layout(name: str, path: Path, header: Header, problems: Problems) -> Layout | None:
    if _LEVELS[name] > 1:
        pairs: list[Pair] = [(column[0], column[1]) for column in header.columns]
        kind = "category" if name == "Y" else "sector"
        return layout_of(pairs, f"{path.name}, columns", kind, problems)
    if len(header.columns) != 1:
        seen = f"{len(header.columns)} columns"
        problems.add(path.name, seen, "one column after region and sector", "save it again")
    return None


def _check_together(parts: Mapping[str, _Part], problems: Problems) -> None:
    flows, final = parts.get("Z") or parts.get("A"), parts.get("Y")
    if flows is None or final is None or flows.layout is None or final.layout is None:
        return
    check_regions(flows.layout, final.layout, final.path.name, problems)
    industries, finals = flows.layout, final.layout
    needed = memory_needed(len(industries.firsts), len(industries.seconds), len(finals.seconds))
    check_memory(needed, problems)


def _found(folder: Path) -> dict[str, Path]:
    """Files by their usual names; text before formats that are not read."""
    names = [(name, folder / f"{name}{end}") for end in (*_SUFFIXES, *_BINARY) for name in _LEVELS]
    files: dict[str, Path] = {}
    for name, path in names:
        if path.is_file():
            files.setdefault(name, path)
    return files


def _listed_files(folder: Path, problems: Problems) -> dict[str, Path]:
    """Files that pymrio's own description of the folder names."""
    try:
        described = json.loads((folder / _PARAMETERS).read_text(encoding="utf-8"))
        entries = {
            name: (str(entry["name"]), int(entry["nr_index_col"]), int(entry["nr_header"]))
            for name, entry in described["files"].items()
            if name in _LEVELS
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problems.add(
            _PARAMETERS,
            f"text that describes no files ({error})",
            "files, each with name, nr_index_col and nr_header, as pymrio writes it",
            "save or fetch the folder again; without this file, Z, Y and x go by their names",
        )
        return {}
    files = {}
    for name, (file, index, header) in entries.items():
        place = f"{_PARAMETERS}, {name}"
        if Path(file).name != file:
            problems.add(place, f"'{file}'", "a file of the folder itself", "move the file there")
        elif (index, header) != (_INDEX, _LEVELS[name]):
            problems.add(
                place,
                f"{index} columns and {header} lines of labels",
                f"{_INDEX} columns (region, sector) and {_LEVELS[name]} lines",
                "give rows and columns the labels region and sector, or region and category",
            )
        else:
            files[name] = folder / file
    return files
