"""Labels outside, positions inside: the one way from a name to its place in an array."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from terbium.base.errors import LabelError, Problem, suggest


class Labels:
    """Ordered, distinct labels of one dimension: position ``i`` in an array means ``labels[i]``.

    Parameters
    ----------
    dim
        The dimension that is labelled, singular, as in the glossary: ``"node"``.
    labels
        The labels in array order.

    Raises
    ------
    LabelError
        If a label stands twice.

    Examples
    --------
    >>> nodes = Labels("node", ["CHN/mine", "CHN/separate"])
    >>> nodes.position("CHN/separate")
    1
    """

    def __init__(self, dim: str, labels: Iterable[str]) -> None:
        self.dim = dim
        self._labels = tuple(labels)
        self._positions = {label: i for i, label in enumerate(self._labels)}
        if len(self._positions) < len(self._labels):
            raise LabelError(dim, self._repeated())

    def _repeated(self) -> list[Problem]:
        counts = {label: self._labels.count(label) for label in self._labels}
        return [
            Problem(f"{self.dim} '{label}'", f"{n} times", "once", "remove or rename the others")
            for label, n in counts.items()
            if n > 1
        ]

    def __len__(self) -> int:
        return len(self._labels)

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __getitem__(self, position: int) -> str:
        return self._labels[position]

    def __contains__(self, label: object) -> bool:
        return label in self._positions

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Labels):
            return NotImplemented
        return (self.dim, self._labels) == (other.dim, other._labels)

    def __hash__(self) -> int:
        return hash((self.dim, self._labels))

    def __repr__(self) -> str:
        shown = ", ".join(self._labels[:3]) + (", ..." if len(self) > 3 else "")
        return f"Labels({self.dim!r}, {len(self)}: {shown})"

    def position(self, label: str) -> int:
        """Position of one label.

        Raises
        ------
        LabelError
            If the label is unknown; the text suggests the nearest one.
        """
        if label not in self._positions:
            raise LabelError(self.dim, [self._unknown(label)])
        return self._positions[label]

    def positions(self, labels: Iterable[str]) -> NDArray[np.int64]:
        """Positions of several labels, in the order given.

        Returns
        -------
        ndarray of int64, shape (label,)

        Raises
        ------
        LabelError
            If any is unknown; all unknown ones are named at once.
        """
        wanted = list(labels)
        unknown = [self._unknown(label) for label in dict.fromkeys(wanted) if label not in self]
        if unknown:
            raise LabelError(self.dim, unknown)
        return np.array([self._positions[label] for label in wanted], dtype=np.int64)

    def _unknown(self, label: str) -> Problem:
        return Problem(
            place=self.dim,
            seen=f"'{label}'",
            allowed=f"one of {len(self)} labels of '{self.dim}'",
            remedy=suggest(label, self._labels),
        )
