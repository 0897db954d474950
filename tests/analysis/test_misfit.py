"""Only rows that may teach are used, and a month can be left out."""

from terbium.analysis.misfit import usable
from terbium.analysis.targets import read_targets
from terbium.base.calendar import parse_period


def test_rows_for_validation_are_never_used() -> None:
    rows = usable(read_targets(), "april-2025")
    assert len(rows) > 20
    assert {row.use for row in rows} == {"calibrate"}
    assert {row.role for row in rows} == {"output"}


def test_a_month_can_be_left_out() -> None:
    every = usable(read_targets(), "april-2025")
    fewer = usable(read_targets(), "april-2025", parse_period("2025-06"))
    gone = {row.id for row in every} - {row.id for row in fewer}
    assert gone
    for row in every:
        assert ("2025-06" in str(row.key)) == (row.id in gone), str(row.key)
