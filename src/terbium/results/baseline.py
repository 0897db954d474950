"""The base year's flows by stage and region, and who uses how much: the graph in rows."""

import numpy as np
import pandas as pd

from terbium.graph.schema import SupplyGraph
from terbium.results.context import Row
from terbium.results.quantiles import significant, tidy

ELEMENT_GROUPS: dict[str, tuple[str, ...]] = {"Nd+Pr": ("Nd", "Pr"), "Dy+Tb": ("Dy", "Tb")}
"""What a magnet is made of, light and heavy: elements whose contained mass is followed."""

SCRAP = "scrap"
"""Stage from which swarf of magnet making returns to separation."""

_SCRAP_FORM = "_scrap"
_USE_STAGES = ("assembly", "industry")
_MONEY_DIGITS = 2
_FLOW_KEYS = ["stage_from", "region_from", "stage_to", "region_to"]


def baseline_rows(graph: SupplyGraph) -> tuple[Row, ...]:
    """Rows of the balanced flows of the base year between stages and regions.

    Returns
    -------
    rows
        ``elements`` (a key of `ELEMENT_GROUPS`), ``stage_from, region_from, stage_to, region_to``
        and ``flow``: mass of these elements contained in what moves [t/yr]. Swarf has the stage
        `SCRAP` as its origin; what separation passes on to separation is left out.
    """
    links = _links(graph)
    moves = links[links["stage_from"] != links["stage_to"]]
    positions = graph.materials.positions(moves["material"])
    rows: list[Row] = []
    for group, elements in ELEMENT_GROUPS.items():
        known = graph.elements.positions([e for e in elements if e in graph.elements])
        contained = graph.content[np.ix_(positions, known)].sum(axis=1)
        flows = moves.assign(flow=moves["flow"].to_numpy() * contained)
        sums = flows.groupby(_FLOW_KEYS, sort=True)["flow"].sum().reset_index()
        rows += [
            {
                "elements": group,
                **{key: str(row[key]) for key in _FLOW_KEYS},
                "flow": tidy(float(row["flow"])),
            }
            for row in sums[sums["flow"] > 0].to_dict("records")
        ]
    return tuple(rows)


def use_rows(graph: SupplyGraph) -> tuple[Row, ...]:
    """Rows ``region, industry, value``: what industries buy of these materials [USD/yr].

    Values of the base year, two significant digits; motors and parts are bought at their own price.
    """
    links = _links(graph)
    bought = links[links["stage_to"].isin(_USE_STAGES)]
    value = bought.assign(value=bought["flow"] * bought["value"])
    sums = value.groupby(["region_to", "industry"], sort=True)["value"].sum().reset_index()
    return tuple(
        {
            "region": str(row["region_to"]),
            "industry": str(row["industry"]),
            "value": significant(float(row["value"]), _MONEY_DIGITS),
        }
        for row in sums[sums["value"] > 0].to_dict("records")
    )


def _links(graph: SupplyGraph) -> pd.DataFrame:
    """Links that carry something, with the stages at both ends."""
    links = graph.links[~graph.links["latent"] & (graph.links["flow"] > 0)]
    stages = graph.nodes["stage"].to_numpy()
    makes = stages[graph.outputs["node"].to_numpy()[links["output"]]]
    takes = stages[graph.inputs["node"].to_numpy()[links["input"]]]
    is_scrap = links["material"].str.endswith(_SCRAP_FORM)
    return pd.DataFrame(
        {
            "material": links["material"],
            "stage_from": np.where(is_scrap, SCRAP, makes),
            "region_from": links["origin"],
            "stage_to": takes,
            "region_to": links["destination"],
            "industry": links["industry"],
            "flow": links["flow"],
            "value": links["value"],
        }
    )
