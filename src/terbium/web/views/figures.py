"""Which shape of the legend a class of the figures has."""

_CIRCLES = frozenset(("observed", "centre", "announced", "force", "other"))
_LINES = frozenset(("median", "base", "mark", "reach", "stroke"))


def mark_of(kind: str) -> str:
    """Shape of a legend entry: ``circle``, ``cross``, ``line`` or ``box``; empty for a heading."""
    if not kind:
        return ""
    first = kind.split()[0]
    if first == "ended":
        return "cross"
    return "circle" if first in _CIRCLES else "line" if first in _LINES else "box"
