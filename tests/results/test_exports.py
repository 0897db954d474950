from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from tests.results import synthetic

from terbium.base.calendar import Clock
from terbium.base.errors import TerbiumError
from terbium.engine.recording import Recording
from terbium.results.context import History, Observation, RunContext
from terbium.results.exports import by_month, export_rows, monthly_exports, whole_months


def test_only_whole_months_are_told() -> None:
    months, shares = whole_months(synthetic.clock())
    assert months[0] == "2025-01"
    assert months[-1] == "2026-08"
    days = (shares * 7).sum(axis=0)
    assert days[1] == pytest.approx(28)


def test_a_constant_daily_flow_fills_each_month_by_its_days() -> None:
    clock = Clock(date(2025, 1, 1), 7, 13)
    months, shares = whole_months(clock)
    tonnes = by_month(np.full((1, 13, 2), 7.0, dtype=np.float32), shares)
    assert months == ("2025-01", "2025-02", "2025-03")
    np.testing.assert_allclose(tonnes[0, :, 0], [31, 28, 31])


def test_group_and_world_are_sums_per_draw(recording: Recording, context: RunContext) -> None:
    exports = monthly_exports(recording, context)
    whole = exports.tonnes["RE_magnet", "CHN", "WLD"]
    parts = [
        exports.tonnes[material, "CHN", place]
        for material in synthetic.MAGNETS
        for place in synthetic.WEIGHTS
    ]
    np.testing.assert_allclose(whole, np.sum(parts, axis=0))
    union = [exports.tonnes["RE_magnet", "CHN", place] for place in synthetic.EU]
    np.testing.assert_allclose(exports.tonnes["RE_magnet", "CHN", "EU27"], np.sum(union, axis=0))


def test_a_group_with_an_unrecorded_member_is_left_out(
    recording: Recording, context: RunContext
) -> None:
    exports = monthly_exports(recording, context)
    assert not any(material == "NdPr_oxide" for material, _, _ in exports.tonnes)


def test_rows_carry_the_record_and_ordered_intervals(
    recording: Recording, context: RunContext
) -> None:
    rows = export_rows(monthly_exports(recording, context), History(context.observations))
    world = [r for r in rows if (r["material"], r["destination"]) == ("RE_magnet", "WLD")]
    assert [r["observed"] for r in world[:12]] == list(synthetic.RECORDED["WLD"])
    assert world[12]["observed"] is None
    for row in world:
        assert row["low90"] <= row["low50"] <= row["central"] <= row["high50"] <= row["high90"]  # type: ignore[operator]


def test_a_domestic_flow_is_no_export(
    changed: Callable[..., Recording], context: RunContext, recording: Recording
) -> None:
    first, *rest = recording.export_keys
    home = changed(export_keys=((first[0], "CHN", "CHN"), *rest))
    exports = monthly_exports(home, context)
    abroad = [
        v for (m, _, d), v in exports.tonnes.items() if m == first[0] and d in synthetic.WEIGHTS
    ]
    np.testing.assert_allclose(exports.tonnes[first[0], "CHN", "WLD"], np.sum(abroad, axis=0))


def test_history_finds_the_base_mean_and_says_from_what(context: RunContext) -> None:
    history = History(context.observations)
    world = history.base_mean(("RE_magnet", "CHN", "WLD"), 2024)
    assert world is not None
    assert world.value == pytest.approx(58148 / 12)
    assert world.basis == "annual total 2024"
    japan = history.base_mean(("RE_magnet", "CHN", "JPN"), 2024)
    assert japan is not None
    assert japan.basis == "4 recorded months of 2024"
    assert history.base_mean(("RE_magnet", "CHN", "FRA"), 2024) is None


def test_months_and_spans_make_up_a_year() -> None:
    rows = [("2024-01..2024-03", 30.0), *((f"2024-{m:02d}", 10.0) for m in range(4, 13))]
    history = History(tuple(Observation("m", "A", "B", p, v, "kt", "c") for p, v in rows))
    base = history.base_mean(("m", "A", "B"), 2024)
    assert base is not None
    assert base.value == pytest.approx(10000)
    assert base.basis == "all months of 2024"


def test_an_array_that_breaks_its_labels_is_refused(changed: Callable[..., Recording]) -> None:
    with pytest.raises(TerbiumError, match=r"recording: export has shape .*; link_base has shape"):
        changed(export=np.zeros((1, 2, 3), np.float32), link_base=np.zeros(1))
