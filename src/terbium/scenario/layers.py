"""Layers of a scenario, laid on one another; every value remembers who wrote it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from terbium.base.errors import Problems
from terbium.policy.authored import Path, dotted

Locate = Callable[[Path], str]


class Layers:
    """A nested mapping that grows layer by layer, with the place of every value.

    Mappings are merged, everything else (lists too) is replaced.
    """

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self._locate: dict[Path, tuple[Locate, Path]] = {}

    def put(self, content: Mapping[str, Any], locate: Locate, source: Path = ()) -> None:
        """Lay a layer on top.

        Parameters
        ----------
        content
            Nested mapping.
        locate
            Says where a path of the source stands.
        source
            Where ``content`` lies in the source, such as ``("blocks", "no-duties")``.
        """
        self._put(self.data, content, (), locate, source)

    def _put(
        self,
        target: dict[str, Any],
        content: Mapping[str, Any],
        path: Path,
        locate: Locate,
        source: Path,
    ) -> None:
        for key, value in content.items():
            here, there = (*path, key), (*source, key)
            self._locate[here] = (locate, there)
            if isinstance(value, Mapping):
                inner = target.get(key)
                target[key] = dict(inner) if isinstance(inner, dict) else {}
                self._put(target[key], value, here, locate, there)
            else:
                target[key] = value

    def place(self, path: Path) -> str:
        """Where the value on a path was written."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._locate:
                locate, source = self._locate[path[:length]]
                return locate((*source, *path[length:]))
        return dotted(path) or "the whole scenario"

    def copy(self) -> "Layers":
        """A copy to try a block on."""
        other = Layers()
        other.data = _deep(self.data)
        other._locate = dict(self._locate)
        return other


def _deep(data: dict[str, Any]) -> dict[str, Any]:
    return {k: _deep(v) if isinstance(v, dict) else v for k, v in data.items()}


def leaves(content: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a nested mapping that is no mapping, with its path."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def contradictions(
    mix: str, blocks: Mapping[str, Mapping[str, Any]], locate: Locate, problems: Problems
) -> None:
    """Note every value on which two blocks of one mix disagree.

    Parameters
    ----------
    mix
        Its name.
    blocks
        The blocks that it joins, by name.
    locate
        Says where a path of the file stands.
    problems
        Receives one problem per value.
    """
    first: dict[Path, tuple[str, Any]] = {}
    for name, content in blocks.items():
        for path, value in leaves(content):
            block, other = first.setdefault(path, (name, value))
            if other != value:
                problems.add(
                    locate(("blocks", name, *path)),
                    f"contradicting blocks in mix '{mix}': '{block}' sets {dotted(path)} to "
                    f"{other!r}, '{name}' sets it to {value!r}",
                    "one value for each path within a mix",
                    "take one block out of the mix, or let both say the same",
                )
