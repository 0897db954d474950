"""``terbium evidence export``, ``items`` and ``events``: the store and the user's own tables."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.cli.later import later
from terbium.cli.options import Json


def export(
    store: Annotated[Path, typer.Argument(help="Made by `terbium evidence read --store`.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    form: Annotated[str, typer.Option("--format", help="parquet or csv.")] = "parquet",
) -> None:
    """Write every table of a store: documents, claims, links, sources, estimates, runs."""
    later("evidence_store").export_store(store, out, form)


def items(
    customs: Annotated[Path, typer.Argument(help="CSV of UN Comtrade, BACI, Eurostat or alike.")],
    over: Annotated[float, typer.Option(help="Share, 0 to 1; more than it counts.")],
    origin: Annotated[str, typer.Option(help="Region or bloc that the imports come from.")] = "CHN",
    importer: Annotated[
        str | None, typer.Option(help="Only this one; or whose imports the file has.")
    ] = None,
    year: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    digits: Annotated[
        int | None, typer.Option(help="Length of the codes that count as products.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV of all products to write.")] = None,
    json: Json = False,
) -> None:
    """Count the products of which more than a share is imported from one origin."""
    later("evidence_counts").print_items(customs, over, origin, importer, year, digits, out, json)


def events(
    prices: Annotated[Path, typer.Argument(help="CSV: dates, and one column per asset.")],
    happened: Annotated[
        Path, typer.Argument(metavar="EVENTS", help="CSV: date, and if you like asset and event.")
    ],
    market: Annotated[
        str | None, typer.Option(help="A CSV file of its levels, or a column of PRICES.")
    ] = None,
    window: Annotated[str, typer.Option(help="First and last trading day, from the event.")] = (
        "-5:10"
    ),
    estimation: Annotated[int, typer.Option(help="Trading days before the window.")] = 120,
    seed: Annotated[int, typer.Option(help="Of the permutations.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for tables and the figure.")] = None,
    json: Json = False,
) -> None:
    """Estimate abnormal returns around events from your public prices, with intervals."""
    work = later("evidence_returns")
    work.print_events(prices, happened, market, window, estimation, seed, out, json)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the group ``evidence``."""
    for command in (export, items, events):
        app.command()(command)
