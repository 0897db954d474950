"""What a run takes in memory, asked before it begins."""

from __future__ import annotations

import numpy as np

from terbium.base.errors import GraphError
from terbium.engine.network.case import Case
from terbium.engine.network.firm_case import FirmCase
from terbium.evidence.methods import method
from terbium.graph.firms import FirmNetwork
from terbium.graph.tables import InputOutputTable
from terbium.graph.tables_memory import free_memory, size

_FLOAT = 8
_SERIES = 8


def room_needed(table: InputOutputTable, case: Case, is_factored: bool) -> int:
    """Bytes that a run takes beside its table.

    Parameters
    ----------
    table, case
        What is about to run.
    is_factored
        Whether orders are never stored by link.
    """
    n, sectors = table.size, len(table.sectors)
    rows = len(range(0, case.steps, case.stocks_every))
    numbers = _SERIES * case.steps * n + rows * sectors * n
    numbers += round(method("tables/memory/state_arrays")) * sectors * n
    if not is_factored:
        links = int(np.count_nonzero(table.Z)) + int(np.count_nonzero(table.Y))
        numbers += round(method("tables/memory/link_numbers")) * links
        numbers += rows * sectors * n
        if case.extras.desk is not None:
            numbers += case.extras.desk.validity_steps * min(_licensed(case), links)
    return _FLOAT * numbers


def check_room(table: InputOutputTable, case: Case, is_factored: bool) -> None:
    """Refuse a run that does not fit.

    Raises
    ------
    GraphError
        With what it needs and what there is.
    """
    remedy = (
        "run fewer steps, record stocks less often (options.record.stocks_every), or aggregate "
        "regions or sectors"
    )
    _refuse(table.name, "table", case.steps, room_needed(table, case, is_factored), remedy)


def check_firm_room(network: FirmNetwork, case: FirmCase) -> None:
    """Refuse a run on firms that does not fit; see :func:`check_room`."""
    cells = len(network.regions) * len(network.sectors)
    numbers = 2 * case.steps * (cells + case.chosen.size)
    needed = _FLOAT * numbers + round(
        method("firms/memory/link") * network.links + method("firms/memory/firm") * network.size
    )
    remedy = "run fewer steps, record fewer firms, or leave out the smallest links"
    _refuse(network.name, "network", case.steps, needed, remedy)


def _refuse(name: str, kind: str, steps: int, needed: int, remedy: str) -> None:
    room = free_memory()
    if room is not None and needed > room:
        raise GraphError.of(
            name,
            "memory",
            f"a run of {steps} steps that needs {size(needed)} beside the {kind}, on a machine "
            f"with {size(room)} free",
            f"runs that need at most {size(room)}",
            remedy,
        )


def _licensed(case: Case) -> int:
    """Links that need a licence at some time, at most."""
    return sum(
        friction.links.supplier.size * (friction.links.buyer.size + friction.links.final.size)
        for friction in case.extras.frictions
        if friction.controlled_share > 0.0
    )
