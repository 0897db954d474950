"""Customs codes: whether a code lies within others, or they within it."""

from collections.abc import Iterable
from enum import Enum

from terbium.base.errors import InputError
from terbium.base.speech import tr

_LEAST, _MOST = 2, 10


class Fit(Enum):
    """How a code meets a list of codes: wholly, in a part of it, not at all."""

    YES = "yes"
    PART = "part"
    NO = "no"


def read_code(text: str, place: str) -> str:
    """A customs code as digits alone.

    Parameters
    ----------
    text
        ``8505.11``, ``8505 11 10``, ``85051110``; empty stays empty.
    place
        Where it stands, for the message.

    Raises
    ------
    InputError
        If it is no code.
    """
    digits = "".join(letter for letter in text if letter not in ". ")
    if text.strip() and not (digits.isdecimal() and _LEAST <= len(digits) <= _MOST):
        raise InputError.of(
            "customs code", place, f"'{text}'", tr("2 to 10 digits, such as 8505.11"),
            tr("write the code of the tariff"),
        )  # fmt: skip
    return digits


def fits(code: str, codes: Iterable[str]) -> Fit:
    """Whether a code lies within one of several; those may be beginnings.

    Examples
    --------
    >>> fits("85051110", ["850511"]), fits("8505", ["850511"]), fits("8506", ["850511"])
    (<Fit.YES: 'yes'>, <Fit.PART: 'part'>, <Fit.NO: 'no'>)
    """
    known = tuple(codes)
    if any(code.startswith(one) for one in known):
        return Fit.YES
    return Fit.PART if any(one.startswith(code) for one in known) else Fit.NO
