"""Runs that differ in one thing, in several, in nothing: what is told, and what is ascribed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.commands import call
from tests.results import synthetic

from terbium.analysis.compare import Comparison, Resampler, compare
from terbium.analysis.differences import KINDS
from terbium.engine.recording import Recording
from terbium.results.context import Row
from terbium.results.store import Beside, RunFolder, save_run

MEASURES = {"CN-REE-2025-18": "aa", "US-RECIP-CN": "bb"}
PLACES = {"USA": 7444, "DEU": 10500, "JPN": 2300}
ESTIMATES = {"licensing/weight/USA": (0.1, 0.3, 0.6), "stock/cohort_spread": (1.3, 1.8, 2.4)}
MIX = {"path": "blocks.no-duties", "value": "no-duties", "origin": "mix no-duties"}
SET = {"path": "set.licensing/weight/USA", "value": 1.0, "origin": "--set"}

Make = Callable[..., RunFolder]


def applied(**changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": "april-2025",
        "dataset": "ree-2024",
        "measures": {"include": list(MEASURES), "exclude": [], "branch": "hold"},
        "responses": {"hoarding": True},
        "horizon": {"end": "2026-09-20"},
        "shocks": [],
        "set": {},
        "overlay_hash": "",
        "seed": 7,
        "draws": 12,
    }
    return content | changes


def estimates(**fixed: float) -> tuple[Row, ...]:
    rows: list[Row] = []
    for name, (low, central, high) in ESTIMATES.items():
        ends = (fixed[name],) * 3 if name in fixed else (low, central, high)
        shape = {"unit": "1", "grade": "D", "shape": "lognormal"}
        rows.append(
            {"name": name, **shape, **dict(zip(("low", "central", "high"), ends, strict=True))}
        )
    return tuple(rows)


def lessened(recording: Recording, place: str, by: float) -> Recording:
    export = recording.export.copy()
    for i, (_, _, destination) in enumerate(recording.export_keys):
        if destination == place:
            export[i, 20:] *= 1 - by
    return replace(recording, export=export)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A saved run; what is not named is as in every other."""
    numbers = iter(range(99))

    def made(
        recording: Recording | None = None,
        scenario: dict[str, Any] | None = None,
        manifest: dict[str, Any] | None = None,
        parameters: tuple[Row, ...] | None = None,
        **context: Any,
    ) -> RunFolder:
        scenario = scenario or applied()
        fields = {"overrides": (), "applied": scenario, "seed": scenario["seed"]} | context
        prints = {"code_hash": "c0" * 32, "register_hash": "d0" * 32, "measures": MEASURES}
        groups = {"RE_magnet": list(synthetic.MAGNETS)}
        beside = Beside({"groups": groups}, prints | (manifest or {}), parameters or estimates())
        place = tmp_path_factory.mktemp("runs") / f"run-{next(numbers)}"
        recording = recording or synthetic.recording(12, 1, PLACES, ("Dy",))
        return save_run(place, recording, synthetic.context(**fields), {}, beside=beside)

    return made


@pytest.fixture(scope="module")
def reference(make: Make) -> RunFolder:
    return make()


def told(found: Comparison) -> set[tuple[str, str]]:
    return {(one.kind, one.what) for one in found.differences}


def test_equal_runs_have_nothing_to_tell(make: Make, reference: RunFolder) -> None:
    found = compare(reference, make())
    assert not found.differences
    assert (found.exports, found.totals, found.stops) == ((), (), ())
    assert found.paired
    assert "Nothing parts these runs" in found.attribution
    assert list(found.lines) == list(KINDS)
    assert all("the same" in line for line in found.lines.values())


def test_a_mix_that_drops_a_measure_is_law(make: Make, reference: RunFolder) -> None:
    base = synthetic.recording(12, 1, PLACES, ("Dy",))
    scenario = applied(
        measures={"include": ["CN-REE-2025-18"], "exclude": ["US-RECIP-CN"], "branch": "hold"}
    )
    other = make(
        lessened(base, "USA", 0.5),
        scenario,
        {"measures": {"CN-REE-2025-18": "aa"}},
        overrides=(MIX,),
        mixes=("no-duties",),
    )
    found = compare(reference, other)
    assert [d.to_dict() for d in found.differences] == [
        {
            "kind": "law", "what": "US-RECIP-CN", "before": "played", "after": "left out",
            "cause": "mix no-duties",
        }
    ]  # fmt: skip
    assert "One change parts these runs (mix no-duties)" in found.attribution
    assert "cannot ascribe" not in found.attribution
    totals = {row["destination"]: row for row in found.totals if row["material"] == "RE_magnet"}
    assert totals.keys() == {"USA", "WLD"}
    usa = totals["USA"]
    assert usa["exceeds"] is True
    before, after, step = (float(str(usa[n])) for n in ("before", "after", "difference"))
    assert step == pytest.approx(after - before, rel=1e-5)
    assert float(str(usa["error_low"])) <= step <= float(str(usa["error_high"])) < 0
    months = [row["month"] for row in found.exports if row["destination"] == "USA"]
    # the cut begins in the step of 19 May
    assert min(map(str, months)) == "2025-05"


def test_several_changes_cannot_be_told_apart(make: Make, reference: RunFolder) -> None:
    scenario = applied(set={"licensing/weight/USA": 1.0}, responses={"hoarding": False})
    option = {"path": "responses.hoarding", "value": False, "origin": "--set"}
    fixed = estimates(**{"licensing/weight/USA": 1.0})
    other = make(None, scenario, parameters=fixed, overrides=(SET, option))
    found = compare(reference, other)
    assert told(found) == {
        ("parameters", "licensing/weight/USA"), ("responses", "responses.hoarding"),
    }  # fmt: skip
    one = found.differences[0]
    assert (one.before, one.after) == ("0.3 (0.1 to 0.6)", "1")
    assert one.cause == "--set licensing/weight/USA"
    assert found.attribution.startswith("2 changes part these runs at once")
    assert "cannot ascribe the effect to one of them" in found.attribution


def test_data_code_law_and_private_tables(make: Make, reference: RunFolder) -> None:
    revised = tuple(
        {**row, "central": 2.0} if row["name"] == "stock/cohort_spread" else row
        for row in estimates()
    )
    hashed = {
        "code_hash": "c1" * 32,
        "register_hash": "d1" * 32,
        "measures": {**MEASURES, "US-RECIP-CN": "b2"},
    }
    other = make(
        None, applied(overlay_hash="e" * 64), hashed, revised, dataset_hash="0f" * 32
    )  # fmt: skip
    found = compare(reference, other)
    assert told(found) == {
        ("law", "US-RECIP-CN"), ("law", "register hash"), ("code", "sources"),
        ("data", "dataset hash"), ("data", "stock/cohort_spread"), ("data", "private tables"),
    }  # fmt: skip
    private = next(d for d in found.differences if d.what == "private tables")
    assert (private.before, private.after) == ("none", "e" * 12)


def test_other_draws_are_not_paired_and_differ_by_the_error_of_drawing(
    make: Make, reference: RunFolder
) -> None:
    other = make(synthetic.recording(12, 2, PLACES, ("Dy",)), applied(seed=8), seed=8)
    found = compare(reference, other)
    assert not found.paired
    assert "seeds differ" in found.pairing
    assert "Only the draws differ" in found.attribution
    beyond = [row["exceeds"] for row in found.totals]
    assert sum(map(bool, beyond)) <= len(beyond) / 2


def test_stops_that_move_to_never(make: Make, reference: RunFolder) -> None:
    base = synthetic.recording(12, 1, PLACES, ("Dy",))
    days = base.first_stop_days.copy()
    at = int(np.argmax(np.isfinite(days).sum(axis=1)))
    days[at] = np.inf
    region, industry = base.industry_keys[at]
    found = compare(reference, make(replace(base, first_stop_days=days)))
    row = next(r for r in found.stops if (r["region"], r["industry"]) == (region, industry))
    assert row["after"] == np.inf
    assert row["exceeds"] is True
    assert row["share_after"] == 0


finite = st.floats(-1e3, 1e3)
samples = st.integers(4, 30).flatmap(
    lambda n: st.tuples(*(st.lists(finite, min_size=n, max_size=n) for _ in range(2)))
)


@given(samples)
def test_the_interval_holds_the_difference_and_turns_with_it(pair: tuple[list[float], ...]) -> None:
    before, after = (np.array(side) for side in pair)
    resampler = Resampler(before.size, after.size, paired=True)
    there, back = resampler.change(before, after), resampler.change(after, before)
    assert there.low <= there.difference <= there.high
    assert back.difference == pytest.approx(-there.difference)
    same = resampler.change(before, before)
    assert (same.difference, same.low, same.high, same.exceeds) == (0, 0, 0, False)


def test_pairs_see_what_independent_samples_cannot() -> None:
    before = np.random.default_rng(1).normal(100, 20, 200)
    after = before - 1
    paired = Resampler(200, 200, paired=True).change(before, after)
    apart = Resampler(200, 200, paired=False).change(before, after)
    assert paired.exceeds
    assert not apart.exceeds


def test_the_command(make: Make, reference: RunFolder, tmp_path: Path) -> None:
    base = synthetic.recording(12, 1, PLACES, ("Dy",))
    other = make(lessened(base, "USA", 0.5), overrides=(MIX,), mixes=("no-duties",))
    printed = call("compare", reference.path, other.path)
    assert printed.code == 0, printed.err
    assert "Beyond it" in printed.out
    answer = call("compare", reference.path, other.path, other.path, "--json")
    assert answer.code == 0
    assert answer.out.count('"attribution"') == 2
    wrong = call("compare", reference.path, tmp_path / "gone", tmp_path)
    assert wrong.code == 2
    assert "2 problem(s)" in wrong.err
    assert "no such folder" in wrong.err
    alone = call("compare", reference.path)
    assert alone.code == 2
    assert "two run folders or more" in alone.err


def test_a_folder_of_an_earlier_version_is_refused(make: Make, tmp_path: Path) -> None:
    base = synthetic.recording(12, 1, PLACES, ("Dy",))
    old = save_run(tmp_path / "old", base, synthetic.context(), {})
    answer = call("compare", old.path, make().path)
    assert answer.code == 2
    assert "an earlier Terbium wrote it" in answer.err
