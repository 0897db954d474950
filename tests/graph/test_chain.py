"""What stands in the drafted chain, and where its goods may go."""

import math

import numpy as np
import pytest
from tests.graph.flows import labelled_links

from terbium.evidence.dataset import Dataset
from terbium.graph.chain import Reader
from terbium.graph.schema import SupplyGraph


def output(graph: SupplyGraph, label: str, material: str) -> dict[str, float]:
    node = list(graph.nodes["label"]).index(label)
    rows = graph.outputs[(graph.outputs["node"] == node) & (graph.outputs["material"] == material)]
    assert len(rows) == 1
    return rows.iloc[0].to_dict()


def test_all_elements_are_there_and_promethium_is_a_known_zero(
    dataset: Dataset, graph: SupplyGraph
) -> None:
    assert len(graph.elements) == 17
    mined = dict(zip(*(dataset.table("elements")[c] for c in ("element", "is_mined")), strict=True))
    links = graph.links
    content = graph.content[graph.materials.positions(list(links["material"]))]
    ores = links["material"].str.endswith("_ore").to_numpy()
    dug = (links["flow"].to_numpy()[:, None] * content)[ores].sum(axis=0)
    for element, tonnes in zip(graph.elements, dug, strict=True):
        assert (tonnes > 0.0) == bool(int(mined[element])), element
    promethium = graph.elements.position("Pm")
    assert dug[promethium] == 0.0
    assert np.all(graph.content[:, promethium] == 0.0)
    assert not any(material.startswith("Pm_") for material in graph.materials)


def test_every_mined_element_can_be_bought_as_an_oxide(graph: SupplyGraph) -> None:
    sold = set(graph.outputs["material"])
    assert {f"{e}_oxide" for e in graph.elements if e != "Pm"} <= sold


def test_clay_gives_dysprosium_and_bayan_obo_almost_none(graph: SupplyGraph) -> None:
    clay = output(graph, "CHN/separate/ionic_clay_china", "Dy_oxide")["coef"]
    large = output(graph, "CHN/separate/bayan_obo", "Dy_oxide")["coef"]
    assert clay > 0.01
    assert large < 0.001
    mines = graph.nodes.set_index("label")["activity"]
    assert mines["CHN/mine/bayan_obo"] > 5 * mines["CHN/mine/ionic_clay_china"]
    made = {
        deposit: output(graph, f"CHN/separate/{deposit}", "Dy_oxide")["coef"]
        * mines[f"CHN/separate/{deposit}"]
        for deposit in ("bayan_obo", "ionic_clay_china")
    }
    assert made["ionic_clay_china"] > 2 * made["bayan_obo"]


def test_a_mine_can_be_large_and_useless_for_dysprosium(graph: SupplyGraph) -> None:
    assert graph.nodes.set_index("label")["activity"]["USA/mine/mountain_pass"] > 40_000
    plant = list(graph.nodes["label"]).index("USA/separate/mountain_pass")
    rows = graph.outputs[graph.outputs["node"] == plant].set_index("material")["coef"]
    assert rows["Dy_oxide"] / rows["Nd_oxide"] < 0.01


def test_the_hub_is_the_largest_separation(dataset: Dataset, graph: SupplyGraph) -> None:
    assert graph.hub == Reader(dataset).hub == "CHN"
    feed = graph.nodes[(graph.nodes["stage"] == "separate")]
    feed = feed[~feed["recipe"].str.endswith(("_pool", "_scrap"))]
    by_region = feed.groupby("region")["activity"].sum()
    assert by_region.idxmax() == "CHN"
    assert by_region["CHN"] > 0.8 * by_region.sum()


def test_swarf_returns_where_the_region_separates_and_piles_up_elsewhere(
    dataset: Dataset, graph: SupplyGraph
) -> None:
    separating = set(dataset.table("separations")["region"])
    outputs = graph.outputs.assign(
        label=graph.nodes["label"].to_numpy()[graph.outputs["node"].to_numpy()],
        made=graph.outputs["coef"] * graph.nodes["activity"].to_numpy()[graph.outputs["node"]],
    )
    links = labelled_links(graph)
    scrap = outputs[outputs["material"].str.endswith("_scrap") & (outputs["made"] > 0.0)]
    assert {label.split("/")[0] for label in scrap["label"]} & separating
    for row in scrap.itertuples():
        region = row.label.split("/")[0]
        back = links[(links["source"] == row.label) & (links["material"] == row.material)]
        if region in separating:
            assert row.surplus == 0.0
            assert back["flow"].sum() == pytest.approx(row.made, rel=1e-9)
            assert set(back["target"]) == {f"{region}/separate/{row.material}"}
        else:
            assert back.empty
            assert row.surplus == pytest.approx(row.made, rel=1e-9)


def test_oxide_of_several_plants_is_pooled_and_sold_from_the_pool(
    dataset: Dataset, graph: SupplyGraph
) -> None:
    plants = dataset.table("separations").groupby("region")["deposit"].count()
    links = labelled_links(graph)
    neodymium = links[(links["material"] == "Nd_oxide") & ~links["latent"]]
    for region in plants.index[plants > 1]:
        sold = neodymium[neodymium["source"].str.startswith(f"{region}/separate/")]
        pool = f"{region}/separate/Nd_pool"
        assert set(sold.loc[sold["source"] != pool, "target"]) == {pool}
        assert (sold["source"] == pool).any()


def test_heavies_from_outside_the_hub_flow_to_the_hub(dataset: Dataset, graph: SupplyGraph) -> None:
    elements = dataset.table("elements")
    heavy = set(elements.loc[elements["is_heavy"].astype(int) == 1, "element"])
    links = labelled_links(graph)
    oxides = links[links["material"].isin({f"{e}_oxide" for e in heavy}) & ~links["latent"]]
    outside = oxides[(oxides["origin"] != "CHN") & ~oxides["target"].str.endswith("_pool")]
    assert outside.empty
    abroad = oxides[(oxides["origin"] != "CHN") & (oxides["destination"] != oxides["origin"])]
    assert set(abroad["destination"]) == {"CHN"}
    assert abroad["flow"].sum() > 0.0
    to_industry = oxides[oxides["industry"] != ""]
    assert set(to_industry["origin"]) == {"CHN"}


def test_cerium_and_lanthanum_pile_up_and_magnet_metals_do_not(graph: SupplyGraph) -> None:
    surplus = graph.outputs.groupby("material")["surplus"].sum().sort_values(ascending=False)
    assert list(surplus.index[:2]) == ["Ce_oxide", "La_oxide"]
    assert surplus[["Nd_oxide", "Pr_oxide", "Dy_oxide", "Tb_oxide"]].max() == 0.0


def test_three_magnet_classes_of_which_two_hold_heavies_or_samarium(graph: SupplyGraph) -> None:
    content = dict(zip(graph.materials, graph.content, strict=True))
    at = graph.elements.position
    light = content["NdFeB_noHRE_magnet"]
    assert light[at("Dy")] == light[at("Tb")] == 0.0 < light[at("Nd")]
    assert min(content["NdFeB_DyTb_magnet"][[at("Dy"), at("Tb")]]) > 0.0
    assert content["SmCo_magnet"][at("Sm")] > 0.1


def test_routes_that_could_open_carry_nothing_and_are_no_second_road(graph: SupplyGraph) -> None:
    latent = graph.links[graph.links["latent"]]
    assert len(latent) > 100
    assert (latent["flow"] == 0.0).all()
    assert not graph.links.duplicated(["output", "input"]).any()


def test_every_link_that_flows_has_a_route_and_most_have_a_value(graph: SupplyGraph) -> None:
    assert graph.links["route"].str.startswith("transit/").all()
    missing = graph.links.loc[graph.links["value"].map(math.isnan), "material"]
    assert set(missing) <= {"NdFeB_noHRE_assembly", "NdFeB_DyTb_assembly", "SmCo_assembly"}
