"""What a key is answered from: a run, the base year it starts from, and the record before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from terbium.base.calendar import Period
from terbium.base.units import convert
from terbium.engine.recording import Recording
from terbium.engine.sample import Values
from terbium.evidence.dataset import Dataset
from terbium.graph.schema import SupplyGraph
from terbium.policy.register import Register
from terbium.results.context import RunContext

Draws = NDArray[np.float64]
Status = Literal["not_modelled", "not_covered"]
Pair = tuple[str, str]
"""(origin, destination)."""

# a recording keeps single precision
_REST_RTOL = 1e-5


class NoAnswer(Exception):
    """A key has no value here, and says why.

    Parameters
    ----------
    status
        ``not_modelled``: the model does not know such a thing. ``not_covered``: it does, and not
        for this period, or there is nothing to divide by.
    reason
        In words.
    """

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason


def not_modelled(reason: str) -> NoAnswer:
    """A `NoAnswer` of that status."""
    return NoAnswer("not_modelled", reason)


def not_covered(reason: str) -> NoAnswer:
    """A `NoAnswer` of that status."""
    return NoAnswer("not_covered", reason)


@dataclass(frozen=True)
class BaseLink:
    """A flow of the base year: ``tonnes`` [t/yr], ``value`` [USD/t], ``industry`` of the user."""

    material: str
    origin: str
    destination: str
    industry: str
    tonnes: float
    value: float


@dataclass(frozen=True)
class Substance:
    """Form of a material and the elements in it, with the share of each [t/t]."""

    form: str
    content: Mapping[str, float]


@dataclass(frozen=True)
class Trajectory:
    """A run with all that is known beside it.

    Parameters
    ----------
    recording, context
        The run.
    base
        The undisturbed period of the scenario.
    opens
        First day that the run answers for; the record answers for the days before.
    regions
        All regions of the run.
    substances
        Materials by label.
    base_links
        Flows of the base year, those inside a region too.
    base_output
        (material, region) to what is made there in the base year [t/yr].
    values
        Drawn parameters by name, shape (draw,), as far as quantities need them.
    register
        The law; None in a trajectory without one.
    ways
        (origin, destination) to the name of the estimate of its transit.
    """

    recording: Recording
    context: RunContext
    base: Period
    opens: date
    regions: tuple[str, ...]
    substances: Mapping[str, Substance]
    base_links: tuple[BaseLink, ...] = ()
    base_output: Mapping[tuple[str, str], float] = field(default_factory=dict)
    values: Mapping[str, Draws] = field(default_factory=dict)
    register: Register | None = None
    ways: Mapping[Pair, str] = field(default_factory=dict)

    @cached_property
    def memo(self) -> dict[tuple[str, object], Any]:
        """What was worked out once, by kind and label: many keys ask for the same."""
        return {}

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.recording.draws

    @property
    def last_day(self) -> date:
        """Last day of the run."""
        return date.fromordinal(self.recording.clock.end.toordinal() - 1)

    def atoms(self, label: str) -> frozenset[str]:
        """The single materials that a label stands for; an unknown label stands for itself."""
        return frozenset(self.context.groups.get(label, (label,)))

    @cached_property
    def is_at_rest(self) -> bool:
        """Whether nothing in the run ever left its base flow, so that base flows answer for it."""
        recording = self.recording
        # row by row: the draws of a long run do not fit into memory at once
        return all(
            np.allclose(recording.output_share[i], 1, rtol=_REST_RTOL)
            for i in range(len(recording.industry_keys))
        ) and all(
            np.allclose(recording.export[i], recording.export_base[i], rtol=_REST_RTOL)
            for i in range(len(recording.export_keys))
        )

    @cached_property
    def traded(self) -> Mapping[Pair, frozenset[str]]:
        """Materials with a link, open or latent, between two regions."""
        found: dict[Pair, set[str]] = {}
        for material, start, end in self.recording.link_keys:
            pair = (start.partition("/")[0], end.partition("/")[0])
            found.setdefault(pair, set()).add(material)
        return {pair: frozenset(materials) for pair, materials in found.items()}

    @cached_property
    def series(self) -> Mapping[Pair, tuple[tuple[frozenset[str], int], ...]]:
        """Recorded exports between two regions: materials of a series, and its position."""
        found: dict[Pair, list[tuple[frozenset[str], int]]] = {}
        for i, (label, origin, destination) in enumerate(self.recording.export_keys):
            found.setdefault((origin, destination), []).append((self.atoms(label), i))
        return {pair: tuple(rows) for pair, rows in found.items()}

    def per_day(self, tonnes_per_year: float) -> float:
        """A yearly flow of the base period as tonnes per day."""
        years = max(1, round(convert(self.base.days, "days", "years")))
        return tonnes_per_year * years / self.base.days


_NEEDED = ("licensing/tonnes_per_application", "line_size/tonnes")
_FAMILIES = ("stockpile/", "transit/", "lines/")


def trajectory_of(
    recording: Recording,
    context: RunContext,
    dataset: Dataset,
    graph: SupplyGraph,
    register: Register,
    values: Values,
    window: tuple[Period, date],
) -> Trajectory:
    """Put together what a finished run can answer.

    Parameters
    ----------
    recording, context
        The run.
    dataset, graph, register
        What it was made from; the graph before its lines were split.
    values
        The drawn parameters of this very run.
    window
        Base period of the scenario, and the first day that it covers.
    """
    base, covers = window
    names = needed_values(dataset)
    return Trajectory(
        recording=recording,
        context=context,
        base=base,
        opens=max(covers, recording.clock.step_start(0)),
        regions=tuple(dataset.table("regions")["region"]),
        substances=_substances(dataset, graph),
        base_links=_base_links(graph),
        base_output=_base_output(graph),
        values={n: values[n][: recording.draws] for n in names},
        register=register,
        ways=_ways(graph),
    )


def needed_values(dataset: Dataset) -> list[str]:
    """Names of the drawn parameters that a trajectory is put together from."""
    return [n for n in dataset.estimates if n in _NEEDED or n.startswith(_FAMILIES)]


def _ways(graph: SupplyGraph) -> dict[Pair, str]:
    columns = (graph.links[name].astype(str) for name in ("origin", "destination", "route"))
    return {
        (origin, destination): route for origin, destination, route in zip(*columns, strict=True)
    }


def _substances(dataset: Dataset, graph: SupplyGraph) -> dict[str, Substance]:
    table = dataset.table("materials")
    forms = dict(zip(table["material"], table["form"], strict=True))
    return {
        material: Substance(
            forms.get(material, ""),
            {
                element: float(share)
                for element, share in zip(graph.elements, graph.content[i], strict=True)
                if share > 0
            },
        )
        for i, material in enumerate(graph.materials)
    }


def _base_links(graph: SupplyGraph) -> tuple[BaseLink, ...]:
    columns = ("material", "origin", "destination", "industry")
    tonnes: dict[tuple[str, ...], float] = {}
    money: dict[tuple[str, ...], float] = {}
    numbers = (graph.links[name].to_numpy(float) for name in ("flow", "value"))
    labels = (graph.links[name].astype(str) for name in columns)
    for *words, flow, value in zip(*labels, *numbers, strict=True):
        key = tuple(words)
        if flow > 0:
            tonnes[key] = tonnes.get(key, 0.0) + flow
            money[key] = money.get(key, 0.0) + flow * value
    return tuple(
        BaseLink(material, origin, destination, industry, flow, money[key] / flow)
        for key, flow in tonnes.items()
        for material, origin, destination, industry in (key,)
    )


def _base_output(graph: SupplyGraph) -> dict[tuple[str, str], float]:
    """Output by material and region; a pool that hands a material on makes none of it."""
    taken = set(zip(graph.inputs["node"], graph.inputs["material"], strict=True))
    found: dict[tuple[str, str], float] = {}
    activity = graph.nodes["activity"].to_numpy(float)
    regions = graph.nodes["region"].astype(str).tolist()
    nodes, coefs = graph.outputs["node"].to_numpy(int), graph.outputs["coef"].to_numpy(float)
    for node, material, coef in zip(nodes, graph.outputs["material"], coefs, strict=True):
        if (node, material) not in taken:
            key = (str(material), regions[node])
            found[key] = found.get(key, 0.0) + coef * activity[node]
    return found
