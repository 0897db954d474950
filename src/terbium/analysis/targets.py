"""Targets: recorded figures with the key that says what they are figures of.

The columns for people are kept as they stand; a machine reads ``value unit tolerance use role
scenario key`` alone (validation grammar, opening section).
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from terbium.base.errors import CommandError, InputError, Problems, suggest
from terbium.base.units import dimension
from terbium.results.keys import Key, read_key, unit_of
from terbium.results.keys_units import match_unit, measures

ROLES = ("output", "input", "external", "prospective")
USES = ("calibrate", "validate")
_NEEDED = ("id", "value", "unit", "tolerance", "use", "role", "scenario", "key")
_SIZES: tuple[Literal["rel", "log", "abs"], ...] = ("rel", "log", "abs")
_TOLERANCE_FORM = "rel:x, log:x, abs:x with a number x, exact, or as family"
_SHIPPED = "data/validation/targets.csv"

ToleranceKind = Literal["rel", "log", "abs", "exact", "as family"]


@dataclass(frozen=True)
class Tolerance:
    """How near is near enough."""

    kind: ToleranceKind
    size: float = 0.0


@dataclass(frozen=True)
class Target:
    """One row.

    Parameters
    ----------
    id, observable, episode, key_note
        Text for people; ``episode`` is the column ``event`` of tables made elsewhere.
    value, digits
        The figure in the row's unit, None where it is not known yet; decimals it is written with.
    unit, entry
        As written, and the entry of the unit table it begins with (empty in a row without a key).
    tolerance, use, role, scenario
        What a machine reads.
    key
        None in a row without one.
    """

    id: str
    observable: str
    episode: str
    key_note: str
    value: float | None
    digits: int
    unit: str
    entry: str
    tolerance: Tolerance
    use: str
    role: str
    scenario: str
    key: Key | None


def shipped_targets() -> Path:
    """The targets that are part of the package."""
    return Path(str(files("terbium").joinpath(*_SHIPPED.split("/"))))


def read_targets(path: Path | None = None) -> tuple[Target, ...]:
    """Read a table of targets.

    Parameters
    ----------
    path
        A CSV file; by default the package's own.

    Raises
    ------
    InputError
        With every row whose key does not parse, whose unit is of another dimension, whose id stands
        twice, or whose machine columns cannot be read.
    """
    path = shipped_targets() if path is None else path
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [(reader.line_num, row) for row in reader]
            columns = tuple(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError.of(
            "targets", str(path), str(error), "a CSV file in UTF-8", "name a file that can be read"
        ) from error
    return targets_from(rows, columns, path.name)


def targets_from(
    rows: Sequence[tuple[int, Mapping[str, str]]], columns: Sequence[str], where: str
) -> tuple[Target, ...]:
    """Check and read rows, each with the line it stands on; raises as `read_targets` does."""
    problems = Problems()
    for name in _NEEDED:
        if name not in columns:
            problems.add(
                "header", f"no column '{name}'", ", ".join(_NEEDED), f"add the column {name}"
            )
    problems.raise_if_any(where)
    times = Counter((row["id"] or "").strip() for _, row in rows)
    found = []
    for line, row in rows:
        cells = {name: (row.get(name) or "").strip() for name in columns}
        place = f"line {line}, row '{cells['id']}'"
        if not cells["id"] or times[cells["id"]] > 1:
            seen = f"the id '{cells['id']}' {times[cells['id']]} times" if cells["id"] else "no id"
            problems.add(place, seen, "an id of its own for each row", "rename or remove the row")
        found.append(_target(cells, place, problems))
    problems.raise_if_any(where)
    return tuple(found)


def _target(cells: Mapping[str, str], place: str, problems: Problems) -> Target:
    key = _key(cells["key"], place, problems)
    role = cells["role"]
    if role not in ROLES:
        seen = f"'{role}'" if role else "nothing"
        problems.add(f"{place}, role", seen, ", ".join(ROLES), suggest(role, ROLES))
    value, digits = _value(cells["value"], key, place, problems)
    return Target(
        id=cells["id"],
        observable=cells.get("observable", ""),
        episode=cells.get("episode") or cells.get("event", ""),
        key_note=cells.get("key_note", ""),
        value=value,
        digits=digits,
        unit=cells["unit"],
        entry=_entry(cells["unit"], key, place, problems) if key is not None else "",
        tolerance=_tolerance(cells["tolerance"], role == "output", place, problems),
        use=cells["use"],
        role=role,
        scenario=cells["scenario"],
        key=key,
    )


def _key(text: str, place: str, problems: Problems) -> Key | None:
    if not text:
        return None
    try:
        return read_key(text)
    except InputError as error:
        for problem in error.problems:
            problems.add(
                f"{place}, key {problem.place}", problem.seen, problem.allowed, problem.remedy
            )
    return None


def _entry(text: str, key: Key, place: str, problems: Problems) -> str:
    """Entry of the unit table; a unit that measures something else than the key is a problem."""
    try:
        entry = match_unit(text, f"{place}, unit")
    except InputError as error:
        problems.extend(error.problems)
        return ""
    unit = unit_of(key)
    if unit is not None and not _same(unit, entry):
        problems.add(
            f"{place}, unit",
            f"'{text}', which measures {measures(entry)}",
            f"a unit of what {key.quantity} with its transforms is measured in, such as {unit}",
            "mend the unit or the key",
        )
    return entry


def _same(unit: str, entry: str) -> bool:
    try:
        return dimension(unit) == measures(entry)
    except InputError:
        # a quotient of two things that no row can be measured in
        return False


def _value(text: str, key: Key | None, place: str, problems: Problems) -> tuple[float | None, int]:
    if not text:
        return None, 0
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):
        # nothing is ever compared with a row without a key
        if key is not None:
            problems.add(f"{place}, value", f"'{text}'", "a number, or nothing", "write the figure")
        return None, 0
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return value, max(decimals, 0)


def _tolerance(text: str, is_scored: bool, place: str, problems: Problems) -> Tolerance:
    if text == "exact":
        return Tolerance("exact")
    if text == "as family":
        return Tolerance("as family")
    kind, _, size = text.partition(":")
    try:
        number = float(size)
    except ValueError:
        number = -1.0
    for known in _SIZES:
        if kind == known and 0 <= number < float("inf"):
            return Tolerance(known, number)
    if not is_scored:
        return Tolerance("as family")
    problems.add(
        f"{place}, tolerance",
        f"'{text}'" if text else "nothing",
        _TOLERANCE_FORM,
        "write one of these",
    )
    return Tolerance("exact")
