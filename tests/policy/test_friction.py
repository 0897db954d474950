"""The built-in register as a lawyer reads it, and the laws of the algebra."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.flows import KINDS, flow

from terbium.base.errors import MeasureError
from terbium.policy.algebra import RULES
from terbium.policy.authored import read_yaml_file
from terbium.policy.friction import FlowClass, Friction, compile_friction, compose, neutral
from terbium.policy.register import Register, load_register

CASES = Path(__file__).parents[1] / "cases" / "friction.yaml"
WHOLE = load_register()
# the acts that scenarios of 2025 and 2026 put on links; the laws of the algebra are tried on these
ACTS = (
    "CN-REE-2025-18", "CN-GREENCHANNEL-2025", "CN-US-LONDON-2025", "CN-REEQUIP-2025-56",
    "CN-REE5-2025-57", "CN-REE-XT-2025-61-DM", "CN-REE-XT-2025-61-FDP", "CN-REE-XT-2025-61-ORIG",
    "CN-REETECH-2025-62", "CN-SUSP-2025-70", "CN-GENLIC-2025", "US-IEEPA-FENTANYL-CN",
    "US-RECIP-CN", "US-SCOTUS-IEEPA-2026", "US-S122-2026", "US-301-CN-2018",
)  # fmt: skip
REGISTER = Register(
    WHOLE.title,
    WHOLE.version,
    WHOLE.evidence_date,
    WHOLE.sources,
    {name: WHOLE.measures[name] for name in sorted(ACTS)},
)
FIRST, LAST = date(2024, 12, 30), date(2027, 1, 31)
FLOWS = tuple(
    flow(kind, origin, to)
    for kind in KINDS
    for origin, to in (("CHN", "USA"), ("CHN", "DEU"), ("JPN", "USA"), ("CHN", "CHN"))
)


def everything(register: Register = REGISTER, **options: Any) -> Friction:
    chosen = options.pop("include", list(REGISTER.measures))
    return compile_friction(register, FLOWS, FIRST, LAST, chosen, **options)


def cases() -> list[dict[str, Any]]:
    return list(read_yaml_file(CASES, CASES.name, MeasureError).data)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['why']} ({case['flow']})")
def test_case(case: dict[str, Any]) -> None:
    day = date.fromisoformat(case["on"])
    known = date.fromisoformat(case["known_on"]) if "known_on" in case else None
    one = (flow(case["flow"], case["from"], case["to"]),)
    # all measures at once: what is on no link must put nothing on one
    found = compile_friction(
        WHOLE, one, FIRST, LAST, list(WHOLE.measures), known, case.get("branch", "hold")
    )
    k = found.segment_of(day)
    if "licence" in case:
        assert found.controlled[k, 0] == (case["licence"] == "yes")
    if "general" in case:
        assert found.general[k, 0] == (case["general"] == "yes")
    if "duty" in case:
        assert found.duty[k, 0] == pytest.approx(case["duty"])
    if "desk" in case:
        assert found.desk[k] == case["desk"]


def test_a_day_outside_every_window_has_no_friction() -> None:
    before = compile_friction(
        REGISTER, FLOWS, date(2020, 1, 1), date(2025, 2, 3), list(REGISTER.measures)
    )
    assert before.same_as(neutral(FLOWS, date(2020, 1, 1), date(2025, 2, 3)))


def test_licences_that_only_parties_or_figures_decide_put_nothing_on_links() -> None:
    inside = [name for name in WHOLE.measures if name.startswith(("CN-ECL", "CN-WATCH", "US-"))]
    lists = [name for name in inside if WHOLE.measures[name].regime in ("cn_dual_use", "us_ear")]
    assert len(lists) > 15
    found = compile_friction(WHOLE, FLOWS, FIRST, LAST, lists)
    assert found.same_as(neutral(FLOWS, FIRST, LAST))


def test_an_ordinary_licence_is_no_desk() -> None:
    found = compile_friction(WHOLE, FLOWS, FIRST, LAST, ["CN-REE-ORDINARY-LICENCE-2015"])
    assert found.same_as(neutral(FLOWS, FIRST, LAST))


def test_nothing_included_is_neutral() -> None:
    assert everything(include=[]).same_as(neutral(FLOWS, FIRST, LAST))


def test_what_stays_in_its_region_is_never_touched() -> None:
    found = everything(branch="lapse")
    inside = [i for i, one in enumerate(FLOWS) if one.origin == one.destination]
    for name, (nothing, _) in RULES.items():
        assert (getattr(found, name)[:, inside] == nothing).all()
    assert all(not found.binding[i] for i in inside)


def test_a_suspension_thought_away_puts_the_text_in_force() -> None:
    without = [name for name in REGISTER.measures if name != "CN-SUSP-2025-70"]
    holmium = (flow("Ho oxide", "CHN", "JPN"),)
    found = compile_friction(REGISTER, holmium, FIRST, LAST, without)
    assert found.controlled[found.segment_of(date(2025, 11, 8)), 0] == 1
    assert found.controlled[found.segment_of(date(2025, 11, 7)), 0] == 0


def test_paragraphs_that_no_link_decides_are_listed_and_do_nothing() -> None:
    found = everything(branch="lapse")
    assert {row[0] for row in found.undecided} >= {"CN-REE-XT-2025-61-ORIG"}
    assert not any(row[0].startswith("CN-REE-XT") for rows in found.binding for row in rows)


def test_binding_names_paragraph_and_window() -> None:
    found = everything()
    rows = found.binding[FLOWS.index(flow("Dy magnet", "CHN", "USA"))]
    assert ("CN-REE-2025-18", "1C905", date(2025, 4, 4), LAST) in rows
    assert ("US-RECIP-CN", "EO 14259", date(2025, 4, 9), date(2025, 4, 9)) in rows


def test_calendar_tells_the_understanding_as_political_and_its_confirmation() -> None:
    rows = [row for row in everything().calendar if row.measure == "CN-US-LONDON-2025"]
    assert {row.formality for row in rows} == {"political"}
    assert [row.date for row in rows if row.kind == "statement"] == [
        date(2025, 6, 12),
        date(2025, 6, 27),
    ]


@settings(max_examples=25, deadline=None)
@given(known=st.dates(date(2025, 1, 1), date(2026, 9, 18)))
def test_nothing_announced_later_is_seen(known: date) -> None:
    seen = everything(known_on=known)
    named = {(row[0], row[1]) for rows in seen.binding for row in rows}
    for measure in REGISTER.measures.values():
        for provision in measure.provisions:
            if measure.dates_of(provision)[0] > known:
                assert (measure.id, provision.paragraph) not in named
    assert all(row.announced <= known for row in seen.calendar)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_suspension_never_strengthens(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["CN-REE-2025-18", "US-IEEPA-FENTANYL-CN", "CN-REE5-2025-57"]))
    start = data.draw(st.dates(date(2025, 1, 1), date(2026, 12, 1)))
    length = data.draw(st.integers(0, 400))
    pause = _pause(name, start, start + timedelta(days=length))
    with_pause = everything(_with_overlay(name, pause), branch="lapse")
    without = everything(branch="lapse")
    days = sorted({*with_pause.starts, *without.starts})
    for day in days:
        i, j = with_pause.segment_of(day), without.segment_of(day)
        for array in ("controlled", "denied", "duty", "delay"):
            assert (getattr(with_pause, array)[i] <= getattr(without, array)[j] + 1e-12).all()


def test_a_suspension_of_everything_does_nothing_at_all() -> None:
    name = "CN-REE-2025-18"
    paused = _with_overlay(name, _pause(name, date(2025, 4, 4), date(2027, 12, 31)))
    include = [name, "US-S122-2026"]
    assert everything(paused, include=include).same_as(everything(include=["US-S122-2026"]))


@settings(max_examples=20, deadline=None)
@given(st.permutations(sorted(REGISTER.measures)), st.permutations(range(len(FLOWS))))
def test_order_changes_nothing(names: list[str], order: list[int]) -> None:
    shuffled = Register(
        REGISTER.title,
        REGISTER.version,
        REGISTER.evidence_date,
        REGISTER.sources,
        {name: REGISTER.measures[name] for name in names},
    )
    plain = everything()
    assert everything(shuffled, include=names).same_as(plain)
    permuted = tuple(FLOWS[i] for i in order)
    other = compile_friction(REGISTER, permuted, FIRST, LAST, names)
    assert np.array_equal(other.duty, plain.duty[:, order])
    assert np.array_equal(other.controlled, plain.controlled[:, order])


PARTS = st.lists(st.sampled_from(sorted(REGISTER.measures)), unique=True)


def same(one: Friction, other: Friction) -> bool:
    """Equal up to the rounding of sums and products."""
    return (one.starts, one.desks, one.binding, one.calendar) == (
        other.starts,
        other.desks,
        other.binding,
        other.calendar,
    ) and all(np.allclose(getattr(one, n), getattr(other, n), rtol=1e-12) for n in RULES)


@settings(max_examples=20, deadline=None)
@given(PARTS, PARTS, PARTS)
def test_composition_is_associative_and_commutative(
    a: list[str], b: list[str], c: list[str]
) -> None:
    one, two, three = (everything(include=names) for names in (a, b, c))
    assert compose(one, two).same_as(compose(two, one))
    assert same(compose(compose(one, two), three), compose(one, compose(two, three)))
    assert compose(one, neutral(FLOWS, FIRST, LAST)).same_as(one)


@settings(max_examples=20, deadline=None)
@given(PARTS)
def test_apart_and_together_agree(part: list[str]) -> None:
    # a measure and the authors of its overlays must be on one side
    authors = {"CN-SUSP-2025-70", "US-SCOTUS-IEEPA-2026"}
    here = {*part} | authors
    there = sorted({*REGISTER.measures} - here | authors)
    together = everything()
    assert same(compose(everything(include=sorted(here)), everything(include=there)), together)


def test_only_like_composes_with_like() -> None:
    with pytest.raises(ValueError, match="same flows"):
        compose(neutral(FLOWS, FIRST, LAST), neutral(FLOWS[1:], FIRST, LAST))


def test_missing_measure_is_named_with_a_suggestion() -> None:
    with pytest.raises(MeasureError, match="Did you mean 'CN-REE-2025-18'") as caught:
        everything(include=["CN-REE-2025-81"])
    assert caught.value.exit_code == 2


def test_no_flows_at_all() -> None:
    none: tuple[FlowClass, ...] = ()
    found = compile_friction(REGISTER, none, FIRST, LAST, list(REGISTER.measures))
    assert found.duty.shape[1] == 0
    assert "after_understanding" in found.desk


def _pause(name: str, first: date, last: date) -> dict[str, Any]:
    announced = REGISTER.measures[name].announced
    return {"kind": "suspend", "announced": announced, "from": first, "to": last, "by": "a test"}


def _with_overlay(name: str, overlay: dict[str, Any]) -> Register:
    measure = REGISTER.measures[name]
    given = type(measure).model_validate(
        measure.model_dump(by_alias=True)
        | {"overlays": [*(o.model_dump(by_alias=True) for o in measure.overlays), overlay]}
    )
    return Register(
        REGISTER.title,
        REGISTER.version,
        REGISTER.evidence_date,
        REGISTER.sources,
        {**REGISTER.measures, name: given},
    )
