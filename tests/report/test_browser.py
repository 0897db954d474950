"""The report in a real browser: nothing leaves the machine, overflows, overlaps or is cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

TEXTS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg[role=img]')) {
    const texts = [...svg.querySelectorAll('text')].filter(t => t.getBoundingClientRect().width);
    const boxes = texts.map(t => [t.textContent, t.getBoundingClientRect()]);
    const frame = svg.getBoundingClientRect();
    const small = (a, b) => a < b - 1;
    boxes.forEach(([text, a], i) => {
      if (small(a.left, frame.left) || small(frame.right, a.right)
        || small(a.top, frame.top) || small(frame.bottom, a.bottom)) found.push('cut: ' + text);
      for (const [other, b] of boxes.slice(i + 1)) {
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 0.5 && high > 1) found.push(text + ' | ' + other);
      }
    });
  }
  return found;
}"""
"""Texts of a figure that cover each other, or reach out of it."""

BLOCKS = """() => {
  const found = [];
  const seen = e => { const b = e.getBoundingClientRect();
    return b.width > 0 && b.height > 0 && getComputedStyle(e).position != 'absolute'; };
  for (const parent of document.querySelectorAll(
      'body, header, main, section, figure, .cards, .cards li, .multiples, .panel, .legend, tr')) {
    const boxes = [...parent.children].filter(seen).map(e => [e, e.getBoundingClientRect()]);
    boxes.forEach(([e, a], i) => {
      for (const [other, b] of boxes.slice(i + 1)) {
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 1 && high > 1)
          found.push([e, other].map(x => x.tagName + ' ' + x.textContent.slice(0, 40)).join(' | '));
      }
    });
  }
  for (const e of document.querySelectorAll('h1, h2, h3, h4, p, li, td, th, summary, figcaption'))
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display != 'inline')
      found.push('wider than its box: ' + e.textContent.slice(0, 60));
  return found;
}"""
"""Parts of the page that cover each other, or are too narrow for what stands in them."""

SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg[role=img] text')]
  .filter(t => t.getBoundingClientRect().width)
  .map(t => { const s = t.ownerSVGElement;
    return parseFloat(getComputedStyle(t).fontSize) * s.getBoundingClientRect().width
      / s.viewBox.baseVal.width; }))"""

PALE = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const paper = light(getComputedStyle(document.documentElement).backgroundColor);
  const found = [];
  for (const t of document.querySelectorAll('svg[role=img] text:not(.on)')) {
    if (!t.getBoundingClientRect().width) continue;
    const ink = light(getComputedStyle(t).fill);
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < 4.5) found.push(t.textContent + ' ' + contrast.toFixed(2));
  }
  for (const t of document.querySelectorAll('svg[role=img] text.on')) {
    const cell = t.previousElementSibling;
    const [a, b] = [light(getComputedStyle(t).fill), light(getComputedStyle(cell).fill)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) found.push(t.classList + ' ' + contrast.toFixed(2));
  }
  return found;
}"""
"""Texts of figures that stand out too little: the ratio of WCAG 2, level AA."""

WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
UNFOLD = "() => document.querySelectorAll('details').forEach(e => { e.open = true; })"
HIDDEN_TABLES = """() => [...document.querySelectorAll('details.on-paper table')]
  .filter(t => !t.checkVisibility({contentVisibilityAuto: true}) || !t.offsetHeight).length"""
MAP_FILLS = """() => Object.fromEntries([...document.querySelectorAll('.land')].map(
  e => [e.classList[1], getComputedStyle(e).fill]))"""


@pytest.fixture(scope="module")
def shots(root: Path) -> Path:
    folder = root / "out" / "test-screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def reads_well(view: Page, smallest: float) -> None:
    wanted, given = view.evaluate(WIDTHS)
    assert wanted <= given
    assert view.evaluate(TEXTS) == []
    assert view.evaluate(BLOCKS) == []
    assert view.evaluate(PALE) == []
    assert view.evaluate(SMALLEST) >= smallest


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1400, "light"),
        (400, "dark"),
        pytest.param(1400, "dark", marks=pytest.mark.long),
        pytest.param(400, "light", marks=pytest.mark.long),
    ],
)
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
    reads_well(view, 11)
    view.evaluate(UNFOLD)
    reads_well(view, 11)
    assert requests == [page.as_uri()]
    assert troubles == []
    view.close()


@pytest.fixture(scope="module")
def screen(browser: Browser, page: Path) -> Iterator[Page]:
    view = browser.new_page(viewport={"width": 1400, "height": 900})
    view.goto(page.as_uri())
    yield view
    view.close()


def test_first_screen_holds_the_figures_and_the_map(screen: Page) -> None:
    ends = "e => e.getBoundingClientRect().bottom"
    assert screen.locator("#findings .cards li").last.evaluate(ends) <= 900
    assert screen.locator("#findings .map .wide svg[role=img]").evaluate(ends) <= 900


def test_the_map_is_coloured_where_it_is_borrowed(screen: Page) -> None:
    """A shape that a figure borrows by name is painted by rules without ancestors only."""
    fills = screen.evaluate(MAP_FILLS)
    assert {"origin", "rest"} < set(fills)
    assert len(set(fills.values())) == len(fills)
    assert "rgb(0, 0, 0)" not in fills.values()
    sheets = "() => [...document.styleSheets[0].cssRules].map(r => r.selectorText || '')"
    rules = [rule for rule in screen.evaluate(sheets) if rule.endswith((".land", ".step-1"))]
    assert sorted(rules) == [".land", ".step-1"]


def test_widths_between_read_well_too(screen: Page) -> None:
    for width in (320, 720, 1150):
        screen.set_viewport_size({"width": width, "height": 900})
        reads_well(screen, 9)


def test_report_prints(browser: Browser, page: Path, shots: Path) -> None:
    view = browser.new_page(color_scheme="dark")
    requests: list[str] = []
    view.on("request", lambda request: requests.append(request.url))
    view.goto(page.as_uri())
    printed = view.pdf(path=shots / "report.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert requests == [page.as_uri()]
    # A4 less its margins, at 96 pixels an inch
    view.set_viewport_size({"width": 688, "height": 1023})
    view.emulate_media(media="print")
    view.screenshot(path=shots / "report-print.png", full_page=True)
    reads_well(view, 9)
    assert view.evaluate(HIDDEN_TABLES) == 0
    # paper is white, whatever the reader's screen likes
    paper = "() => getComputedStyle(document.documentElement).backgroundColor"
    assert view.evaluate(paper) == "rgb(255, 255, 255)"
    tallest = "() => Math.max(...[...document.querySelectorAll('figure:not(:has(.multiples))')]"
    assert view.evaluate(f"{tallest}.map(f => f.getBoundingClientRect().height))") < 1023
    view.close()


def test_the_checks_see_what_they_look_for(screen: Page) -> None:
    faults = {
        TEXTS: "svg[role=img] text { font-size: 24px !important }",
        BLOCKS: "figcaption { margin-top: -2rem }",
        PALE: ":root { --muted: #bbb !important }",
    }
    screen.set_viewport_size({"width": 1400, "height": 900})
    for check, style in faults.items():
        added = screen.add_style_tag(content=style)
        assert screen.evaluate(check) != []
        added.evaluate("e => e.remove()")
        assert screen.evaluate(check) == []
