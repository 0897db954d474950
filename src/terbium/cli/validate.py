"""``terbium validate``: hold runs against recorded figures, failures first."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.base.errors import Problems
from terbium.cli.options import Json, at_least


def validate(
    targets: Annotated[
        Path | None, typer.Option(help="CSV of targets.", show_default="the package's own")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Only rows of this use: calibrate or validate.")
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Only rows of this scenario; may be given again.")
    ] = None,
    draws: Annotated[
        int | None, typer.Option(help="Samples of all parameters.", show_default="the scenario's")
    ] = None,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="List what may be called out of sample, and why.")
    ] = False,
    json: Json = False,
) -> None:
    """Score runs against recorded figures beside baselines that know nothing of the law."""
    from terbium.cli import judging

    problems = Problems()
    at_least(draws, 1, "--draws", problems)
    request = judging.Request(targets, split, tuple(scenario or ()), draws, ledger, json)
    judging.judge(request, problems)
