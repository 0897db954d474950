"""A saved synthetic run with its report."""

from pathlib import Path

import pytest
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
