"""``terbium firms``: a synthetic network of firms, written as files that propagate reads."""

from pathlib import Path
from typing import Annotated

import typer

from terbium.base.errors import Problems
from terbium.cli.later import later
from terbium.cli.options import check_folder

_MARKER = "network.json"


def firms(
    out: Annotated[Path, typer.Argument(help="Folder to write.")],
    firms: Annotated[int, typer.Option(metavar="N", help="How many firms.")],
    links: Annotated[int, typer.Option(metavar="E", help="How many links between them.")],
    seed: Annotated[int, typer.Option(metavar="S", help="The same seed, the same network.")] = 0,
    sectors: Annotated[int, typer.Option(metavar="K", help="How many sectors.")] = 30,
    regions: Annotated[int, typer.Option(metavar="K", help="How many regions.")] = 10,
    format: Annotated[str, typer.Option(help="parquet or csv.")] = "parquet",
) -> None:
    """Draw a network of firms that trade with one another, and write it."""
    problems = Problems()
    check_folder(out, _MARKER, problems)
    later("firms_making").make_firms(out, firms, links, seed, sectors, regions, format, problems)
