"""Commands of ``terbium evidence`` that weigh figures: verify, show, reconcile, why."""

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


def show(
    quantity: Annotated[
        str, typer.Argument(help="Its name in English or Chinese; `list` names all.")
    ],
    store: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A store whose claims stand beside.")
    ] = None,
    claims: Annotated[
        list[Path] | None,
        typer.Option(help="A table of claims or a document beside; may be given again."),
    ] = None,
    json: Json = False,
) -> None:
    """Show what sources say of a quantity, by scope and date."""
    later("evidence_pages").print_quantity(quantity, store, claims or (), json)


def reconcile(
    parameter: Annotated[str, typer.Option(metavar="NAME", help="One row; without it all.")] = "",
    dataset: Annotated[str, typer.Option(help="Name or folder of a dataset.")] = "ree-2024",
    json: Json = False,
) -> None:
    """Derive contested parameters again from all figures that sources give."""
    later("evidence_pages").print_derived(parameter, dataset, json)


def why(
    event: Annotated[str, typer.Argument(help="Its name; `list` names all.")],
    json: Json = False,
) -> None:
    """Set rival causes of an event against the order of what happened."""
    later("evidence_pages").print_explained(event, json)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the group ``evidence``."""
    for command in (verify, show, reconcile, why):
        app.command()(command)
