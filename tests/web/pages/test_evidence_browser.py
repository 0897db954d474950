"""Articles and sources in a real browser: dropped, opened by keyboard, open to everybody."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.web.server import HERE, free_port

from terbium.web.app import create_app
from terbium.web.services import Services
from terbium.web.settings import Settings

pytestmark = pytest.mark.browser

SHOTS = Path("out/test-screenshots")
ARTICLES = {
    "en.txt": "The duty of 34% on Chinese goods was raised by 50 points to 104%.\n\n"
    "China controls 12% of the world's rare earth refining, a minister said; others say that "
    "China mines 70% of all rare earths, or about 60%.\n",
    "zh.txt": "2025年10月，中国出口稀土磁铁5473吨，环比下降5.2%。中国占全球稀土开采的约60%。\n\n"
    "每辆电动车要用3公斤稀土磁铁，没有中国稀土，一辆车的成本要多出1.2万欧元。\n",
}
PAGES = {
    "sources": "/sources",
    "estimate": "/sources/production/mine/MYS/ionic_clay_myanmar",
    "quantity": "/evidence/quantities/cn_share_mining",
    "why": "/evidence/why/slow-licences-2025",
    "asked": "/evidence/quantities?q=China+controls+90%25",
}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DROP = """([name, text]) => {
  const zone = document.querySelector('[data-drop-zone]');
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], name, {type: 'text/plain'}));
  zone.dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true,
    cancelable: true}));
}"""


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


def shoot(page: Page, name: str, width: int) -> None:
    """Keep how a page looks, wide by day and narrow by night; the walk looks for the rest."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    assert page.evaluate(WIDER) <= 0, (name, width)
    look: Literal["light", "dark"] = "light" if width == 1400 else "dark"
    page.emulate_media(color_scheme=look)
    page.screenshot(path=SHOTS / f"{name}-{width}-{look}.png", full_page=True)


def test_an_article_is_dropped_and_its_findings_lead_to_sources(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB")
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.on("request", lambda one: asked.append(one.url))
    for name, text in ARTICLES.items():
        page.goto(f"{address}/evidence")
        page.evaluate(DROP, [name, text])
        expect(page.locator("h1")).to_have_text(name, timeout=30_000)
        shoot(page, f"article-{name[:2]}", 1400)
    page.go_back()
    page.goto(f"{address}/evidence")
    page.get_by_role("link", name="en.txt").click()
    # the keyboard goes from finding to finding
    page.locator("#article").focus()
    page.keyboard.press("n")
    opened = page.locator(".finding[open]")
    expect(opened).to_have_count(1)
    first = opened.get_attribute("id")
    assert page.evaluate("document.activeElement.closest('.finding').id") == first
    page.keyboard.press("n")
    expect(page.locator(f"#{first}")).not_to_have_attribute("open", "")
    # a mark opens what was found of it, and that leads to all that is said
    page.locator("a.claim.implausible", has_text="12%").click()
    finding = page.locator(".finding[open].implausible")
    expect(finding).to_contain_text("plausible: 70 % to 99.5 %")
    finding.get_by_role("link", name="All that is said of it").click()
    expect(page.locator("h1")).to_contain_text("refining and separation")
    page.get_by_role("link", name="Separation, by plant and ore").click()
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Who says what")).to_be_visible()
    second = browser.new_context().new_page()
    second.goto(page.url)
    expect(second.locator("h1")).to_have_text(page.locator("h1").inner_text())
    assert all(one.startswith(address) for one in asked)
    assert said == []
    context.close()


@pytest.mark.long
@pytest.mark.parametrize("width", [1400, 390])
def test_pages_fit_their_window(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(address + path)
        shoot(page, f"evidence-{name}", width)
    context.close()
