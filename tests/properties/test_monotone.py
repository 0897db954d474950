"""What a measure does not reach it does not change, and more of it never helps its target.

Monotone laws hold where theory gives them: with hoarding, anticipation, rerouting and catching up
off. A cap that ends can leave its target better off, because suppliers that it turned to have
learnt to make more; so caps last here wherever a target has several suppliers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.chains import CLASSES, random_chain, slot_node
from tests.engine.small import SmallChain, between
from tests.policy.flows import flow

from terbium.base import tolerances
from terbium.engine.kernel import advance
from terbium.engine.program import LANES, Policy, Rules
from terbium.engine.state import Record
from terbium.policy.friction import compile_friction
from terbium.policy.register import load_register

STEPS = 60
few = settings(max_examples=40)
seeds = st.integers(0, 2**32 - 1)
rules = st.builds(Rules, st.integers(0, 1), st.integers(0, 1), st.just(0.5), st.just(0))
amounts = st.floats(0.0, 1.2)


def follow(small: SmallChain, policy: Policy, how: Rules) -> Record:
    state, record = small.chain.fresh()
    advance(small.program, policy, small.draws, state, record, 0, small.steps, how)
    return record


@few
@given(seeds, st.integers(2, 5), rules, st.integers(0, STEPS - 1), amounts, amounts)
def test_a_tighter_lasting_cap_never_raises_what_its_target_receives(
    seed: int, tiers: int, how: Rules, first: int, one: float, other: float
) -> None:
    chain = random_chain(seed, STEPS, tiers)
    p = chain.program
    slot = seed % p.in_coef.size
    links = np.arange(p.link_ptr[slot], p.link_ptr[slot + 1])
    capped = np.full(p.link_out.size, -1)
    capped[links] = CLASSES - 1
    p = p._replace(link_class=capped, link_ctrl=np.full_like(capped, -1))
    nobody = np.zeros(LANES)
    draws = chain.draws._replace(hoarding=nobody, anticipation=nobody, switching=nobody)
    received = []
    for cap in sorted((one, other)):
        policy = between(chain.policy, "cap", CLASSES - 1, first, STEPS, cap)
        quiet = replace(chain, program=p, draws=draws, policy=policy)
        state, record = quiet.fresh()
        advance(p, policy, draws, state, record, 0, STEPS, how)
        received.append(record.link_total[links].sum(axis=0))
    room = tolerances.CONSERVATION_RTOL * p.link_base[links].sum() * STEPS
    assert np.all(received[0] <= received[1] + room), slot_node(p.in_ptr)[slot]


def one_line(activity: float, stock: float, transit: float, adjust: float) -> SmallChain:
    """A plant, its one customer, one licensed link."""
    return SmallChain(
        {
            "steps": STEPS,
            "desk": activity,
            "settings": {"adjust": adjust},
            "classes": {"magnet": {"class_grant": 0.8}},
            "nodes": {
                "plant": {"kind": "supply_push", "activity": activity, "makes": {"magnet": 1}},
                "line": {
                    "kind": "final",
                    "activity": activity,
                    "uses": {"magnet": 1},
                    "stocks": {"magnet": stock},
                },
            },
            "links": [
                {
                    "material": "magnet",
                    "from": "plant",
                    "to": "line",
                    "transit": transit,
                    "class": "magnet",
                    "licensed": True,
                }
            ],
        }
    )


lines = {
    "activity": st.floats(0.5, 500.0),
    "cover": st.floats(0.0, 12.0),
    "transit": st.floats(1.0, 8.0),
    "adjust": st.floats(1.0, 12.0),
}
windows = st.tuples(st.integers(0, STEPS - 1), st.integers(1, STEPS)).map(
    lambda w: (w[0], min(w[0] + w[1], STEPS))
)


@few
@given(how=rules, window=windows, one=amounts, other=amounts, **lines)
def test_a_tighter_cap_on_a_single_line_never_raises_what_it_receives(
    how: Rules,
    window: tuple[int, int],
    one: float,
    other: float,
    activity: float,
    cover: float,
    transit: float,
    adjust: float,
) -> None:
    small = one_line(activity, cover * activity, transit, adjust)
    received = [
        follow(small, between(small.policy, "cap", 0, *window, cap), how).link_total[0]
        for cap in sorted((one, other))
    ]
    assert np.all(received[0] <= received[1] * (1.0 + tolerances.CONSERVATION_RTOL))


@few
@given(
    how=rules,
    window=windows,
    licence=st.booleans(),
    cap=st.floats(0.0, 1.0),
    more=st.floats(1.0, 4.0),
    **lines,
)
def test_a_larger_stock_never_brings_the_first_stop_forward(
    how: Rules,
    window: tuple[int, int],
    licence: bool,
    cap: float,
    more: float,
    activity: float,
    cover: float,
    transit: float,
    adjust: float,
) -> None:
    stops = []
    for held in (cover, cover * more):
        small = one_line(activity, held * activity, transit, adjust)
        field, value = ("controlled", 1.0) if licence else ("cap", cap)
        record = follow(small, between(small.policy, field, 0, *window, value), how)
        stops.append(record.stop_step[small.nodes.index("line"), 0])
    assert stops[1] >= stops[0] - tolerances.CONSERVATION_RTOL


def two_magnets(mine: float, light: float, heavy: float, transit: float) -> SmallChain:
    """Two kinds of magnets from one mine, each with its own user; only one kind is licensed."""
    kinds = {"light": light, "heavy": heavy}
    nodes: dict[str, dict[str, object]] = {
        "mine": {"kind": "supply_push", "activity": mine * (light + heavy), "makes": {"metal": 1}}
    }
    links: list[dict[str, object]] = []
    for kind, tonnes in kinds.items():
        nodes[f"{kind} plant"] = {
            "kind": "demand_driven",
            "activity": tonnes,
            "uses": {"metal": mine},
            "makes": {f"{kind} magnet": 1},
            "stocks": {"metal": tonnes * mine, f"{kind} magnet": tonnes},
        }
        nodes[f"{kind} user"] = {
            "kind": "final",
            "activity": tonnes,
            "uses": {f"{kind} magnet": 1},
            "stocks": {f"{kind} magnet": 2.0 * tonnes},
        }
        links.append({"material": "metal", "from": "mine", "to": f"{kind} plant"})
        links.append(
            {
                "material": f"{kind} magnet",
                "from": f"{kind} plant",
                "to": f"{kind} user",
                "transit": transit,
                "class": kind,
                "licensed": kind == "heavy",
            }
        )
    classes = {"light": {}, "heavy": {"class_grant": 0.5}}
    table = {"steps": STEPS, "desk": 0.2 * heavy, "nodes": nodes, "links": links}
    return SmallChain({**table, "classes": classes, "settings": {"hoarding": 0.5}})


@few
@given(
    st.floats(0.2, 1.0), st.floats(1.0, 100.0), st.floats(1.0, 100.0), st.floats(1.0, 8.0), rules
)
def test_magnets_that_are_not_controlled_flow_freely(
    mine: float, light: float, heavy: float, transit: float, how: Rules
) -> None:
    small = two_magnets(mine, light, heavy, transit)
    column = small.classes.index("heavy")
    record = follow(small, between(small.policy, "controlled", column, 10, STEPS, 1.0), how)
    free = record.export[:, small.link("light magnet", "light plant", "light user")]
    held = record.export[:, small.link("heavy magnet", "heavy plant", "heavy user")]
    np.testing.assert_allclose(free, light, rtol=tolerances.REST_RTOL)
    assert np.all(held[20:] < heavy)
    assert np.isinf(record.stop_step[small.nodes.index("light user")]).all()


def test_a_suspended_measure_does_nothing() -> None:
    """The controls of October 2025, read from the register while they are suspended."""
    register = load_register()
    flows = [flow(kind, "CHN", "DEU") for kind in ("Ho oxide", "light magnet")]
    first, last = date(2026, 1, 5), date(2026, 6, 30)
    october = ["CN-REE5-2025-57", "CN-REE-XT-2025-61-DM", "CN-REETECH-2025-62"]
    found = compile_friction(register, flows, first, last, [*october, "CN-SUSP-2025-70"])
    small = two_magnets(0.3, 10.0, 10.0, 4.0)
    row = [0] * STEPS
    suspended = small.policy._replace(
        controlled=found.controlled[row].copy(),
        denied=found.denied[row].copy(),
        general=found.general[row].copy(),
        grant=found.grant_share[row].copy(),
        delay=found.delay[row].copy(),
        cap=found.cap[row].copy(),
    )
    with_it, without = follow(small, suspended, HOW), follow(small, small.policy, HOW)
    for name, array in with_it._asdict().items():
        assert array.tobytes() == getattr(without, name).tobytes(), name


HOW = Rules(1, 0, 0.5)
