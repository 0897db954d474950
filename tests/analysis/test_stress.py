"""Headlines read off draws, and what becomes of them when guesses move."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.real_chain import SEED, study_of
from tests.results import synthetic

from terbium.analysis.headlines import Reading, read_headlines
from terbium.analysis.stress import Stress, stress
from terbium.engine.recorder import Recorder
from terbium.engine.recording import Recording
from terbium.engine.run import Plan, simulate
from terbium.engine.sample import Responses, Values
from terbium.results.context import RunContext
from terbium.study import Study

PLACES = {"USA": 7444, "DEU": 10500, "JPN": 2300}
CONTROLLED = ("NdFeB_DyTb_magnet", "SmCo_magnet", "Dy_products")


def context() -> RunContext:
    plain = synthetic.context()
    return replace(plain, groups={**plain.groups, "RE_controlled": CONTROLLED})


def readings(recording: Recording, **changes: Any) -> dict[tuple[str, str], Reading]:
    found = read_headlines(recording, replace(context(), **changes))
    return {(reading.headline, reading.subject): reading for reading in found}


@pytest.fixture(scope="module")
def recording() -> Recording:
    return synthetic.recording(6, 1, PLACES, ("Dy",))


def flows(recording: Recording, share: np.ndarray) -> Recording:
    """All exports at a share of their undisturbed flow, (step,)."""
    export = recording.export_base[:, np.newaxis] * share[np.newaxis, :, np.newaxis]
    return replace(recording, export=export.astype(np.float32))


def test_a_headline_has_one_class_and_one_value_per_draw(recording: Recording) -> None:
    found = readings(recording)
    assert {headline for headline, _ in found} == {
        "lowest_month", "fall", "hardest_hit", "recouped", "all_back", "first_region",
        "first_industry", "first_stop", "most_stop",
    }  # fmt: skip
    for reading in found.values():
        assert len(reading.classes) == reading.values.size == recording.draws
        assert all(reading.classes)


def test_statements_follow_the_flows(recording: Recording) -> None:
    steps = recording.clock.steps
    share = np.ones(steps)
    share[14:27] = 0.3
    found = readings(flows(recording, share))
    assert found["all_back", "RE_controlled"].classes[0] == {"yes"}
    assert found["fall", "USA"].classes[0] == {"most"}
    # weeks 14 to 26 run from 7 April to 6 July: May and June are low, May by a day's weight
    assert found["lowest_month", "WLD"].classes[0] <= {"2025-05", "2025-06"}
    share[27:] = 1.4
    gained = readings(flows(recording, share))
    assert gained["recouped", "USA"].classes[0] == {"most"}
    share[27:] = 0.9
    lost = readings(flows(recording, share))
    assert lost["recouped", "USA"].classes[0] == {"none"}
    assert lost["all_back", "RE_controlled"].classes[0] == {"no"}


def test_the_one_that_gets_least_is_hit_hardest(recording: Recording) -> None:
    export = recording.export_base[:, np.newaxis] * np.ones((1, recording.clock.steps, 1))
    for i, (_, _, place) in enumerate(recording.export_keys):
        export[i] *= {"USA": 0.8, "DEU": 0.9, "JPN": 0.2}[place]
    found = readings(replace(recording, export=export.astype(np.float32)))
    assert {place for classes in found["hardest_hit", "CHN"].classes for place in classes} == {
        "JPN"
    }


def test_a_tie_is_shared_and_never_is_a_class(recording: Recording) -> None:
    days = np.full_like(recording.first_stop_days, np.inf)
    keys = recording.industry_keys
    days[keys.index(("USA", "passenger_cars"))] = 35
    days[keys.index(("DEU", "electronics"))] = 36
    days[keys.index(("JPN", "electronics"))] = 200
    days[:, 0] = np.inf
    found = readings(replace(recording, first_stop_days=days))
    assert found["first_region", ""].classes[0] == {"never"}
    assert found["first_region", ""].classes[1] == {"USA", "DEU"}
    assert found["first_industry", ""].classes[1] == {"passenger_cars", "electronics"}
    assert found["first_stop", "JPN"].classes[1] == {"later"}
    assert found["first_stop", "EU27"].classes[1] == {"early"}
    assert found["first_stop", "USA"].classes[0] == {"never"}
    assert found["most_stop", "all_industries"].classes[1] == {"some"}


def test_without_a_measure_there_is_no_headline(recording: Recording) -> None:
    assert readings(recording, headline_date=None) == {}


def test_a_year_that_the_run_does_not_hold_has_no_headline_on_exports(recording: Recording) -> None:
    steps = 40
    arrays = {
        name: value[:, :steps]
        for name, value in vars(recording).items()
        if isinstance(value, np.ndarray) and value.ndim == 3
    }
    clock = replace(recording.clock, steps=steps)
    short = replace(recording, clock=clock, **arrays)
    assert {headline for headline, _ in readings(short)} == {
        "first_region", "first_industry", "first_stop", "most_stop",
    }  # fmt: skip


def at(study: Study, values: np.ndarray) -> Recording:
    """One draw at chosen parameters."""
    recorder = Recorder(study.compiled, 1, study.scenario.headline.in_force)
    plan = plan_of(study, values)
    simulate(study.compiled, plan, recorder)
    return recorder.finish()


def plan_of(study: Study, values: np.ndarray) -> Plan:
    responses = Responses(**study.scenario.responses.model_dump())
    table = Values(study.parameters.names, values[:, np.newaxis])
    return Plan(table, responses, study.rules, 1)


def stressed(study: Study, run: Recording, threads: int = 1) -> Stress:
    plan = replace(plan_of(study, study.parameters.central), threads=threads)
    return stress(study.compiled, study.parameters, plan, run, study._context(SEED))


@pytest.mark.slow
def test_ends_are_what_a_run_at_these_parameters_says() -> None:
    study = study_of("april-2025")
    central = at(study, study.parameters.central)
    found = stressed(study, central)
    assert found == stressed(study, central, threads=2)
    low = study.parameters.at("low")
    # lapses are counted in whole steps that all lanes share
    validity = study.parameters.position("licensing/validity")
    low[validity] = study.parameters.central[validity]
    context = study._context(SEED)
    expected = {
        "central": read_headlines(central, context),
        "low": read_headlines(at(study, low), context),
    }
    rows = {(row["headline"], row["subject"]): row for row in found.rows}
    for end, readings_there in expected.items():
        for reading in readings_there:
            row = rows[reading.headline, reading.subject]
            assert row[f"{end}_class"] == " ".join(sorted(reading.classes[0]))
            value = float(reading.values[0])
            assert row[end] == (None if np.isnan(value) else pytest.approx(value, rel=1e-5))
    for row in found.rows:
        assert row["flips"] == bool(row["flips_at"])
        assert row["share_of_draws"] == 1.0
    assert [row["flips"] for row in found.rows] == sorted(
        (row["flips"] for row in found.rows), reverse=True
    )
    reach = found.reach
    assert {f["family"] for f in reach["families"]} >= {"licensing", "stock"}  # type: ignore[attr-defined]


@pytest.mark.slow
def test_what_is_fixed_does_not_move() -> None:
    study = study_of("april-2025")
    guesses = {
        name: float(value)
        for name, grade, value in zip(
            study.parameters.names, study.parameters.grades, study.parameters.central, strict=True
        )
        if grade == "D"
    }
    study.parameters = study.parameters.override(guesses)
    found = stressed(study, at(study, study.parameters.central))
    assert not any(row["flips"] for row in found.rows)
    assert (found.reach["moved"], found.reach["held"]) == (0, 0)
