"""YAML that comes over HTTP: nothing in it may blow up, or name a folder of the server."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
)

from terbium.base.errors import Problems, ScenarioError, suggest
from terbium.policy.authored import read_yaml
from terbium.scenario.vocabulary import data_dir

_MOST_DEPTH: Final = 30
# the largest scenario that is shipped has 300 parts, and no word of 300 characters
_MOST_PARTS: Final = 1500
_MOST_WORD: Final = 4000
# each unknown name is compared with all that there are
_MOST_UNKNOWN: Final = 20
_SHOWN: Final = 100
# keys under which the command line takes the path of a package as well as its name
_PACKAGES: Final = {"dataset": "materials.csv", "table": "exposures.csv"}


def check_text(text: str, problems: Problems, place: str = "text") -> None:
    """Note what a text over HTTP may not hold; what does not parse is left to whoever reads it.

    Parameters
    ----------
    text
        One YAML document.
    problems
        Takes what is found.
    place
        Where the text stands in the request.
    """
    before = len(problems)
    _check_events(text, problems, place)
    if len(problems) > before:
        return
    try:
        data = read_yaml(text, place, ScenarioError).data
    except ScenarioError:
        return
    names_no_path(data, place, problems)
    check_names(set_names(data), place, problems)


def check_names(names: Iterable[str], place: str, problems: Problems) -> None:
    """Note names of parameters if so many are unknown that telling of each would take long."""
    unknown = sorted({*names} - _parameters())
    if len(unknown) > _MOST_UNKNOWN:
        problems.add(
            place,
            f"{len(unknown)} names that are no parameters, among them '{unknown[0][:_SHOWN]}'",
            "names of estimates of a dataset",
            "look the names up under Method and sources",
        )


def set_names(value: Any) -> Iterator[str]:
    """Names of parameters that a scenario sets, wherever it does."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            if key == "set" and isinstance(held, Mapping):
                yield from map(str, held)
            else:
                yield from set_names(held)


def names_no_path(value: Any, place: str, problems: Problems) -> None:
    """Note each package that is named otherwise than those which are shipped."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            known = _shipped(key) if key in _PACKAGES else ()
            if key in _PACKAGES and isinstance(held, str) and held not in known:
                problems.add(f"{place}, {key}", f"'{held}'", ", ".join(known), suggest(held, known))
            names_no_path(held, place, problems)
    elif isinstance(value, list):
        for held in value:
            names_no_path(held, place, problems)


def _check_events(text: str, problems: Problems, place: str) -> None:
    """Depth, size and repetitions are seen before anything is built of the text."""
    depth = 0
    try:
        for count, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            line = event.start_mark.line + 1
            if isinstance(event, AliasEvent):
                problems.add(f"{place}, line {line}", f"a repetition (*{event.anchor})",
                             "every value written out", "write the value out")  # fmt: skip
                return
            if count > _MOST_PARTS or len(getattr(event, "value", "")) > _MOST_WORD:
                problems.add(f"{place}, line {line}", "a text too large to be read here",
                             f"{_MOST_PARTS} keys and values, of {_MOST_WORD} characters",
                             "shorten it, or run it on the command line")  # fmt: skip
                return
            if depth > _MOST_DEPTH:
                problems.add(f"{place}, line {line}", f"more than {_MOST_DEPTH} levels",
                             "the fields of a scenario", "take levels away")  # fmt: skip
                return
    except YAMLError:
        return


@cache
def _parameters() -> frozenset[str]:
    names = set()
    for path in data_dir().glob("*/estimates.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            names |= {row["name"] for row in csv.DictReader(file)}
    return frozenset(names)


@cache
def _shipped(key: str) -> tuple[str, ...]:
    found = sorted(path.parent.name for path in data_dir().glob(f"*/{_PACKAGES[key]}"))
    return tuple(name for name in found if Path(data_dir(), name, "datapackage.json").is_file())
