"""The report in a real browser: nothing leaves the machine, nothing overflows, nothing overlaps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

pytestmark = pytest.mark.browser

OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg[role=img]')) {
    const texts = [...svg.querySelectorAll('text')].filter(t => t.getBoundingClientRect().width);
    const boxes = texts.map(t => [t.textContent, t.getBoundingClientRect()]);
    const frame = svg.getBoundingClientRect();
    boxes.forEach(([text, a], i) => {
      if (a.left < frame.left - 3 || a.right > frame.right + 3) found.push('clipped: ' + text);
      for (const [other, b] of boxes.slice(i + 1)) {
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 1 && high > 3) found.push(text + ' | ' + other);
      }
    });
  }
  return found;
}"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg[role=img] text')]
  .filter(t => t.getBoundingClientRect().width)
  .map(t => { const s = t.ownerSVGElement;
    return parseFloat(getComputedStyle(t).fontSize) * s.getBoundingClientRect().width
      / s.viewBox.baseVal.width; }))"""
WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def shots(root: Path) -> Path:
    folder = root / "out" / "test-screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_report_reads_well(
    browser: Browser, page: Path, shots: Path, width: int, scheme: str
) -> None:
    view = browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    requests: list[str] = []
    troubles: list[str] = []
    view.on("request", lambda request: requests.append(request.url))
    view.on("console", lambda message: troubles.append(message.text))
    view.on("pageerror", lambda error: troubles.append(str(error)))
    view.goto(page.as_uri())
    view.screenshot(path=shots / f"report-{width}-{scheme}.png", full_page=True)
    assert requests == [page.as_uri()]
    assert troubles == []
    wanted, given = view.evaluate(WIDTHS)
    assert wanted <= given
    assert view.evaluate(OVERLAPS) == []
    assert view.evaluate(SMALLEST) >= 11
    view.close()


def test_report_prints(browser: Browser, page: Path, shots: Path) -> None:
    view = browser.new_page()
    requests: list[str] = []
    view.on("request", lambda request: requests.append(request.url))
    view.goto(page.as_uri())
    printed = view.pdf(path=shots / "report.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert requests == [page.as_uri()]
    # A4 less its margins, at 96 pixels an inch
    view.set_viewport_size({"width": 688, "height": 1000})
    view.emulate_media(media="print")
    view.screenshot(path=shots / "report-print.png", full_page=True)
    wanted, given = view.evaluate(WIDTHS)
    assert wanted <= given
    assert view.evaluate(OVERLAPS) == []
    assert view.evaluate(SMALLEST) >= 9
    view.close()
