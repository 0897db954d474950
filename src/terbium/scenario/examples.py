"""Tables and events that are shipped, by name: something to run before one has files of one's own.

A path comes first: a file beside the user is never hidden by a name of ours.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from terbium.base.errors import GraphError, ScenarioError, suggest

_FOLDER = Path(str(files("terbium").joinpath("data")))
_EXAMPLES = _FOLDER / "examples"
_FIRMS = "firms-example"
_TABLES = {
    "example": _EXAMPLES / "example.npz",
    "world-2011": _FOLDER / "world-2011" / "wiod-2011",
    _FIRMS: _EXAMPLES / _FIRMS,
}
_EVENT = ".yaml"


def table_names() -> tuple[str, ...]:
    """Tables and networks of firms that are shipped.

    Examples
    --------
    >>> table_names()
    ('example', 'world-2011', 'firms-example')
    """
    return tuple(_TABLES)


def event_names() -> tuple[str, ...]:
    """Events that are shipped; they are written for the table ``example``.

    Examples
    --------
    >>> event_names()
    ('flood', 'lean', 'licences')
    """
    return tuple(sorted(path.stem for path in _EXAMPLES.glob(f"*{_EVENT}")))


def firm_event_names() -> tuple[str, ...]:
    """Events that are shipped for networks of firms; they are written for ``firms-example``.

    Examples
    --------
    >>> firm_event_names()
    ('plant-fire',)
    """
    return tuple(sorted(path.stem for path in (_EXAMPLES / _FIRMS).glob(f"*{_EVENT}")))


def table_path(name: str | Path) -> Path:
    """Where a table lies: the path itself, or that of a shipped table.

    Raises
    ------
    GraphError
        If it is neither.
    """
    place = Path(name)
    if place.exists():
        return place
    if str(name) in _TABLES:
        return _TABLES[str(name)]
    raise GraphError.of(
        "TABLE",
        "the path",
        f"'{name}', where there is no file or folder",
        f"the path of an .npz, of a .csv, of a folder saved by pymrio or of one with firms and "
        f"links, or the name of a shipped one: {', '.join(_TABLES)}",
        _remedy(str(name), table_names()),
    )


def event_path(name: str | Path) -> Path:
    """Where an event file lies: the path itself, or that of a shipped event.

    Raises
    ------
    ScenarioError
        If it is neither.
    """
    place = Path(name)
    if place.exists():
        return place
    if str(name) in event_names():
        return _EXAMPLES / f"{name}{_EVENT}"
    if str(name) in firm_event_names():
        return _EXAMPLES / _FIRMS / f"{name}{_EVENT}"
    raise ScenarioError.of(
        "EVENT",
        "the path",
        f"'{name}', where there is no file",
        f"the path of a YAML or JSON file, or the name of a shipped event: "
        f"{', '.join((*event_names(), *firm_event_names()))}",
        _remedy(str(name), (*event_names(), *firm_event_names())),
    )


def _remedy(name: str, known: tuple[str, ...]) -> str:
    close = suggest(name, known)
    return close if close.startswith("did you mean") else "check the path"
