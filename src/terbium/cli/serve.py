"""``terbium serve``: the web application and the JSON API."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from terbium.cli.later import later
from terbium.cli.output import say

# 256 random bits
_TOKEN_BYTES = 32


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes any that is free.")] = 8765,
    database: Annotated[
        str, typer.Option(metavar="URL", help="Store; without it SQLite in the folder.")
    ] = "",
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Results, uploads under way, SQLite store.")
    ] = None,
    tokens: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Access tokens, one per line.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes for long jobs.")] = 1,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Another limit; may be given again."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further name it is asked by; may be given again."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificate, to be asked over HTTPS.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Private key of the certificate.")
    ] = None,
    new_token: Annotated[
        bool, typer.Option("--new-token", help="Print a fresh access token, and end.")
    ] = False,
) -> None:
    """Serve the pages and the JSON API, on this machine alone unless told otherwise."""
    if new_token:
        say(secrets.token_urlsafe(_TOKEN_BYTES))
        return
    work = later("serving")
    asked = work.Asked(
        host, port, database, folder, tokens, workers, limit or (), name or (), certificate, key
    )
    work.serve(asked)
