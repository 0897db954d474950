"""``terbium demand``: rare earths in a number of products."""

from collections.abc import Mapping
from typing import Annotated

import typer

from terbium.cli.options import Json
from terbium.cli.output import Columns, print_json, print_table, say
from terbium.report.words import amount


def demand(
    product: Annotated[str, typer.Option(help="Such as BEV, wind_dd, smartphone.")],
    units: Annotated[float, typer.Option(help="How many; megawatts for wind turbines.")],
    dataset: Annotated[str, typer.Option(help="Name or folder of a dataset.")] = "ree-2024",
    draws: Annotated[int, typer.Option(help="Samples of all estimates.")] = 1000,
    seed: Annotated[int, typer.Option(help="Same seed, same numbers.")] = 1,
    json: Json = False,
) -> None:
    """Say how many kilograms of each rare earth a number of products holds."""
    from terbium.analysis.demand import demand as compute

    found = compute(product, units, dataset=dataset, draws=draws, seed=seed)
    if json:
        print_json(found.to_dict())
        return
    rows = [(str(row["element"]), *_cells(row)) for row in found.elements]
    rows.append(("all", *_cells(found.total)))
    rows += [(f"{row['material']}, grade {row['grade']}", *_cells(row)) for row in found.magnets]
    headings: Columns = {"kg in finished magnets": "left", "Median": "right"}
    headings = {**headings, **{"50 % interval": "right", "90 % interval": "right"}}
    print_table(f"{units:,.12g} {product} (per {found.per})", headings, rows)
    share = found.heavy_share
    say(
        f"Dysprosium and terbium: {share['central']:.1%} of all rare earths in them "
        f"(90 %: {share['low90']:.1%} to {share['high90']:.1%})."
    )
    say(f"Rests on {_evidence(found.evidence)} of {found.dataset}; losses in making come on top.")


def _cells(row: Mapping[str, str | float]) -> tuple[str, str, str]:
    kg = {
        name: amount(float(row[name])) for name in ("central", "low50", "high50", "low90", "high90")
    }
    return kg["central"], f"{kg['low50']} to {kg['high50']}", f"{kg['low90']} to {kg['high90']}"


def _evidence(grades: Mapping[str, int]) -> str:
    told = [
        f"{count} of grade {grade}" + (" (guesses)" if grade == "D" else "")
        for grade, count in grades.items()
    ]
    return f"{sum(grades.values())} estimates: {', '.join(told)},"
