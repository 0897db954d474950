"""One synthetic run for all tests of results."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.results import synthetic

from terbium.engine.recording import Recording
from terbium.results.context import RunContext


@pytest.fixture(scope="session")
def recording() -> Recording:
    return synthetic.recording(draws=40)


@pytest.fixture(scope="session")
def context() -> RunContext:
    return synthetic.context()


@pytest.fixture
def changed(recording: Recording) -> Callable[..., Recording]:
    def change(**fields: Any) -> Recording:
        return replace(recording, **fields)

    return change
