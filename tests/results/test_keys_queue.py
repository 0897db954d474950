"""Ages of filings, arrivals and use: answered by hand on a small trajectory, and law-like."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.results.keys_world import DAYS, DRAWS, HEADLINE, START, with_recording, world

from terbium.engine.recording import QUEUE_FLOWS
from terbium.results.keys import NoAnswer, Trajectory, answer, read_key

FIRST = (HEADLINE - START).days
WAY = "CHN>USA"


def values(key: str, trajectory: Trajectory) -> np.ndarray:
    return answer(read_key(key), trajectory).values


def queued(trajectory: Trajectory, **flows: np.ndarray) -> Trajectory:
    """The one queue of the trajectory with flows (step,) of its own; the others are nil."""
    steps = trajectory.recording.clock.steps
    arrays = {
        f"queue_{name}": np.repeat(flows.get(name, np.zeros(steps))[None, :, None], DRAWS, axis=2)
        for name in (*QUEUE_FLOWS, "waiting")
    }
    return with_recording(trajectory, **{n: a.astype(np.float32) for n, a in arrays.items()})


def on(*days: tuple[int, float]) -> np.ndarray:
    """Tonnes on days counted from the headline day."""
    flow = np.zeros(DAYS)
    for day, tonnes in days:
        flow[FIRST + day] = tonnes
    return flow


@pytest.fixture(scope="module")
def single() -> Trajectory:
    """Ten tonnes filed at once; four granted after 20 days, three after 50, one refused then."""
    flows = {"filed": on((0, 10)), "granted": on((20, 4), (50, 3)), "refused": on((50, 1))}
    return queued(world(), **flows)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        # granted in the period by age, and two still pending at its end
        (f"queue.days/RE_magnet/{WAY}/2025-04-04..2025-06-30", (4 * 20 + 3 * 50 + 2 * 87.5) / 9),
        (f"queue.days/RE_magnet/{WAY}/2025-05", (3 * 50 + 2 * 57.5) / 5),
        (f"queue.days/RE_magnet/{WAY}/2025-04-04..2025-06-30/share_above:45", 5 / 9),
        (f"queue.days/RE_magnet/{WAY}/2025-04-04..2025-06-30/share_above:60", 2 / 9),
        # still ungranted after 30 days: six, of which three are granted by the end of June
        (f"queue.granted_share/RE_magnet/{WAY}/2025-06/stuck:30", 3 / 6),
        (f"queue.granted_share/RE_magnet/{WAY}/2025-04-30/stuck:10", 4 / 10),
        (f"queue.granted_share/RE_magnet/{WAY}/2025-06/stuck:60", 0),
        (f"queue.filings/RE_magnet/{WAY}/2025-06/stuck:30", np.array([6, 3, 1.5])),
        (f"queue.filings/RE_magnet/{WAY}/2025-06/stuck:60", np.array([3, 1.5, 0.75])),
        (f"queue.days/RE_magnet/{WAY}/2025-06/stuck:30", (3 * 50 + 2 * 87.5) / 5),
    ],
)
def test_ages_of_one_filing(key: str, expected: object, single: Trajectory) -> None:
    assert values(key, single) == pytest.approx(np.broadcast_to(np.array(expected, float), DRAWS))


def test_filings_that_wait_have_the_same_chance() -> None:
    # filed on day 0 and 10, half of all granted on day 20: ages 20 and 10 in equal parts
    trajectory = queued(world(), filed=on((0, 6), (10, 6)), granted=on((20, 6)))
    key = f"queue.days/RE_magnet/{WAY}/2025-04-04..2025-04-24"
    assert values(key, trajectory) == pytest.approx((3 * 20 + 3 * 10 + 3 * 20.5 + 3 * 10.5) / 12)


def test_nothing_filed_so_long_ago_is_no_answer(single: Trajectory) -> None:
    key = read_key(f"queue.granted_share/RE_magnet/{WAY}/2025-04-30/stuck:60")
    with pytest.raises(NoAnswer) as refused:
        answer(key, single)
    assert refused.value.status == "not_covered"


def test_what_needs_no_licence_is_not_late() -> None:
    # eight tonnes filed, four shipped after 60 days; the rest of the exports left at once
    trajectory = queued(world(), filed=on((0, 8)), granted=on((60, 8)), shipped=on((60, 4)))
    key = f"delivery.delay_days/RE_magnet/{WAY}/2025-06"
    exports = values(f"export/RE_magnet/{WAY}/2025-06", trajectory)
    expected = (4 * 60 + 4 * 87.5) / (exports - 4 + 8)
    assert values(key, trajectory) == pytest.approx(expected)
    assert values(f"{key}/share_above:61", trajectory) == pytest.approx(4 / (exports + 4))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(0, 5), min_size=90, max_size=90),
    st.lists(st.floats(0, 1), min_size=90, max_size=90),
)
def test_books_of_the_ages_close(filed: list[float], chance: list[float]) -> None:
    pool, granted = 0.0, np.zeros(90)
    for day, tonnes in enumerate(filed):
        pool += tonnes
        granted[day] = chance[day] * pool
        pool -= granted[day]
    flows = {"filed": on(*enumerate(filed)), "granted": on(*enumerate(granted))}
    trajectory = queued(world(), **flows)
    if sum(filed) < 0.1:
        return
    share = f"queue.days/RE_magnet/{WAY}/2025-04-04..2025-07-02/share_above"
    by_age = [float(values(f"{share}:{days}", trajectory)[0]) for days in (0, 10, 30, 60, 200)]
    assert by_age[0] == pytest.approx(1)
    assert by_age[-1] == 0
    assert all(a >= b - 1e-12 for a, b in zip(by_age, by_age[1:], strict=False))
    plain = values(f"queue.granted_share/RE_magnet/{WAY}/2025-07-02", trajectory)
    at_once = values(f"queue.granted_share/RE_magnet/{WAY}/2025-07-02/stuck:0", trajectory)
    # half of what is granted in the step of its filing counts as granted within no time
    assert (at_once <= plain + 1e-6).all()


def test_weekly_steps_say_what_daily_ones_say() -> None:
    found = []
    for step_days in (1, 7):
        trajectory = world(step_days)
        steps = trajectory.recording.clock.steps
        first = FIRST // step_days
        filed, granted = np.zeros(steps), np.zeros(steps)
        pool = 0.0
        for step in range(first, steps):
            filed[step] = 8.0 * step_days
            pool += filed[step]
            granted[step] = pool * (1 - 0.97**step_days)
            pool -= granted[step]
        queue = queued(trajectory, filed=filed, granted=granted)
        found.append(
            [
                float(values(f"queue.days/RE_magnet/{WAY}/2025-08", queue)[0]),
                float(values(f"queue.days/RE_magnet/{WAY}/2025-08/share_above:45", queue)[0]),
                float(values(f"queue.granted_share/RE_magnet/{WAY}/2025-08/stuck:45", queue)[0]),
            ]
        )
    assert found[1] == pytest.approx(found[0], rel=0.12, abs=0.02)


def test_arrivals_are_exports_moved_by_their_transit() -> None:
    lags = np.array([10.0, 20.5, 30.0])
    trajectory = replace(
        world(), ways={("CHN", "USA"): "transit/x"}, values={"transit/x": lags}
    )  # fmt: skip
    sent = trajectory.recording.export[0].astype(np.float64)
    april = slice((date(2025, 4, 1) - START).days, (date(2025, 5, 1) - START).days)
    expected = []
    for draw, lag in enumerate(lags):
        whole, part = int(lag), lag % 1
        flow = np.concatenate([np.full(40, 10.0), sent[:, draw]])
        moved = [
            (1 - part) * flow[40 + day - whole] + part * flow[40 + day - whole - 1]
            for day in range(DAYS)
        ]
        expected.append(sum(moved[april]))
    assert values(f"import/A_magnet/{WAY}/2025-04", trajectory) == pytest.approx(expected)
    january = values(f"import/A_magnet/{WAY}/2025-01", trajectory)
    assert january == pytest.approx([310.0] * DRAWS)


def test_what_industries_take_in_follows_their_output() -> None:
    june = values("use/A_magnet/USA/2025-06", world())
    assert june == pytest.approx([150.0, 300.0, 300.0])
    assert values("use/A_magnet/USA/2025-06/change:2024", world())[0] == pytest.approx(-0.5)


def test_what_is_made_is_read_off_the_run() -> None:
    trajectory = world()
    assert values("production/A_magnet/CHN/2025-06", trajectory) == pytest.approx([240.0] * DRAWS)
    change = values("production/RE_magnet/CHN/2025-06/change:2025-05", trajectory)
    assert change == pytest.approx([12 / 14 - 1] * DRAWS)
    with pytest.raises(NoAnswer, match="output of X_oxide is not recorded"):
        answer(read_key("production/X_oxide/CHN/2025-06"), trajectory)


def test_stops_are_counted_where_the_number_of_lines_is_known() -> None:
    trajectory = replace(world(), values={"lines/USA/cars": np.array([4.0, 8.0, 12.0])})
    assert values("stop.count/cars/USA/2025-06", trajectory) == pytest.approx([3.0, 0.0, 0.0])
    assert values("stop.count/cars/USA/2025-07", trajectory) == pytest.approx([0.0] * DRAWS)
    with pytest.raises(NoAnswer, match="how many lines there are: DEU/cars"):
        answer(read_key("stop.count/cars/USA+DEU/2025-06"), trajectory)


def test_supply_recovers_when_what_was_sent_again_has_arrived() -> None:
    ways = {(a, "DEU"): "transit/x" for a in ("CHN", "USA", "XRW")}
    trajectory = replace(world(), ways=ways, values={"transit/x": np.full(DRAWS, 10.0)})
    trajectory = with_recording(
        trajectory, link_keys=tuple(k for k in trajectory.recording.link_keys if "CHN" in k[1])
    )
    key = "recovery.days/A_magnet/DEU/2025-04-04..2025-12-31"
    # held from 4 April to 30 June; the first full day arrives on 11 July
    assert values(key, trajectory) == pytest.approx([98.0, 98.0, 0.0])
