"""From a name or a file to a scenario: read, laid in layers, checked as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import Field

from terbium.base.errors import Problems, ScenarioError, suggest
from terbium.policy.authored import Authored, Frozen, checked, dotted, read_yaml, read_yaml_file
from terbium.policy.authored import Path as TextPath
from terbium.policy.register import Register, load_register
from terbium.scenario.checks import check_content, judged
from terbium.scenario.layers import Layers, Locate, contradictions
from terbium.scenario.overlay import OverlayTables, read_overlay
from terbium.scenario.schema import Content, Scenario, Words
from terbium.scenario.vocabulary import Vocabulary, vocabulary_of, with_economy

_PARTS = ("blocks", "mixes")
_EXTENDS = "extends"


class _Parts(Frozen):
    """Blocks and mixes of a file."""

    blocks: dict[str, dict[str, Any]] = Field(default={})
    mixes: dict[str, Words] = Field(default={})


@cache
def built_in_register() -> Register:
    """The register in the package, read once."""
    return load_register()


def list_scenarios() -> dict[str, str]:
    """Built-in scenarios: name and title, sorted by name."""
    found = {}
    for path in sorted(_folder().glob("*.yaml")):
        authored = read_yaml_file(path, path.name, ScenarioError)
        found[path.stem] = str(authored.data["title"])
    return found


def load_scenario(
    name_or_path: str | Path,
    mixes: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
    *,
    overlay: str | Path | None = None,
    arguments: Mapping[str, Any] | None = None,
    register: Register | None = None,
    vocabulary: Vocabulary | None = None,
) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    name_or_path
        A built-in name (``list_scenarios``) or the path of a YAML file.
    mixes
        Named mixes of the file, applied left to right.
    overrides
        ``--set``: a dotted path (``horizon.end``) or the name of a parameter (it has a ``/``) to a
        value; text is read as YAML.
    overlay
        Folder of the user's own tables (``scenario.overlay``).
    arguments
        As ``overrides``, from the Python face; ``overrides`` win.
    register
        Measures; None = those in the package.
    vocabulary
        Labels; None = those of the dataset that the scenario names.

    Raises
    ------
    ScenarioError
        With every problem at once, each with file and line or the option it came from.
    """
    authored = _read(name_or_path)
    problems = Problems()
    parts = _parts(authored, problems)
    layers = _file_layers(authored, problems)
    checker = _Checker(register or built_in_register(), vocabulary)
    for block, content in parts.blocks.items():
        trial = layers.copy()
        trial.put(content, _in_file(authored), ("blocks", block))
        checker.check(trial, problems)
    rows = _put_mixes(layers, authored, parts, mixes, problems)
    tables = read_overlay(Path(overlay), problems) if overlay is not None else None
    if tables:
        for name, value in tables.values.items():
            layers.put({"set": {name: value}}, lambda path: tables.places[str(path[-1])])
    rows += _put_values(layers, arguments or {}, "Study argument", problems)
    rows += _put_values(layers, overrides or {}, "--set", problems)
    content_now = checker.check(layers, problems)
    _raise_once(authored.file, problems)
    assert content_now is not None
    return _scenario(content_now, layers, parts, tuple(mixes), rows, tables)


class _Checker:
    """Checks a stack of layers against schema, register and dataset."""

    def __init__(self, register: Register, vocabulary: Vocabulary | None) -> None:
        self._register = register
        self._given = vocabulary
        self._read: dict[str, Vocabulary | None] = {}

    def check(self, layers: Layers, problems: Problems) -> Content | None:
        content, rest, numbers = judged(layers, problems)
        vocabulary = self._given
        if vocabulary is None and rest.dataset:
            vocabulary = self._vocabulary(rest.dataset, layers, problems)
        vocabulary = with_economy(vocabulary, rest.economy.table, layers, problems)
        check_content(rest, numbers, layers, self._register, vocabulary, problems)
        return content

    def _vocabulary(self, dataset: str, layers: Layers, problems: Problems) -> Vocabulary | None:
        if dataset not in self._read:
            place = layers.place(("dataset",))
            self._read[dataset] = vocabulary_of(dataset, place, problems)
        return self._read[dataset]


def _folder() -> Path:
    return Path(str(files("terbium") / "scenarios"))


def _read(name_or_path: str | Path) -> Authored:
    text = str(name_or_path)
    built_in = _folder() / f"{text}.yaml"
    if built_in.is_file() and "/" not in text:
        state = built_in.stat()
        authored = _read_built_in(built_in, (state.st_mtime_ns, state.st_size))
    elif Path(text).suffix in (".yaml", ".yml") or Path(text).is_file():
        authored = read_yaml_file(Path(text), text, ScenarioError)
    else:
        names = sorted(path.stem for path in _folder().glob("*.yaml"))
        raise ScenarioError.of(
            "scenario", "name", f"'{text}', which is no scenario",
            ", ".join([*names, "the path of a YAML file"]), suggest(text, names),
        )  # fmt: skip
    if not isinstance(authored.data, dict):
        raise ScenarioError.of(
            authored.file,
            "the whole file",
            "no mapping",
            "`key: value` lines",
            "start with `name:`",
        )
    return authored


@lru_cache(maxsize=16)
def _read_built_in(path: Path, state: tuple[int, int]) -> Authored:
    """Read a file of the package; one that has not changed is not parsed again, nor changed."""
    return read_yaml_file(path, path.name, ScenarioError)


def _in_file(authored: Authored) -> Locate:
    return lambda path: f"{authored.file}, {authored.place(path)}"


def _parts(authored: Authored, problems: Problems) -> _Parts:
    given = {key: authored.data[key] for key in _PARTS if key in authored.data}
    parts = checked(_Parts, given, _in_file(authored), problems)
    if parts is None:
        return _Parts()
    for mix, blocks in parts.mixes.items():
        for number, block in enumerate(blocks):
            if block not in parts.blocks:
                problems.add(
                    _in_file(authored)(("mixes", mix, number)),
                    f"the block '{block}', which is not in `blocks`",
                    ", ".join(parts.blocks) or "no block is defined",
                    suggest(block, parts.blocks),
                )
        known = {block: parts.blocks[block] for block in blocks if block in parts.blocks}
        contradictions(mix, known, _in_file(authored), problems)
    return parts


def _file_layers(authored: Authored, problems: Problems) -> Layers:
    """The file, on the scenario that it extends; blocks and mixes are not handed down."""
    layers = Layers()
    for part in (*_extended(authored, problems), authored):
        body = {key: part.data[key] for key in part.data if key not in (*_PARTS, _EXTENDS)}
        layers.put(body, _in_file(part))
    return layers


def _extended(authored: Authored, problems: Problems) -> tuple[Authored, ...]:
    if _EXTENDS not in authored.data:
        return ()
    place, named = _in_file(authored)((_EXTENDS,)), authored.data[_EXTENDS]
    names = sorted(path.stem for path in _folder().glob("*.yaml"))
    if named not in names:
        problems.add(place, f"{named!r}, which is no scenario", ", ".join(names),
                     suggest(str(named), names))  # fmt: skip
        return ()
    base = _read(named)
    if _EXTENDS in base.data:
        problems.add(place, f"'{named}', which extends another", "a scenario that stands alone",
                     f"extend '{base.data[_EXTENDS]}'")  # fmt: skip
    return (base,)


def _put_mixes(
    layers: Layers, authored: Authored, parts: _Parts, mixes: Sequence[str], problems: Problems
) -> list[dict[str, Any]]:
    rows = []
    for mix in mixes:
        if mix not in parts.mixes:
            problems.add(
                f"--mix {mix}",
                f"the unknown mix '{mix}'",
                ", ".join(parts.mixes) or "this scenario has no mixes",
                suggest(mix, parts.mixes),
            )
            continue
        for block in parts.mixes[mix]:
            if block in parts.blocks:
                layers.put(parts.blocks[block], _in_file(authored), ("blocks", block))
                rows.append({"path": f"blocks.{block}", "value": block, "origin": f"mix {mix}"})
    return rows


def _put_values(
    layers: Layers, values: Mapping[str, Any], origin: str, problems: Problems
) -> list[dict[str, Any]]:
    rows = []
    for name, given in values.items():
        path = _path(name)
        value = _parsed(given, f"{origin} {name}", problems)
        nested: Any = value
        for key in reversed(path):
            nested = {key: nested}
        layers.put(nested, _from_option(origin))
        rows.append({"path": dotted(path), "value": value, "origin": origin})
    return rows


def _path(name: str) -> tuple[str, ...]:
    """A parameter has a slash in its name and stands under ``set``; all else is a dotted path."""
    if "/" in name:
        return "set", name.removeprefix("set.")
    return tuple(name.split("."))


def _from_option(origin: str) -> Locate:
    def place(path: TextPath) -> str:
        return f"{origin} {dotted(path[1:] if path[:1] == ('set',) else path)}"

    return place


def _parsed(given: Any, place: str, problems: Problems) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return read_yaml(given, place, ScenarioError).data
    except ScenarioError as error:
        problems.extend(replace(fault, place=f"{place}, {fault.place}") for fault in error.problems)
        return given


def _raise_once(file: str, problems: Problems) -> None:
    """Raise each problem once: a fault of the file shows in every trial of a block too."""
    try:
        problems.raise_if_any(file, ScenarioError)
    except ScenarioError as error:
        raise ScenarioError(file, tuple(dict.fromkeys(error.problems))) from None


def _scenario(
    content: Content,
    layers: Layers,
    parts: _Parts,
    chosen: Words,
    rows: list[dict[str, Any]],
    tables: OverlayTables | None,
) -> Scenario:
    measures = content.measures
    kept = tuple(name for name in measures.include if name not in measures.exclude)
    fields = {name: getattr(content, name) for name in type(content).model_fields}
    fields["set"] = fields.pop("set_")
    fields["measures"] = measures.model_copy(update={"include": kept})
    private = frozenset(
        name for name in content.set_ if layers.place(("set", name)).startswith("overlay ")
    )
    return Scenario(
        **fields,
        blocks=parts.blocks,
        mixes=parts.mixes,
        chosen=chosen,
        overrides=tuple(rows),
        places={name: layers.place(("set", name)) for name in content.set_},
        overlay_hash=tables.hash if tables else "",
        private=private,
    )
