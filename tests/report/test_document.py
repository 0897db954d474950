import copy
import json
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from tests.results import synthetic

from terbium.engine.recording import QUEUE_FLOWS
from terbium.report.closing import limits
from terbium.report.document import SECTIONS, render_report
from terbium.results.store import RunFolder
from terbium.results.summary import summarise

LOADED_WORDS = ("attack", "weaponi", "aggress", "retaliatory strike", "blackmail", "regime change")


class Outline(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if found.get("id"):
            self.ids.append(str(found["id"]))


def outline(html: str) -> Outline:
    parser = Outline()
    parser.feed(html)
    return parser


@pytest.fixture(scope="module")
def html(run: RunFolder) -> str:
    return render_report(run.summary, run.manifest)


def rendered(folder: RunFolder, **changes: Any) -> str:
    return render_report({**copy.deepcopy(folder.summary), **changes}, folder.manifest)


def test_report_can_be_made_again_from_the_folder(run: RunFolder, html: str) -> None:
    assert (run.path / "report.html").read_text(encoding="utf-8") == html


def test_nothing_is_loaded_and_nothing_is_run(html: str) -> None:
    found = outline(html)
    assert not {tag for tag, _ in found.tags} & {"script", "iframe", "object", "img", "form"}
    for tag, attrs in found.tags:
        for name in ("src", "href", "action", "data"):
            target = attrs.get(name) or "#"
            assert target.startswith(("#", "data:")), (tag, target)
    urls = set(re.findall(r"https?://[^\"' )<]+", html))
    assert urls <= {"http://www.w3.org/2000/svg"}
    assert "@import" not in html


def test_every_part_is_there_and_ids_are_unique(html: str) -> None:
    found = outline(html)
    assert len(found.ids) == len(set(found.ids))
    # the economy is told of runs through a world table alone
    assert sum(tag == "section" for tag, _ in found.tags) == len(SECTIONS) - 1
    for tag, attrs in found.tags:
        if tag == "a":
            assert str(attrs["href"])[1:] in found.ids


def test_figures_speak_to_screen_readers(html: str) -> None:
    found = outline(html)
    figures = [attrs for tag, attrs in found.tags if tag == "svg" and attrs.get("role") == "img"]
    assert len(figures) > 15
    for attrs in figures:
        assert all(key in found.ids for key in str(attrs["aria-labelledby"]).split())
    tables = sum(tag == "table" for tag, _ in found.tags)
    assert tables == sum(tag == "caption" for tag, _ in found.tags) > 6


def test_no_number_is_nan_and_no_value_is_none(html: str) -> None:
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|Undefined", html)


def test_wording_is_neutral_and_modest(html: str) -> None:
    for word in LOADED_WORDS:
        assert word not in html.lower()
    assert "Not legal advice" in html
    assert "D (guess)" in html
    for text in limits():
        assert text in html


def test_titles_follow_the_numbers(run: RunFolder) -> None:
    flat = copy.deepcopy(run.summary["monthly_exports"])
    for row in flat:
        for name in ("central", "low50", "high50", "low90", "high90"):
            row[name] = 58148 / 12
    html = rendered(run, monthly_exports=flat)
    assert "The world: no month more than 10\xa0% below the 2024 mean" in html
    assert "The world: down to" not in html


def test_a_beaten_model_is_said_to_be_beaten(run: RunFolder) -> None:
    scores = copy.deepcopy(run.summary["scores"])
    for row in scores:
        row.update(model=9.0, winner="base_mean")
    html = rendered(run, scores=scores)
    assert (
        f"A naive baseline beats the model on {len(scores)} of {len(scores)} destinations" in html
    )
    assert "(model beaten)" in html


def test_a_broken_law_of_conservation_is_shouted(run: RunFolder) -> None:
    broken = {**run.summary["conservation"], "element_residual_max": 1e-3}
    assert "BROKEN" in rendered(run, conservation=broken)
    assert "BROKEN" not in rendered(run)


def test_text_from_outside_is_escaped(run: RunFolder) -> None:
    row = {**run.summary["run"], "title": "<script>alert(1)</script>", "question": "a & b"}
    html = rendered(run, run=row)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_run_without_measure_stop_queue_or_record_still_reads() -> None:
    recording = synthetic.small()
    queue = [f"queue_{name}" for name in (*QUEUE_FLOWS, "waiting")]
    quiet = {name: np.zeros_like(getattr(recording, name)) for name in queue}
    calm = {
        "first_stop_days": np.full_like(recording.first_stop_days, np.inf),
        "binding": np.full_like(recording.binding, -1),
    }
    still = type(recording)(**{**vars(recording), **quiet, **calm})
    context = synthetic.context(
        headline_date=None, headline_measure="", observations=(), measures=()
    )
    summary = json.loads(json.dumps(summarise(still, context)).replace("Infinity", '"inf"'))
    html = render_report(summary, {"dataset_hash": "0" * 64, "parameter_hash": "0" * 64})
    assert "Nothing is filed in this run" in html
    assert "there is no score" in html
    assert "No line stops" in html
    assert "No measure is in force" in html


def test_the_map_says_whose_boundaries_it_draws_and_what_it_measures(html: str) -> None:
    assert "Natural Earth" in html
    assert "public domain" in html
    assert "Boundaries follow the source named; no position implied." in html
    assert "Share of the undisturbed flow of rare-earth magnets from China" in html
    assert "held as one region" in html


def shortfalls(folder: RunFolder, missing: dict[str, float]) -> list[dict[str, Any]]:
    rows = copy.deepcopy(folder.summary["shortfalls"])
    for row in rows:
        share = missing.get(row["destination"], 0.1)
        row.update(dict.fromkeys(("central", "low50", "high50", "low90", "high90"), share))
    return rows


def test_the_map_follows_the_numbers(run: RunFolder) -> None:
    html = rendered(run, shortfalls=shortfalls(run, {"JPN": 0.8, "DEU": 0.6}))
    assert "2 of 25 destinations miss half or more of the usual rare-earth magnets" in html
    assert "Japan misses most, 80\xa0%" in html
    assert re.search(r'class="land step-8" d="[^"]+"><title>Japan: 80', html)
    assert re.search(r'class="land step-2" d="[^"]+"><title>United States: 10', html)
    assert re.search(r'class="land origin" d="[^"]+"><title>China: origin', html)
    assert re.search(r'class="land rest" d="[^"]+"><title>Rest of the EU, one region', html)
    calm = rendered(run, shortfalls=shortfalls(run, dict.fromkeys(synthetic.WEIGHTS, 0.0)))
    assert "No destination goes short of rare-earth magnets from China" in calm
    assert 'id="world"' not in calm


def test_the_chain_follows_the_numbers(run: RunFolder, html: str) -> None:
    assert "Neodymium and praseodymium: China has 97\xa0% of separation" in html
    turned = copy.deepcopy(run.summary["baseline"])
    swap = {"CHN": "USA", "USA": "CHN"}
    for row in turned:
        for end in ("region_from", "region_to"):
            row[end] = swap.get(row[end], row[end])
    other = rendered(run, baseline=turned)
    assert "Neodymium and praseodymium: the United States has 97\xa0% of separation" in other
    assert "This run holds no flows of a base year." in rendered(run, baseline=[])


def test_stops_are_shown_for_each_pair_and_never_is_said_with_its_share(
    run: RunFolder, html: str
) -> None:
    pairs = [row for row in run.summary["first_stops"] if row["industry"] != "all_industries"]
    table = html[html.index("In ", html.index('id="stops"')) :]
    table = table[: table.index("</table>")]
    assert table.count('<th scope="row">') == len(pairs)
    assert re.search(r"never, in \d+\xa0%", html)
    assert re.search(r"week \d+, in \d+\xa0%, [A-Z]", html)


def test_a_measure_that_replaces_itself_stays_in_force(run: RunFolder) -> None:
    day = {"measure": "US-1", "title": "A duty", "formality": "act", "date": "2025-05-14"}
    changes = ("announced", "in force", "superseded")
    html = rendered(run, measures=[{**day, "change": change} for change in changes])
    assert "3 dated changes in 1 measure" in html
    assert html.count('class="ended"') == 1  # the legend's alone
    ended = rendered(run, measures=[{**day, "change": "voided"}])
    assert ended.count('class="ended"') == 3


def test_a_run_from_before_a_table_existed_still_reads(run: RunFolder) -> None:
    old = {
        key: rows
        for key, rows in run.summary.items()
        if key not in ("shortfalls", "baseline", "uses")
    }
    html = render_report(old, run.manifest)
    assert "This run holds no flows of a base year." in html
    assert "world map" not in html
    assert 'id="world"' not in html
