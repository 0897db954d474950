"""Each rule of the licence queue alone (docs/design/004), on one plant and one customer.

The customer uses 10 t a step and holds stock for the whole test, so that it orders 10 t a step
for as long as all it filed for is still on order; it never gets used to a queue.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.engine.small import SmallChain, between

from terbium.engine.kernel import advance
from terbium.engine.program import Policy, Rules
from terbium.engine.state import (
    QUEUE_FILED,
    QUEUE_GRANTED,
    QUEUE_LAPSED,
    QUEUE_REFUSED,
    QUEUE_SHIPPED,
    QUEUE_WAITING,
    Record,
)

STEPS = 8


def line(desk: float = np.inf, validity: int = 26, **settings: float) -> SmallChain:
    classes = {k: v for k, v in settings.items() if k.startswith("class_")}
    others = {k: v for k, v in settings.items() if k not in classes}
    magnet = {"material": "magnet", "from": "plant", "to": "car", "transit": 1}
    table: dict[str, Any] = {
        "steps": STEPS,
        "desk": desk,
        "validity": validity,
        "settings": {"memory": 0.0, **others},
        "classes": {"magnet": classes},
        "nodes": {
            "plant": {"kind": "supply_push", "activity": 10, "makes": {"magnet": 1}},
            "car": {
                "kind": "final",
                "activity": 10,
                "uses": {"magnet": 1},
                "stocks": {"magnet": 200},
            },
        },
        "links": [{**magnet, "class": "magnet", "licensed": True}],
    }
    return SmallChain(table)


def controlled(small: SmallChain, first: int = 0, last: int = STEPS, share: float = 1.0) -> Policy:
    return between(small.policy, "controlled", 0, first, last, share)


def follow(small: SmallChain, policy: Policy) -> Record:
    state, record = small.chain.fresh()
    advance(small.program, policy, small.draws, state, record, 0, STEPS, Rules(1, 0, 0.5))
    return record


def book(record: Record, row: int) -> list[float]:
    return [round(float(tonnes), 9) for tonnes in record.queue[:, row, 0, 0]]


@pytest.mark.parametrize(
    ("law", "phi", "general", "gamma", "filed"),
    [
        (1, 1, 0, 0, 10),
        (0.5, 1, 0, 0, 5),
        (1, 0.9, 0, 0, 9),
        (1, 1, 1, 0.4, 6),
        (1, 0.9, 0.5, 0.4, 7.2),
    ],
)
def test_q1_what_must_be_filed(
    law: float, phi: float, general: float, gamma: float, filed: float
) -> None:
    small = line(class_share=phi, general=gamma)
    policy = between(controlled(small, share=law), "general", 0, 0, STEPS, general)
    record = follow(small, policy)
    assert book(record, QUEUE_FILED) == pytest.approx([filed] * STEPS)
    assert record.export[:, 0, 0] == pytest.approx([10.0] * STEPS)


def test_q1_goods_declared_before_the_day_still_clear() -> None:
    """Of 10 t ordered, a share that halves every step is let through as declared before."""
    small = line(grace=1.0 / np.log(2.0))
    policy = controlled(small)._replace(age=np.arange(1.0, STEPS + 1.0)[:, None])
    record = follow(small, policy)
    assert book(record, QUEUE_FILED)[:3] == pytest.approx([5.0, 7.5, 8.75])
    assert record.export[:, 0, 0] == pytest.approx([10.0] * STEPS)


def test_q2_review_is_geometric() -> None:
    small = line(review=4.0)
    granted = book(follow(small, controlled(small)), QUEUE_GRANTED)
    # 10 t come under review a step, and a quarter of what is there leaves it.
    assert granted[:3] == pytest.approx([2.5, 4.375, 5.78125])


@pytest.mark.parametrize("desk", [50.0, np.inf])
def test_q2_a_class_of_weight_nil_is_never_read(desk: float) -> None:
    small = line(desk=desk, class_weight=0.0)
    record = follow(small, controlled(small))
    assert book(record, QUEUE_GRANTED) == [0.0] * STEPS
    assert book(record, QUEUE_WAITING) == pytest.approx([10.0 * (t + 1) for t in range(STEPS)])


def test_q2_weight_slows_the_reading_too() -> None:
    """A class of weight one half is read in twice the time; an understanding evens it out."""
    small = line(review=2.0, class_weight=0.5)
    granted = book(follow(small, controlled(small)), QUEUE_GRANTED)
    assert granted[:3] == pytest.approx([2.5, 4.375, 5.78125])
    small = line(review=2.0, class_weight=0.5, level=1.0)
    granted = book(follow(small, controlled(small)), QUEUE_GRANTED)
    assert granted[:3] == pytest.approx([5.0, 7.5, 8.75])


def test_q3_a_desk_without_capacity_decides_nothing() -> None:
    small = line(desk=0.0)
    assert book(follow(small, controlled(small)), QUEUE_GRANTED) == [0.0] * STEPS


def test_q4_grant_file_again_drop() -> None:
    small = line(class_grant=0.6, refile=0.5)
    record = follow(small, controlled(small))
    # Of 10 t: 6 granted, 2 filed again (they wait), 2 dropped.
    assert book(record, QUEUE_GRANTED)[0] == pytest.approx(6.0)
    assert book(record, QUEUE_REFUSED)[0] == pytest.approx(2.0)
    assert book(record, QUEUE_WAITING)[0] == pytest.approx(2.0)
    # The 2 t dropped open a gap, so 10 + 2 / 4 t are ordered; with the 2 t filed again, 12.5 t.
    assert book(record, QUEUE_GRANTED)[1] == pytest.approx(0.6 * 12.5)


def test_q4_a_presumption_of_denial_stops_grants() -> None:
    small = line()
    policy = between(controlled(small), "denied", 0, 0, STEPS, 1.0)
    record = follow(small, policy)
    assert book(record, QUEUE_GRANTED) == [0.0] * STEPS
    assert record.export.sum() == 0.0


def test_q5_licences_that_cannot_be_used_lapse_after_their_validity() -> None:
    small = line(validity=3)
    policy = between(controlled(small, 0, 1), "cap", 0, 0, STEPS, 0.0)
    record = follow(small, policy)
    # Granted in step 0, good in steps 0, 1 and 2, gone in step 3.
    assert book(record, QUEUE_GRANTED) == pytest.approx([10.0] + [0.0] * 7)
    assert book(record, QUEUE_LAPSED) == pytest.approx([0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0])


def test_q5_the_oldest_licences_are_used_first() -> None:
    small = line(validity=3)
    policy = between(controlled(small), "cap", 0, 0, STEPS, 0.5)
    record = follow(small, policy)
    # Half of each step's licences can be used: 5 t of the 10 t of step 0 go in step 0 and 5 t in
    # step 1, so none of them is left to lapse in step 3; of step 1's, 5 t go in step 2 and 5 t in
    # step 3; of step 2's, none before step 4, and in step 5 what is left of them lapses.
    assert book(record, QUEUE_SHIPPED) == pytest.approx([5.0] * STEPS)
    assert book(record, QUEUE_LAPSED)[:5] == pytest.approx([0.0] * 5, abs=1e-9)
    assert book(record, QUEUE_LAPSED)[5] > 0.0


def test_rule_7_lifting_the_control_lets_all_pending_filings_pass() -> None:
    small = line(desk=0.0, review=4.0)
    record = follow(small, controlled(small, 0, 3))
    assert book(record, QUEUE_GRANTED) == pytest.approx([0.0, 0.0, 0.0, 30.0, 0.0, 0.0, 0.0, 0.0])
    assert book(record, QUEUE_FILED)[3:] == [0.0] * 5
    assert book(record, QUEUE_WAITING)[3:] == [0.0] * 5
