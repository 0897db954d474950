"""``terbium compare``: why saved runs differ, and by how much beyond the error of drawing."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.cli.later import later
from terbium.cli.options import Json


def compare(
    run_dir: Annotated[
        list[Path], typer.Argument(help="Folders that `terbium run` has written, two or more.")
    ],
    json: Json = False,
) -> None:
    """Say what parts saved runs, and what it does to exports and stops."""
    later("stored").compare_runs(run_dir, json)
