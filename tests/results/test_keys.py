"""Keys on a trajectory whose every figure can be worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from tests.results.keys_world import ACCESS, REGIONS, world

from terbium.policy.register import load_register
from terbium.results.keys import (
    NoAnswer,
    SteadyFlows,
    Trajectory,
    answer,
    base_mean,
    last_day,
    origins_of,
    read_key,
)

INF = float("inf")
TO_USA = "export/RE_magnet/CHN>USA"
APRIL = 45 + 405 * ACCESS


@pytest.fixture(scope="module")
def daily() -> Trajectory:
    return world()


def values(key: str, trajectory: Trajectory) -> np.ndarray:
    return answer(read_key(key), trajectory).values


def refusal(key: str, trajectory: Trajectory) -> tuple[str, str]:
    with pytest.raises(NoAnswer) as caught:
        answer(read_key(key), trajectory)
    return caught.value.status, caught.value.reason


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (f"{TO_USA}/2025-03", 465),
        (f"{TO_USA}/2025-04", APRIL),
        (f"{TO_USA}/2025-05", 465 * ACCESS),
        (f"{TO_USA}/2025-05/sum", 465 * ACCESS),
        (f"{TO_USA}/2025-Q2/mean", (APRIL + 915 * ACCESS) / 3),
        (f"{TO_USA}/2025-Q2/max", [15, 15, 15]),
        (f"{TO_USA}/2025-05/max", 15 * ACCESS),
        (f"{TO_USA}/2025-05/mom", 465 * ACCESS / APRIL - 1),
        (f"{TO_USA}/2025-12/yoy", 465 / 620 - 1),
        (f"{TO_USA}/2025-05/ratio:2025-Q1", ACCESS),
        (f"{TO_USA}/2025-05/change:2025-03", ACCESS - 1),
        (f"{TO_USA}/2025-05/ratio:base", 1.5 * ACCESS),
        (f"{TO_USA}/2025-05/mean/ratio:2025-Q1", 465 * ACCESS / (1350 / 3)),
        (f"{TO_USA}/2025-03/share_of:CHN>WLD", 15 / 35),
        (f"{TO_USA}/2025-03/share_of:A_magnet", 1.5),
        ("export/A_magnet/CHN>USA/2025-03/gap:export,B_magnet", 2),
        ("export/A_magnet/CHN>USA/2025-03/gap:export@CHN>DEU", 0.5),
        ("export/A_magnet/CHN>USA/2025-03/gap:export,X_products@CHN>DEU", 10),
        (f"{TO_USA}/2025-05/is_above:200", [0, 1, 1]),
        (f"{TO_USA}/2025-05/change:2025-03/is_above:0", 0),
        ("export/A_magnet+B_magnet/CHN>USA+DEU/2025-03", 35 * 31),
        ("export/RE_magnet+A_magnet/CHN>USA/2025-03", 465),
        ("export/RE_magnet/CHN>XCH/2025-03", 35 * 31),
        ("export/RE_magnet/CHN>EU27/2025-03", 20 * 31),
        ("export/RE_magnet/CHN>XRW/2025-03", 0),
        (f"{TO_USA}/h1m", 15 * 30 * ACCESS),
        (f"{TO_USA}/h10d", 150 * ACCESS),
    ],
)
def test_exports_of_the_run(key: str, expected: object, daily: Trajectory) -> None:
    assert values(key, daily) == pytest.approx(np.broadcast_to(expected, 3), rel=1e-6)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (f"{TO_USA}/2024", 3660),
        (f"{TO_USA}/base", 3660),
        (f"{TO_USA}/2024-12", 620),
        # what the year holds beyond December, shared out over its other days
        (f"{TO_USA}/2024-11", (3660 - 620) / 335 * 30),
        (f"{TO_USA}/2024-12..2025-01", 620 + 465),
        # never on record: the base flow answers
        ("export/A_magnet/CHN>USA/2024", 3660),
        ("export/A_magnet/CHN>USA/2024-02", 290),
        ("export/RE_magnet/CHN>XCH/2024", 10980),
    ],
)
def test_the_record_answers_before_the_run(key: str, expected: float, daily: Trajectory) -> None:
    found = values(key, daily)
    assert found == pytest.approx(np.full(3, expected))


def test_recoup_leaves_out_draws_without_a_shortfall(daily: Trajectory) -> None:
    found = answer(read_key(f"{TO_USA}/2024/recoup:2025-04..2025-06@2025-08"), daily)
    shortfall = 3 * 305 - (APRIL + 915 * ACCESS)
    assert found.values == pytest.approx((2 * 465 - 2 * 305) / shortfall[:2])
    assert found.note == "33.3% of the draws have no value and are left out"


def test_steps_that_straddle_a_boundary_are_shared_out_by_days(daily: Trajectory) -> None:
    weekly = world(step_days=7)
    for key in (f"{TO_USA}/2025-01", f"{TO_USA}/2025-05", f"{TO_USA}/2025-04", f"{TO_USA}/2025-03"):
        assert values(key, weekly) == pytest.approx(values(key, daily))
    assert values(f"{TO_USA}/2025-05/max", weekly) == pytest.approx(105 * ACCESS)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("stock.days_of_cover/A_magnet@cars/USA/2025-05", 40),
        ("stock.days_of_cover/A_magnet/USA/2025-05-05", 40),
        ("stock.days_of_cover/A_magnet/USA+DEU/2025", 20),
        ("stock.days_of_cover/A_magnet/USA+DEU/2025-05/gap:stock.days_of_cover@USA", 0.5),
        ("stock.days_of_cover/A_magnet/USA+DEU/2025-05/ratio:2025-01", 1),
        ("queue.filings/RE_magnet/CHN>USA/2025-04-13", [80, 40, 20]),
        ("queue.granted_share/RE_magnet/CHN>USA/2025-04", ACCESS),
        ("queue.granted_share/A_magnet/CHN>WLD/2025-04", ACCESS),
        ("stop.first_days/cars/USA/2025-04-04..2025-12-31", [58, INF, INF]),
        ("stop.first_days/cars/USA+DEU/2025-04-04..2025-12-31", [20, 30, INF]),
        ("stop.first_days/all_industries/WLD/2025-04-04..2025-12-31", [20, 30, INF]),
        ("stop.first_days/cars/DEU/2025-04-14..2025-12-31", [10, 20, INF]),
        ("stop.first_days/cars/DEU/2025-04", INF),
        ("stop.first_days/cars/DEU/2025-04-04..2025-04-30", [20, INF, INF]),
        ("stop.first_days/cars/DEU/2025-04-04..2025-12-31/is_above:25", [0, 1, 1]),
        ("stop.length_days/cars/DEU/2025-04-04..2025-12-31", [7, 14, INF]),
        ("recovery.days/cars/USA/2025-04-04..2025-12-31", [88, 0, 0]),
        ("recovery.days/cars/USA/2025-04-04..2025-06-15", [INF, 0, 0]),
        ("output_loss.share/cars/USA/2025-06", [0.5, 0, 0]),
        ("output_loss.share/cars/USA+DEU/2025-06", [0.5 * 15 / 35, 0, 0]),
        ("dependence.tonnage/X_products/CHN>DEU/2024", 366 / 466),
        ("dependence.value/X_products/CHN>DEU/2024-Q1", 630 / 730),
        ("dependence.contained/X_products/CHN>DEU/2024", 306 / 386),
        ("production/X_oxide/CHN/2024-H1", 732 * 182 / 366),
        ("use/X_products/DEU/2024", 466),
        ("import/X_products/CHN>DEU/2024", 366),
        ("import/X_products/WLD>DEU/2024/change:2024-Q1", 0),
    ],
)
def test_other_quantities(key: str, expected: object, daily: Trajectory) -> None:
    if key == "stop.first_days/cars/DEU/2025-04":
        # the period opens before the measure: 3 days more
        expected = [23, INF, INF]
    assert values(key, daily) == pytest.approx(np.broadcast_to(np.array(expected, float), 3))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("weather/RE_magnet/USA/2025", "no quantity of the grammar"),
        ("export/Z_magnet/CHN>USA/2025", "no material or group"),
        ("export/cars/CHN>USA/2025", "is an industry"),
        ("export/RE_magnet/CHN>FRA/2025", "finer than the regions"),
        ("export/RE_magnet/CHN>QQQ/2025", "is no region"),
        ("export/RE_magnet/CHN/2025", "needs a way between places"),
        ("use/X_products/CHN>DEU/2024", "belongs to one place"),
        ("export/X_oxide/CHN>DEU/2025", "only together with X_metal"),
        ("import/X_products/CHN>DEU/2025", "no transit is known from CHN to DEU"),
        ("stop.first_days/ships/USA/2025", "no industry of this run"),
        ("stop.first_days/economy/USA/2025", "not modelled yet"),
        ("stop.first_days/lamps/USA/2025", "the run has no lamps"),
        ("stop.first_days/cars/DEU/2025-05-01..2025-12-31", "later stops are not recorded"),
        ("output_loss.share/all_industries/DEU/2025", "no value added"),
        ("price.fob/X_oxide/CHN/2025/share_above:5", "prices are not modelled"),
        ("stop.first_days/cars/USA/2025/stuck:9", "not counted in filings"),
        ("queue.granted_share/RE_magnet/CHN>USA/2025-06/share_above:9", "tonne by tonne"),
        ("queue.filings/RE_magnet/USA>DEU/2025-06", "no licences are asked for"),
        ("queue.filings/X_products/CHN>USA/2025-06", "no filings are recorded"),
        ("stock.days_of_cover/X_oxide@cars/USA/2025", "nobody in USA"),
        ("stockpile.days_of_cover/X_oxide/USA/2025", "stockpile/X_oxide/USA"),
        ("measure.suspended/RE_magnet/CHN>USA/2025", "no register"),
        ("quota/RE_magnet/CHN>USA/2025", "no register"),
        ("export/RE_magnet/CHN>USA/2025/gap:leakage.ratio", "smuggling"),
        ("export/RE_magnet/CHN>USA/2025/share_above:3", "tonne by tonne"),
    ],
)
def test_what_is_not_modelled_says_why(key: str, words: str, daily: Trajectory) -> None:
    status, reason = refusal(key, daily)
    assert status == "not_modelled"
    assert words in reason


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (f"{TO_USA}/2023", "no record"),
        (f"{TO_USA}/2026-01", "not inside the run"),
        (f"{TO_USA}/h12m", "not inside the run"),
        ("export/RE_magnet/CHN>XRW/2025-05/change:2025-03", "nothing to divide by"),
        (f"{TO_USA}/2024/recoup:2025-07..2025-08@2025-09", "no shortfall"),
        (f"{TO_USA}/2025-01-05..2025-01-20/mean", "no calendar month"),
        ("queue.filings/RE_magnet/CHN>USA/2025-03", "before 2025-04-04"),
        ("import/X_products/CHN>DEU/2019", "not inside the run"),
        ("stop.first_days/cars/USA/2024", "not inside the run"),
    ],
)
def test_what_is_not_covered_says_why(key: str, words: str, daily: Trajectory) -> None:
    status, reason = refusal(key, daily)
    assert status == "not_covered"
    assert words in reason


def test_without_a_headline_measure_nothing_counts_from_it(daily: Trajectory) -> None:
    calm = replace(daily, context=replace(daily.context, headline_date=None))
    for key in (f"{TO_USA}/h3m", "queue.filings/RE_magnet/CHN>USA/2025-06"):
        assert refusal(key, calm) == (
            "not_covered",
            "no headline measure takes force in this scenario",
        )


def test_facts_come_from_the_register(daily: Trajectory) -> None:
    substances = {**daily.substances}
    substances["A_magnet"] = replace(substances["A_magnet"], content={"Nd": 0.2, "Dy": 0.02})
    substances["X_oxide"] = replace(substances["X_oxide"], content={"Ho": 0.8})
    lawful = replace(daily, register=load_register(), substances=substances)
    statutory = "licence.statutory_days/A_magnet/CHN>USA"
    assert values(f"{statutory}/2025-05", lawful) == pytest.approx([45, 45, 45])
    assert refusal(f"{statutory}/2025-03", lawful)[0] == "not_modelled"
    assert refusal("licence.statutory_days/B_magnet/USA>DEU/2025-05", lawful)[0] == "not_modelled"
    # holmium came under licence in November 2025 and is suspended since; dysprosium is not, and
    # the duties of the place that imports are no measure on exports
    assert values("measure.suspended/A_magnet/CHN>USA/2025-12", lawful) == pytest.approx([0, 0, 0])
    suspended = "measure.suspended/X_oxide/CHN>DEU"
    assert values(f"{suspended}/2025-05", lawful) == pytest.approx([0, 0, 0])
    assert values(f"{suspended}/2025-12", lawful) == pytest.approx([1, 1, 1])
    assert refusal("quota/A_magnet/CHN>USA/2025", lawful)[0] == "not_modelled"


def test_the_mean_over_the_base_is_as_long_as_the_period(daily: Trajectory) -> None:
    assert base_mean(read_key(f"{TO_USA}/2025-05"), daily) == pytest.approx(310)
    assert base_mean(read_key(f"{TO_USA}/2025-Q2/mean"), daily) == pytest.approx(910 / 3)
    assert base_mean(read_key(f"{TO_USA}/2025-05/yoy"), daily) is None
    assert base_mean(read_key("export/RE_magnet/CHN>XRW/2025-05"), daily) is None


@pytest.mark.parametrize(
    ("name", "april", "june"),
    [
        ("persistence", 465, 465),
        ("base_mean", 305, 305),
        ("analogue", 305 * 0.25, 305 * (0.25 + 0.75 * 0.03)),
    ],
)
def test_baselines_know_the_record_up_to_the_headline_month(
    name: str, april: float, june: float, daily: Trajectory
) -> None:
    baseline = SteadyFlows(daily, name)

    def says(key: str) -> np.ndarray:
        return answer(read_key(key), daily, baseline).values

    # 100 t on record for May are not looked at
    assert says(f"{TO_USA}/2025-04") == pytest.approx(np.full(3, april))
    assert says(f"{TO_USA}/2025-06") == pytest.approx(np.full(3, june))
    assert says(f"{TO_USA}/2025-04/change:2025-03") == pytest.approx(
        np.full(3, april / 30 / 15 - 1)
    )
    with pytest.raises(NoAnswer):
        says("queue.filings/RE_magnet/CHN>USA/2025-06")


def test_a_baseline_of_something_controlled_whole_falls_whole(daily: Trajectory) -> None:
    key = read_key("export/A_magnet/CHN>USA/2025-04")
    assert answer(key, daily, SteadyFlows(daily, "analogue")).values == pytest.approx([0, 0, 0])


def test_a_run_at_rest_is_answered_by_base_flows(daily: Trajectory) -> None:
    recording = daily.recording
    still = np.repeat(recording.export_base[:, np.newaxis], recording.clock.steps, axis=1)
    calm = replace(
        daily,
        recording=replace(
            recording, export=still, output_share=np.ones_like(recording.output_share)
        ),
    )
    assert not daily.is_at_rest
    assert values("import/X_products/CHN>DEU/2025", calm) == pytest.approx(np.full(3, 365.0))
    assert values("production/X_oxide/CHN/2025", calm) == pytest.approx(np.full(3, 730.0))


def test_the_last_day_that_a_figure_looks_at(daily: Trajectory) -> None:
    for key, day in (
        (f"{TO_USA}/2025-05", "2025-05-31"),
        (f"{TO_USA}/2024/recoup:2025-04..2025-06@2025-12", "2025-12-31"),
        (f"{TO_USA}/h3m", "2025-07-03"),
    ):
        assert last_day(read_key(key), daily).isoformat() == day


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("export/A_magnet/CHN>USA/2025",), {"CHN"}),
        (
            ("export/A_magnet/CHN>USA/2025", "import/A_magnet/USA+DEU>CHN/2025"),
            set(REGIONS) - {"XRW"},
        ),
        (("export/A_magnet/XCH>USA/2025",), set(REGIONS)),
        (("export/A_magnet/CHN>USA/2025/share_of:WLD>USA",), set(REGIONS)),
        (("dependence.tonnage/A_magnet/CHN>USA/2025",), set(REGIONS)),
        (("use/A_magnet/WLD/2025", "stop.first_days/cars/WLD/2025"), set()),
        (("recovery.days/passenger_cars/USA/2025",), set()),
        (("recovery.days/A_magnet/USA/2025",), set(REGIONS)),
    ],
)
def test_origins_that_keys_ask_for(keys: tuple[str, ...], expected: set[str]) -> None:
    assert origins_of([read_key(key) for key in keys], REGIONS) == expected
