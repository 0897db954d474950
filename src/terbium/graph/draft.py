"""A graph in the making: nodes, slots and candidate links with first guesses of their flows."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

from terbium.base.errors import GraphError, Problem


@dataclass(frozen=True)
class DraftNode:
    """One process: a stage in a region, split by recipe."""

    label: str
    region: str
    stage: str
    recipe: str
    industry: str
    kind: str
    activity: float
    """First guess [t/yr]."""


@dataclass(frozen=True)
class DraftSlot:
    """A material that a node takes in or makes."""

    node: int
    material: str
    coef: float
    """t of material per t of activity; NaN where the balance decides (industries)."""
    is_driver: bool
    cover: str
    need: float = math.nan
    """First guess of the tonnes a year taken in, where no coefficient gives it."""


@dataclass(frozen=True)
class DraftLink:
    """A candidate route from an output slot to an input slot."""

    output: int
    input: int
    guess: float
    """First guess of the flow [t/yr]; NaN to derive it from the input's need."""
    is_latent: bool = False
    weight: float = math.nan
    """Weight of the route among those into the slot; NaN takes what its maker makes."""


@dataclass
class Draft:
    """Collects a graph; slots are found again by node label and material."""

    nodes: list[DraftNode] = field(default_factory=list)
    inputs: list[DraftSlot] = field(default_factory=list)
    outputs: list[DraftSlot] = field(default_factory=list)
    links: list[DraftLink] = field(default_factory=list)
    _node_at: dict[str, int] = field(default_factory=dict)
    _input_at: dict[tuple[str, str], int] = field(default_factory=dict)
    _output_at: dict[tuple[str, str], int] = field(default_factory=dict)
    _makers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _users: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add_node(
        self,
        region: str,
        stage: str,
        recipe: str,
        kind: str,
        activity: float,
        industry: str = "",
    ) -> str:
        """Add a node and return its label, ``region/stage/recipe``."""
        label = "/".join(part for part in (region, stage, recipe) if part)
        if label in self._node_at:
            raise GraphError(
                "supply graph",
                [Problem(label, "added twice", "one node per region, stage and recipe", "merge")],
            )
        self._node_at[label] = len(self.nodes)
        self.nodes.append(DraftNode(label, region, stage, recipe, industry, kind, activity))
        return label

    def add_input(
        self, label: str, material: str, coef: float, cover: str, need: float = math.nan
    ) -> None:
        """Declare that the node takes in ``material``."""
        self._input_at[label, material] = len(self.inputs)
        slot = DraftSlot(self._node_at[label], material, coef, False, cover, need)
        self.inputs.append(slot)
        self._users[material].append(label)

    def add_output(
        self, label: str, material: str, coef: float, cover: str, *, driver: bool
    ) -> None:
        """Declare that the node makes ``material``."""
        self._output_at[label, material] = len(self.outputs)
        self.outputs.append(DraftSlot(self._node_at[label], material, coef, driver, cover))
        self._makers[material].append(label)

    def add_link(
        self,
        origin: str,
        destination: str,
        material: str,
        guess: float,
        *,
        latent: bool = False,
        weight: float = math.nan,
    ) -> None:
        """Add a candidate route between two nodes that have the slots for it."""
        output = self._output_at[origin, material]
        target = self._input_at[destination, material]
        self.links.append(DraftLink(output, target, guess, latent, weight))

    def node(self, label: str) -> DraftNode:
        """Node by label."""
        return self.nodes[self._node_at[label]]

    def makers(self, material: str) -> list[str]:
        """Labels of the nodes that make ``material``."""
        return self._makers[material]

    def users(self, material: str) -> list[str]:
        """Labels of the nodes that take ``material`` in."""
        return self._users[material]
