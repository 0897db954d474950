"""Sections on scores, guesses and open questions: what they say of given rows."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.report.test_browser import BLOCKS, UNFOLD, WIDTHS

from terbium.report.blocks import RunView, Section, Table, Text
from terbium.report.document import render_report
from terbium.report.rivals import rivals_section
from terbium.report.scoreboard import scores_section
from terbium.report.stress import statement, stress_section
from terbium.results.store import RunFolder


def judged(name: str, hit: bool | None, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": name, "key": "export/RE_magnet/CHN>USA/2025-05", "observable": "China magnets -> US",
        "role": "output", "use": "calibrate", "episode": "e", "status": "evaluated", "reason": "",
        "unit": "t (gross)", "scale": "log", "model": 123.4, "low50": 90.0, "high50": 150.0,
        "low90": 64.1, "high90": "inf", "observed": 46.0, "hit": hit, "score": 0.77,
        "baselines": {"persistence": {"value": 585.0, "score": 2.54}}, "share_of_draws": None,
        "branch": None, "standing": "in-sample or not frozen", "key_note": "one plant",
    }  # fmt: skip
    return row | changes


def family(use: str, winner: str | None, by: str = "series", **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "family": "april-2025: export/RE_magnet/CHN>USA" if by == "series" else "all", "by": by,
        "use": use, "rows": 5, "hits": 4, "log_rmse": 0.47, "low90": 0.16, "high90": 0.77,
        "resampled": "row", "coverage50": 0.4, "coverage90": 0.8, "width50": 1.4, "width90": 2.5,
        "baselines": {"persistence": {"rows": 4, "log_rmse": 1.23, "model_log_rmse": 0.41}},
        "signs": {"right": 3, "of": 4}, "turning_points": {"right": 0, "of": 0}, "winner": winner,
    }  # fmt: skip
    return row | changes


def board(**changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "rows": [
            judged("miss", False),
            judged("hit", True, use="validate", unit="frac", observed=0.5, model=-0.031),
            judged("gone", None, status="not_modelled", reason="no prices are modelled"),
        ],
        "families": [
            family("all", "model"), family("validate", "persistence"),
            family("all", "analogue", by="all"),
        ],
        "statuses": {}, "frozen": None, "parameter_hash": "a" * 64, "out_of_sample": 0,
        "is_changed": False,
    }  # fmt: skip
    return content | changes


def moved(headline: str, *classes: str, **changes: Any) -> dict[str, Any]:
    central, low, high = classes
    flips = [end for end, found in (("low", low), ("high", high)) if found != central]
    row: dict[str, Any] = {
        "headline": headline, "subject": "USA", "unit": "1", "central": -0.71, "low": -0.74,
        "high": -0.44, "central_class": central, "low_class": low, "high_class": high,
        "flips": bool(flips), "flips_at": flips, "families": [], "share_of_draws": 0.95,
    }  # fmt: skip
    return row | changes


STRESS = [
    moved("fall", "most", "most", "some"),
    moved(
        "first_stop", "early", "early", "never", unit="weeks", central=8, low=5, high="inf",
        families=[{"family": "stock", "ends": ["high"]}],
    ),
    moved("first_region", "JPN USA", "JPN", "DEU", subject="", unit="weeks", central=6, low=3),
    moved("lowest_month", "2025-05", "2025-05", "2025-05", subject="WLD", unit="", central=None),
]  # fmt: skip
REACH = {"families": [{"family": "stock", "estimates": 232}], "moved": 232, "held": 806}
RIVAL = {
    "episode": "april-2025", "rival": "weights", "title": "the desk weighs destinations",
    "mix": "", "free_parameters": 12.0, "figures": 31.0, "misfit": 0.4, "log_rmse_world_fit": 0.12,
    "log_rmse_usa_fit": None, "log_rmse_world_later": 0.1, "log_rmse_usa_later": 0.4,
    "evidence": 53.2, "verdict": "not decided",
}  # fmt: skip


def view(run: RunFolder, **changes: Any) -> RunView:
    return RunView({**copy.deepcopy(run.summary), **changes}, run.manifest)


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def prose(section: Section) -> str:
    return " ".join(" ".join(b.paragraphs) for b in section.blocks if isinstance(b, Text))


def plain(text: str) -> str:
    return re.sub(r"\s", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def test_misses_stand_first_and_baselines_beside(run: RunFolder) -> None:
    section = scores_section(view(run, scoreboard=board()))
    series, intervals, misses, every, missing, *rest = tables(section)
    assert series.caption == (
        "A baseline beats the model on 0 of 1 series, and on 1 of 1 where only months held back "
        "count."
    )
    headings = [column.heading for column in series.columns]
    assert headings[-4:] == ["Last month", "Mean of 2024", "Analogue", "Least error"]
    assert series.rows[0][0] == "Export of rare-earth magnets, China to the United States"
    assert [row[1] for row in series.rows] == ["all", "held back", "all"]
    assert series.rows[0][6] == "1.23 (0.41)"
    assert "40 %" in plain(intervals.caption)
    assert "80 %" in plain(intervals.caption)
    assert len(misses.rows) == 1
    cells = [plain(cell) for cell in misses.rows[0]]
    assert cells[:2] == ["China magnets to US (one plant)", "May 2025, fitted to"]
    assert cells[2:6] == ["46 t", "123 t", "64.1 t to never", "MISS"]
    assert every.rows[1][0] == "China magnets to US"
    assert [plain(row[3]) for row in every.rows] == ["123 t", "−3 %"]
    assert missing.rows[0][0] == "No prices are modelled"
    assert "naive" in rest[0].caption


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "no parameters were frozen"),
        (
            {"frozen": {"date": "2025-01-01", "parameter_hash": "b" * 64}},
            "are not those that were frozen on 1 Jan 2025",
        ),
        (
            {"frozen": {"date": "2026-11-22", "parameter_hash": "a" * 64}},
            "when the figures were known",
        ),
        (
            {"frozen": {"date": "2025-01-01", "parameter_hash": "a" * 64}, "out_of_sample": 2},
            "2 scores out of sample: the parameters were frozen on 1 Jan 2025",
        ),
        ({"is_changed": True}, "say nothing about the model"),
    ],
)
def test_what_may_be_called_out_of_sample(
    changes: dict[str, Any], words: str, run: RunFolder
) -> None:
    section = scores_section(view(run, scoreboard=board(**changes)))
    assert words in plain(prose(section))


def test_without_targets_the_monthly_scores_stand_alone(run: RunFolder) -> None:
    section = scores_section(view(run))
    assert "destination" in tables(section)[0].caption
    empty = scores_section(view(run, scores=[]))
    assert "there is no score" in prose(empty)


def test_headlines_that_flip_are_named_with_the_family(run: RunFolder) -> None:
    section = stress_section(view(run, stress=STRESS, stress_reach=REACH))
    flipped, held = tables(section)
    assert flipped.caption == "3 of 4 headlines flip if all guesses are moved together."
    fall, stop, first = ([plain(cell) for cell in row] for row in flipped.rows)
    assert fall[0] == "Exports to the United States fall by more than half in some month"
    assert fall[1:6] == ["−71 %", "−74 %", "−44 %", "at high", "no family alone, only together"]
    assert stop[1:6] == ["week 8", "week 5", "never", "at high", "stocks (high)"]
    assert first[0] == "Japan and the United States: the first regions to stop a line"
    assert held.rows[0][0] == "Exports to the world are lowest in May 2025"
    assert "806 more shape the flows of the base year" in prose(section)


def test_a_run_without_a_measure_has_nothing_to_flip(run: RunFolder) -> None:
    section = stress_section(view(run, stress=[]))
    assert not tables(section)
    assert "no headline" in prose(section)


def test_a_headline_reads_otherwise_at_the_other_end(run: RunFolder) -> None:
    found = view(run)
    assert "by less than half" in statement(found, STRESS[0], "high")
    assert statement(found, STRESS[1], "high") == "No line stops in the United States"


def test_rivals_and_open_questions(run: RunFolder) -> None:
    undecided = [{"measure": "CN-X", "paragraph": "1(3)", "fact": "origin of goods"}]
    found = view(run, rivals=[RIVAL], undecided=undecided, stress=STRESS, stress_reach=REACH)
    table, questions = tables(rivals_section(found))
    assert "1 explanation fitted to the same record" in table.caption
    cells = dict(zip([c.heading for c in table.columns], table.rows[0], strict=True))
    assert cells["Explanation"] == "The desk weighs destinations"
    assert cells["World, later"] == "0.1"
    assert cells["AIC"] == "53.2"
    assert "US, fitted" not in cells
    first = [row[0] for row in questions.rows]
    assert first[0] == "CN-X, 1(3): origin of goods"
    assert "Do suspensions that end after" in first[1]
    assert first[2].startswith("Stocks: alone it flips 1 headline, such as")
    assert all(row[2] for row in questions.rows)


def test_no_rivals_is_said(run: RunFolder) -> None:
    section = rivals_section(view(run, rivals=[]))
    assert "No rival explanations were fitted for the scenario april-2025" in prose(section)


def test_the_report_holds_the_three_sections_in_order(run: RunFolder) -> None:
    changes = {"scoreboard": board(), "stress": STRESS, "stress_reach": REACH, "rivals": [RIVAL]}
    html = render_report({**copy.deepcopy(run.summary), **changes}, run.manifest)
    places = [html.index(f'id="{key}"') for key in ("scores", "stress", "rivals", "limits")]
    assert places == sorted(places)


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1024, 1400])
def test_the_sections_fit_the_page(
    width: int, run: RunFolder, browser: Browser, tmp_path: Path
) -> None:
    notes = "eight full months after against the eight before; April 2025 left out as mixed"
    rows = [judged(f"row {i}", False, key_note=notes, observed=12600.0) for i in range(3)]
    families = [family("all", "analogue"), family("validate", None)]
    changes = {
        "scoreboard": board(rows=rows, families=families), "stress": STRESS,
        "stress_reach": REACH, "rivals": [{**RIVAL, "mix": "equal-weights"}],
    }  # fmt: skip
    page = tmp_path / "report.html"
    html = render_report({**copy.deepcopy(run.summary), **changes}, run.manifest)
    page.write_text(html, encoding="utf-8")
    view = browser.new_page(viewport={"width": width, "height": 900})
    view.goto(page.as_uri())
    view.evaluate(UNFOLD)
    wanted, given = view.evaluate(WIDTHS)
    covered = view.evaluate(BLOCKS)
    view.close()
    assert wanted <= given
    assert covered == []
