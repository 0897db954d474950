"""Lines of plain text, for commands that should not wait for tables."""

from textwrap import fill

WIDTH = 110


def wrapped(text: str, first: str = "", others: str = "") -> list[str]:
    """A text in lines of ``WIDTH`` characters at most; codes and ids are never broken.

    Parameters
    ----------
    text
        One paragraph.
    first, others
        What the first line and the others begin with.
    """
    return fill(
        text, WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False,
        break_long_words=False,
    ).split("\n")  # fmt: skip
