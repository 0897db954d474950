"""The base year's flows in rows: contained mass, scrap apart, small worked chain."""

import numpy as np
import pandas as pd
import pytest
from tests.real_chain import base_graph

from terbium.base.labels import Labels
from terbium.graph.schema import SupplyGraph
from terbium.results.baseline import ELEMENT_GROUPS, SCRAP, baseline_rows, use_rows

ROUNDING = 1e-5
"""Rows carry six digits."""


def small() -> SupplyGraph:
    """A mine, two separations in a row, a magnet maker that returns swarf, two users."""
    nodes = ["A/concentrate", "A/separate", "A/separate2", "B/magnet", "B/cars", "C/parts"]
    stages = ["concentrate", "separate", "separate", "magnet", "industry", "assembly"]
    # link: material, from, to, industry, flow, value
    links = [
        ("ore", 0, 1, "", 100.0, 1.0),
        ("oxide", 1, 2, "", 50.0, 1.0),
        ("oxide", 2, 3, "", 40.0, 10.0),
        ("magnet_scrap", 3, 1, "", 10.0, 0.0),
        ("magnet", 3, 4, "cars", 20.0, 100.0),
        ("magnet", 3, 5, "parts", 12.345, 100.0),
        ("magnet", 3, 5, "parts", 0.0, 100.0),
        ("oxide", 2, 4, "cars", 1.0, 11.0),
    ]
    places = ["A", "A", "A", "B", "B", "C"]
    return SupplyGraph(
        base_year=2024,
        hub="A",
        elements=Labels("element", ["Nd", "Dy"]),
        materials=Labels("material", ["ore", "oxide", "magnet", "magnet_scrap"]),
        content=np.array([[0.2, 0.0], [0.8, 0.0], [0.3, 0.05], [0.3, 0.05]]),
        nodes=pd.DataFrame({"label": nodes, "stage": stages, "region": places}),
        inputs=pd.DataFrame({"node": [row[2] for row in links]}),
        outputs=pd.DataFrame({"node": [row[1] for row in links]}),
        links=pd.DataFrame(
            {
                "material": [row[0] for row in links],
                "output": range(len(links)),
                "input": range(len(links)),
                "origin": [places[row[1]] for row in links],
                "destination": [places[row[2]] for row in links],
                "industry": [row[3] for row in links],
                "flow": [row[4] for row in links],
                "value": [row[5] for row in links],
                "latent": [False] * len(links),
            }
        ),
    )


def test_flows_are_contained_mass_between_stages() -> None:
    rows = {
        (r["elements"], r["stage_from"], r["region_from"], r["stage_to"], r["region_to"]): r["flow"]
        for r in baseline_rows(small())
    }
    assert rows == {
        ("Nd+Pr", "concentrate", "A", "separate", "A"): pytest.approx(20.0),
        ("Nd+Pr", "separate", "A", "magnet", "B"): pytest.approx(32.0),
        ("Nd+Pr", "separate", "A", "industry", "B"): pytest.approx(0.8),
        ("Nd+Pr", SCRAP, "B", "separate", "A"): pytest.approx(3.0),
        ("Nd+Pr", "magnet", "B", "industry", "B"): pytest.approx(6.0),
        ("Nd+Pr", "magnet", "B", "assembly", "C"): pytest.approx(3.7035),
        ("Dy+Tb", SCRAP, "B", "separate", "A"): pytest.approx(0.5),
        ("Dy+Tb", "magnet", "B", "industry", "B"): pytest.approx(1.0),
        ("Dy+Tb", "magnet", "B", "assembly", "C"): pytest.approx(0.61725),
    }


def test_uses_are_money_with_two_digits() -> None:
    rows = {(r["region"], r["industry"]): r["value"] for r in use_rows(small())}
    assert rows == {("B", "cars"): 2000.0, ("C", "parts"): 1200.0}


def test_the_shipped_chain_loses_a_little_at_each_stage() -> None:
    frame = pd.DataFrame(baseline_rows(base_graph()))
    assert set(frame["elements"]) == set(ELEMENT_GROUPS)
    for _, rows in frame.groupby("elements"):
        into = rows.groupby("stage_to")["flow"].sum()
        out = rows.groupby("stage_from")["flow"].sum()
        for stage in ("separate", "metal", "assembly"):
            assert 0.85 < out[stage] / into[stage] <= 1 + ROUNDING, stage
        # what magnet makers take leaves them as magnets or as swarf
        made = out["magnet"] + out[SCRAP]
        assert 0.9 < made / into["magnet"] <= 1 + ROUNDING
