"""Numbers that belong to the evaluation of keys: method constants named ``validation/...``."""

from terbium.evidence.methods import method, methods

_FAMILY = "validation/"


def constant(name: str) -> float:
    """Value of a constant.

    Raises
    ------
    DatasetError
        If the table has no such row.
    """
    return method(_FAMILY + name)


def constants(prefix: str) -> tuple[float, ...]:
    """Values of all constants whose name begins so, in the order of the file."""
    return methods(_FAMILY + prefix)
