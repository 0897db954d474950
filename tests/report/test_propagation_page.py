"""The page of a propagation: it says what the numbers say, and reads well in a browser."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from tests.report.test_browser import HIDDEN_TABLES, UNFOLD, reads_well

import terbium as tb
from terbium.graph.tables import InputOutputTable
from terbium.propagation import PropagationRun
from terbium.report.propagation_words import headline, money, part_of
from terbium.report.step_lines import span_ticks
from terbium.results.trajectories import open_propagation

EVENTS = ("flood", "lean", "licences")


def crowded() -> InputOutputTable:
    """Many regions and sectors with names that fill a line, and a few that do not."""
    rng = np.random.default_rng(3)
    regions = tuple(f"Region of the {name}" for name in "ABCDEFGHIJKLMNOPQ")
    sectors = tuple(
        f"Manufacture of {name} and fabricated products thereof, except machinery"
        for name in "abcdefghijklmnopqrstuvwxyz"
    )
    size = len(regions) * len(sectors)
    Z = rng.uniform(0.0, 1.0, (size, size)) * rng.uniform(0.0, 2.0, size)
    Y = rng.uniform(0.5, 1.0, (size, len(regions))) * Z.sum(axis=0)[:, None] / len(regions) * 1.6
    return InputOutputTable(
        Z, Y, Z.sum(axis=1) + Y.sum(axis=1), regions, sectors, ("final",), "crowded"
    )


@pytest.fixture(scope="module")
def runs() -> dict[str, PropagationRun]:
    found = {event: tb.propagate("example", event) for event in EVENTS}
    table = crowded()
    hit = {"type": "arbitrary", "impact": [[table.regions[0], list(table.sectors[:3]), 0.6]]}
    hit |= {"occurrence": 10, "duration": 30, "recovery_tau": 20}
    found["crowded"] = tb.propagate(table, {"events": [hit], "T": 200, "name": "a long strike"})
    return found


@pytest.fixture(scope="module")
def pages(
    runs: dict[str, PropagationRun], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("pages")
    for name, run in runs.items():
        run.save(place / name, tb.render_report)
    return {name: place / name / "report.html" for name in runs}


class Texts(HTMLParser):
    """What a reader sees, without style and figures."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.parts = 0, list[str]()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in ("style", "svg")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "svg")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def text_of(page: Path) -> str:
    found = Texts()
    found.feed(page.read_text(encoding="utf-8"))
    return " ".join(" ".join(found.parts).split())


def test_money_and_shares_have_two_digits() -> None:
    assert money(23580.5, "million USD") == "24,000 million USD"
    assert part_of(0.0123) == "1.2\N{NO-BREAK SPACE}%"
    assert part_of(None) == "\N{EN DASH}"
    assert part_of(3e-11) == "< 0.01\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 100.0, [0, 20, 40, 60, 80, 100]),
        (99.93, 100.0, [99.92, 99.94, 99.96, 99.98, 100]),
        (1.0, 1.0, [1.0, 1.0002]),
    ],
)
def test_ticks_enclose_a_range(low: float, high: float, ticks: list[float]) -> None:
    found = span_ticks(low, high, 5)
    assert found[0] <= low
    assert found[-1] >= high
    assert found == pytest.approx(ticks)


def test_the_page_says_what_the_summary_says(
    runs: dict[str, PropagationRun], pages: dict[str, Path]
) -> None:
    for name, run in runs.items():
        summary = open_propagation(pages[name].parent).summary
        text = text_of(pages[name])
        assert f"Regime: {run.regime}." in text
        assert " ".join(headline(summary).split()) in text
        assert money(summary["losses"]["total"]["output_lost"], summary["run"]["unit"]) in text
        assert "All books add up" in text
        assert "e−" not in text, "a share as a power of ten"
        assert "nan" not in re.findall(r"\w+", text)
    assert "Licences and detours" in text_of(pages["licences"])
    assert "Licences and detours" not in text_of(pages["flood"])
    assert "24 of 24 industries hold stocks that last less long" in text_of(pages["lean"])
    assert "can tip what it calls safe" in text_of(pages["flood"])


def test_nothing_happens_on_a_page_of_rest(tmp_path: Path) -> None:
    run = tb.propagate("example", {"events": [], "T": 30})
    run.save(tmp_path / "x", tb.render_report)
    text = text_of(tmp_path / "x" / "report.html")
    assert "Nothing moves: output stays at its base over 30 days." in text
    assert "No region loses output" in text
    assert "No month loses output." in text


def test_one_step_makes_a_page_too(tmp_path: Path) -> None:
    run = tb.propagate("example", {"events": [], "T": 1})
    run.save(tmp_path / "x", tb.render_report)
    assert "1 day" in text_of(tmp_path / "x" / "report.html")


def test_labels_cannot_break_the_page(tmp_path: Path) -> None:
    table = InputOutputTable(
        np.full((2, 2), 5.0), np.full((2, 1), 9.0), np.full(2, 19.0),
        ("<script>alert(1)</script>",), ("a&b", '"c"'), ("y",), "<b>table</b>",
    )  # fmt: skip
    hit = {"type": "arbitrary", "impact": [[table.regions[0], "a&b", 0.5]], "recovery_tau": 3}
    tb.propagate(table, {"events": [hit], "T": 30}, tmp_path / "x", render=tb.render_report)
    page = (tmp_path / "x" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>" not in page


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
def test_pages_read_well(
    browser: Browser, pages: dict[str, Path], root: Path, width: int, scheme: Any
) -> None:
    shots = root / "out" / "test-screenshots"
    shots.mkdir(parents=True, exist_ok=True)
    for name in ("licences", "crowded"):
        page = pages[name]
        view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        asked: list[str] = []
        view.on("request", lambda request, asked=asked: asked.append(request.url))
        view.goto(page.as_uri())
        view.screenshot(path=shots / f"propagation-{name}-{width}-{scheme}.png", full_page=True)
        reads_well(view, 10)
        view.evaluate(UNFOLD)
        reads_well(view, 10)
        assert asked == [page.as_uri()]
        view.close()


@pytest.mark.browser
def test_a_page_prints(browser: Browser, pages: dict[str, Path]) -> None:
    view = browser.new_page(viewport={"width": 688, "height": 1023})
    view.goto(pages["licences"].as_uri())
    view.emulate_media(media="print")
    reads_well(view, 9)
    assert view.evaluate(HIDDEN_TABLES) == 0
    view.close()
