import math

import numpy as np
import pytest
from tests.results import synthetic

from terbium.results.context import History, Observation, RunContext
from terbium.results.exports import MonthlyExports
from terbium.results.findings import finding_rows
from terbium.results.scores import score_rows

ROUTE = ("RE_magnet", "CHN", "WLD")
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))


def exports(central: list[float], spread: float = 0.0) -> MonthlyExports:
    draws = np.exp(np.linspace(-spread, spread, 21))
    return MonthlyExports(MONTHS, {ROUTE: np.outer(central, draws)}, {})


def test_a_perfect_model_scores_nought_and_wins() -> None:
    context = synthetic.context()
    recorded = [float(value) for value in synthetic.RECORDED["WLD"]]
    (row,) = score_rows(exports(recorded), History(context.observations), context)
    assert row["model"] == 0
    assert row["winner"] == "model"
    assert (row["first"], row["last"], row["months"]) == ("2025-04", "2025-12", 9)
    assert row["coverage90"] == 1
    assert row["width90"] == pytest.approx(1)


def test_baselines_are_march_and_the_mean_of_the_base_year() -> None:
    context = synthetic.context()
    recorded = [float(value) for value in synthetic.RECORDED["WLD"]]
    (row,) = score_rows(exports(recorded), History(context.observations), context)
    logs = np.log(np.array(recorded[3:]))
    assert row["persistence_value"] == 5323
    assert row["persistence"] == pytest.approx(
        math.sqrt(np.mean((math.log(5323) - logs) ** 2)), rel=1e-3
    )
    assert row["base_mean"] == pytest.approx(
        math.sqrt(np.mean((math.log(58148 / 12) - logs) ** 2)), rel=1e-3
    )


def test_both_sides_are_floored_at_one_percent_of_the_base_mean() -> None:
    rows = (
        Observation(*ROUTE, "2024", 1200.0, "t", "c"),
        Observation(*ROUTE, "2025-04", 0.0, "t", "c"),
    )
    context = synthetic.context(observations=rows)
    (row,) = score_rows(exports([2.0] * 12), History(rows), context)
    assert row["model"] == pytest.approx(math.log(2), rel=1e-3)


def test_without_a_base_mean_an_empty_month_is_left_out_by_name() -> None:
    rows = tuple(Observation(*ROUTE, month, 5.0, "t", "c") for month in ("2025-04", "2025-05"))
    context = synthetic.context(observations=rows)
    central = [5.0, 5.0, 5.0, 0.0, *[5.0] * 8]
    (row,) = score_rows(exports(central), History(rows), context)
    assert row["left_out"] == "2025-04"
    assert row["model"] == 0
    assert row["winner"] is None


def test_failures_stand_first() -> None:
    context = synthetic.context()
    history = History(context.observations)
    bad = exports([1.0] * 12).tonnes[ROUTE]
    good = exports([float(value) for value in synthetic.RECORDED["WLD"]]).tonnes[ROUTE]
    both = MonthlyExports(MONTHS, {ROUTE: good, ("RE_magnet", "CHN", "USA"): bad}, {})
    rows = score_rows(both, history, context)
    assert [row["destination"] for row in rows] == ["USA", "WLD"]
    assert rows[0]["winner"] != "model"


def test_a_scenario_without_a_headline_measure_is_not_scored() -> None:
    context = synthetic.context(headline_date=None)
    history = History(context.observations)
    assert score_rows(exports([1.0] * 12), history, context) == []
    assert finding_rows(exports([1.0] * 12), history, context) == []


def test_findings_of_the_record_itself_are_the_recorded_ones() -> None:
    context = synthetic.context()
    recorded = [float(value) for value in synthetic.RECORDED["WLD"]]
    rows = finding_rows(exports(recorded), History(context.observations), context)
    found = {row["figure"]: row for row in rows}
    assert found["year_total"]["central"] == sum(recorded)
    assert found["lowest_month_change"]["central"] == pytest.approx(1238 * 12 / 58148 - 1, rel=1e-5)
    # 80 % is what the curated record states for April to June 2025 by December
    assert found["recouped_share"]["central"] == pytest.approx(0.80, abs=0.01)
    assert all(row["central"] == row["observed"] for row in rows)


def test_recouping_needs_no_month_before_the_measure() -> None:
    context = synthetic.context()
    route = ("RE_magnet", "CHN", "USA")
    both = MonthlyExports(MONTHS, {route: np.full((12, 3), 300.0)}, {})
    found = {r["figure"]: r for r in finding_rows(both, History(context.observations), context)}
    assert found["recouped_share"]["observed"] == pytest.approx(-0.24, abs=0.02)
    assert found["year_total"]["observed"] is None


def test_draws_that_lost_nothing_recoup_nothing(context: RunContext) -> None:
    rows = finding_rows(exports([9999.0] * 12), History(context.observations), context)
    assert "recouped_share" not in {row["figure"] for row in rows}
