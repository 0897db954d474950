"""Whether the figures of a table make sense, looked at block by block: no copy of Z is made."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from terbium.base.errors import GraphError, Problems
from terbium.base.tolerances import CONSERVATION_RTOL, TINY
from terbium.evidence.methods import method
from terbium.graph.tables_draft import SHOWN, Draft, Floats, labels_of, listed

NEGATIVE_FINAL = ("small", "clip", "refuse", "keep")
"""What to do with negative final demand: set to zero if it is small in sum, always set to zero,
refuse, or keep as it is."""

_BLOCK_BYTES = 1 << 20
_LARGER_UNIT = "write the table in a larger unit"
_TEN = 10


@dataclass
class Survey:
    """What one pass over a matrix found.

    Parameters
    ----------
    row_sums, column_sums
        Of all cells.
    unreal, negative
        Number of cells that are no finite number, or below zero.
    first_unreal, lowest
        Some of them, as (row, column) and as (value, row, column).
    below_zero
        Sum of the negative cells.
    decimals
        Fewest decimals that write every cell, or None if more than a printed table has.
    """

    row_sums: Floats
    column_sums: Floats
    unreal: int = 0
    negative: int = 0
    first_unreal: list[tuple[int, int]] = field(default_factory=list)
    lowest: list[tuple[float, int, int]] = field(default_factory=list)
    below_zero: float = 0.0
    decimals: int | None = 0


def survey(matrix: Floats) -> Survey:
    """Look at every cell once."""
    rows, columns = matrix.shape
    found = Survey(np.empty(rows), np.zeros(columns))
    most = round(method("tables/rounding_decimals"))
    step = max(1, _BLOCK_BYTES // max(matrix.itemsize * columns, 1))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, rows, step):
            block = matrix[start : start + step]
            found.row_sums[start : start + step] = block.sum(axis=1)
            found.column_sums += block.sum(axis=0)
            least = block.min(initial=0.0)
            if not np.isfinite(found.row_sums[start : start + step]).all():
                _note_unreal(block, start, found)
            if least < 0 or np.isnan(least):
                _note_negative(block, start, found)
            found.decimals = _decimals(block, found.decimals, most)
    return found


@np.errstate(over="ignore", invalid="ignore")
def settle(
    draft: Draft, where: str, tolerance: float, negative_final: str
) -> tuple[Floats, list[str]]:
    """Check the figures of a draft, and set negative final demand to zero where that is allowed.

    Parameters
    ----------
    draft
        Its ``Y`` is changed in place.
    where
        The file.
    tolerance
        How far output may miss the sum of a row, relative to output.
    negative_final
        One of :data:`NEGATIVE_FINAL`.

    Returns
    -------
    tuple
        Output (N,), and what the reader had to assume or change.

    Raises
    ------
    GraphError
        If figures are missing, negative, too large, or do not add up.
    """
    problems = Problems()
    industries = labels_of(draft.regions, draft.sectors)
    flows, final = survey(draft.Z), survey(draft.Y)
    finals = labels_of(draft.regions, draft.categories)
    _refuse_unreal(flows, "Z", industries, industries, problems)
    _refuse_unreal(final, "Y", industries, finals, problems)
    _refuse_negative(flows, "Z", industries, industries, problems)
    clips = _negative_final(final, negative_final, industries, finals, problems)
    sums = flows.row_sums + final.row_sums
    x = sums.copy() if draft.x is None else draft.x
    warnings = list(draft.warnings)
    if draft.x is None:
        warnings.append("x is not given: the row sums of Z and Y are taken as output.")
    _refuse_output(x, industries, clips, problems)
    readable = np.isfinite(sums) & np.isfinite(x)
    slack = _rounding(flows, final)
    warnings += _check_sums(x, sums, readable, slack, tolerance, industries, problems)
    if not problems:
        _refuse_extremes(x, sums, problems)
    problems.raise_if_any(where, GraphError)
    if clips:
        x, told = _clip(draft, flows, final, x, industries, finals)
        warnings.append(told)
    warnings += _buyers_beyond_output(flows.column_sums, x, industries)
    return x, warnings


def _note_unreal(block: Floats, start: int, found: Survey) -> None:
    wrong = ~np.isfinite(block)
    found.unreal += int(np.count_nonzero(wrong))
    if len(found.first_unreal) < SHOWN:
        cells = np.argwhere(wrong)[:SHOWN]
        found.first_unreal += [(start + int(row), int(column)) for row, column in cells]


def _note_negative(block: Floats, start: int, found: Survey) -> None:
    rows, columns = np.nonzero(block < 0)
    values = block[rows, columns]
    found.negative += values.size
    found.below_zero += float(values.sum())
    worst = np.argsort(values, kind="stable")[:SHOWN]
    cells = [(float(values[i]), start + int(rows[i]), int(columns[i])) for i in worst]
    found.lowest = sorted(found.lowest + cells)[:SHOWN]


def _decimals(block: Floats, least: int | None, most: int) -> int | None:
    """Decimals that write this block too, starting from what the blocks before it took."""
    while least is not None:
        scaled = block * _TEN**least
        if (np.abs(scaled - np.rint(scaled)) <= TINY * np.abs(scaled)).all():
            return least
        least = least + 1 if least < most else None
    return None


def _refuse_unreal(
    found: Survey, name: str, rows: list[str], columns: list[str], problems: Problems
) -> None:
    if found.unreal:
        cells = [f"{rows[row]} to {columns[column]}" for row, column in found.first_unreal[:SHOWN]]
        more = f", and {found.unreal - len(cells)} more" if found.unreal > len(cells) else ""
        problems.add(
            name,
            f"{found.unreal} cell(s) that are no finite number (NaN or infinite): "
            f"{', '.join(cells)}{more}",
            "a finite number in each cell",
            "write 0 where nothing flows, and ask the source where a figure is missing",
        )
    elif not np.isfinite(found.row_sums).all():
        row = rows[int(np.flatnonzero(~np.isfinite(found.row_sums))[0])]
        seen = f"a row too large to add up ({row})"
        problems.add(name, seen, "sums within float64", _LARGER_UNIT)


def _negative_cells(found: Survey, rows: list[str], columns: list[str]) -> str:
    cells = [f"{value:.6g} from {rows[r]} to {columns[c]}" for value, r, c in found.lowest]
    more = found.negative - len(cells)
    shown = ", ".join(cells) + (f", and {more} more" if more > 0 else "")
    return f"{found.negative} negative cell(s), lowest first: {shown}"


def _refuse_negative(
    found: Survey, name: str, rows: list[str], columns: list[str], problems: Problems
) -> None:
    if found.negative:
        problems.add(
            name,
            _negative_cells(found, rows, columns),
            "flows of 0 or more",
            "enter a negative sale as a purchase the other way, or set the cells to zero and "
            "balance the table again",
        )


def _negative_final(
    final: Survey, choice: str, rows: list[str], columns: list[str], problems: Problems
) -> bool:
    """Whether negative final demand is to be set to zero; a problem if it may not be."""
    if not final.negative or choice == "keep":
        return False
    positive = float(np.nansum(final.row_sums)) - final.below_zero
    most = method("tables/negative_final_share")
    if choice == "clip" or (choice == "small" and -final.below_zero <= most * positive):
        return True
    up_to = f", or negative cells of up to {most:.0%} of it in sum" if choice == "small" else ""
    share = -final.below_zero / positive if positive > 0 else np.inf
    problems.add(
        "Y",
        f"{_negative_cells(final, rows, columns)}; {share:.2%} of final demand in sum",
        f"final demand of 0 or more{up_to}: a claim below zero cannot be rationed",
        "set it to zero by negative_final='clip', on the command line --clip-negative-final "
        "(output is then added up anew), or enter stocks that were run down as supply",
    )
    return False


def _refuse_output(x: Floats, rows: list[str], clips: bool, problems: Problems) -> None:
    unreal = np.flatnonzero(~np.isfinite(x))
    if unreal.size:
        problems.add(
            "x",
            f"{unreal.size} value(s) that are no finite number: "
            f"{listed([rows[row] for row in unreal])}",
            "a finite number for each industry",
            "give the output, or leave x out: row sums are taken then",
        )
    negative = np.flatnonzero(x < 0)
    # where negative final demand is cut, output is added up anew
    if negative.size and not clips:
        problems.add(
            "x",
            f"{negative.size} negative output(s): "
            f"{listed([f'{rows[row]} {x[row]:.6g}' for row in negative])}",
            "output of 0 or more",
            "correct x, or set negative final demand to zero by negative_final='clip'",
        )


def _refuse_extremes(x: Floats, sums: Floats, problems: Problems) -> None:
    if not (x > 0).any():
        problems.add("x", "no output at all", "at least one industry with output", "check the file")
    elif not np.isfinite(np.abs(x).sum() + np.abs(sums).sum()):
        problems.add("x", "outputs too large to add up", "sums within float64", _LARGER_UNIT)


def _rounding(flows: Survey, final: Survey) -> float:
    """How far a row that is printed with few decimals may miss its sum by rounding alone."""
    if flows.decimals is None or final.decimals is None:
        return 0.0
    cells = flows.column_sums.size + final.column_sums.size + 1
    last_digit = 1 / _TEN ** max(flows.decimals, final.decimals)
    return float(cells * last_digit / 2)


def _check_sums(
    x: Floats,
    sums: Floats,
    readable: np.ndarray[tuple[int], np.dtype[np.bool_]],
    slack: float,
    tolerance: float,
    rows: list[str],
    problems: Problems,
) -> list[str]:
    """Note rows that miss their sum; warn of those that do so by little."""
    size = np.where(readable, np.abs(x), 0.0)
    miss = np.abs(np.where(readable, x - sums, 0.0))
    noise = TINY * float(size.sum())
    wrong = np.flatnonzero(miss > np.maximum(tolerance * size, slack) + noise)
    if wrong.size:
        printed = f", or of {slack:g} (rounding of the printed cells)" if slack > 0 else ""
        problems.add(
            "x",
            f"{wrong.size} of {x.size} industries whose output is not what Z and Y sum to: "
            f"{_worst(wrong, x, sums, rows)}",
            f"output within {tolerance:g} of itself{printed}",
            "balance the table, leave x out to take the row sums, or pass a larger tolerance",
        )
        return []
    noticed = np.flatnonzero(miss > method("tables/row_sum_notice") * size + noise)
    if not noticed.size:
        return []
    share = miss.sum() / max(size.sum(), TINY)
    return [
        f"The output of {noticed.size} of {x.size} industries is not quite what Z and Y sum to "
        f"(by {share:.2g} of all output): {_worst(noticed, x, sums, rows)}."
    ]


def _worst(which: np.ndarray, x: Floats, sums: Floats, rows: list[str]) -> str:
    miss = np.abs(x[which] - sums[which]) / np.maximum(np.abs(x[which]), TINY)
    order = which[np.argsort(-miss, kind="stable")]
    return listed([f"{rows[row]} x {x[row]:.6g}, sum {sums[row]:.6g}" for row in order])


def _clip(
    draft: Draft, flows: Survey, final: Survey, x: Floats, rows: list[str], columns: list[str]
) -> tuple[Floats, str]:
    np.maximum(draft.Y, 0, out=draft.Y)
    after = flows.row_sums + draft.Y.sum(axis=1)
    worst = int(np.argmax(np.divide(after - x, after, out=np.zeros_like(x), where=after > 0)))
    share = -final.below_zero / float(draft.Y.sum())
    return after, (
        f"{_negative_cells(final, rows, columns)}. They were set to zero ({-final.below_zero:.6g}, "
        f"{share:.2%} of final demand) and output was added up anew; all output rose by "
        f"{after.sum() / x.sum() - 1:.2%}, that of {rows[worst]} the most, from {x[worst]:.6g} "
        f"to {after[worst]:.6g}."
    )


def _buyers_beyond_output(bought: Floats, x: Floats, rows: list[str]) -> list[str]:
    beyond = np.flatnonzero(bought > x * (1 + CONSERVATION_RTOL))
    if not beyond.size:
        return []
    named = listed([f"{rows[row]} buys {bought[row]:.6g}, makes {x[row]:.6g}" for row in beyond])
    return [f"{beyond.size} industries buy more than they make (value added below zero): {named}."]
