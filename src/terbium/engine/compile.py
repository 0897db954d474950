"""From a labelled graph and dated friction to the flat arrays of the kernel.

This is the one place where labels become positions. The tables kept beside the arrays in
:class:`Compiled` hold the labels in the same order: row ``k`` of ``links`` is link ``k``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from terbium.base.calendar import Clock
from terbium.base.units import convert
from terbium.engine.instructions import Instructions
from terbium.engine.interventions import (
    StockShock,
    age_per_step,
    anticipated,
    apply_cuts,
    desk_per_step,
    expected,
    node_shocks,
    per_step,
    touched_classes,
)
from terbium.engine.program import DEMAND_DRIVEN, FINAL, SUPPLY_PUSH, Policy, Program
from terbium.graph.schema import SupplyGraph
from terbium.policy.friction import FlowClass, Friction

Floats = NDArray[np.float64]
KINDS = {"demand_driven": DEMAND_DRIVEN, "supply_push": SUPPLY_PUSH, "final": FINAL}


@dataclass(frozen=True)
class Compiled:
    """A program with the labels of its positions.

    Attributes
    ----------
    nodes, inputs, outputs, links
        Tables in the order of the program's arrays; ``links`` has a column ``friction_class``.
    classes
        Flow classes that some measure or cut touches, in the order of the policy arrays.
    routes
        Names of the transit estimates, by route position.
    export_keys, queue_keys, industry_keys, made_keys
        Labels of the recorded series.
    desk : tuple of (regime, share)
        Per step, the desk regimes that hold and the share of the step each does.
    content : (material, element) ndarray
        Of the graph.
    """

    program: Program
    policy: Policy
    clock: Clock
    nodes: pd.DataFrame
    inputs: pd.DataFrame
    outputs: pd.DataFrame
    links: pd.DataFrame
    classes: tuple[FlowClass, ...]
    routes: tuple[str, ...]
    export_keys: tuple[tuple[str, str, str], ...]
    queue_keys: tuple[tuple[str, str], ...]
    industry_keys: tuple[tuple[str, str], ...]
    made_keys: tuple[tuple[str, str], ...]
    desk: tuple[tuple[tuple[str, float], ...], ...]
    friction: Friction
    graph: SupplyGraph
    stock_shocks: tuple[StockShock, ...] = field(default=())

    @property
    def link_count(self) -> int:
        """Links that the kernel steps over, latent ones included."""
        return int(self.program.link_out.size)


def compile_graph(graph: SupplyGraph, instructions: Instructions) -> Compiled:
    """Flatten a graph (lines split already) for a run.

    Raises
    ------
    GraphError
        If a shock names no node.
    """
    nodes, inputs, outputs, links = _live_tables(graph)
    clock = instructions.clock
    year_share = clock.step_days / convert(1.0, "years", "days")
    classes, class_of = _flow_classes(graph, links)
    friction = instructions.friction_of(classes)
    base = links["flow"].to_numpy(float) * year_share
    arrays = per_step(friction, clock)
    arrays["age"] = age_per_step(friction, clock)
    class_base = np.bincount(class_of[class_of >= 0], base[class_of >= 0], len(classes))
    # A route that carries nothing in the base year carries nothing under a cap either.
    finite = np.where(np.isinf(arrays["cap"]), 0.0, arrays["cap"]) * clock.step_days
    capped = np.divide(finite, class_base, out=np.zeros_like(finite), where=class_base > 0.0)
    arrays["cap"] = np.where(np.isinf(arrays["cap"]), np.inf, capped)
    apply_cuts(arrays, classes, instructions)
    touched = touched_classes(arrays)
    position = np.cumsum(touched) - 1
    link_class = np.where(class_of >= 0, np.where(touched[class_of], position[class_of], -1), -1)
    arrays = {name: np.ascontiguousarray(array[:, touched]) for name, array in arrays.items()}
    kept = tuple(c for c, t in zip(classes, touched, strict=True) if t)
    licensed = np.flatnonzero(arrays["controlled"].any(axis=0))
    ctrl = np.isin(link_class, licensed)
    links = links.assign(friction_class=link_class)
    exports, link_series = _export_series(graph, links, instructions.export_origins)
    queues, class_queue = _queue_series(kept)
    industries, node_series = _industry_series(nodes)
    made, out_series = _production_series(nodes, outputs)
    routes = tuple(sorted(set(links["route"])))
    program = Program(
        node_kind=np.array([KINDS[kind] for kind in nodes["kind"]], dtype=np.int64),
        node_base=nodes["activity"].to_numpy(float) * year_share,
        node_series=node_series,
        in_ptr=_pointers(inputs["node"], len(nodes)),
        in_coef=inputs["coef"].to_numpy(float),
        in_weight=np.ones(len(inputs)),
        out_ptr=_pointers(outputs["node"], len(nodes)),
        out_coef=outputs["coef"].to_numpy(float),
        out_driver=outputs["driver"].to_numpy(np.int64),
        out_series=out_series,
        link_ptr=_pointers(links["input"], len(inputs)),
        link_out=links["output"].to_numpy(np.int64),
        link_base=base,
        link_share=_shares(links["input"].to_numpy(), base, len(inputs)),
        link_latent=_latent_weights(links),
        link_first=np.asarray(links["origin"] == links["destination"], dtype=np.int64),
        link_route=np.array([routes.index(r) for r in links["route"]], dtype=np.int64),
        link_class=link_class.astype(np.int64),
        link_ctrl=np.where(ctrl, np.cumsum(ctrl) - 1, -1).astype(np.int64),
        link_series=link_series,
        class_queue=class_queue,
    )
    scales, stock_shocks = node_shocks(nodes, inputs, instructions)
    policy = Policy(
        **arrays,
        expected=expected(instructions),
        anticipated=anticipated(arrays["controlled"], instructions),
        node_scale=scales["activity"],
        cap_scale=scales["capacity"],
        validity=1,
    )
    return Compiled(
        program,
        policy,
        clock,
        nodes,
        inputs,
        outputs,
        links,
        kept,
        routes,
        exports,
        queues,
        industries,
        made,
        desk_per_step(friction, clock),
        friction,
        graph,
        stock_shocks,
    )


def _live_tables(
    graph: SupplyGraph,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Tables without what is nil, positions counted anew, slots sorted by node, links by input."""
    alive = graph.nodes["activity"].to_numpy(float) > 0.0
    new_node = np.cumsum(alive) - 1
    nodes = graph.nodes[alive].reset_index(drop=True)
    tables = []
    renumber = []
    for table in (graph.inputs, graph.outputs):
        kept = alive[table["node"].to_numpy()] & (table["coef"].to_numpy(float) > 0.0)
        order = np.argsort(table["node"].to_numpy()[kept], kind="stable")
        rows = np.flatnonzero(kept)[order]
        new = np.full(len(table), -1)
        new[rows] = np.arange(rows.size)
        part = table.iloc[rows].reset_index(drop=True)
        tables.append(part.assign(node=new_node[part["node"].to_numpy()]))
        renumber.append(new)
    links = graph.links
    into, out = renumber[0][links["input"].to_numpy()], renumber[1][links["output"].to_numpy()]
    flows = links["flow"].to_numpy(float) > 0.0
    kept = (into >= 0) & (out >= 0) & (flows | links["latent"].to_numpy(bool))
    links = links.assign(input=into, output=out)[kept]
    links = links.sort_values(["input", "output"], kind="stable").reset_index(drop=True)
    return nodes, tables[0], tables[1], links


def _pointers(owner: pd.Series[int], count: int) -> NDArray[np.int64]:
    sizes = np.bincount(owner.to_numpy(np.int64), minlength=count)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _shares(slot: NDArray[np.int64], base: Floats, slots: int) -> Floats:
    total = np.bincount(slot, base, slots)[slot]
    return np.divide(base, total, out=np.zeros_like(base), where=total > 0.0)


def _latent_weights(links: pd.DataFrame) -> Floats:
    """Routes that could open are tried equally."""
    return links["latent"].to_numpy(float)


def _flow_classes(
    graph: SupplyGraph, links: pd.DataFrame
) -> tuple[tuple[FlowClass, ...], NDArray[np.int64]]:
    elements = {
        material: frozenset(
            e for e, c in zip(graph.elements, graph.content[m], strict=True) if c > 0.0
        )
        for m, material in enumerate(graph.materials)
    }
    keys: dict[FlowClass, int] = {}
    class_of = np.full(len(links), -1, dtype=np.int64)
    columns = ("material", "origin", "destination", "industry")
    for k, (material, origin, destination, industry) in enumerate(
        zip(*(links[c] for c in columns), strict=True)
    ):
        if origin != destination:
            form = material.rsplit("_", 1)[-1]
            flow = FlowClass(material, form, elements[material], origin, destination, industry)
            class_of[k] = keys.setdefault(flow, len(keys))
    return tuple(keys), class_of


def _export_series(
    graph: SupplyGraph, links: pd.DataFrame, origins: Sequence[str]
) -> tuple[tuple[tuple[str, str, str], ...], NDArray[np.int64]]:
    """Magnets by class, oxide and metal of an element together as its products."""
    keys: dict[tuple[str, str, str], int] = {}
    series = np.full(len(links), -1, dtype=np.int64)
    for k, (material, origin, destination) in enumerate(
        zip(links["material"], links["origin"], links["destination"], strict=True)
    ):
        stem, _, form = material.rpartition("_")
        if origin == destination or origin not in origins:
            continue
        if form in ("oxide", "metal"):
            key = (f"{stem}_products", origin, destination)
        elif form == "magnet":
            key = (material, origin, destination)
        else:
            continue
        series[k] = keys.setdefault(key, len(keys))
    return tuple(keys), series


def _queue_series(
    classes: Sequence[FlowClass],
) -> tuple[tuple[tuple[str, str], ...], NDArray[np.int64]]:
    keys: dict[tuple[str, str], int] = {}
    found = []
    for c in classes:
        group = "RE_magnet" if c.form == "magnet" else "RE_compounds_and_metals"
        found.append(keys.setdefault((group, c.destination), len(keys)))
    return tuple(keys), np.array(found, dtype=np.int64)


def _industry_series(
    nodes: pd.DataFrame,
) -> tuple[tuple[tuple[str, str], ...], NDArray[np.int64]]:
    keys: dict[tuple[str, str], int] = {}
    series = [
        keys.setdefault((region, industry), len(keys)) if industry else -1
        for region, industry in zip(nodes["region"], nodes["industry"], strict=True)
    ]
    return tuple(keys), np.array(series, dtype=np.int64)


def _production_series(
    nodes: pd.DataFrame, outputs: pd.DataFrame
) -> tuple[tuple[tuple[str, str], ...], NDArray[np.int64]]:
    """What stages before the industries make of goods that are traded, by material and region."""
    keys: dict[tuple[str, str], int] = {}
    regions = nodes["region"].to_numpy()[outputs["node"].to_numpy()]
    pooled = nodes["recipe"].str.endswith("_pool").to_numpy()[outputs["node"].to_numpy()]
    series = [
        keys.setdefault((material, region), len(keys))
        if material.endswith(("_oxide", "_metal", "_magnet", "_assembly")) and not is_pool
        else -1
        for material, region, is_pool in zip(outputs["material"], regions, pooled, strict=True)
    ]
    return tuple(keys), np.array(series, dtype=np.int64)
