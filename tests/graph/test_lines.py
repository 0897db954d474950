"""Lines divide flows and change none."""

import numpy as np
import pandas as pd
import pytest
from tests.graph.flows import labelled_links, slot_gap

from terbium.base.tolerances import BALANCE_RTOL
from terbium.graph.lines import EXPOSED, SHELTERED, split_lines
from terbium.graph.schema import SupplyGraph

ROUTE = ["material", "source", "target"]


def whole(labels: pd.Series, lined: set[str]) -> pd.Series:
    """Label of the node that a line is part of."""
    return labels.map(lambda label: label.rpartition("/")[0] if label in lined else label)


def by_route(graph: SupplyGraph) -> pd.Series:
    links = labelled_links(graph)
    if "group" in graph.nodes:
        lined = set(graph.nodes.loc[graph.nodes["group"] != "", "label"])
        links = links.assign(
            source=whole(links["source"], lined), target=whole(links["target"], lined)
        )
    return links.groupby(ROUTE)["flow"].sum()


def test_the_sum_over_lines_is_the_balanced_graph(graph: SupplyGraph, lines: SupplyGraph) -> None:
    before, after = by_route(graph), by_route(lines)
    before, after = before[before > 0.0], after[after > 0.0]
    assert set(after.index) == set(before.index)
    gap = (after.reindex(before.index) - before).abs() / before
    assert gap.max() <= BALANCE_RTOL


def test_activities_and_surpluses_are_divided(graph: SupplyGraph, lines: SupplyGraph) -> None:
    lined = set(lines.nodes.loc[lines.nodes["group"] != "", "label"])
    after = lines.nodes.groupby(whole(lines.nodes["label"], lined))["activity"].sum()
    before = graph.nodes.set_index("label")["activity"]
    assert after.reindex(before.index).to_numpy() == pytest.approx(before.to_numpy(), rel=1e-12)
    surplus = lines.outputs["surplus"].sum()
    assert surplus == pytest.approx(graph.outputs["surplus"].sum(), rel=1e-12)


def test_every_slot_of_every_line_is_balanced(graph: SupplyGraph, lines: SupplyGraph) -> None:
    assert slot_gap(graph) <= BALANCE_RTOL
    assert slot_gap(lines) <= BALANCE_RTOL


def test_only_assembly_and_industry_are_split(lines: SupplyGraph) -> None:
    stages = lines.nodes.groupby("group")["stage"].unique()
    assert set(stages[EXPOSED]) == set(stages[SHELTERED]) == {"assembly", "industry"}
    running = lines.nodes[(lines.nodes["activity"] > 0.0) & (lines.nodes["group"] == "")]
    assert not set(running["stage"]) & {"assembly", "industry"}


def test_ranks_are_the_midpoints_of_equal_parts(lines: SupplyGraph, cohorts: int) -> None:
    split = lines.nodes[lines.nodes["group"] != ""]
    parent = whole(split["label"], set(split["label"]))
    sizes = set()
    for _, rows in split.groupby([parent, "group"]):
        sizes.add(len(rows))
        expected = [(k + 0.5) / len(rows) for k in range(len(rows))]
        assert sorted(rows["rank"]) == pytest.approx(expected)
        assert rows["activity"].to_numpy() == pytest.approx(rows["activity"].mean())
    assert (min(sizes), max(sizes)) == (1, cohorts)
    assert (lines.nodes.loc[lines.nodes["group"] == "", "rank"] == 0.5).all()


def test_a_group_has_as_many_lines_as_its_tonnage_fills(
    lines: SupplyGraph, cohorts: int, tonnes_per_line: float
) -> None:
    split = lines.nodes[(lines.nodes["group"] != "") & (lines.nodes["stage"] == "industry")]
    one_material = split[split["recipe"].str.endswith(("_magnet", "_oxide"))]
    parent = whole(one_material["label"], set(one_material["label"]))
    groups = one_material.groupby([parent, "group"])["activity"].agg(["sum", "size"])
    filled = (groups["sum"] / tonnes_per_line).round().clip(1, cohorts)
    assert (groups["size"] == filled).all()


def test_lines_are_fed_by_lines_of_like_rank(lines: SupplyGraph) -> None:
    """Flow runs where the ranks overlap; the other lines of a supplier are latent."""
    nodes, links = lines.nodes, lines.links
    source = nodes.iloc[lines.outputs["node"].to_numpy()[links["output"]]]
    target = nodes.iloc[lines.inputs["node"].to_numpy()[links["input"]]]
    size = nodes.groupby(whole(nodes["label"], set(nodes.loc[nodes["group"] != "", "label"])))
    known = {name: rows.groupby("group").size() for name, rows in size}

    def width(rows: pd.DataFrame) -> np.ndarray:
        parents = whole(rows["label"], set(nodes.loc[nodes["group"] != "", "label"]))
        pairs = zip(parents, rows["group"], strict=True)
        return np.array([1.0 / known[parent][group] for parent, group in pairs])

    parts = (source["stage"].to_numpy() == "assembly") & (links["flow"].to_numpy() > 0.0)
    gap = np.abs(source["rank"].to_numpy() - target["rank"].to_numpy())[parts]
    reach = (width(source[parts]) + width(target[parts])) / 2.0
    assert (gap < reach).all()
    spare = (source["stage"].to_numpy() == "assembly") & (links["flow"].to_numpy() == 0.0)
    assert spare.any()
    assert (links["latent"].to_numpy(float)[spare] > 0.0).all()


def inflow(lines: SupplyGraph) -> pd.DataFrame:
    """Per node in lines and material: activity, use and hub goods of each supplier group."""
    links = labelled_links(lines)
    source = lines.nodes["group"].to_numpy()[lines.outputs["node"].to_numpy()[links["output"]]]
    from_hub = (links["origin"] == lines.hub) & (links["destination"] != lines.hub)
    exposed = np.where(source == "", from_hub, source == EXPOSED)
    group = lines.nodes["group"].to_numpy()[lines.inputs["node"].to_numpy()[links["input"]]]
    links = links.assign(group=group, exposed=exposed)[group != ""]
    links["node"] = whole(links["target"], set(links["target"]))
    keys = ["node", "material", "group", "exposed"]
    return links.groupby(keys)["flow"].sum().unstack(["group", "exposed"], fill_value=0.0)


def test_hub_lines_take_hub_goods_first(lines: SupplyGraph) -> None:
    table = inflow(lines)
    hub_takes, hub_other = table[EXPOSED][True], table[EXPOSED][False]
    rest_takes = table[SHELTERED][True]
    # goods of the hub reach the others only once the hub's own lines want nothing else
    both = (hub_other > 1e-9) & (rest_takes > 1e-9)
    assert not both.any()
    magnets = table.index.get_level_values("material").str.endswith("_magnet")
    # an industry's magnet lines take one material: their group is exactly what the hub sends
    assert rest_takes[magnets].max() <= 1e-9 * hub_takes[magnets].max()
    assert hub_other[magnets].max() <= 1e-9 * hub_takes[magnets].max()


def test_an_industry_fed_by_the_hub_alone_has_no_other_line(lines: SupplyGraph) -> None:
    table = inflow(lines)
    alone = table[SHELTERED].sum(axis=1) == 0.0
    assert alone.any()
    groups = lines.nodes.groupby(
        whole(lines.nodes["label"], set(lines.nodes.loc[lines.nodes["group"] != "", "label"]))
    )["group"].agg(set)
    for node in table.index.get_level_values("node")[alone].unique():
        if table.loc[node][SHELTERED].to_numpy().sum() == 0.0:
            assert groups[node] == {EXPOSED}


def test_industries_of_the_hub_are_not_exposed_to_it(lines: SupplyGraph) -> None:
    at_home = lines.nodes[(lines.nodes["region"] == lines.hub) & (lines.nodes["group"] != "")]
    magnets = at_home[at_home["recipe"].str.endswith("_magnet") & (at_home["stage"] == "industry")]
    assert set(magnets["group"]) == {SHELTERED}


def test_one_cohort_gives_one_line_per_group(
    graph: SupplyGraph, lines: SupplyGraph, tonnes_per_line: float
) -> None:
    single = split_lines(graph, 1, tonnes_per_line)
    split = single.nodes[single.nodes["group"] != ""]
    parent = whole(split["label"], set(split["label"]))
    assert split.groupby([parent, "group"]).size().max() == 1
    assert slot_gap(single) <= BALANCE_RTOL
    assert len(single.nodes) < len(lines.nodes)
