"""Scenarios that differ in what is drawn alone share one chain; all others have their own."""

import pytest

from terbium.analysis import chain
from terbium.study import Study, open_study

END = {"horizon.end": "2025-06-29"}
MAY = {"first": "2025-05-01", "last": "2025-05-31"}


@pytest.fixture(scope="module")
def base() -> Study:
    return open_study("april-2025", overrides=END, draws=2)


@pytest.mark.parametrize(
    "changed",
    [
        {"licensing/weight/USA": 0.5},
        {"stock/days_of_cover/JPN/passenger_cars": "times 2"},
        {"responses.hoarding": False},
        {"seed": 9},
    ],
)
def test_what_is_drawn_leaves_the_chain_alone(base: Study, changed: dict[str, object]) -> None:
    other = open_study("april-2025", overrides={**END, **changed})
    assert other.compiled is base.compiled


@pytest.mark.parametrize(
    "changed",
    [
        {"horizon.end": "2025-07-06"},
        {"responses.anticipation": False},
        {"measures.exclude": ["US-RECIP-CN"]},
        {"measures.branch": "lapse"},
        {"line_size/tonnes": 400},
        {"headline.in_force": "2025-04-11"},
        {"recording.origins": ["CHN", "JPN"]},
        {"shocks": [{"node": "CHN/mine", "what": "capacity", **MAY}]},
    ],
)
def test_what_law_and_shocks_say_makes_another(base: Study, changed: dict[str, object]) -> None:
    assert open_study("april-2025", overrides={**END, **changed}).compiled is not base.compiled


def test_a_run_on_a_kept_chain_has_the_bytes_of_one_on_a_new_chain(base: Study) -> None:
    first = base.simulate().recording
    chain._compiled.cache_clear()
    other = open_study("april-2025", overrides=END, draws=2)
    assert other.compiled is not base.compiled
    again = other.simulate().recording
    assert first.export.tobytes() == again.export.tobytes()
    assert first.first_stop_days.tobytes() == again.first_stop_days.tobytes()
