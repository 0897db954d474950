"""The page of a run on a network of firms: it says what the numbers say, and reads well."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from tests.report.test_browser import HIDDEN_TABLES, UNFOLD, reads_well
from tests.report.test_propagation_page import text_of

import terbium as tb
from terbium.graph.firms import FirmNetwork
from terbium.graph.firms_make import synthetic_network
from terbium.propagation import FirmRun
from terbium.report.firm_words import aggregation_text, stops_text
from terbium.report.propagation_words import headline, money
from terbium.results.firm_trajectories import open_firms

CALM = {"main_inv_dur": 8, "inventory_restoration_tau": 20}


def crowded() -> FirmNetwork:
    """Many regions and sectors, with names and ids that fill a line."""
    net = synthetic_network(400, 1600, seed=5, sectors=30, regions=20)
    return FirmNetwork(
        firm=np.array([f"Company number {n} and successors" for n in net.firm], dtype=object),
        sector=net.sector,
        region=net.region,
        final=net.final,
        buyer=net.buyer,
        supplier=net.supplier,
        flow=net.flow,
        sectors=tuple(f"Manufacture of {name} and fabricated products" for name in net.sectors),
        regions=tuple(f"Prefecture of the {name}" for name in net.regions),
        name="crowded",
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> dict[str, FirmRun]:
    hit = {"random": {"share_of_firms": 0.05, "share": 0.9, "seed": 2}, "occurrence": 4}
    event = {"events": [{**hit, "duration": 20}], "model": CALM, "T": 60, "name": "a storm"}
    rest = {"model": CALM, "T": 1}
    found: dict[str, Any] = {
        "crowded": tb.propagate(crowded(), event),
        "rest": tb.propagate("firms-example", rest),
    }
    return found


@pytest.fixture(scope="module")
def pages(runs: dict[str, FirmRun], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("pages")
    for name, run in runs.items():
        run.save(place / name, tb.render_report)
    return {name: place / name / "report.html" for name in runs}


def test_the_page_says_what_the_summary_says(
    runs: dict[str, FirmRun], pages: dict[str, Path]
) -> None:
    for name, run in runs.items():
        summary = open_firms(pages[name].parent).summary
        text = text_of(pages[name])
        assert f"Regime: {run.regime}." in text
        assert " ".join(headline(summary).split()) in text
        assert money(summary["losses"]["total"]["output_lost"], summary["run"]["unit"]) in text
        assert " ".join(stops_text(summary).split()) in text
        assert " ".join(aggregation_text(summary).split()) in text
        assert "All books add up" in text
        assert "nan" not in re.findall(r"\w+", text)
        assert "industr" not in text.replace("of the industry", "").replace("no such industry", "")
    assert "No firm falls below" in text_of(pages["rest"])


def test_names_cannot_break_the_page(tmp_path: Path) -> None:
    net = synthetic_network(20, 10, sectors=2, regions=2)
    ids = np.array([f"<script>{n}</script>" for n in range(20)], dtype=object)
    bad = FirmNetwork(
        ids, net.sector, net.region, net.final, net.buyer, net.supplier, net.flow,
        ("<b>a</b>", "b&c"), ('"c"', "<i>d</i>"),
    )  # fmt: skip
    tb.propagate(bad, {"events": [{"firms": {ids[0]: 1}, "duration": 5}], "T": 9}, tmp_path / "x",
                 render=tb.render_report)  # fmt: skip
    page = (tmp_path / "x" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
def test_pages_read_well(
    browser: Browser, pages: dict[str, Path], root: Path, width: int, scheme: Any
) -> None:
    shots = root / "out" / "test-screenshots"
    shots.mkdir(parents=True, exist_ok=True)
    page = pages["crowded"]
    view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.goto(page.as_uri())
    view.screenshot(path=shots / f"firms-{width}-{scheme}.png", full_page=True)
    reads_well(view, 10)
    view.evaluate(UNFOLD)
    reads_well(view, 10)
    assert asked == [page.as_uri()]
    view.close()


@pytest.mark.browser
def test_a_page_prints(browser: Browser, pages: dict[str, Path]) -> None:
    view = browser.new_page(viewport={"width": 688, "height": 1023})
    view.goto(pages["crowded"].as_uri())
    view.emulate_media(media="print")
    reads_well(view, 9)
    assert view.evaluate(HIDDEN_TABLES) == 0
    view.close()
