"""``terbium evidence``: what documents state, read, scored and checked."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.cli import evidence_checks, evidence_tables
from terbium.cli.later import later
from terbium.cli.options import Json

evidence_commands = typer.Typer(
    no_args_is_help=True, help="Read what documents state, and check their figures."
)


@evidence_commands.command()
def read(
    documents: Annotated[
        list[Path], typer.Argument(metavar="DOCUMENT...", help="Text, Markdown, HTML or PDF.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Table to write: .csv, .json or .parquet.")
    ] = None,
    date: Annotated[
        str, typer.Option(metavar="DATE", help="When all of them were published.")
    ] = "",
    encoding: Annotated[
        str, typer.Option(help="What they are encoded in; found if left out.")
    ] = "",
    store: Annotated[
        Path | None, typer.Option(help="Store to read into; documents may be folders then.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that read into a store; one per core if left out.")
    ] = None,
    json: Json = False,
) -> None:
    """Read every value that documents state: what, how much, of when, how exact, by whom."""
    if store is not None:
        work = later("evidence_store")
        work.read_documents_into(documents, store, out, date, encoding, workers, json)
        return
    later("evidence_reading").read_documents(documents, out, date, encoding, json)


@evidence_commands.command()
def score(
    claims: Annotated[Path, typer.Argument(metavar="CLAIMS", help="A table that `read` wrote.")],
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="A table made by a reader.")],
    topic: Annotated[
        str, typer.Option(help="Rows of the gold table to look for; `all` for every one.")
    ] = "core",
    json: Json = False,
) -> None:
    """Compare claims read with those of a human reader, one to one."""
    later("evidence_reading").score_claims(claims, gold, topic, json)


evidence_checks.register(evidence_commands)
evidence_tables.register(evidence_commands)
