"""The licensing desk against its rules (docs/design/004), kept by hand, licence by licence."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.network.economies import Floats, behaviour_of, fork, links, stop

from terbium.engine.network.case import Case, Desk, Extras, LinkFriction, Rank
from terbium.engine.network.run import Propagation, simulate

STEPS = 90
MINE, FIRST, SECOND = 0, 3, 5
WEIGHT = np.array([1.0, 0.25])
GRANT = np.array([0.7, 0.9])


class Line:
    """Filings and licences of one link; licences are a list of (step of grant, amount)."""

    def __init__(self) -> None:
        self.review = self.ready = 0.0
        self.licences: list[list[float]] = []

    @property
    def live(self) -> float:
        return sum(amount for _, amount in self.licences)

    def lapse(self, t: int, validity: int) -> float:
        old = sum(amount for step, amount in self.licences if t - step >= validity)
        self.licences = [one for one in self.licences if t - one[0] < validity]
        return old

    def use(self, amount: float) -> None:
        """The oldest first."""
        while amount > 0.0 and self.licences:
            taken = min(amount, self.licences[0][1])
            self.licences[0][1] -= taken
            amount -= taken
            if self.licences[0][1] <= 1e-15:
                self.licences.pop(0)


@pytest.mark.parametrize("capacity", [5.0, 12.0, np.inf])
@pytest.mark.parametrize("validity", [3, 20])
def test_filings_are_decided_granted_filed_again_and_lapse_as_the_rules_say(
    capacity: float, validity: int
) -> None:
    table = fork(6.0)
    desk = Desk(capacity, 4.0, validity, 0.4)
    frictions = tuple(
        LinkFriction(links(table, [MINE], [plant]), 5, STEPS, 1.0, grant, weight)
        for plant, grant, weight in zip((FIRST, SECOND), GRANT, WEIGHT, strict=True)
    )
    case = Case(
        STEPS,
        behaviour_of(table, days=30.0, tau=10.0, boost=1.0),
        extras=Extras(frictions=frictions, desk=desk),
        capacity_loss=stop(STEPS, MINE, 30, 60, 0.8),
    )
    run = Propagation(table, case)
    lines, lapsed_ever = (Line(), Line()), 0.0
    for t in range(STEPS):
        before = run.checkpoint()
        run.advance(1)
        after = run.checkpoint()
        filed: Floats = (before["state/need"] * 1.0)[:2] * (t >= 5)
        sent = (after["record/sent"] - before["record/sent"])[:2]
        queue = after["record/queue"][t]
        for one, amount in zip(lines, filed, strict=True):
            moved = one.review / desk.review_steps
            one.review += amount - moved
            one.ready += moved
        load = sum(w * one.ready for w, one in zip(WEIGHT, lines, strict=True))
        decided = [0.0, 0.0]
        dropped = granted = lapsed = 0.0
        for k, one in enumerate(lines):
            share = -np.expm1(-capacity * WEIGHT[k] / load) if load > 0 else 1.0
            decided[k] = share * one.ready
            one.ready -= decided[k]
            refused = decided[k] * (1 - GRANT[k])
            one.review += desk.refile_share * refused
            dropped += (1 - desk.refile_share) * refused
            granted += decided[k] * GRANT[k]
            lapsed += one.lapse(t, validity)
            one.licences.append([t, decided[k] * GRANT[k]])
            if t >= 5:
                assert sent[k] <= one.live + 1e-9
                one.use(sent[k])
        assert sum(decided) <= capacity * (1 + 1e-12)
        lapsed_ever += lapsed
        ours = [filed.sum(), granted, dropped, lapsed, sent.sum() * (t >= 5)]
        np.testing.assert_allclose(queue[:5], ours, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(after["state/live"], [one.live for one in lines], atol=1e-9)
        np.testing.assert_allclose(queue[5], sum(o.review + o.ready for o in lines), atol=1e-9)
    assert lapsed_ever > 0.0 or validity == 20


def test_weight_decides_who_waits_longer() -> None:
    table = fork()
    frictions = tuple(
        LinkFriction(links(table, [MINE], [plant]), 5, STEPS, 1.0, 1.0, weight)
        for plant, weight in ((FIRST, 1.0), (SECOND, 0.2))
    )
    case = Case(
        STEPS,
        behaviour_of(table, days=20.0),
        extras=Extras(frictions=frictions, desk=Desk(8.0, 1.0, STEPS, 0.0)),
    )
    made = simulate(table, case).production_realised
    assert made[30:, FIRST].sum() > 1.2 * made[30:, SECOND].sum()


def test_a_second_restriction_slows_the_first() -> None:
    table = fork()
    one, two = (
        LinkFriction(links(table, [MINE], [plant]), 5, STEPS, 1.0) for plant in (FIRST, SECOND)
    )
    desk = Desk(8.0, 1.0, STEPS, 0.0)
    made = [
        simulate(
            table,
            Case(STEPS, behaviour_of(table, days=20.0), extras=Extras((), frictions, desk)),
        ).production_realised[:, FIRST]
        for frictions in ((one,), (one, two))
    ]
    assert made[1].sum() < 0.95 * made[0].sum()


def test_what_waits_leaves_at_once_when_the_control_is_lifted() -> None:
    table = fork()
    shut = LinkFriction(links(table, [MINE], [FIRST]), 5, 24, 1.0)
    case = Case(
        STEPS,
        behaviour_of(table, days=20.0, boost=10.0),
        extras=Extras(frictions=(shut,), desk=Desk(0.0, 1.0, 99, 0.0)),
    )
    queue = simulate(table, case).borders["queue"]
    assert queue[24, 5] > 100.0
    assert queue[25, 5] == 0.0
    np.testing.assert_allclose(queue[25, 1], queue[24, 5])


def test_places_in_line_are_those_of_the_last_rank_that_names_a_link() -> None:
    table = fork(4.0)
    everyone = Rank(links(table, [MINE]), 2)
    ranks = (everyone, Rank(links(table, [MINE], [FIRST, SECOND]), 1))
    case = Case(
        40,
        behaviour_of(table, days=20.0, tau=1e9, boost=1.0, rationing="priority"),
        extras=Extras(ranks=(*ranks, Rank(links(table, [MINE], [SECOND]), 0))),
        capacity_loss=stop(40, MINE, 5, 40, 0.5),
        stocks_every=1,
    )
    run = simulate(table, case)
    stock = run.inputs_stock_end[:, 0]
    # of 24 a day 12 are left: 10 for the second plant, 2 for the first, none for households
    np.testing.assert_allclose(np.diff(stock[4:9, SECOND]), 0.0, atol=1e-6)
    np.testing.assert_allclose(np.diff(stock[4:9, FIRST]), -8.0, atol=1e-6)
    np.testing.assert_allclose(run.final_demand_unmet[5:9, 0], 4.0)
