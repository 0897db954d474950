"""``terbium report``: the report of a stored run, made again."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.cli.later import later


def report(
    run_dir: Annotated[
        Path,
        typer.Argument(help="A folder that `terbium run` or `terbium propagate` has written."),
    ],
) -> None:
    """Make report.html of a run folder again."""
    later("stored").remake_report(run_dir)
