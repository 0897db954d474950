"""Split industries into lines that differ in their supplier and in their days of cover.

What stops first is a line, not an industry: the average of a well-stocked and an empty plant is
running, the empty plant is not. A line is qualified with particular suppliers, so the lines of an
industry fall into those fed from the hub (the region with the largest separation, whose exports can
be licensed) and the rest; each part is split again into lines of equal size that differ in cover.
Flows are only divided, never changed: the sum over lines is the balanced graph.
Rules and limits: docs/design/007-lines.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from terbium.base import tolerances
from terbium.graph.schema import SupplyGraph

EXPOSED, SHELTERED = "hub", "rest"


@dataclass(frozen=True)
class Line:
    """One line of a node: its share of the node, its supplier group and its rank in cover."""

    share: float
    group: str
    rank: float


@dataclass(frozen=True)
class _Piece:
    """Part of a link's flow: from one (new) output slot, exposed to the hub or not."""

    output: int
    flow: float
    exposed: bool
    row: int


def split_lines(graph: SupplyGraph, hub: str, cohorts: int) -> SupplyGraph:
    """Return the graph with every assembly and industry node split into lines.

    Parameters
    ----------
    graph
        Balanced graph, one node per region, stage and recipe.
    hub
        Region whose exports may be licensed.
    cohorts
        Lines per supplier group; their ranks are the mid-points of equal parts of (0, 1).
    """
    splitter = _Splitter(graph, hub, cohorts)
    stages = ["mine", "concentrate", "separate", "metal", "magnet", "assembly", "industry"]
    order = graph.nodes["stage"].map({s: i for i, s in enumerate(stages)})
    # Pools take from plants of their own stage, so plants come first within a stage.
    pooled = graph.nodes["recipe"].str.endswith("_pool")
    for node in sorted(range(len(graph.nodes)), key=lambda n: (order[n], pooled[n], n)):
        splitter.add(node)
    return splitter.result()


class _Splitter:
    def __init__(self, graph: SupplyGraph, hub: str, cohorts: int) -> None:
        self.graph, self.hub, self.cohorts = graph, hub, cohorts
        self.nodes: list[dict[str, object]] = []
        self.inputs: list[dict[str, object]] = []
        self.outputs: list[dict[str, object]] = []
        self.links: list[dict[str, object]] = []
        self.pieces_of_output: dict[int, list[tuple[int, float, str]]] = defaultdict(list)
        self.inputs_of = graph.inputs.groupby("node").indices
        self.outputs_of = graph.outputs.groupby("node").indices
        self.links_into = graph.links.groupby("input").indices
        self.node_rows = graph.nodes.to_dict("records")
        self.input_rows = graph.inputs.to_dict("records")
        self.output_rows = graph.outputs.to_dict("records")
        self.link_rows = graph.links.to_dict("records")

    def add(self, node: int) -> None:
        """Append the lines of a node whose suppliers are in place already."""
        row = self.node_rows[node]
        slots = list(self.inputs_of.get(node, ()))
        pieces = {i: self._pieces(i) for i in slots}
        for line in self._lines(row, pieces):
            position = len(self.nodes)
            label = row["label"]
            if line.group:
                label += f"/{line.group}-{1 + int(line.rank * self.cohorts)}"
            activity = row["activity"] * line.share
            self.nodes.append(
                {
                    **row,
                    "label": label,
                    "activity": activity,
                    "rank": line.rank,
                    "group": line.group,
                }
            )
            for i in slots:
                self._add_input(position, i, pieces[i], line, row)
            for o in self.outputs_of.get(node, ()):
                slot = self.output_rows[o]
                self.pieces_of_output[o].append((len(self.outputs), line.share, line.group))
                surplus = slot["surplus"] * line.share
                self.outputs.append({**slot, "node": position, "surplus": surplus})

    def _pieces(self, slot: int) -> list[_Piece]:
        found = []
        for k in self.links_into.get(slot, ()):
            link = self.link_rows[k]
            for output, share, group in self.pieces_of_output[link["output"]]:
                if group:
                    exposed = group == EXPOSED
                else:
                    exposed = link["origin"] == self.hub != link["destination"]
                found.append(_Piece(output, link["flow"] * share, exposed, k))
        return found

    def _lines(self, row: dict[str, object], pieces: dict[int, list[_Piece]]) -> list[Line]:
        if row["stage"] not in ("assembly", "industry") or row["activity"] <= 0.0:
            return [Line(1.0, "", 0.5)]
        total = sum(p.flow for ps in pieces.values() for p in ps)
        weight = sum(p.flow for ps in pieces.values() for p in ps if p.exposed) / total
        lines = []
        for group, share in ((EXPOSED, weight), (SHELTERED, 1.0 - weight)):
            if share > tolerances.SHARE_SUM_ATOL:
                for k in range(self.cohorts):
                    lines.append(Line(share / self.cohorts, group, (k + 0.5) / self.cohorts))
        return lines

    def _add_input(
        self,
        node: int,
        slot: int,
        pieces: list[_Piece],
        line: Line,
        row: dict[str, object],
    ) -> None:
        position = len(self.inputs)
        self.inputs.append({**self.input_rows[slot], "node": node})
        used = sum(p.flow for p in pieces)
        exposed = sum(p.flow for p in pieces if p.exposed)
        group = line.share * self.cohorts if line.group else 1.0
        if line.group == SHELTERED:
            group = 1.0 - group
        # ``group`` is now the weight of the exposed lines; they take exposed goods first.
        to_exposed = min(group * used, exposed)
        for piece in pieces:
            if piece.exposed:
                part = to_exposed / exposed
            else:
                part = (group * used - to_exposed) / (used - exposed)
            if line.group == SHELTERED:
                part = 1.0 - part
            share = part / self.cohorts if line.group else 1.0
            flow = piece.flow * max(share, 0.0)
            latent = bool(self.link_rows[piece.row]["latent"])
            if flow > 0.0 or latent:
                self.links.append(
                    {
                        **self.link_rows[piece.row],
                        "output": piece.output,
                        "input": position,
                        "flow": flow,
                        "source_group": self.nodes[int(str(self.outputs[piece.output]["node"]))][
                            "group"
                        ],
                    }
                )

    def result(self) -> SupplyGraph:
        graph = self.graph
        return SupplyGraph(
            base_year=graph.base_year,
            elements=graph.elements,
            materials=graph.materials,
            content=graph.content,
            nodes=pd.DataFrame(self.nodes),
            inputs=pd.DataFrame(self.inputs),
            outputs=pd.DataFrame(self.outputs),
            links=pd.DataFrame(self.links),
            moves=graph.moves,
        )
