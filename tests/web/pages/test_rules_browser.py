"""Pages on rules in a real browser: asked, answered, opened by keyboard, open to everybody."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from playwright.sync_api import Browser, Request, expect, sync_playwright
from tests.web.server import HERE, free_port

from terbium.web.app import create_app
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.views.rules_case import examples

pytestmark = pytest.mark.browser

SHOTS = Path("out/test-screenshots")
PAGES = {
    "revives": f"/rules?{examples()[3][1]}",
    "lapses": "/rules/calendar?show=lapses&on=2026-09-18&days=365",
    "act": "/rules/acts/CN-REE-XT-2025-61-DM",
    "watch": "/rules/watch",
}
CASES = (
    "case_id,item,origin,exporter,destination,end_user,date\n"
    "1,NdFeB magnet Dy 2%,CN,CN,DE,civilian,2025-06-01\n"
    "2,magnet,CN,CN,US,,2025-06-01\n"
    "3,x,Nowhere,CN,US,,2025-99-01\n"
)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    folder: Path = tmp_path_factory.mktemp("browser")
    services = Services.open(Settings(folder=folder, port=port), inline=True)
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


def test_a_case_from_the_question_to_the_trace_and_a_table(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB")
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda one: said.append(one.text))

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.goto(f"{address}/rules")
    page.get_by_label("Item", exact=True).fill("magnet")
    page.get_by_label("Made in").fill("China")
    page.get_by_label("Shipped from").fill("CN")
    page.get_by_label("Goes to in the end").fill("United States")
    page.get_by_label("Day", exact=True).fill("2025-06-01")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Not decided")
    # the questions stand there as fields
    page.locator("#ask-content").fill("Dy 2%")
    page.locator("#ask-end_user").fill("civilian")
    page.get_by_role("button", name="Answer and check again").click()
    expect(page.locator("h1")).to_contain_text("Licence needed")
    # the trace opens and closes by keyboard alone
    away = page.locator(".limb[open] > ul > li > details:not(.act) > summary").first
    away.focus()
    page.keyboard.press("Enter")
    first = page.locator(".limb[open] > ul > li > details:not(.act) .act").first
    expect(first).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.act') !== null")
    page.keyboard.press("Enter")
    expect(first.locator(".leaf").first).to_be_visible()
    permalink = page.url
    second = browser.new_context().new_page()
    second.goto(permalink)
    expect(second.locator("h1")).to_contain_text("Licence needed")
    page.get_by_role("link", name="Check a table").click()
    page.get_by_label("Table of cases").set_input_files(
        {"name": "cases.csv", "mimeType": "text/csv", "buffer": CASES.encode()}
    )
    page.get_by_role("button", name="Send and check").click()
    expect(page.locator("h1")).to_contain_text("3 cases answered")
    expect(page.locator(".bad-cells")).to_contain_text("row 3")
    assert all(one.startswith(address) for one in asked)
    assert said == []
    context.close()


@pytest.mark.long
@pytest.mark.parametrize("width", [1400, 390])
def test_pages_fit_their_window(browser: Browser, address: str, width: int) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(address + path)
        assert page.evaluate(WIDER) <= 0, (name, width)
        look: Literal["light", "dark"] = "light" if width == 1400 else "dark"
        page.emulate_media(color_scheme=look)
        page.screenshot(path=SHOTS / f"rules-{name}-{width}-{look}.png", full_page=True)
    context.close()
