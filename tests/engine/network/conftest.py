"""Tests of the network kernel share one compilation."""

from __future__ import annotations

import pytest
from tests.engine.network.compiled import compile_once


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    compile_once()
