"""Chains worked out by hand in the YAML files of this folder; the reasoning stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from tests.engine.small import SmallChain, between

from terbium.engine.kernel import advance
from terbium.engine.program import Rules
from terbium.engine.state import QUEUE_FILED, QUEUE_GRANTED, QUEUE_WAITING

HERE = Path(__file__).parent
HAND_RTOL = 1e-6
"""The numbers in the files carry seven digits."""
BOOKS = {"filed": QUEUE_FILED, "granted": QUEUE_GRANTED, "waiting": QUEUE_WAITING}


def cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.yaml")):
        file = YAML(typ="safe").load(path)
        found += [
            pytest.param(file["chain"], case, id=f"{path.stem}: {case['name']}")
            for case in file["cases"]
        ]
    return found


def table_of(chain: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """The file's chain with what the case changes in stocks and classes."""
    nodes = {name: dict(row) for name, row in chain["nodes"].items()}
    for label, tonnes in case.get("stocks", {}).items():
        node, material = label.split()
        nodes[node]["stocks"] = {**nodes[node].get("stocks", {}), material: tonnes}
    classes = {**chain.get("classes", {"open": {}}), **case.get("classes", {})}
    return {**chain, "nodes": nodes, "classes": classes}


def run(chain: Mapping[str, Any], case: Mapping[str, Any], skip: int | None = None) -> Any:
    """Tonnes by label and step, and the record; ``skip`` leaves one change out."""
    small = SmallChain(table_of(chain, case))
    policy = small.policy
    for index, change in enumerate(case["changes"]):
        if index != skip:
            names = small.nodes if change["field"] == "node_scale" else small.classes
            column = names.index(change["of"])
            window = (change["from"], change["until"], float(change["value"]))
            policy = between(policy, change["field"], column, *window)
    state, record = small.chain.fresh()
    stocks = {" ".join(slot): [] for slot in [*small.inputs, *small.outputs]}
    for t in range(small.steps):
        advance(small.program, policy, small.draws, state, record, t, t + 1, Rules(1, 0, 0.5))
        held = np.concatenate([state.inv_in[:, 0], state.inv_out[:, 0]])
        for label, tonnes in zip(stocks, held, strict=True):
            stocks[label].append(tonnes)
    return small, stocks, record


@pytest.mark.parametrize(("chain", "case"), cases())
def test_worked_by_hand(chain: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    small, stocks, record = run(chain, case)

    def close(seen: Any, expected: Any, what: str) -> None:
        np.testing.assert_allclose(seen, expected, rtol=HAND_RTOL, atol=HAND_RTOL, err_msg=what)

    for label, expected in case.get("shipped", {}).items():
        close(record.export[:, small.link(*label.split()), 0], expected, f"shipped: {label}")
    for label, expected in case.get("stock", {}).items():
        close(stocks[label], expected, f"stock: {label}")
    for book, row in BOOKS.items():
        for name, expected in case.get(book, {}).items():
            close(record.queue[:, row, small.classes.index(name), 0], expected, f"{book}: {name}")
    for name, expected in case.get("activity", {}).items():
        series = small.program.node_series[small.nodes.index(name)]
        close(record.activity[:, series, 0], expected, f"activity: {name}")
    for name, expected in case.get("first_stop", {}).items():
        close(record.stop_step[small.nodes.index(name), 0], expected, f"first stop: {name}")
    for name, expected in case.get("stop_length", {}).items():
        close(abs(record.stop_length[small.nodes.index(name), 0]), expected, f"length: {name}")
    for name, material in case.get("stop_for", {}).items():
        assert record.stop_slot[small.nodes.index(name), 0] == small.input(name, material)
    for label, most in case.get("at_most_in_all", {}).items():
        assert record.export[:, small.link(*label.split()), 0].sum() <= most * (1.0 + HAND_RTOL)


@pytest.mark.parametrize(
    ("chain", "case"), [c for c in cases() if "same_as_without" in c.values[1]]
)
def test_one_change_makes_no_difference(chain: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    small, _, with_it = run(chain, case)
    _, _, without = run(chain, case, skip=case["same_as_without"]["change"])
    for label in case["same_as_without"]["shipped"]:
        link = small.link(*label.split())
        np.testing.assert_array_equal(with_it.export[:, link], without.export[:, link])
