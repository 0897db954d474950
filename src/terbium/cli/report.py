"""``terbium report``: the report of a stored run, made again."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.base.files import atomic_write_text
from terbium.cli.output import note, say


def report(
    run_dir: Annotated[Path, typer.Argument(help="A folder that `terbium run` has written.")],
) -> None:
    """Make report.html of a run folder again."""
    from terbium.report.document import render_report
    from terbium.results.store import open_run

    folder = open_run(run_dir)
    changed = folder.changed_files()
    if changed:
        note(f"{run_dir}: changed since the run was written: {', '.join(changed)}.")
    place = run_dir / "report.html"
    atomic_write_text(place, render_report(folder.summary, folder.manifest))
    say(str(place))
