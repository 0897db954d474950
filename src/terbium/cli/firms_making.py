"""The work of ``terbium firms``: judge, draw, write, tell."""

from pathlib import Path

import numpy as np

from terbium.base.errors import CommandError, InputError, Problems, suggest
from terbium.cli.output import note, say
from terbium.graph.firms import FirmNetwork
from terbium.graph.firms_files import FIRMS, LINKS
from terbium.graph.firms_make import synthetic_network
from terbium.graph.firms_write import FORMATS, write_firms
from terbium.report.propagation_words import part_of
from terbium.report.words import amount

_HOW = "terbium firms"


def make_firms(
    out: Path,
    firms: int,
    links: int,
    seed: int,
    sectors: int,
    regions: int,
    form: str,
    problems: Problems,
) -> None:
    """Make a synthetic network and write it.

    Parameters
    ----------
    out
        The folder.
    firms, links, seed, sectors, regions
        See :func:`terbium.graph.firms_make.synthetic_network`.
    form
        One of `FORMATS`.
    problems
        What is wrong with the request so far.

    Raises
    ------
    CommandError
        With everything that is wrong with it.
    """
    if form not in FORMATS:
        problems.add("--format", f"'{form}'", ", ".join(FORMATS), suggest(form, FORMATS))
    problems.raise_if_any(_HOW, CommandError)
    note(f"Drawing {links:,} links between {firms:,} firms")
    try:
        network = synthetic_network(firms, links, seed, sectors=sectors, regions=regions)
    except InputError as error:
        told = [*error.problems]
        raise CommandError(_HOW, told) from error
    note(f"Writing {out}")
    asked = {"firms": firms, "links": links, "seed": seed, "sectors": sectors, "regions": regions}
    write_firms(network, out, form, {"by": _HOW, **asked})
    _tell(network, out, form)


def _tell(network: FirmNetwork, out: Path, form: str) -> None:
    suppliers = np.bincount(network.buyer, minlength=network.size)
    customers = np.bincount(network.supplier, minlength=network.size)
    largest = float(network.output.max() / network.output.sum())
    say(
        f"{network.name}: {network.size:,} firms in {len(network.regions)} regions and "
        f"{len(network.sectors)} sectors, {network.links:,} links"
    )
    say(
        f"Output: {amount(float(network.output.sum()))} a year; the largest firm {part_of(largest)}"
    )
    say(f"Most suppliers of a firm: {suppliers.max():,}; most customers: {customers.max():,}")
    say(f"Files: {FIRMS}.{form}, {LINKS}.{form} and network.json in {out}")
    say(f"Next: terbium propagate {out} plant-fire")
