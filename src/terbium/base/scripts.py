"""Chinese in the other script."""

from functools import cache
from typing import Any


def to_traditional(text: str) -> str:
    """A text of ours in simplified characters, in traditional ones.

    Examples
    --------
    >>> to_traditional("稀土开采")
    '稀土開採'
    """
    return str(_converter().convert(text))


@cache
def _converter() -> Any:
    # whoever reads English does not wait for dictionaries of characters
    from opencc import OpenCC

    return OpenCC("s2t")
