"""The shipped dataset's graph: balanced, near its figures, the same every time."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from tests.graph.flows import element_in_out, slot_gap

from terbium.base.errors import GraphError
from terbium.base.tolerances import BALANCE_RTOL
from terbium.evidence.dataset import Dataset
from terbium.graph.build import build_graph
from terbium.graph.schema import SupplyGraph


def test_per_material_what_is_made_leaves_or_piles_up(graph: SupplyGraph) -> None:
    assert slot_gap(graph) <= BALANCE_RTOL
    activity = graph.nodes["activity"].to_numpy()
    made = (graph.outputs["coef"] * activity[graph.outputs["node"].to_numpy()]).groupby(
        graph.outputs["material"]
    )
    moved = graph.links.groupby("material")["flow"].sum()
    piled = graph.outputs.groupby("material")["surplus"].sum()
    for material, tonnes in made.sum().items():
        assert moved.get(material, 0.0) + piled[material] == pytest.approx(tonnes, rel=1e-9)


def test_per_element_nothing_appears_and_only_stated_losses_vanish(
    dataset: Dataset, graph: SupplyGraph
) -> None:
    taken, made = element_in_out(graph)
    for n, node in enumerate(graph.nodes.itertuples()):
        if node.stage in ("mine", "industry") or node.activity == 0.0:
            continue
        kept = made[n] / np.where(taken[n] > 0.0, taken[n], 1.0)
        flows = taken[n] > 0.0
        assert np.all(made[n][~flows] == 0.0), node.label
        expected = recovery(dataset, node.stage, node.recipe)
        assert kept[flows] == pytest.approx(expected, rel=1e-9), node.label


def recovery(dataset: Dataset, stage: str, recipe: str) -> float:
    """Share of each element that the dataset says a process keeps."""
    if stage == "metal":
        return dataset.central("recovery/metal")
    if stage == "separate" and recipe.endswith("_scrap"):
        return dataset.central("recovery/scrap")
    if stage in ("concentrate", "separate") and not recipe.endswith("_pool"):
        return dataset.central(f"recovery/{stage}/{recipe}")
    # pools, magnets with their swarf, and assemblies lose nothing
    return 1.0


def test_per_element_the_world_adds_up(graph: SupplyGraph) -> None:
    taken, made = element_in_out(graph)
    stage = graph.nodes["stage"].to_numpy()
    surplus = graph.outputs["surplus"].to_numpy()[:, None]
    content = graph.content[graph.materials.positions(list(graph.outputs["material"]))]
    piled = (content * surplus).sum(axis=0)
    inside = ~np.isin(stage, ("mine", "industry"))
    lost = (taken - made)[inside].sum(axis=0)
    dug, used = made[stage == "mine"].sum(axis=0), taken[stage == "industry"].sum(axis=0)
    assert dug == pytest.approx(used + piled + lost, rel=1e-9)
    assert (lost >= -1e-9 * dug).all()


def test_nothing_is_negative(graph: SupplyGraph) -> None:
    assert (graph.links["flow"] >= 0.0).all()
    assert (graph.nodes["activity"] >= 0.0).all()
    assert (graph.outputs["surplus"] >= 0.0).all()


@pytest.mark.parametrize(("destination", "within"), [("WLD", 0.01), ("USA", 0.03)])
def test_recorded_magnet_exports_are_met(
    dataset: Dataset, graph: SupplyGraph, destination: str, within: float
) -> None:
    history = dataset.table("history")
    row = history[
        (history["material"] == "RE_magnet")
        & (history["origin"] == "CHN")
        & (history["destination"] == destination)
        & (history["period"].astype(str) == "2024")
    ]
    recorded = float(row["value"].iloc[0])
    out = graph.exports("CHN").reset_index()
    out = out[out["material"].str.endswith("_magnet")]
    if destination != "WLD":
        out = out[out["destination"] == destination]
    assert out["flow"].sum() == pytest.approx(recorded, rel=within)


FAMILIES = (
    *("production/mine/", "production/magnet/", "processing/separate/", "share/metal/"),
    *("trade/RE_magnet/", "trade/compounds/", "trade/metals/", "use/", "hre_share/"),
    *("demand/NdFeB/", "demand/SmCo/", "enduse/NdFeB/", "enduse/SmCo/"),
)


def test_moves_list_every_figure(dataset: Dataset, graph: SupplyGraph) -> None:
    moves = graph.moves.set_index("figure")
    expected = {name for family in FAMILIES for name in dataset.names(family)}
    idle = {n for n in expected if n.startswith("production/mine/") and not dataset.central(n)}
    assert expected - idle <= set(moves.index)
    assert moves.index.is_unique
    assert np.isfinite(moves["sd_moved"]).all()
    gap = moves["balanced"] - moves["value"]
    assert (np.sign(gap) == np.sign(moves["sd_moved"])).all()
    assert (moves.loc[~moves["has_route"], "balanced"] == 0.0).all()
    recorded = moves.index.str.startswith("history/")
    assert recorded.sum() > 0
    assert set(moves["unit"]) <= {"t/yr", "t REO/yr"}


def test_most_figures_stay_within_their_own_uncertainty(graph: SupplyGraph) -> None:
    moved = graph.moves.loc[graph.moves["has_route"], "sd_moved"].abs()
    assert (moved <= 1.0).mean() > 0.9
    assert moved.median() < 0.1


NOTE = Path(__file__).resolve().parents[2] / "docs" / "design" / "006-balancing.md"
FIRST, LAST = "<!-- farthest: ", "<!-- end -->"


def farthest(graph: SupplyGraph) -> str:
    """The ten figures with a route that balancing moved most, to two significant digits."""
    moves = graph.moves[graph.moves["has_route"]]
    order = moves["sd_moved"].abs().sort_values(ascending=False, kind="stable").index[:10]
    rows = [
        "| figure | as sourced [t/yr] | balanced [t/yr] | moved [sd] | grade |",
        "|---|---|---|---|---|",
    ]
    for row in moves.loc[order].itertuples():
        numbers = f"{two_digits(row.value)} | {two_digits(row.balanced)} | {row.sd_moved:.1f}"
        rows.append(f"| `{row.figure}` | {numbers} | {row.grade} |")
    return "\n".join(rows)


def two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.10g}"


def test_the_note_on_balancing_lists_the_farthest_moves(graph: SupplyGraph) -> None:
    head, _, rest = NOTE.read_text(encoding="utf-8").partition(FIRST)
    comment, _, rest = rest.partition("\n")
    shown, _, tail = rest.partition(LAST)
    if os.environ.get("TERBIUM_UPDATE_DOCS") == "1":
        shown = f"\n{farthest(graph)}\n\n"
        NOTE.write_text(f"{head}{FIRST}{comment}\n{shown}{LAST}{tail}", encoding="utf-8")
    assert shown.strip() == farthest(graph), f"write it anew: {comment}"


def test_another_base_year_is_refused(dataset: Dataset) -> None:
    with pytest.raises(GraphError) as caught:
        build_graph(dataset, 2009)
    (problem,) = caught.value.problems
    assert problem.place == "base_year"
    assert problem.seen == "2009"
    assert "2024" in problem.allowed
    assert problem.remedy == "choose a dataset of that year"
    assert build_graph(dataset, 2024).base_year == 2024


def fingerprint(graph: SupplyGraph) -> str:
    digest = hashlib.sha256(graph.content.tobytes())
    for table in (graph.nodes, graph.inputs, graph.outputs, graph.links, graph.moves):
        for column in table:
            values = table[column].to_numpy()
            text = "\n".join(map(str, values)) if values.dtype == object else ""
            digest.update(text.encode() or values.tobytes())
    return digest.hexdigest()


def test_two_builds_give_the_same_bytes(dataset: Dataset, graph: SupplyGraph) -> None:
    assert fingerprint(build_graph(dataset)) == fingerprint(graph)
