"""Text that people author in YAML, read with the line of every value, checked all at once.

Dates stay text, so that a day which does not exist is reported like any other wrong value; keys
must be text and stand once. YAML 1.2: ``no`` and ``off`` are words.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as FilePath
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from terbium.base.days import parse_date
from terbium.base.errors import InputError, Problems, suggest

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

_TRUE = {"true", "True", "TRUE"}
_CORE = "tag:yaml.org,2002:"


class Frozen(BaseModel):
    """Base of all authored models: frozen, and no field that nobody defined."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _real_date(value: object) -> object:
    if not isinstance(value, str | date):
        raise refused(f"{value!r}", "a day such as 2025-04-04", "write the date as YYYY-MM-DD")
    try:
        return parse_date(value)
    except InputError as error:
        problem = error.problems[0]
        raise refused(problem.seen, problem.allowed, problem.remedy) from error


def refused(seen: str, allowed: str, remedy: str) -> PydanticCustomError:
    """What a field validator raises, so that ``checked`` can tell finding and remedy."""
    return PydanticCustomError(
        "terbium", "{allowed}", {"seen": seen, "allowed": allowed, "remedy": remedy}
    )


def _positive(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise refused(_shown(value), "a whole number, 1 or more", "give a positive whole number")
    return value


Day = Annotated[date, BeforeValidator(_real_date)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[int, BeforeValidator(_positive)]
Switch = Annotated[bool, Field(strict=True)]


@dataclass(frozen=True)
class Authored:
    """The content of one YAML text.

    Parameters
    ----------
    file
        Name to show in messages.
    data
        Plain Python: dict, list, str, int, float, bool, None.
    lines
        Line (from 1) of every key and item, by path.
    parts
        Name of the file that a path came from, if several were put together.
    """

    file: str
    data: Any
    lines: Mapping[Path, int]
    parts: Mapping[Path, str] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """Say where a value stands: ``"line 12, horizon.end"``.

        A path that is not in the text (a missing field) gets the line of its nearest parent.
        """
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        part = next(
            (self.parts[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.parts), ""
        )
        line = f"line {self.lines.get(known, 1)}, {dotted(path) or 'the whole file'}"
        return f"{part} {line}" if part else line


def dotted(path: Path) -> str:
    """Write a path as people do: ``shocks.0.scale``."""
    return ".".join(str(part) for part in path)


def read_yaml(text: str, file: str, error: type[InputError]) -> Authored:
    """Read one YAML document.

    Parameters
    ----------
    text
        The document.
    file
        Name to show in messages.
    error
        The error to raise, with every duplicate key of the text at once.

    Raises
    ------
    InputError
        Of the class given: the text does not parse, or a key stands twice or is no text.
    """
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as fault:
        raise error.of(file, *_syntax_problem(fault)) from fault
    problems = Problems()
    lines: dict[Path, int] = {}
    data = None if node is None else _plain(node, (), lines, problems)
    problems.raise_if_any(file, error)
    return Authored(file, data, lines)


def read_yaml_file(path: FilePath, file: str, error: type[InputError]) -> Authored:
    """Read a YAML file; as ``read_yaml``, and an unreadable file is an error of the same class."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise error.of(
            file, "the file", reason, "a YAML file in UTF-8 that can be read", "check the path"
        ) from fault
    return read_yaml(text, file, error)


def _syntax_problem(fault: YAMLError) -> tuple[str, str, str, str]:
    mark = fault.problem_mark if isinstance(fault, MarkedYAMLError) else None
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the whole file"
    said = fault.problem if isinstance(fault, MarkedYAMLError) and fault.problem else str(fault)
    return (
        place,
        f"YAML that does not parse ({said})",
        "YAML 1.2: `key: value` lines, indented with blanks, brackets and quotes closed",
        "look at this line and the one above it",
    )


def _plain(node: Node, path: Path, lines: dict[Path, int], problems: Problems) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return _plain_mapping(node, path, lines, problems)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, i), lines, problems) for i, item in enumerate(node.value)]
    return _plain_scalar(node)


def _plain_mapping(
    node: MappingNode, path: Path, lines: dict[Path, int], problems: Problems
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            problems.add(f"line {line}", "a key that is no text", "a word", "name the key")
            continue
        key = str(key_node.value)
        here = (*path, key)
        if key in found:
            problems.add(
                f"line {line}, {dotted(here)}",
                f"the key '{key}' a second time (duplicate key; first on line {lines[here]})",
                "each key once in a mapping",
                "delete one of the two lines",
            )
            continue
        lines[here] = line
        found[key] = _plain(value_node, here, lines, problems)
    return found


def _plain_scalar(node: Node) -> Any:
    tag, text = str(node.tag), str(node.value)
    if tag == _CORE + "null":
        return None
    if tag == _CORE + "bool":
        return text in _TRUE
    if tag == _CORE + "int":
        # YAML 1.2 keeps 0o17 for octal; a leading zero alone is decimal
        return int(text.replace("_", ""), 0 if text[:2] in ("0x", "0o") else 10)
    if tag == _CORE + "float":
        number = float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        # 1e400 is no number that can be held, and nobody who writes it means infinity: left as text
        return text if math.isinf(number) and "inf" not in text.lower() else number
    return text


def checked(
    model: type[Model], data: object, place: Callable[[Path], str], problems: Problems
) -> Model | None:
    """Build a model, or note every reason why it cannot be built.

    Parameters
    ----------
    model
        A model with ``extra="forbid"``.
    data
        What was authored.
    place
        Turns the path of a value into the words that say where it stands.
    problems
        Receives one problem per reason.
    """
    try:
        return model.model_validate(data)
    except ValidationError as fault:
        for detail in fault.errors(include_url=False):
            if detail["type"] == "too_short" and detail["input"]:
                # what is left is too short because an entry was refused, which is told already
                continue
            path = tuple(part for part in detail["loc"] if part != "[key]")
            problems.add(place(path), *_finding(model, detail, path))
        return None


def faults(model: type[BaseModel], data: object) -> list[Path]:
    """Paths of the values for which a model refuses what was authored."""
    try:
        model.model_validate(data)
    except ValidationError as fault:
        return [tuple(detail["loc"]) for detail in fault.errors(include_url=False)]
    return []


def _finding(model: type[BaseModel], detail: ErrorDetails, path: Path) -> tuple[str, str, str]:
    """What was seen, what is allowed and the remedy for one complaint of pydantic."""
    context = detail.get("ctx", {})
    kind, value = detail["type"], detail["input"]
    if kind == "terbium":
        return context["seen"], context["allowed"], context["remedy"]
    if kind == "missing":
        return "nothing", f"the field '{path[-1]}'", f"add '{path[-1]}:' with its value"
    if kind == "extra_forbidden":
        here = _model_at(model, path[:-1]).model_fields
        fields = sorted(field.alias or name for name, field in here.items())
        word = str(path[-1])
        return f"'{word}', a key that nobody defined", ", ".join(fields), suggest(word, fields)
    allowed = str(detail["msg"]).removeprefix("Input should be ")
    if kind == "literal_error":
        words = [word.strip("' ") for word in allowed.replace(" or ", ", ").split(",")]
        return _shown(value), ", ".join(words), suggest(str(value), words)
    if kind == "bool_type":
        return _shown(value), "true or false", "write true or false"
    return _shown(value), allowed, "correct the value"


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    for part in path:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        model = next(_models_in(field.annotation), model)
    return model


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
