"""Puts together what a marked-up text shows, piece by piece, with the source of each."""

from __future__ import annotations

from terbium.evidence.documents.claim import Shown


class Weave:
    """Collects pieces in the order of the source.

    Examples
    --------
    >>> weave = Weave("<b>5 &lt; 6</b>")
    >>> weave.copy(3, 5), weave.put("<", 5, 9), weave.copy(9, 11)
    (None, None, None)
    >>> weave.shown().text, weave.shown().source(2, 4)
    ('5 < 6', (5, 10))
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._texts: list[str] = []
        self._starts: list[int] = []
        self._sources: list[tuple[int, int]] = []
        self._length = 0

    def copy(self, start: int, end: int, table: dict[int, str] | None = None) -> None:
        """Show a range of the source as it is, or with single code points replaced by single."""
        if start < end:
            text = self._source[start:end]
            self._add(text.translate(table) if table else text, start, end)

    def put(self, text: str, start: int, end: int) -> None:
        """Show ``text`` in the place of a longer or shorter range of the source."""
        if text:
            self._add(text, start, end)

    def _add(self, text: str, start: int, end: int) -> None:
        self._texts.append(text)
        self._starts.append(self._length)
        self._sources.append((start, end))
        self._length += len(text)

    def shown(self) -> Shown:
        """All pieces so far."""
        return Shown("".join(self._texts), tuple(self._starts), tuple(self._sources))
