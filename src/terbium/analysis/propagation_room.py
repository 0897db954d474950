"""What a run takes in memory, asked before it begins."""

from __future__ import annotations

import numpy as np

from terbium.base.errors import GraphError
from terbium.engine.network.case import Case
from terbium.evidence.methods import method
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
    needed, room = room_needed(table, case, is_factored), free_memory()
    if room is not None and needed > room:
        raise GraphError.of(
            table.name,
            "memory",
            f"a run of {case.steps} steps that needs {size(needed)} beside the table, on a machine "
            f"with {size(room)} free",
            f"runs that need at most {size(room)}",
            "run fewer steps, record stocks less often (options.record.stocks_every), or aggregate "
            "regions or sectors",
        )


def _licensed(case: Case) -> int:
    """Links that need a licence at some time, at most."""
    return sum(
        friction.links.supplier.size * (friction.links.buyer.size + friction.links.final.size)
        for friction in case.extras.frictions
        if friction.controlled_share > 0.0
    )
