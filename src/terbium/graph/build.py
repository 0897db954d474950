"""From a dataset to a balanced supply graph."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from terbium.base import tolerances
from terbium.base.errors import GraphError, Problem
from terbium.base.labels import Labels
from terbium.evidence.dataset import Dataset
from terbium.evidence.methods import method
from terbium.graph.balance import Balanced, Figure, balance
from terbium.graph.chain import MAGNET_CLASSES, Reader, draft_chain
from terbium.graph.draft import Draft, DraftLink, DraftSlot
from terbium.graph.figures import Unknowns, figures_of
from terbium.graph.schema import SupplyGraph

Floats = NDArray[np.float64]


def build_graph(dataset: Dataset, base_year: int | None = None) -> SupplyGraph:
    """Draft the dataset's chain, balance it, and return the supply graph of the base year.

    Parameters
    ----------
    dataset
        Holds the figures of one base year.
    base_year
        Checked against the dataset's own; None takes the latter.

    Raises
    ------
    GraphError
        If the year does not match, or the balances cannot be met.
    """
    year = dataset.base_year if base_year is None else base_year
    if year != dataset.base_year:
        problem = Problem(
            "base_year",
            str(year),
            f"{dataset.base_year}, the year of dataset {dataset.name}",
            "choose a dataset of that year",
        )
        raise GraphError("supply graph", [problem])
    draft = draft_chain(dataset)
    unknowns = Unknowns(draft)
    figures = figures_of(dataset, draft, unknowns)
    guess = first_guess(draft, unknowns)
    sd = guess_sd(draft, unknowns, guess)
    solved = balance(constraint_matrix(draft, unknowns), guess, sd, figures)
    if not solved.residual <= tolerances.BALANCE_RTOL:
        problem = Problem(
            "balance",
            f"a relative residual of {solved.residual:.1e}",
            f"at most {tolerances.BALANCE_RTOL:.0e}",
            "check the recipes for a product that nobody may take",
        )
        raise GraphError("supply graph", [problem])
    return _assemble(dataset, draft, unknowns, solved, figures)


def constraint_matrix(draft: Draft, unknowns: Unknowns) -> sparse.csr_matrix:
    """Rows ``A x = 0``: inputs used equal arrivals; what is made equals what leaves or piles up."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    row_of_input: dict[int, int] = {}
    row = 0
    for i, slot in enumerate(draft.inputs):
        if slot.node in unknowns.activity:
            row_of_input[i] = row
            rows.append(row)
            columns.append(unknowns.activity[slot.node])
            values.append(-slot.coef)
            row += 1
    row_of_output: dict[int, int] = {}
    for o, slot in enumerate(draft.outputs):
        row_of_output[o] = row
        rows.append(row)
        columns.append(unknowns.activity[slot.node])
        values.append(slot.coef)
        if o in unknowns.surplus:
            rows.append(row)
            columns.append(unknowns.surplus[o])
            values.append(-1.0)
        row += 1
    for k, link in enumerate(draft.links):
        rows.append(row_of_output[link.output])
        columns.append(k)
        values.append(-1.0)
        if link.input in row_of_input:
            rows.append(row_of_input[link.input])
            columns.append(k)
            values.append(1.0)
    return sparse.csr_matrix((values, (rows, columns)), shape=(row, unknowns.size))


def first_guess(draft: Draft, unknowns: Unknowns) -> Floats:
    """Flows that share each need over its possible makers.

    In proportion to what they deliver to the region where that is known (all users of a region buy
    from its suppliers alike, the import-proportionality assumption of input-output tables), else to
    what they make.
    """
    made = np.zeros(len(draft.outputs))
    for o, slot in enumerate(draft.outputs):
        activity = draft.nodes[slot.node].activity
        made[o] = 0.0 if math.isnan(activity) else slot.coef * activity
    into: dict[int, list[int]] = defaultdict(list)
    for k, link in enumerate(draft.links):
        into[link.input].append(k)
    pooled: dict[int, float] = {}
    for i, slot in enumerate(draft.inputs):
        if math.isnan(draft.nodes[slot.node].activity):
            pooled[slot.node] = sum(made[draft.links[k].output] for k in into[i])
    for o, slot in enumerate(draft.outputs):
        if slot.node in pooled:
            made[o] = pooled[slot.node]
    guess = np.zeros(unknowns.size)
    for i, slot in enumerate(draft.inputs):
        node = draft.nodes[slot.node]
        activity = pooled.get(slot.node, node.activity)
        need = slot.coef * activity if math.isnan(slot.need) else slot.need
        stated = np.array([draft.links[k].weight for k in into[i]])
        weights = np.array([made[draft.links[k].output] for k in into[i]])
        weights = np.where(np.isnan(stated), weights, stated)
        total = weights.sum()
        for k, weight in zip(into[i], weights, strict=True):
            known = draft.links[k].guess
            share = weight / total if total > 0.0 else 1.0 / len(weights)
            guess[k] = need * share if math.isnan(known) else known
    for n, column in unknowns.activity.items():
        guess[column] = pooled.get(n, draft.nodes[n].activity)
    return guess


def guess_sd(draft: Draft, unknowns: Unknowns, guess: Floats) -> Floats:
    """How far a first guess may be off [t/yr].

    A route may carry all or none of its user's need, a surplus may be all that is made.
    """
    size = guess.copy()
    need = np.zeros(len(draft.inputs))
    into = np.array([link.input for link in draft.links])
    np.add.at(need, into, guess[: into.size])
    size[: into.size] = need[into]
    for o, column in unknowns.surplus.items():
        slot = draft.outputs[o]
        size[column] = slot.coef * guess[unknowns.activity[slot.node]]
    return np.maximum(method("balance/guess_relative_sd") * size, method("balance/guess_least_sd"))


def _assemble(
    dataset: Dataset, draft: Draft, unknowns: Unknowns, solved: Balanced, figures: list[Figure]
) -> SupplyGraph:
    flows = solved.values[: len(draft.links)]
    arrivals = np.zeros(len(draft.inputs))
    np.add.at(arrivals, [link.input for link in draft.links], flows)
    activity = np.zeros(len(draft.nodes))
    for n, column in unknowns.activity.items():
        activity[n] = solved.values[column]
    for i, slot in enumerate(draft.inputs):
        if slot.node not in unknowns.activity:
            activity[slot.node] += arrivals[i]
    nodes = pd.DataFrame([vars(node) for node in draft.nodes]).assign(activity=activity)
    inputs = pd.DataFrame(
        {
            "node": [slot.node for slot in draft.inputs],
            "material": [slot.material for slot in draft.inputs],
            "coef": [
                slot.coef
                if slot.node in unknowns.activity
                else _ratio(arrivals[i], activity[slot.node])
                for i, slot in enumerate(draft.inputs)
            ],
            "cover": [slot.cover for slot in draft.inputs],
        }
    )
    outputs = pd.DataFrame(
        {
            "node": [slot.node for slot in draft.outputs],
            "material": [slot.material for slot in draft.outputs],
            "coef": [slot.coef for slot in draft.outputs],
            "driver": [slot.is_driver for slot in draft.outputs],
            "surplus": [
                solved.values[unknowns.surplus[o]] if o in unknowns.surplus else 0.0
                for o in range(len(draft.outputs))
            ],
            "cover": [slot.cover for slot in draft.outputs],
        }
    )
    links = _links(dataset, draft, flows)
    materials = Labels("material", list(dataset.table("materials")["material"]))
    elements = Labels("element", list(dataset.table("elements")["element"]))
    return SupplyGraph(
        base_year=dataset.base_year,
        hub=Reader(dataset).hub,
        elements=elements,
        materials=materials,
        content=content_matrix(dataset, materials, elements),
        nodes=nodes,
        inputs=inputs,
        outputs=outputs,
        links=links,
        moves=_moves(figures, solved.values),
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else 0.0


def _links(dataset: Dataset, draft: Draft, flows: Floats) -> pd.DataFrame:
    zone = dict(zip(*(dataset.table("regions")[c] for c in ("region", "zone")), strict=True))
    rows = []
    latent = latent_links(dataset, draft)
    none = np.zeros(len(latent))
    for link, flow in zip([*draft.links, *latent], np.concatenate([flows, none]), strict=True):
        source = draft.nodes[draft.outputs[link.output].node]
        target = draft.nodes[draft.inputs[link.input].node]
        material = draft.inputs[link.input].material
        rows.append(
            {
                "material": material,
                "output": link.output,
                "input": link.input,
                "origin": source.region,
                "destination": target.region,
                "industry": target.industry,
                "flow": flow,
                "value": _value(dataset, material, source.region, target.region),
                "route": _route(dataset, zone, source.region, target.region),
                "latent": link.is_latent,
            }
        )
    return pd.DataFrame(rows)


def latent_links(dataset: Dataset, draft: Draft) -> list[DraftLink]:
    """Routes of the dataset that carry nothing in the base year but could open.

    A route whose maker does not yet produce has no node to start from and is left out.
    """
    present = {(link.output, link.input) for link in draft.links}
    outputs = _slots_by(draft, draft.outputs)
    inputs = _slots_by(draft, draft.inputs)
    found = []
    for _, row in dataset.table("latent_links").iterrows():
        for o in outputs.get((row["material"], row["origin"]), []):
            for i in inputs.get((row["material"], row["destination"]), []):
                pool = draft.inputs[i].node == draft.outputs[o].node
                if (o, i) not in present and not pool:
                    found.append(DraftLink(o, i, 0.0, is_latent=True))
    return found


def _slots_by(draft: Draft, slots: list[DraftSlot]) -> dict[tuple[str, str], list[int]]:
    by: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, slot in enumerate(slots):
        by[slot.material, draft.nodes[slot.node].region].append(position)
    return by


def _value(dataset: Dataset, material: str, origin: str, destination: str) -> float:
    family = {"oxide": "compounds", "metal": "metals"}.get(material.rsplit("_", 1)[-1], "")
    route = f"unit_value/{family}/{origin}/{destination}"
    single = f"unit_value/{material}"
    for name in (single, route):
        if name in dataset.estimates:
            return dataset.central(name)
    return math.nan


def _route(dataset: Dataset, zone: dict[str, str], origin: str, destination: str) -> str:
    if origin == destination:
        return "transit/domestic"
    a, b = zone[origin], zone[destination]
    if a == b:
        return "transit/within_zone"
    for name in (f"transit/{a}/{b}", f"transit/{b}/{a}"):
        if name in dataset.estimates:
            return name
    problem = Problem(
        f"route {origin} to {destination}",
        f"no transit estimate between {a} and {b}",
        "an estimate transit/<zone>/<zone> for every pair of zones that trade",
        "add it to the dataset",
    )
    raise GraphError("supply graph", [problem])


def content_matrix(dataset: Dataset, materials: Labels, elements: Labels) -> Floats:
    """Element content of every tradable form, (material, element) [t/t]."""
    content = np.zeros((len(materials), len(elements)))
    table = dataset.table("materials")

    def get(name: str) -> float:
        return dataset.central(name) if name in dataset.estimates else 0.0

    for m, material in enumerate(table["material"]):
        stem, _, form = material.rpartition("_")
        for e, element in enumerate(elements):
            if form in ("ore", "concentrate"):
                factor = get(f"oxide_factor/{element}")
                content[m, e] = get(f"composition/{stem}/{element}") * factor
            elif form == "oxide" and stem == element:
                content[m, e] = dataset.central(f"oxide_factor/{element}")
            elif form == "metal" and stem == element:
                content[m, e] = 1.0
            elif stem in MAGNET_CLASSES:
                content[m, e] = get(f"content/{stem}_magnet/{element}")
    return content


def _moves(figures: list[Figure], values: Floats) -> pd.DataFrame:
    rows = []
    for figure in figures:
        balanced = float(np.dot(figure.coefs, values[list(figure.columns)]))
        rows.append(
            {
                "figure": figure.name,
                "value": figure.value,
                "balanced": balanced,
                "ratio": balanced / figure.value if figure.value > 0.0 else math.nan,
                "sd_moved": (balanced - figure.value) / figure.sd,
                "unit": figure.unit,
                "grade": figure.grade,
                "has_route": bool(figure.columns),
            }
        )
    return pd.DataFrame(rows)
