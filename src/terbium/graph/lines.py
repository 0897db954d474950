"""Split industries into lines that differ in their supplier and in their days of cover.

What stops first is a line, not an industry: the average of a well-stocked and an empty plant is
running, the empty plant is not. A line is qualified with particular suppliers, so the lines of an
industry fall into those fed from the hub (the region with the largest separation, whose exports can
be licensed) and the rest; each part is split again into lines of equal size that differ in cover,
as many as its tonnage can fill up to a ceiling: a workshop has no leanest quarter.
Flows are only divided, never changed: the sum over lines is the balanced graph.
Rules and limits: docs/design/007-lines.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pandas as pd

from terbium.base import tolerances
from terbium.graph.schema import SupplyGraph

EXPOSED, SHELTERED = "hub", "rest"
_LINED = ("assembly", "industry")


@dataclass(frozen=True)
class Line:
    """One line of a node: its share of the node, its supplier group and its rank in cover.

    ``parts`` is the number of lines that its group has.
    """

    share: float
    group: str
    rank: float
    parts: int = 1

    def overlap(self, source: Line) -> float:
        """Share of what a line of a supplier sends that is for this line of its group.

        Lines are fed by lines of like rank: a model has one supplier for a part, and the lean buy
        from the lean. A supplier that is not split serves all lines alike.
        """
        if not source.group:
            return 1.0 / self.parts
        first = max((self.rank - 0.5 / self.parts), (source.rank - 0.5 / source.parts))
        last = min((self.rank + 0.5 / self.parts), (source.rank + 0.5 / source.parts))
        shared = (last - first) * source.parts
        return shared if shared > tolerances.SHARE_SUM_ATOL else 0.0


@dataclass(frozen=True)
class _Piece:
    """Part of a link's flow: from one (new) output slot, exposed to the hub or not."""

    output: int
    flow: float
    exposed: bool
    row: int
    line: Line


def split_lines(graph: SupplyGraph, cohorts: int, tonnes_per_line: float) -> SupplyGraph:
    """Return the graph with every assembly and industry node split into lines.

    Parameters
    ----------
    graph
        Balanced graph, one node per region, stage and recipe.
    cohorts
        Most lines per supplier group; their ranks are the mid-points of equal parts of (0, 1).
    tonnes_per_line
        What one line takes in a year [t/yr]: a group with less has fewer lines, at least one.
    """
    splitter = _Splitter(graph, cohorts, tonnes_per_line)
    stage = list(graph.nodes["stage"])
    whole = [n for n, name in enumerate(stage) if name not in _LINED]
    for node in whole:
        splitter.add_whole(node)
    for name in _LINED:
        for node in (n for n, s in enumerate(stage) if s == name):
            splitter.add_lines(node)
    for node in whole:
        splitter.connect_whole(node)
    return splitter.result()


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


class _Splitter:
    def __init__(self, graph: SupplyGraph, cohorts: int, tonnes_per_line: float) -> None:
        self.graph, self.hub, self.cohorts = graph, graph.hub, cohorts
        self.tonnes_per_line = tonnes_per_line
        self.nodes: list[dict[str, Any]] = []
        self.inputs: list[dict[str, Any]] = []
        self.outputs: list[dict[str, Any]] = []
        self.links: list[dict[str, Any]] = []
        self.position_of: dict[int, int] = {}
        self.pieces_of_output: dict[int, list[tuple[int, Line]]] = defaultdict(list)
        self.inputs_of = graph.inputs.groupby("node").indices
        self.outputs_of = graph.outputs.groupby("node").indices
        self.links_into = graph.links.groupby("input").indices
        self.node_rows = _rows(graph.nodes)
        self.input_rows = _rows(graph.inputs)
        self.output_rows = _rows(graph.outputs)
        self.link_rows = _rows(graph.links)

    def add_whole(self, node: int) -> None:
        """Append a node that is not split; its suppliers may come later."""
        self.position_of[node] = len(self.nodes)
        self._add_node(node, Line(1.0, "", 0.5))

    def connect_whole(self, node: int) -> None:
        """Append the inputs of a node that is not split, once all outputs stand."""
        for slot in self.inputs_of.get(node, ()):
            pieces = self._pieces(slot)
            self._add_input(self.position_of[node], slot, pieces, Line(1.0, "", 0.5))

    def add_lines(self, node: int) -> None:
        """Append the lines of a node whose suppliers all stand."""
        slots = list(self.inputs_of.get(node, ()))
        pieces = {i: self._pieces(i) for i in slots}
        for line in self._lines(pieces):
            position = len(self.nodes)
            self._add_node(node, line)
            for i in slots:
                self._add_input(position, i, pieces[i], line)

    def _add_node(self, node: int, line: Line) -> None:
        row = self.node_rows[node]
        label = row["label"]
        if line.group:
            label += f"/{line.group}-{1 + int(line.rank * line.parts)}"
        activity = row["activity"] * line.share
        position = len(self.nodes)
        self.nodes.append(
            {**row, "label": label, "activity": activity, "rank": line.rank, "group": line.group}
        )
        for o in self.outputs_of.get(node, ()):
            slot = self.output_rows[o]
            self.pieces_of_output[o].append((len(self.outputs), line))
            surplus = slot["surplus"] * line.share
            self.outputs.append({**slot, "node": position, "surplus": surplus})

    def _pieces(self, slot: int) -> list[_Piece]:
        found = []
        for k in self.links_into.get(slot, ()):
            link = self.link_rows[k]
            for output, line in self.pieces_of_output[link["output"]]:
                if line.group:
                    exposed = line.group == EXPOSED
                else:
                    exposed = link["origin"] == self.hub and link["destination"] != self.hub
                found.append(_Piece(output, link["flow"] * line.share, exposed, k, line))
        return found

    def _lines(self, pieces: dict[int, list[_Piece]]) -> list[Line]:
        total = sum(p.flow for ps in pieces.values() for p in ps)
        if total <= 0.0:
            return [Line(1.0, "", 0.5)]
        weight = sum(p.flow for ps in pieces.values() for p in ps if p.exposed) / total
        lines = []
        for group, share in ((EXPOSED, weight), (SHELTERED, 1.0 - weight)):
            if share > tolerances.SHARE_SUM_ATOL:
                parts = max(1, min(self.cohorts, round(share * total / self.tonnes_per_line)))
                lines += [
                    Line(share / parts, group, (k + 0.5) / parts, parts) for k in range(parts)
                ]
        return lines

    def _add_input(
        self,
        node: int,
        slot: int,
        pieces: list[_Piece],
        line: Line,
    ) -> None:
        position = len(self.inputs)
        self.inputs.append({**self.input_rows[slot], "node": node})
        used = sum(p.flow for p in pieces)
        exposed = sum(p.flow for p in pieces if p.exposed)
        group = line.share * line.parts if line.group else 1.0
        if line.group == SHELTERED:
            group = 1.0 - group
        # ``group`` is now the weight of the exposed lines; they take exposed goods first.
        to_exposed = min(group * used, exposed)
        for piece in pieces:
            if piece.exposed:
                part = to_exposed / exposed if exposed > 0.0 else 0.0
            else:
                rest = used - exposed
                part = (group * used - to_exposed) / rest if rest > 0.0 else 0.0
            if line.group == SHELTERED:
                part = 1.0 - part
            share = part * line.overlap(piece.line) if line.group else 1.0
            flow = piece.flow * max(share, 0.0)
            latent = float(self.link_rows[piece.row]["latent"])
            if line.group and flow <= 0.0 and piece.flow > 0.0:
                # Another line of a supplier that the node knows: it could step in.
                latent = part * piece.line.share
            if flow > 0.0 or latent > 0.0:
                self.links.append(
                    {
                        **self.link_rows[piece.row],
                        "output": piece.output,
                        "input": position,
                        "flow": flow,
                        "latent": latent,
                        "source_group": self.nodes[int(str(self.outputs[piece.output]["node"]))][
                            "group"
                        ],
                    }
                )

    def result(self) -> SupplyGraph:
        graph = self.graph
        return SupplyGraph(
            base_year=graph.base_year,
            hub=graph.hub,
            elements=graph.elements,
            materials=graph.materials,
            content=graph.content,
            nodes=pd.DataFrame(self.nodes),
            inputs=pd.DataFrame(self.inputs),
            outputs=pd.DataFrame(self.outputs),
            links=pd.DataFrame(self.links),
            moves=graph.moves,
        )
