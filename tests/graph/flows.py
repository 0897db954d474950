"""What a graph's tables say, slot by slot and node by node; shared by the graph tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from terbium.graph.schema import SupplyGraph


def labelled_links(graph: SupplyGraph) -> pd.DataFrame:
    """Links with the labels of the nodes at both ends as ``source`` and ``target``."""
    label = graph.nodes["label"].to_numpy()
    source = label[graph.outputs["node"].to_numpy()[graph.links["output"].to_numpy()]]
    target = label[graph.inputs["node"].to_numpy()[graph.links["input"].to_numpy()]]
    return graph.links.assign(source=source, target=target)


def slot_gap(graph: SupplyGraph) -> float:
    """Largest relative gap between what a slot uses or makes and what its links carry."""
    activity, links = graph.nodes["activity"].to_numpy(), graph.links
    flow = links["flow"].to_numpy()
    used = graph.inputs["coef"].to_numpy() * activity[graph.inputs["node"].to_numpy()]
    made = graph.outputs["coef"].to_numpy() * activity[graph.outputs["node"].to_numpy()]
    arrives = np.bincount(links["input"], flow, len(graph.inputs))
    leaves = np.bincount(links["output"], flow, len(graph.outputs))
    leaves += graph.outputs["surplus"].to_numpy()
    return max(_worst(used, arrives), _worst(made, leaves))


def _worst(a: np.ndarray, b: np.ndarray) -> float:
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-30)
    return float(np.max(np.abs(a - b) / size))


def element_in_out(graph: SupplyGraph) -> tuple[np.ndarray, np.ndarray]:
    """Element taken in and made by each node, (node, element) [t/yr], from the flows on links."""
    shape = (len(graph.nodes), len(graph.elements))
    taken, made = np.zeros(shape), np.zeros(shape)
    content = graph.content[graph.materials.positions(list(graph.links["material"]))]
    carried = content * graph.links["flow"].to_numpy()[:, None]
    np.add.at(taken, graph.inputs["node"].to_numpy()[graph.links["input"].to_numpy()], carried)
    np.add.at(made, graph.outputs["node"].to_numpy()[graph.links["output"].to_numpy()], carried)
    surplus = graph.outputs["surplus"].to_numpy()[:, None]
    piled = graph.content[graph.materials.positions(list(graph.outputs["material"]))] * surplus
    np.add.at(made, graph.outputs["node"].to_numpy(), piled)
    return taken, made
