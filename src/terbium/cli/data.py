"""``terbium data``: what the numbers are, where they come from, and how to take them along."""

from pathlib import Path
from typing import Annotated, Any

import typer

from terbium.base.errors import CommandError, Problems, suggest
from terbium.cli.options import Json, assignments
from terbium.cli.output import Columns, note, print_json, print_table, say

_MOST_MOVES = 15
_MOST_NAMES = 3

data_commands = typer.Typer(no_args_is_help=True, help="Look at, check and export a dataset.")

DatasetName = Annotated[str, typer.Option("--dataset", help="Name or folder of a dataset.")]


def _load(name: str) -> Any:
    from terbium.evidence.dataset import load_dataset

    return load_dataset(name)


@data_commands.command()
def audit(
    dataset: DatasetName = "ree-2024",
    every: Annotated[
        bool, typer.Option("--all", help="Every figure that balancing moved.")
    ] = False,
    json: Json = False,
) -> None:
    """Print coverage, grades, ages, orphans, and how far balancing moved each figure."""
    from terbium.evidence.audit import audit as examine
    from terbium.graph.build import build_graph

    data = _load(dataset)
    found = examine(data)
    if "materials" not in data.tables:
        _print_audit(found, json)
        return
    moves = build_graph(data).moves
    farthest = moves.reindex(moves["sd_moved"].abs().sort_values(ascending=False).index)
    if json:
        rows = farthest.astype(object).where(farthest.notna(), None).to_dict("records")
        print_json(found.to_dict() | {"moves": rows})
        return
    _print_audit(found)
    shown = farthest if every else farthest.head(_MOST_MOVES)
    headings: Columns = {
        "Figure": "left",
        "As sourced": "right",
        "Balanced": "right",
        "Unit": "left",
    }
    headings = {**headings, **{"Moved [sd]": "right", "Grade": "left"}}
    print_table(
        f"Balancing: {len(shown)} of {len(moves)} figures, those moved farthest first",
        headings,
        [_move(row) for row in shown.to_dict("records")],
    )
    far = int((moves["sd_moved"].abs() > 1).sum())
    say(
        f"{far} of {len(moves)} figures moved by more than one standard deviation; --all shows each"
    )


def _print_audit(found: Any, json: bool = False) -> None:
    """The audit alone: nothing is balanced in a dataset without materials."""
    if json:
        print_json(found.to_dict())
        return
    print_table(
        f"Audit of {found.dataset}, base year {found.base_year}",
        {"Section": "left", "Item": "left", "Value": "right", "Note": "left"},
        [(row.section, row.item, row.value, row.note) for row in found.rows()],
    )


def _move(row: dict[Any, Any]) -> tuple[str, ...]:
    value, balanced = f"{row['value']:,.4g}", f"{row['balanced']:,.4g}"
    return row["figure"], value, balanced, row["unit"], f"{row['sd_moved']:+.2f}", row["grade"]


@data_commands.command()
def show(
    table: Annotated[str, typer.Argument(help="Such as estimates, claims, sources, stocks.")],
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=VALUE", help="Keep rows that say so; may be given again."),
    ] = None,
    dataset: DatasetName = "ree-2024",
    json: Json = False,
) -> None:
    """Print a table of the dataset. VALUE may end in * for all that begin so."""
    problems = Problems()
    wanted = assignments(where or (), "--where", problems)
    frame = _load(dataset).table(table)
    columns = list(map(str, frame.columns))
    for column in [name for name in wanted if name not in columns]:
        place, known = f"--where {column}={wanted[column]}", ", ".join(columns)
        problems.add(place, f"the unknown column '{column}'", known, suggest(column, columns))
    problems.raise_if_any("terbium data show", CommandError)
    for column, value in wanted.items():
        cells = frame[column].map(_cell)
        kept = cells.str.startswith(value[:-1]) if value.endswith("*") else cells == value
        frame = frame[kept]
    rows = [[_cell(cell) for cell in row] for row in frame.itertuples(index=False)]
    if json:
        print_json(frame.astype(object).where(frame.notna(), None).to_dict("records"))
    elif not rows:
        say(f"{table}: no row says so")
    elif len(rows) == 1:
        pairs = list(zip(columns, rows[0], strict=True))
        print_table(table, {"Column": "left", "Value": "left"}, pairs)
    else:
        title = f"{table}: {len(rows)} rows"
        print_table(title, dict.fromkeys(columns, "left"), rows, is_wide=True)


def _cell(value: object) -> str:
    if isinstance(value, float):
        # NaN is an empty cell
        return "" if value != value else f"{value:.12g}"
    return str(value)


@data_commands.command()
def export(
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or parquet.")],
    out: Annotated[Path, typer.Option(help="A file for xlsx, a folder for csv and parquet.")],
    dataset: DatasetName = "ree-2024",
) -> None:
    """Write all tables of the dataset for other programs."""
    from terbium.analysis.export import export_dataset

    data = _load(dataset)
    export_dataset(data, form, out)
    note(f"{len(data.tables)} tables; the terms of each row stand in claims and sources.")
    say(str(out))
