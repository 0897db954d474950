"""From the text of an event file to plain data in one form, with the place of every value kept.

Synonyms of keys, mappings instead of rows, and a case out of a file of several are turned into the
one form that the schema knows; where a value stood before is remembered for messages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from terbium.base.errors import Problems, ScenarioError, suggest
from terbium.policy.authored import Authored, Path, dotted, read_yaml

# an escaped pair of surrogates, behind whole backslashes only
_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)
_TOP = {"n_temporal_units_to_sim": "T"}
_ENTRY = {"event_type": "type", "households_impact": "house"}
_SHARED = ("T", "oracle")
_ROWS = {
    "impact": ("region", "sector", "value"),
    "impact_distrib": ("region", "sector", "value"),
    "affected_industries": ("region", "sector"),
    "house": ("region", "category", "value"),
}


@dataclass(frozen=True)
class Source:
    """What was read, and the lines of the text if there was one.

    Attributes
    ----------
    file
        Name for messages.
    data
        Plain Python.
    authored
        The text with its lines; None for data that came from no file.
    """

    file: str
    data: Any
    authored: Authored | None = None

    def place(self, path: Path) -> str:
        """Say where a path of the text stands."""
        if self.authored is not None:
            return self.authored.place(path)
        return dotted(path) or "the whole event"


@dataclass(frozen=True)
class Places:
    """Where each value was written.

    Attributes
    ----------
    source
        What was read.
    moved
        Path in the one form -> path in the text, for what was renamed or brought into rows.
    """

    source: Source = Source("event", {})
    moved: Mapping[Path, Path] = field(default_factory=dict)

    def of(self, path: Path) -> str:
        """Say where the value of a path in the one form stands."""
        # tags tell apart the forms of a field and are no part of what was written
        plain = tuple(part for part in path if not str(part).startswith("~"))
        return self.source.place(translated(plain, self.moved))


def translated(path: Path, moved: Mapping[Path, Path]) -> Path:
    """The path in the text, by the longest part of it that was moved."""
    for n in range(len(path), -1, -1):
        if path[:n] in moved:
            return (*moved[path[:n]], *path[n:])
    return path


def read_text(path: FilePath) -> Source:
    """Read a file, YAML 1.2 or JSON.

    Raises
    ------
    ScenarioError
        If it cannot be read or parsed, or a key stands twice.
    """
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "text that is not UTF-8"
        raise ScenarioError.of(
            file, "the file", reason, "a YAML or JSON file in UTF-8 that can be read",
            "check the path",
        ) from fault  # fmt: skip
    is_json = text.lstrip()[:1] in ("{", "[")
    try:
        if path.suffix.lower() == ".json":
            _check_json(text, file)
        authored = read_yaml(_as_yaml(text) if is_json else text, file, ScenarioError)
    except ScenarioError as error:
        raise _told_better(error) from error
    except RecursionError as fault:
        raise ScenarioError.of(
            file, "the whole file", "lists or mappings nested hundreds deep, or in themselves",
            "the keys of an event", "look at the examples in docs/events.md",
        ) from fault  # fmt: skip
    return Source(file, authored.data, authored)


def _as_yaml(text: str) -> str:
    """JSON such that YAML reads the same: tabs never stand inside its strings, pairs are one."""
    return _PAIR.sub(_one_character, text.replace("\t", " "))


def _one_character(found: re.Match[str]) -> str:
    before, high, low = found.groups()
    return str(before + json.loads(f'"\\u{high}\\u{low}"'))


def _check_json(text: str, file: str) -> None:
    """Refuse what YAML would take and JSON does not, such as a missing comma."""
    try:
        json.loads(text)
    except json.JSONDecodeError as fault:
        is_empty = not text.strip()
        raise ScenarioError.of(
            file,
            "the whole file" if is_empty else f"line {fault.lineno}, column {fault.colno}",
            "nothing" if is_empty else f"JSON that does not parse ({fault.msg})",
            "JSON as in RFC 8259: keys and text in double quotes, a comma between values",
            "look at this line and the one above it",
        ) from fault


def _told_better(error: ScenarioError) -> ScenarioError:
    """Name tabs as tabs."""
    problem = error.problems[0]
    if "does not parse" in problem.seen and "'\\t'" in problem.seen:
        return ScenarioError.of(
            error.where,
            problem.place,
            "a tab where YAML is indented",
            "blanks, two for each level",
            "replace every tab by blanks",
        )
    return error


class _Form:
    """Data on its way into the one form."""

    def __init__(self, source: Source, case: str | None) -> None:
        self.source = source
        self.moved: dict[Path, Path] = {}
        self.problems = Problems()
        chosen, prefix = self._chosen(source.data, case)
        self.moved[()] = prefix
        if prefix:
            self.moved.update({(key,): (key,) for key in _SHARED if key in source.data})
        self.data = self._mapping(chosen, (), _TOP)

    @property
    def places(self) -> Places:
        """Where everything stood."""
        return Places(self.source, self.moved)

    def fail(self, path: Path, seen: str, allowed: str, remedy: str) -> ScenarioError:
        """An error that ends the reading."""
        place = self.source.place(path) if path else "the whole file"
        return ScenarioError.of(self.source.file, place, seen, allowed, remedy)

    def fill(self) -> dict[str, Any]:
        """Bring every part into the one form."""
        model = self.part("model")
        self.rows(model, "productive_capital_vector", ("region", "sector", "value"), ("model",))
        options = self.part("options")
        if isinstance(options.get("rationing"), str):
            options["rationing"] = {"rule": options["rationing"]}
            self.moved["options", "rationing", "rule"] = self.written(("options", "rationing"))
        if isinstance(options.get("boario_compatible"), bool):
            options["boario_compatible"] = str(options["boario_compatible"])
        events = self.data.get("events")
        if isinstance(events, list):
            self.data["events"] = [self._entry(one, ("events", i)) for i, one in enumerate(events)]
        return self.data

    def part(self, name: str) -> dict[str, Any]:
        """A mapping of the top level; an empty one if there is none, or it is something else."""
        if not isinstance(self.data.get(name), dict):
            return {}
        part = self._mapping(self.data[name], (name,), {})
        self.data[name] = part
        return part

    def written(self, path: Path) -> Path:
        """Where a path of the one form stands in the text."""
        return translated(path, self.moved)

    def rows(self, form: dict[str, Any], key: str, fields: tuple[str, ...], path: Path) -> None:
        """Bring ``[a, b, value]`` and ``{a: {b: value}}`` into rows with names."""
        value, here = form.get(key), (*path, key)
        if isinstance(value, dict):
            form[key] = self._rows_of_mapping(value, fields, here)
        elif isinstance(value, list | tuple):
            form[key] = [self._row(one, fields, (*here, i)) for i, one in enumerate(value)]

    def _row(self, row: Any, fields: tuple[str, ...], here: Path) -> Any:
        if not isinstance(row, list | tuple) or len(row) != len(fields):
            return row
        written = self.written(here)
        self.moved.update({(*here, name): (*written, k) for k, name in enumerate(fields)})
        return dict(zip(fields, row, strict=True))

    def _rows_of_mapping(
        self, value: Mapping[str, Any], fields: tuple[str, ...], here: Path
    ) -> list[Any]:
        rows: list[Any] = []
        written = self.written(here)
        for outer, inner in value.items():
            cells = inner.items() if isinstance(inner, dict) else [(None, inner)]
            for label, amount in cells:
                at = (*here, len(rows))
                stood = (*written, outer) if label is None else (*written, outer, label)
                self.moved.update({at: stood} | {(*at, name): stood for name in fields})
                is_whole = label is not None
                rows.append(
                    dict(zip(fields, (outer, label, amount), strict=True)) if is_whole else amount
                )
        return rows

    def _entry(self, entry: Any, path: Path) -> Any:
        if not isinstance(entry, dict):
            return entry
        form = self._mapping(entry, path, _ENTRY)
        for key, fields in _ROWS.items():
            self.rows(form, key, fields, path)
        return form

    def _mapping(
        self, data: Mapping[str, Any], path: Path, names: Mapping[str, str]
    ) -> dict[str, Any]:
        """Give synonyms their one name; a key with nothing behind it is as good as left out."""
        form: dict[str, Any] = {}
        prefix = self.written(path)
        for key, value in data.items():
            name = names.get(key, key)
            if value is None:
                continue
            if name in form:
                self.problems.add(
                    self.source.place((*prefix, key)),
                    f"'{key}' beside another key that means the same",
                    f"one of {', '.join([name, *(k for k in names if names[k] == name)])}",
                    "delete one of the two",
                )
                continue
            form[name] = value
            if name != key:
                self.moved[(*path, name)] = (*prefix, key)
        return form

    def _chosen(self, data: Any, case: str | None) -> tuple[dict[str, Any], Path]:
        """The case asked for and its path; ``T`` beside the cases holds for each of them."""
        if not isinstance(data, dict):
            seen = "nothing" if data is None else "a list" if isinstance(data, list) else repr(data)
            raise self.fail(
                (), seen,
                "a mapping with the keys of one event file: table, cls, model, events, T, options",
                "write each case in a file of its own" if seen == "a list"
                else "start with `events:`",
            )  # fmt: skip
        if "cases" not in data:
            if case is None:
                return data, ()
            raise ScenarioError.of(
                self.source.file, "--case", f"'{case}'", "nothing: the file holds a single case",
                "leave --case out",
            )  # fmt: skip
        return self._one_of_several(data, case)

    def _one_of_several(
        self, data: dict[str, Any], case: str | None
    ) -> tuple[dict[str, Any], Path]:
        cases = data["cases"]
        if not isinstance(cases, dict) or not all(isinstance(c, dict) for c in cases.values()):
            raise self.fail(
                ("cases",), "no mapping of names to cases", "`cases: {name: {events: ...}}`",
                "give each case a name",
            )  # fmt: skip
        strange = [key for key in data if key not in ("cases", *_SHARED)]
        if strange:
            raise self.fail(
                (strange[0],), f"'{strange[0]}' beside `cases`", ", ".join(("cases", *_SHARED)),
                "move it into a case",
            )  # fmt: skip
        names = list(cases)
        chosen = names[0] if case is None and len(names) == 1 else case
        if chosen is None:
            raise self.fail(
                ("cases",), f"{len(names)} cases", "one of " + ", ".join(names),
                "choose one with --case NAME",
            )  # fmt: skip
        if chosen not in cases:
            raise ScenarioError.of(
                self.source.file, "--case", f"'{chosen}', which is no case of the file",
                ", ".join(names), suggest(chosen, names),
            )  # fmt: skip
        shared = {key: data[key] for key in _SHARED if key in data}
        return {"name": chosen} | shared | cases[chosen], ("cases", chosen)


def one_form(source: Source, case: str | None = None) -> tuple[dict[str, Any], Places]:
    """Bring the content of a file into the form of the schema.

    Parameters
    ----------
    source
        The file.
    case
        Which case, of a file that holds several.

    Raises
    ------
    ScenarioError
        If the file holds no mapping, or several cases of which none or an unknown one was named,
        or a key beside its synonym.
    """
    form = _Form(source, case)
    data = form.fill()
    form.problems.raise_if_any(source.file, ScenarioError)
    return data, form.places
