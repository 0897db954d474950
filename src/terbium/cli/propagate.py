"""``terbium propagate``: shocks through an input-output table or firms, day by day."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.base.errors import Problems
from terbium.cli.later import later
from terbium.cli.options import Json, at_least


def propagate(
    table: Annotated[
        str,
        typer.Argument(
            help="An .npz, a folder saved by pymrio, a .csv, a folder with firms and links; or a "
            "shipped one: example, world-2011, firms-example."
        ),
    ],
    event: Annotated[
        str,
        typer.Argument(
            help="A YAML or JSON file; or a shipped one: flood, lean, licences, plant-fire."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write.", show_default="out/TABLE-EVENT")
    ] = None,
    case: Annotated[
        str, typer.Option(metavar="NAME", help="Which case, of a file that holds several.")
    ] = "",
    steps: Annotated[
        int | None,
        typer.Option(metavar="T", help="Days to run.", show_default="T of the event file"),
    ] = None,
    compatible: Annotated[
        bool | None,
        typer.Option(
            "--compatible/--no-compatible",
            help="Reproduce BoARIO's dead band and rounding (tables).",
            show_default="where nothing is asked that it lacks",
        ),
    ] = None,
    clip_negative_final: Annotated[
        bool,
        typer.Option(
            "--clip-negative-final", help="Set all negative final demand to zero (tables)."
        ),
    ] = False,
    checkpoint_every: Annotated[
        int | None,
        typer.Option(metavar="N", help="Keep the state every N steps, in OUT.checkpoints/."),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="CHECKPOINT", help="Go on from a state that was kept.")
    ] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no report.html.")] = False,
    json: Json = False,
) -> None:
    """Run shocks through an input-output table, or a network of firms, and write what they did."""
    problems = Problems()
    at_least(steps, 1, "--steps", problems)
    at_least(checkpoint_every, 1, "--checkpoint-every", problems)
    work = later("propagating")
    work.propagate(
        work.Request(
            table=table,
            asked=event,
            out=out,
            case=case or None,
            steps=steps,
            compatible=compatible,
            clip_negative_final=clip_negative_final,
            checkpoint_every=checkpoint_every,
            resume=resume,
            has_report=not no_report,
            is_json=json,
        ),
        problems,
    )
