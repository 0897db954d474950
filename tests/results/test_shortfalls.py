"""What is missing in the worst months, worked out by hand."""

import numpy as np
import pytest
from tests.results import synthetic

from terbium.engine.recording import Recording
from terbium.results.context import RunContext
from terbium.results.exports import MonthlyExports, monthly_exports
from terbium.results.shortfalls import WORST_MONTHS, shortfall_rows

MONTHS = ("2025-02", "2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08")
DAYS = np.array([28, 31, 30, 31, 30, 31, 31])
ROUTE = ("RE_magnet", "CHN", "USA")


def exports(shares: list[list[float]], daily: float = 10.0) -> MonthlyExports:
    """Exports that are shares of a flow of ``daily`` tonnes, one list per draw."""
    tonnes = np.array(shares).T * DAYS[:, np.newaxis] * daily
    base = np.full(len(shares), daily)
    return MonthlyExports(MONTHS, {ROUTE: tonnes}, {ROUTE: base})


def test_the_worst_stretch_is_found_per_draw() -> None:
    shares = [[1, 1, 0.5, 0.2, 0.2, 1, 1], [1, 1, 1, 0.5, 0.2, 0.2, 1]]
    (row,) = shortfall_rows(exports(shares), synthetic.context())
    first = 1 - (30 * 0.5 + 31 * 0.2 + 30 * 0.2) / 91
    second = 1 - (31 * 0.5 + 30 * 0.2 + 31 * 0.2) / 92
    assert row["central"] == pytest.approx((first + second) / 2, rel=1e-5)
    assert row["missing"] == pytest.approx((first * 910 + second * 920) / 2, rel=1e-5)
    assert (row["first"], row["months"], row["unit"]) == ("2025-04", WORST_MONTHS, "1")


def test_what_came_before_the_measure_is_no_shortfall() -> None:
    (row,) = shortfall_rows(exports([[0, 0, 1, 1, 1, 1, 1]]), synthetic.context())
    assert row["central"] == 0
    (row,) = shortfall_rows(exports([[0, 0, 1, 1, 1, 1, 1]]), synthetic.context(headline_date=None))
    assert row["first"] == "2025-02"
    assert row["central"] == pytest.approx(59 / 89, rel=1e-5)


def test_more_than_usual_is_not_less_than_nothing() -> None:
    (row,) = shortfall_rows(exports([[1, 1, 1.2, 1.3, 1.2, 1.4, 1.5]]), synthetic.context())
    assert row["low90"] == row["high90"] == row["missing"] == 0


def test_a_route_without_a_flow_and_a_short_run_have_no_row() -> None:
    assert shortfall_rows(exports([[1] * 7], daily=0.0), synthetic.context()) == []
    whole = exports([[0.5] * 7])
    short = MonthlyExports(MONTHS[:4], {ROUTE: whole.tonnes[ROUTE][:4]}, whole.base)
    assert shortfall_rows(short, synthetic.context()) == []


def test_of_a_recording_the_world_misses_what_its_parts_miss_between_them(
    recording: Recording, context: RunContext
) -> None:
    rows = shortfall_rows(monthly_exports(recording, context), context)
    ours = {r["destination"]: r for r in rows if r["material"] == "RE_magnet"}
    assert set(synthetic.WEIGHTS) | {"WLD", "EU27"} == set(ours)
    parts = [float(str(ours[place]["central"])) for place in synthetic.WEIGHTS]
    assert min(parts) <= float(str(ours["WLD"]["central"])) <= max(parts)
    for row in ours.values():
        assert 0 <= row["low90"] <= row["central"] <= row["high90"] <= 1  # type: ignore[operator]
