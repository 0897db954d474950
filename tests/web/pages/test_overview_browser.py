"""Overview, scenarios, chain and regions in a real browser, wide and narrow, light and dark."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.report.test_browser import SMALLEST, TEXTS
from tests.web.conftest import OWNER, put_result
from tests.web.server import HERE, free_port

from terbium.web.app import create_app
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Result

pytestmark = pytest.mark.browser

SHOTS = Path("out/test-screenshots")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FIRST_PAINT = """() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"""
# one page at both widths in both looks, the others where they differ most
WALK = (
    ("overview", "/", 1400, "light"),
    ("overview", "/", 390, "dark"),
    ("scenario", "/scenarios/april-2025", 390, "light"),
    ("chain", "/chain?", 1400, "dark"),
    ("chain", "/chain?", 390, "light"),
    ("region", "/regions/JPN", 1400, "light"),
    ("region", "/regions/JPN", 390, "dark"),
)


@pytest.fixture(scope="module")
def address(tiny_run: Result, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    folder = tmp_path_factory.mktemp("browser")
    services = Services.open(Settings(folder=folder, port=port), inline=True)
    put_result(services, tiny_run, OWNER)
    told = uvicorn.Config(create_app(services), host=HERE, port=port, log_level="error")
    server = uvicorn.Server(told)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://{HERE}:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@pytest.mark.long
def test_pages_are_whole_at_every_width_and_in_both_looks(browser: Browser, address: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    asked: list[str] = []
    for name, path, width, look in WALK:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=look,  # type: ignore[arg-type]
            locale="en-GB",
        )
        page = context.new_page()
        page.on("console", lambda one: said.append(one.text))
        page.on("request", lambda one: asked.append(one.url))
        page.goto(address + path)
        assert page.evaluate(WIDER) <= 0, (name, width)
        assert page.evaluate(TEXTS) == [], (name, width)
        if name != "scenario":
            assert page.evaluate(SMALLEST) > 10, (name, width)
        page.screenshot(path=SHOTS / f"web-{name}-{width}-{look}.png", full_page=True)
        context.close()
    # the policy of the pages forbids styles and scripts of their own: a breach is told here
    assert said == []
    assert all(one.startswith(address) for one in asked)


def _first_paint(page: Page, url: str) -> float:
    page.goto(url)
    page.wait_for_function(FIRST_PAINT)
    return float(page.evaluate(FIRST_PAINT))


def test_a_reader_finds_the_way_by_keyboard_and_without_scripts(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB")
    page = context.new_page()
    # what else the machine does is no part of it: the best of some
    paints = [_first_paint(page, f"{address}/") for _ in range(4)]
    assert min(paints) < 1000, paints
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    share = page.locator(".run-actions summary", has_text="Download")
    share.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="All tables, XLSX")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="All tables, XLSX")).to_be_hidden()
    expect(share).to_be_focused()
    # a choice in the chain needs no button where scripts run
    page.goto(f"{address}/chain")
    page.get_by_label("Stage", exact=True).select_option("metal")
    expect(page).to_have_url(re.compile("stage=metal"))
    context.close()
    plain = browser.new_context(java_script_enabled=False, locale="en-GB").new_page()
    plain.goto(f"{address}/")
    plain.locator("summary", has_text="English").click()
    plain.get_by_role("button", name="Deutsch").click()
    expect(plain.locator("html")).to_have_attribute("lang", "de")
    plain.locator(".choices summary").nth(1).click()
    plain.locator("button[value=dark]").click()
    expect(plain.locator("html")).to_have_attribute("data-look", "dark")
    plain.goto(f"{address}/chain")
    plain.locator("select[name=stage]").select_option("separate")
    plain.locator(".picker button").click()
    assert "stage=separate" in plain.url
