"""A saved synthetic run with its report."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.report import chain
from tests.results import synthetic

from terbium.report.document import render_report
from terbium.results.store import RunFolder, save_run


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    path = tmp_path_factory.mktemp("report") / "run"
    context = synthetic.context(baseline=chain.baseline(), uses=chain.uses())
    return save_run(path, synthetic.recording(draws=40), context, {}, render_report)


@pytest.fixture(scope="session")
def page(run: RunFolder) -> Path:
    return run.path / "report.html"


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One per file: a browser that outlives it would leave its event loop to other tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()
