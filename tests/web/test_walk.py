"""One walk through a real server with real workers, in a real browser, as a reader takes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from tests.conftest import IN_CI
from tests.web.server import Server, serving

from terbium.web.views.rules_case import examples

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHECKER = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
# the rules of WCAG 2.2, level AA, and of good practice; by night only colours differ
RULES = {
    "light": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "dark": {"type": "rule", "values": ["color-contrast"]},
}
# of the page of the API the program of others is left out, whose description is there as plain JSON
AXE = """async rules => {
  const how = {resultTypes: ['violations'], runOnly: rules};
  const found = await axe.run({exclude: ['.swagger-ui']}, how);
  return found.violations.filter(v => ['serious', 'critical'].includes(v.impact)).flatMap(
    v => v.nodes.slice(0, 3).map(n => `${v.id}: ${n.target.join(' ')} ${n.failureSummary}`));
}"""
# rows are alike, and a figure has a text in its place: what repeats would take a minute a page
PRUNE = """() => document.querySelectorAll('tbody tr:nth-child(n+6), main svg > :not(title, desc)')
  .forEach(e => e.remove())"""
WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
WORK = 60_000
"""Milliseconds that a job may take on a busy machine."""
CASES = (
    "case_id,date,item,content,origin,exporter,destination\n"
    "one,2025-06-01,NdFeB magnet,Dy 2%,CN,CN,JP\n"
    "two,2025-06-01,steel screw,,DE,DE,FR\n"
)
ARTICLE = "China supplied about 69% of the world's rare earth mine output in 2024."


@dataclass
class Walk:
    """A reader in a browser: what was loaded, what went wrong, what was looked at.

    Attributes
    ----------
    strange
        Requests that would leave this machine.
    troubles
        Errors that the pages have told the console.
    faults
        What the checker of accessibility has found, by page.
    """

    server: Server
    page: Page
    shots: Path
    strange: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)

    def listen(self, context: BrowserContext) -> None:
        """Note what pages of a context ask for and complain of."""
        own = (f"{self.server.url}/", "data:", "blob:")
        context.on(
            "request", lambda r: None if r.url.startswith(own) else self.strange.append(r.url)
        )
        context.on("weberror", lambda e: self.troubles.append(str(e.error)))
        context.on(
            "console",
            lambda m: self.troubles.append(m.text) if m.type in ("error", "warning") else None,
        )

    def go(self, path: str) -> None:
        """Open an address."""
        answer = self.page.goto(self.server.url + path)
        assert answer is not None
        assert answer.status == 200, path

    def look(self, name: str) -> None:
        """Check a page by day and by night, and keep a picture of each."""
        wanted, given = self.page.evaluate(WIDTHS)
        assert wanted <= given, f"{name} is wider than the window"
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.screenshot(path=self.shots / f"walk-{name}-{scheme}.png", full_page=True)
        self.page.evaluate(PRUNE)
        self.page.evaluate(CHECKER.read_text(encoding="utf-8"))
        for scheme, rules in RULES.items():
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.faults += [f"{name}, {scheme}: {one}" for one in self.page.evaluate(AXE, rules)]
        self.page.emulate_media(color_scheme="light")
        self.checked.add(name)


@pytest.fixture(scope="module")
def shots(root: Path) -> Path:
    folder = root / "out" / "test-screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not CHECKER.is_file():
        if IN_CI:
            pytest.fail("TERBIUM_CI=1 requires the assets: make assets", pytrace=False)
        pytest.skip("the checker of accessibility is not there: make assets")
    with serving(tmp_path_factory.mktemp("walk") / "data") as found:
        yield found


def button(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def test_a_walk_through_all_pages(
    server: Server, browser: Browser, shots: Path, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(20_000)
    walk = Walk(server, context.new_page(), shots)
    walk.listen(context)
    cancelled(walk)
    started = tiny_run(walk)
    checked_item(walk)
    sent_table(walk, tmp_path)
    dropped_article(walk, tmp_path)
    sources(walk)
    run = finished_run(walk, started)
    supposed(walk)
    link = shared(walk, run)
    in_chinese(walk, run)
    on_a_phone(walk, browser, run)
    elsewhere(walk, browser, link)
    assert walk.strange == []
    assert walk.troubles == []
    assert not walk.faults, "\n".join(walk.faults)
    assert len(walk.checked) > 15
    context.close()


def cancelled(walk: Walk) -> None:
    """A first visit has a run computed; the reader would rather not wait for it."""
    page = walk.page
    walk.go("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    walk.look("welcome")
    walk.go("/jobs")
    walk.look("jobs")
    button(page, "Cancel").first.click()
    expect(page.get_by_text("cancelled").first).to_be_visible(timeout=WORK)


def tiny_run(walk: Walk) -> str:
    """Write a scenario of one's own, and have it run; gives the page of the job."""
    page = walk.page
    walk.go("/scenarios/april-2025")
    page.get_by_label("Draws").fill("2")
    page.get_by_text("The scenario's text, to change or to write anew").click()
    text = page.get_by_label("Text of the scenario")
    text.fill(text.input_value().replace("end: 2027-01-03", "end: 2025-12-28"))
    walk.look("scenario")
    button(page, "Run").click()
    page.wait_for_url(re.compile("/jobs/"))
    return page.url.removeprefix(walk.server.url)


def checked_item(walk: Walk) -> None:
    page = walk.page
    walk.go("/rules")
    case = {
        "item": "NdFeB magnet",
        "content": "Dy 2%",
        "origin": "CN",
        "exporter": "CN",
        "destination": "JP",
        "on": "2025-06-01",
    }
    for name, value in case.items():
        page.locator(f"main [name={name}]").fill(value)
    button(page, "Check").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("CN-REE-2025-18")
    walk.look("rules-answer")
    walk.go(f"/rules?{examples()[3][1]}")
    walk.look("rules-branches")
    for path in ("calendar", "watch", "tariff", "acts/CN-REE-2025-18"):
        walk.go(f"/rules/{path}")
        walk.look(f"rules-{path.partition('/')[0]}")


def sent_table(walk: Walk, place: Path) -> None:
    page, cases = walk.page, place / "cases.csv"
    cases.write_text(CASES, encoding="utf-8")
    walk.go("/rules/batch")
    page.get_by_label("Table of cases").set_input_files(cases)
    button(page, "Send and check").click()
    page.wait_for_url(re.compile("/rules/batch/"), timeout=WORK)
    expect(page.locator("main")).to_contain_text("one")
    walk.look("rules-batch")


def dropped_article(walk: Walk, place: Path) -> None:
    """Drop a file on the place for it, as a hand does."""
    page = walk.page
    walk.go("/evidence")
    walk.look("evidence")
    dropped = page.evaluate_handle(
        "text => { const t = new DataTransfer();"
        " t.items.add(new File([text], 'note.txt', {type: 'text/plain'})); return t; }",
        ARTICLE,
    )
    page.locator("[data-drop-zone]").dispatch_event("drop", {"dataTransfer": dropped})
    page.wait_for_url(re.compile("/evidence/articles/"), timeout=WORK)
    expect(page.locator("main .finding").first).to_be_visible()
    walk.look("evidence-article")


def sources(walk: Walk) -> None:
    page = walk.page
    walk.go("/sources")
    walk.look("sources")
    page.get_by_role("searchbox").first.fill("licensing/weight")
    page.get_by_role("searchbox").first.press("Enter")
    page.get_by_role("link", name=re.compile("United States|USA")).first.click()
    expect(page.locator("main")).to_contain_text("licensing/weight/USA")
    walk.look("source")
    for path in ("quantities/cn_share_mining", "why/slow-licences-2025"):
        walk.go(f"/evidence/{path}")
        walk.look(f"evidence-{path.partition('/')[0]}")
    walk.go("/api/docs")
    walk.look("api-docs")


def finished_run(walk: Walk, started: str) -> str:
    """Wait for the run, and open its pages; gives its address."""
    page = walk.page
    for _ in range(6):
        job = page.request.get(f"{walk.server.url}/api/v1{started}?wait=20").json()
        if job["state"] not in ("queued", "running"):
            break
    assert job["state"] == "done", job
    walk.go(started)
    page.get_by_role("link", name="Open the result").click()
    page.wait_for_url(re.compile("/runs/[0-9a-f]{8,}"))
    run = page.url.removeprefix(walk.server.url)
    expect(page.locator("main svg").first).to_be_visible()
    walk.look("overview")
    for path, name in ((f"{run}/chain", "chain"), ("/regions/JPN", "region")):
        walk.go(path)
        walk.look(name)
    key = run.rpartition("/")[2]
    walk.go(f"/compare?left={key}&right={key}")
    walk.look("compare")
    return run


def supposed(walk: Walk) -> None:
    """Move a slider; the answer comes by itself."""
    page = walk.page
    walk.go("/what-if")
    answer = page.locator("#answer")
    expect(answer.get_by_role("table").first).to_be_visible(timeout=WORK)
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    moved = answer.get_by_role("heading", name="1 lever moved")
    expect(moved).to_be_visible(timeout=WORK)
    walk.look("what-if")


def shared(walk: Walk, run: str) -> str:
    """Make a secret link of the run; gives it."""
    page = walk.page
    walk.go(run)
    share = page.get_by_role("navigation", name="This run").get_by_text("Share this run")
    share.click()
    button(page, "Make a secret link").click()
    share.click()
    return page.get_by_label("Secret link").input_value()


def in_chinese(walk: Walk, run: str) -> None:
    page = walk.page
    for name, title, tag in (("简体中文", "概览", "zh-Hans"), ("繁體中文", "概覽", "zh-Hant")):
        walk.go(run)
        page.locator("header.top details.menu").first.click()
        button(page, name).click()
        expect(page.locator("html")).to_have_attribute("lang", tag)
        expect(page.get_by_role("navigation").first).to_contain_text(title)
        page.screenshot(path=walk.shots / f"walk-overview-{tag.lower()}.png")
    page.locator("header.top details.menu").first.click()
    button(page, "English").click()


def on_a_phone(walk: Walk, browser: Browser, run: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    walk.listen(context)
    desk, walk.page = walk.page, context.new_page()
    for path, name in (("/", "start"), (run, "overview"), ("/rules", "rules"), ("/what-if", "if")):
        walk.go(path)
        wanted, given = walk.page.evaluate(WIDTHS)
        assert wanted <= given, f"{path} is wider than a phone"
        walk.page.screenshot(path=walk.shots / f"walk-phone-{name}.png", full_page=True)
    walk.page = desk
    context.close()


def elsewhere(walk: Walk, browser: Browser, link: str) -> None:
    """Another browser opens the link, and can read and do no more."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    walk.listen(context)
    desk, walk.page = walk.page, context.new_page()
    walk.page.goto(link if link.startswith("http") else walk.server.url + link)
    expect(walk.page.locator("main svg").first).to_be_visible()
    expect(button(walk.page, "End sharing")).to_have_count(0)
    walk.look("shared")
    walk.page = desk
    context.close()
