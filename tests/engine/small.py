"""Chains small enough to compute by hand, written as a table of nodes and links.

The table is plain data, so that it can stand in a YAML file beside the numbers worked out by hand
(tests/golden). All draws of a block are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tests.engine.chains import Chain, open_policy

from terbium.engine.program import DEMAND_DRIVEN, FINAL, LANES, SUPPLY_PUSH, Draws, Policy, Program

KINDS = {"supply_push": SUPPLY_PUSH, "demand_driven": DEMAND_DRIVEN, "final": FINAL}

SETTINGS = {
    "general": 0.0,
    "grace": 1.0,
    "refile": 0.0,
    "review": 1.0,
    "adjust": 4.0,
    "adjust_out": 4.0,
    "overtime": 0.0,
    "keep": 0.0,
    "hoarding": 0.0,
    "anticipation": 0.0,
    "switching": 0.0,
    "memory": 0.1,
    "bearable": np.inf,
    "bearable_spread": 1.0,
    "duty_response": 1.0,
    "level": 0.0,
}
"""What is not said in the table: no behaviour beyond ordering what is used."""

CLASS_SETTINGS = {"class_share": 1.0, "class_weight": 1.0, "class_grant": 1.0, "class_full": 1.0}


class SmallChain:
    """A chain with the labels of its nodes and slots.

    Parameters
    ----------
    table
        ``nodes``: name -> kind, activity [t/step], capacity [t/step], uses and makes (material ->
        t/t), stocks (material -> t), by_products. ``links``: material, from, to, share, transit
        [step], class, licensed, latent. ``classes``: name -> class settings. ``settings``,
        ``desk`` [t/step], ``validity`` [step], ``steps``.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table
        self.steps = int(table["steps"])
        self.nodes: list[str] = list(table["nodes"])
        rows = [table["nodes"][name] for name in self.nodes]
        self.inputs = [
            (n, m) for n, r in zip(self.nodes, rows, strict=True) for m in r.get("uses", ())
        ]
        self.outputs = [
            (n, m) for n, r in zip(self.nodes, rows, strict=True) for m in r.get("makes", ())
        ]
        self.links: list[Mapping[str, Any]] = sorted(
            table["links"], key=lambda k: self.inputs.index((k["to"], k["material"]))
        )
        self.classes: list[str] = list(table.get("classes", {"open": {}}))
        self.program = self._program(rows)
        self.draws = self._draws(rows)
        policy = open_policy(self.program, self.steps, len(self.classes))
        self.policy = policy._replace(validity=int(table.get("validity", self.steps + 1)))

    @property
    def chain(self) -> Chain:
        """The same as the random chains; every material is its own element."""
        materials = sorted({m for _, m in self.outputs})
        content = np.eye(len(materials))
        return Chain(
            self.program,
            self.draws,
            self.policy,
            content[[materials.index(m) for _, m in self.inputs]],
            content[[materials.index(m) for _, m in self.outputs]],
        )

    def input(self, node: str, material: str) -> int:
        """Position of an input slot."""
        return self.inputs.index((node, material))

    def output(self, node: str, material: str) -> int:
        """Position of an output slot."""
        return self.outputs.index((node, material))

    def link(self, material: str, origin: str, target: str) -> int:
        """Position of a link."""
        keys = [(k["material"], k["from"], k["to"]) for k in self.links]
        return keys.index((material, origin, target))

    def _of(self, node: str, what: str, material: str) -> float:
        return float(self.table["nodes"][node].get(what, {}).get(material, 0.0))

    def _activity(self, node: str) -> float:
        return float(self.table["nodes"][node]["activity"])

    def _program(self, rows: Sequence[Mapping[str, Any]]) -> Program:
        position = {name: n for n, name in enumerate(self.nodes)}
        final = [r["kind"] == "final" for r in rows]
        classes = [self.classes.index(k["class"]) if "class" in k else -1 for k in self.links]
        licensed = np.array([bool(k.get("licensed")) for k in self.links])
        share = np.array([float(k.get("share", 1.0)) for k in self.links])
        need = [
            self._of(k["to"], "uses", k["material"]) * self._activity(k["to"]) for k in self.links
        ]
        counts = [sum(i == (k["to"], k["material"]) for k in self.links) for i in self.inputs]
        return Program(
            node_kind=np.array([KINDS[r["kind"]] for r in rows]),
            node_base=np.array([float(r["activity"]) for r in rows]),
            node_series=np.where(final, np.cumsum(final) - 1, -1),
            in_ptr=_pointers([position[n] for n, _ in self.inputs], len(self.nodes)),
            in_coef=np.array([self._of(n, "uses", m) for n, m in self.inputs]),
            in_weight=np.ones(len(self.inputs)),
            out_ptr=_pointers([position[n] for n, _ in self.outputs], len(self.nodes)),
            out_coef=np.array([self._of(n, "makes", m) for n, m in self.outputs]),
            out_driver=np.array(
                [
                    int(m not in self.table["nodes"][n].get("by_products", ()))
                    for n, m in self.outputs
                ]
            ),
            out_series=np.arange(len(self.outputs)),
            link_ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            link_out=np.array([self.output(k["from"], k["material"]) for k in self.links]),
            link_base=np.array(need) * share,
            link_share=share,
            link_latent=np.array([float(k.get("latent", 0.0)) for k in self.links]),
            link_first=np.array([int(k.get("first", 0)) for k in self.links]),
            link_route=np.arange(len(self.links)),
            link_class=np.array(classes),
            link_ctrl=np.where(licensed, np.cumsum(licensed) - 1, -1),
            link_series=np.arange(len(self.links)),
            class_queue=np.arange(len(self.classes)),
        )

    def _draws(self, rows: Sequence[Mapping[str, Any]]) -> Draws:
        p = self.program
        lag = np.array([float(k.get("transit", 1.0)) for k in self.links])
        slot = np.repeat(np.arange(len(self.inputs)), np.diff(p.link_ptr))
        lead = np.bincount(slot, p.link_share * lag, len(self.inputs))
        use = np.array([self._of(n, "uses", m) * self._activity(n) for n, m in self.inputs])
        made = np.array([self._of(n, "makes", m) * self._activity(n) for n, m in self.outputs])
        held_in = np.array([self._of(n, "stocks", m) for n, m in self.inputs])
        held_out = np.array([self._of(n, "stocks", m) for n, m in self.outputs])
        settings = {**SETTINGS, **self.table.get("settings", {})}
        classes = [
            {**CLASS_SETTINGS, **(self.table.get("classes", {}).get(c) or {})} for c in self.classes
        ]
        rows_of = {name: np.array([float(c[name]) for c in classes]) for name in CLASS_SETTINGS} | {
            "node_cap": np.array([float(r.get("capacity", np.inf)) for r in rows]),
            "in_cover": held_in / use,
            "in_lead": lead,
            "out_cover": held_out / made,
            "route_lag": lag,
            "desk": np.full(self.steps, float(self.table.get("desk", np.inf))),
            "general": np.full(self.steps, float(settings.pop("general"))),
            "level": np.full(self.steps, float(settings.pop("level"))),
        }
        scalars = {name: np.full(LANES, float(value)) for name, value in settings.items()}
        return Draws(**{name: _lanes(row) for name, row in rows_of.items()}, **scalars)


def _lanes(row: np.ndarray) -> np.ndarray:
    return np.repeat(row[:, None], LANES, axis=1)


def _pointers(owner: Sequence[int], count: int) -> np.ndarray:
    sizes = np.bincount(np.array(owner, dtype=np.int64), minlength=count)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def between(policy: Policy, field: str, column: int, first: int, last: int, value: float) -> Policy:
    """The policy with ``value`` in one column of a field for steps ``first`` to before ``last``."""
    array = getattr(policy, field).copy()
    array[first:last, column] = value
    return policy._replace(**{field: array})
