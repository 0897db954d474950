"""Tables, JSON and progress of the commands. Results go to stdout, everything else to stderr."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from terbium.base.files import tidy_json

# a file or a pipe has no width of its own
_WIDTH_OF_A_FILE = 110

Columns = Mapping[str, Literal["left", "right"]]
"""Heading to the side that its cells are set to."""


def print_json(content: object) -> None:
    """Write the same text for the same content, infinity as ``"inf"``."""
    sys.stdout.write(tidy_json(content))


def say(text: str = "") -> None:
    """Write one line to stdout, as it stands and unbroken."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Write one line to stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def print_table(
    title: str, columns: Columns, rows: Sequence[Sequence[str]], is_wide: bool = False
) -> None:
    """Write a table to stdout; cells are printed as they stand.

    Parameters
    ----------
    title
        Stands above it.
    columns
        Headings and sides.
    rows
        As many cells as there are columns.
    is_wide
        In a file or a pipe no cell is broken, however long the lines become.
    """
    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading, side in columns.items():
        table.add_column(Text(heading), justify=side, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(file=sys.stdout, highlight=False)
    if console.is_terminal:
        console.print(table)
        return
    console.width = _WIDTH_OF_A_FILE
    if is_wide:
        console.width = max(_WIDTH_OF_A_FILE, _natural_width(console, table))
    with console.capture() as printed:
        console.print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())


def _natural_width(console: Console, table: Table) -> int:
    unbounded = console.options.update_width(sys.maxsize)
    return table.__rich_measure__(console, unbounded).maximum


@contextmanager
def progress_bar(text: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar with work done and time left on stderr, if that is a terminal.

    Parameters
    ----------
    text
        What goes on.

    Yields
    ------
    callable
        Takes work done and work in all; may be called from any thread.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    if not console.is_terminal:
        note(text)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(text, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance
