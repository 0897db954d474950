"""``terbium evidence verify``: a document's figures checked, on a page."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.cli.later import later
from terbium.cli.options import Json


def verify(
    document: Annotated[Path, typer.Argument(help="Text, Markdown, HTML or PDF.")],
    against: Annotated[
        list[Path] | None,
        typer.Option(help="A store, a table of claims or another document; may be given again."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write; without it out/evidence-NAME.")
    ] = None,
    json: Json = False,
) -> None:
    """Check every figure of a document: arithmetic, sources, one statement against another."""
    later("evidence_pages").verify_document(document, against or (), out, json)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the group ``evidence``."""
    app.command()(verify)
