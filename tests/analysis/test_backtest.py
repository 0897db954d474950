"""Rows held against the small trajectory; what a perturbation may not change, it does not."""

import csv
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from tests.results import synthetic
from tests.results.keys_world import ACCESS, world

from terbium.analysis.backtest import STATUSES, Judged, evaluate, statuses
from terbium.analysis.families import family_rows
from terbium.analysis.frozen import NOT_SO, OUT_OF_SAMPLE, Frozen, load_frozen
from terbium.analysis.targets import Target, read_targets, targets_from
from terbium.base.calendar import Clock, Period
from terbium.base.errors import CommandError
from terbium.base.files import tidy_json
from terbium.results.keys import Trajectory

COLUMNS = (
    *("id", "event", "value", "unit", "tolerance", "use"),
    *("role", "scenario", "key", "key_note"),
)
TO_USA = "export/RE_magnet/CHN>USA"


def row(id_: str, key: str, value: object, **changes: str) -> dict[str, str]:
    cells = {
        "id": id_, "event": "licences", "value": str(value), "unit": "t", "tolerance": "rel:0.2",
        "use": "validate", "role": "output", "scenario": "april-2025", "key": key, "key_note": "",
    }  # fmt: skip
    return {**cells, **changes}


ROWS = (
    row("may", f"{TO_USA}/2025-05", 240),
    row("june", f"{TO_USA}/2025-06", 500, use="calibrate"),
    row("july", f"{TO_USA}/2025-07", 465),
    row("august", f"{TO_USA}/2025-08", 400, event="truce"),
    row("germany", "export/A_magnet/CHN>DEU/2025-05", 0, tolerance="log:0.5"),
    row("year", f"{TO_USA}/2025-12/yoy", -0.2, unit="frac", tolerance="abs:0.1"),
    row("share", "queue.granted_share/RE_magnet/CHN>USA/2025-06", 45, unit="%", tolerance="abs:10"),
    row("stop", "stop.first_days/cars/DEU/2025-04-04..2025-12-31", 4, unit="weeks"),
    row("slim", f"{TO_USA}/2025-05/is_above:200", 1, unit="binary", tolerance="exact"),
    row(
        "wait",
        "queue.days/RE_magnet/CHN>USA/2025-06/share_above:30",
        0.6,
        unit="frac",
        tolerance="abs:0.2",
    ),
    row(
        "stuck",
        "queue.granted_share/RE_magnet/CHN>USA/2025-06/stuck:30",
        45,
        unit="%",
        tolerance="abs:10",
        use="calibrate",
    ),
    row("late", "delivery.delay_days/RE_magnet/CHN>USA/2025-06", 2, unit="weeks"),
    row("takes", "use/A_magnet/USA/2025-06", 280),
    row("base", f"{TO_USA}/2024", 3700, role="input"),
    row("model", f"{TO_USA}/2025-09", 450, role="external"),
    row("next", f"{TO_USA}/2025-10", "", role="prospective", tolerance="as family"),
    row("unknown", "export/Z_magnet/CHN>USA/2025", 5),
    row("early", f"{TO_USA}/2019", 5),
    row("prices", "price.fob/X_oxide/CHN/2025", 5, unit="CNY/kg"),
    row("elsewhere", f"{TO_USA}/2025-05", 5, scenario="not-there"),
    row("nowhere", f"{TO_USA}/2025-05", 5, scenario=""),
    row("keyless", "", 5, role="external", unit="year"),
)


def targets(rows: object = ROWS) -> tuple[Target, ...]:
    assert isinstance(rows, list | tuple)
    return targets_from([(i, cells) for i, cells in enumerate(rows, 2)], COLUMNS, "rows.csv")


def judge(rows: object = ROWS, trajectory: Trajectory | None = None) -> dict[str, Judged]:
    worlds = {"april-2025": world() if trajectory is None else trajectory}
    return {row.target.id: row for row in evaluate(targets(rows), worlds)}


@pytest.fixture(scope="module")
def judged() -> dict[str, Judged]:
    return judge()


def test_every_row_has_one_status(judged: Mapping[str, Judged]) -> None:
    rows = list(judged.values())
    assert len(rows) == len(ROWS)
    assert statuses(rows) == {"evaluated": 16, "not_modelled": 5, "not_covered": 1}
    for found in rows:
        assert found.reason or found.status == "evaluated"
        if found.status != "evaluated":
            assert (found.hit, found.score, found.figures) == (None, None, {})


def test_only_outputs_are_scored(judged: Mapping[str, Judged]) -> None:
    scored = {name for name, found in judged.items() if found.hit is not None}
    assert scored == {
        "may", "june", "july", "august", "germany", "year", "share", "stop", "slim",
        "wait", "stuck", "late", "takes",
    }  # fmt: skip
    assert judged["base"].score is None
    assert judged["model"].score is None
    assert judged["next"].reason == "pending"
    assert judged["next"].figures["model"] == pytest.approx(465)


def test_figures_are_in_the_unit_of_the_row(judged: Mapping[str, Judged]) -> None:
    may = judged["may"]
    assert may.figures["model"] == pytest.approx(232.5, rel=1e-6)
    assert may.figures["low50"] == pytest.approx(465 * 0.35, rel=1e-6)
    assert may.figures["high90"] == pytest.approx(465 * 0.95, rel=1e-6)
    assert may.hit is True
    assert judged["share"].figures["model"] == pytest.approx(50)
    stop = judged["stop"]
    assert stop.figures["model"] == pytest.approx(30 / 7, rel=1e-5)
    assert stop.figures["high90"] == float("inf")
    assert stop.share_of_draws == pytest.approx(2 / 3, rel=1e-5)
    assert judged["slim"].share_of_draws == pytest.approx(2 / 3, rel=1e-5)


def test_scores_and_baselines(judged: Mapping[str, Judged]) -> None:
    july = judged["july"]
    assert july.score == pytest.approx(0, abs=1e-6)
    assert july.baselines["persistence"].score == pytest.approx(0, abs=1e-6)
    assert july.baselines["base_mean"].value == pytest.approx(305)
    assert july.baselines["base_mean"].score == pytest.approx(np.log(465 / 305), rel=1e-5)
    may = judged["may"]
    logs = np.log(465 * ACCESS / 240)
    spread = np.abs(logs[:, np.newaxis] - logs).mean() / 2
    assert may.score == pytest.approx(np.abs(logs).mean() - spread, rel=1e-5)
    # 20 t/day, May, half of it moves; nothing was recorded: 310 of 620 is more than a tenth
    assert judged["germany"].hit is False
    assert judged["germany"].log_error == pytest.approx(np.log(310 / 6.2), rel=1e-5)
    assert judged["stop"].baselines == {}


def test_the_fields_of_a_row(judged: Mapping[str, Judged]) -> None:
    needed = "id key role scenario status reason model low50 high50 low90 high90 observed hit score"
    for found in judged.values():
        cells = json.loads(tidy_json(found.to_dict()))
        assert {*needed.split(), "baseline"} <= cells.keys()
        assert cells["status"] in STATUSES
    assert judged["july"].to_dict()["baseline"] == pytest.approx(465)


def test_past_the_evidence_a_row_carries_its_branch(judged: Mapping[str, Judged]) -> None:
    trajectory = world()
    context = replace(trajectory.context, evidence_date=date(2025, 6, 30))
    found = judge(ROWS, replace(trajectory, context=context))
    assert found["june"].to_dict()["branch"] is None
    assert found["july"].to_dict()["branch"] == "hold"
    assert judged["july"].to_dict()["branch"] is None


def test_failures_come_first() -> None:
    found = evaluate(targets(), {"april-2025": world()})
    order = [
        0 if r.hit is False else 1 if r.hit else 2 if r.status == "evaluated" else 3 for r in found
    ]
    assert order == sorted(order)


def test_one_draw_has_no_interval() -> None:
    small = world()
    arrays = {
        name: value[..., :1]
        for name, value in vars(small.recording).items()
        if isinstance(value, np.ndarray) and name not in ("link_total", "link_base")
    }
    single = replace(small, recording=replace(small.recording, draws=1, **arrays))
    found = judge(ROWS[:1], single)["may"]
    assert found.figures == {"model": pytest.approx(93)}
    assert found.to_dict()["low90"] is None


def test_families(judged: Mapping[str, Judged]) -> None:
    families = {(f["by"], f["family"], f["use"]): f for f in family_rows(list(judged.values()))}
    series = families["series", f"april-2025: {TO_USA}", "all"]
    errors = np.log(np.array([232.5 / 240, 225 / 500, 1, 465 / 400]))
    assert series["log_rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-5)
    assert (series["rows"], series["hits"], series["resampled"]) == (4, 3, "episode")
    # May to June: down against up; June to July: up against down; July to August: level, down
    assert series["signs"] == {"right": 0, "of": 3}
    assert series["turning_points"] == {"right": 0, "of": 1}
    persistence = np.log(465 / np.array([240, 500, 465, 400]))
    assert series["baselines"]["persistence"]["log_rmse"] == pytest.approx(  # type: ignore[index]
        np.sqrt(np.mean(persistence**2)), rel=1e-5
    )
    everything = families["all", "all", "all"]
    assert everything["rows"] == 13
    assert everything["signs"] == {"right": 1, "of": 4}
    assert ("series", f"april-2025: {TO_USA}", "calibrate") not in families
    low, high = everything["low90"], everything["high90"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low <= float(str(everything["log_rmse"])) <= high


def test_a_figure_that_has_no_logarithm_is_left_out_by_name() -> None:
    found = judge([row("none", "export/RE_magnet/CHN>XRW/2025-05", 5)])
    assert found["none"].hit is False
    assert family_rows(list(found.values()))[0]["left_out"] == ["none"]


def test_out_of_sample_is_said_only_of_what_was_frozen_before() -> None:
    chosen = targets([ROWS[0], ROWS[1]])
    trajectory = world()
    worlds = {"april-2025": trajectory}
    parameters = trajectory.context.parameter_hash

    def says(frozen: Frozen | None) -> dict[str, str]:
        return {r.target.id: r.standing for r in evaluate(chosen, worlds, frozen)}

    assert says(None) == {"may": NOT_SO, "june": NOT_SO}
    assert says(Frozen(parameters, date(2025, 5, 30))) == {"may": OUT_OF_SAMPLE, "june": NOT_SO}
    assert says(Frozen(parameters, date(2025, 5, 31)))["may"] == NOT_SO
    assert says(Frozen("other", date(2020, 1, 1)))["may"] == NOT_SO


def test_the_file_of_frozen_parameters(tmp_path: Path) -> None:
    assert load_frozen(tmp_path / "none.json") is None
    assert load_frozen() is not None
    for text in ("[", "{}", '{"parameter_hash": "a", "date": "May"}'):
        (tmp_path / "frozen.json").write_text(text, encoding="utf-8")
        with pytest.raises(CommandError, match=r"date|JSON|Expecting"):
            load_frozen(tmp_path / "frozen.json")


def outcome(found: Judged) -> tuple[object, ...]:
    """What no perturbation may touch, in whatever unit and under whatever name."""
    scores = [None if s is None else round(s, 5) for s in (found.score, found.log_error)]
    beside = {name: round(b.score, 5) for name, b in found.baselines.items() if b.score is not None}
    return found.status, found.hit, *scores, beside, found.share_of_draws


def scaled(cells: dict[str, str]) -> dict[str, str]:
    if cells["unit"] != "t" or not cells["value"]:
        return cells
    return {**cells, "unit": "kg, as printed", "value": str(float(cells["value"]) * 1000)}


def later(text: str) -> str:
    """The same days 28 years on: the calendar repeats itself."""
    return re.sub(r"20[12][0-9]", lambda year: str(int(year.group()) + 28), text)


def in_28_years(day: date) -> date:
    return day.replace(year=day.year + 28)


def moved(trajectory: Trajectory) -> Trajectory:
    clock = trajectory.recording.clock
    recording = replace(
        trajectory.recording, clock=Clock(in_28_years(clock.start), clock.step_days, clock.steps)
    )
    context = trajectory.context
    assert context.headline_date is not None
    observed = tuple(replace(o, period=later(o.period)) for o in context.observations)
    return replace(
        trajectory,
        recording=recording,
        context=replace(
            context, headline_date=in_28_years(context.headline_date), observations=observed
        ),
        base=Period(in_28_years(trajectory.base.first), in_28_years(trajectory.base.last)),
        opens=in_28_years(trajectory.opens),
    )


SWAPS = {
    "A_magnet": "W_metal", "B_magnet": "V_metal", "RE_magnet": "U_group", "USA": "JPN",
    "cars": "ships", "X_oxide": "T_oxide", "X_metal": "S_oxide", "X_products": "R_products",
}  # fmt: skip


def renamed(text: str) -> str:
    return re.sub("|".join(sorted(SWAPS, key=len, reverse=True)), lambda m: SWAPS[m.group()], text)


def relabelled(trajectory: Trajectory) -> Trajectory:
    """Other labels, and the series in another order."""
    recording, context = trajectory.recording, trajectory.context
    order = np.arange(len(recording.export_keys))[::-1]
    industries = np.arange(len(recording.industry_keys))[::-1]

    def names(key: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(renamed(word) for word in key)

    recording = replace(
        recording,
        export_keys=tuple(names(recording.export_keys[i]) for i in order),
        export=recording.export[order],
        export_base=recording.export_base[order],
        queue_keys=tuple(names(key) for key in recording.queue_keys),
        industry_keys=tuple(names(recording.industry_keys[i]) for i in industries),
        output_share=recording.output_share[industries],
        cover_days=recording.cover_days[industries],
        first_stop_days=recording.first_stop_days[industries],
        stop_length_days=recording.stop_length_days[industries],
        link_keys=tuple(names(key) for key in recording.link_keys),
    )  # type: ignore[arg-type]
    observed = tuple(
        replace(o, material=renamed(o.material), destination=renamed(o.destination))
        for o in context.observations
    )
    return replace(
        trajectory,
        recording=recording,
        context=replace(
            context,
            groups={renamed(g): tuple(map(renamed, m)) for g, m in context.groups.items()},
            observations=observed,
        ),
        regions=tuple(renamed(r) for r in trajectory.regions),
        substances={renamed(m): s for m, s in trajectory.substances.items()},
        base_links=tuple(
            replace(
                link,
                material=renamed(link.material),
                destination=renamed(link.destination),
                industry=renamed(link.industry),
                origin=renamed(link.origin),
            )
            for link in trajectory.base_links
        ),
    )


def family_scores(rows: Mapping[str, Judged]) -> list[dict[str, object]]:
    fields = ("rows", "hits", "log_rmse", "low90", "high90", "crps", "coverage90")
    found = family_rows(list(rows.values()))
    return [{name: -1 if f[name] is None else f[name] for name in fields} for f in found]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_changes_nothing(seed: int, judged: Mapping[str, Judged]) -> None:
    shuffled = list(ROWS)
    random.Random(seed).shuffle(shuffled)
    found = judge(shuffled)
    assert list(found) == list(judged)
    assert [outcome(found[name]) for name in found] == [outcome(judged[name]) for name in found]
    assert family_rows(list(found.values())) == family_rows(list(judged.values()))


@pytest.mark.parametrize("words", ["other words", "稀土磁体出口，吨", "Ausfuhr, in Tonnen"])
def test_other_ids_and_prose_change_nothing(words: str, judged: Mapping[str, Judged]) -> None:
    rows = [
        {**cells, "id": f"Z{len(ROWS) - i:03}", "key_note": words} for i, cells in enumerate(ROWS)
    ]
    found = judge(rows)
    for i, cells in enumerate(ROWS):
        assert outcome(found[f"Z{len(ROWS) - i:03}"]) == outcome(judged[cells["id"]])
    assert family_scores(found) == family_scores(judged)


@pytest.mark.parametrize(
    ("change_row", "change_world"),
    [
        (scaled, lambda trajectory: trajectory),
        (lambda cells: {**cells, "key": later(cells["key"])}, moved),
        (lambda cells: {**cells, "key": renamed(cells["key"])}, relabelled),
    ],
    ids=["kilograms", "28 years later", "other labels"],
)
def test_what_means_the_same_scores_the_same(
    change_row: Callable[[dict[str, str]], dict[str, str]],
    change_world: Callable[[Trajectory], Trajectory],
    judged: Mapping[str, Judged],
) -> None:
    found = judge([change_row(cells) for cells in ROWS], change_world(world()))
    for name, expected in judged.items():
        assert outcome(found[name]) == outcome(expected), name
    for scores, expected_scores in zip(family_scores(found), family_scores(judged), strict=True):
        assert scores == pytest.approx(expected_scores, rel=1e-4)


def test_figures_of_another_month_are_another_figure(judged: Mapping[str, Judged]) -> None:
    found = judge([{**ROWS[0], "key": f"{TO_USA}/2025-07"}])
    assert outcome(found["may"]) != outcome(judged["may"])


@pytest.mark.shared
def test_every_row_of_the_source_material_gets_one_status(shared_dir: Path) -> None:
    found = read_targets(shared_dir / "validation" / "targets.csv")
    recording, context = synthetic.recording(draws=20), synthetic.context()
    trajectory = replace(
        world(),
        recording=recording,
        context=context,
        opens=date(2025, 1, 1),
        regions=("CHN", *synthetic.WEIGHTS),
    )
    rows = evaluate(found, {"april-2025": trajectory, "status-quo": trajectory})
    assert sorted(r.target.id for r in rows) == sorted(t.id for t in found)
    assert sum(statuses(rows).values()) == len(found)
    assert all(r.reason for r in rows if r.status != "evaluated")
    assert sum(r.status == "evaluated" for r in rows) > 50
    assert family_rows(rows)


@pytest.mark.shared
def test_the_machine_reads_eight_columns_only(shared_dir: Path) -> None:
    text = (shared_dir / "validation" / "targets.csv").read_text(encoding="utf-8")
    needed = ("id", "value", "unit", "tolerance", "use", "role", "scenario", "key")
    slim = [{name: cells[name] for name in needed} for cells in csv.DictReader(StringIO(text))]
    found = targets_from(list(enumerate(slim, 2)), needed, "slim.csv")
    whole = read_targets(shared_dir / "validation" / "targets.csv")
    assert [replace(t, observable="", episode="", key_note="") for t in whole] == list(found)
