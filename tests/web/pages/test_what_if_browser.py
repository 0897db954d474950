"""What if in a real browser: a slider moves the answer, a question can be dropped."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from tests.web.conftest import OWNER, put_result
from tests.web.server import HERE, free_port

from terbium.web.app import create_app
from terbium.web.assets import has_asset
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Result

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not has_asset("vendor/htmx/htmx.min.js"), reason="run `make assets` first"),
]

SHOTS = Path("out/test-screenshots")
WIDE, PHONE = {"width": 1400, "height": 1000}, {"width": 390, "height": 844}
TINY = {"scenario": "april-2025", "draws": 3, "end": "2025-06-29"}


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@contextmanager
def served(services: Services, port: int) -> Iterator[str]:
    """The application on a port of this machine, in a thread."""
    config = uvicorn.Config(create_app(services), host=HERE, port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://{HERE}:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def watched(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Opens pages whose faults and foreign requests fail the test."""
    faults: list[str] = []
    opened: list[Page] = []

    def new() -> Page:
        page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if _is_fault(m) else None)
        page.on("request", lambda r: None if HERE in r.url else faults.append(r.url))
        page.set_default_timeout(60000)
        opened.append(page)
        return page

    yield new
    for page in opened:
        page.close()
    assert not faults


def _is_fault(message: ConsoleMessage) -> bool:
    """Errors, save that htmx tells of each question that a newer one has replaced."""
    dropped = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
    return message.type == "error" and not dropped


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"what-if-{name}.png", full_page=True)


def put(page: Page, lever: str, value: str) -> None:
    """Move a slider as a hand does."""
    page.locator(f'[name="lever.{lever}"]').evaluate(
        "(slider, value) => { slider.closest('details').open = true; slider.value = value;"
        " slider.dispatchEvent(new Event('input', {bubbles: true})); }",
        value,
    )


def test_a_slider_moves_the_answer(
    tmp_path: Path, watched: Callable[[], Page], tiny_run: Result
) -> None:
    port = free_port()
    services = Services.open(Settings(folder=tmp_path, port=port), inline=True)
    put_result(services, tiny_run, OWNER)
    base = services.jobs.submit("what_if", TINY, OWNER)
    with served(services, port) as url:
        page = watched()
        page.goto(f"{url}/results/{base.result}")
        assert "The scenario as it stands" in page.inner_text("#answer")
        shot(page, "base-1400")
        put(page, "licensing/grant_share/USA", "0.1")
        page.wait_for_selector("text=Share granted, United States")
        assert page.inner_text("output[for=l-licensing-grant_share-USA]") == "10%"
        assert "10" in page.inner_text(".moves")
        moved = page.url
        assert moved != f"{url}/results/{base.result}"
        with page.expect_response(lambda r: "/exports?to=USA" in r.url):
            page.select_option("#to", "USA")
        page.wait_for_selector("#exports :text('United States')")
        shot(page, "moved-1400")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        put(page, "stock/JPN", "2")
        page.wait_for_selector("text=Days of cover, Japan")
        page.click("text=Move each lever alone")
        page.wait_for_selector(".alone")
        second = watched()
        second.set_viewport_size(PHONE)  # type: ignore[arg-type]
        second.goto(moved)
        assert second.input_value('[name="lever.licensing/grant_share/USA"]') == "0.1"
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not second.evaluate(wide)
        assert second.is_visible(".quick")
        shot(second, "moved-390")
        second.goto(f"{url}/jobs")
        assert not second.evaluate(wide)
        shot(second, "jobs-390")
        page.goto(f"{url}/compare?left={tiny_run.key}&right={tiny_run.key}")
        assert "the same in both" in page.inner_text("main")
        shot(page, "compare-1400")
        page.goto(f"{url}/jobs")
        shot(page, "jobs-1400")
    services.close()


def test_a_question_can_be_dropped(tmp_path: Path, watched: Callable[[], Page]) -> None:
    port = free_port()
    services = Services.open(Settings(folder=tmp_path, port=port))
    with served(services, port) as url:
        page = watched()
        # nobody works: the question that the page asks by itself waits
        page.goto(f"{url}/what-if")
        page.wait_for_selector("#answer .job-queued")
        put(page, "stock/JPN", "2")
        page.wait_for_function(
            "first => { const now = document.querySelector('[name=previous]');"
            " return now && now.value !== first; }",
            arg=page.input_value("[name=previous]"),
        )
        page.click("#answer button:text('Cancel')")
        page.wait_for_selector("#answer .job-cancelled")
        shot(page, "cancelled-1400")
        assert {job.state for job in services.jobs.list(OWNER)} == {"cancelled"}
    services.close()
