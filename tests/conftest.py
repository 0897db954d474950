"""What the whole suite shares: which tests can run on this machine, and where things lie."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.kernels import compile_kernels

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("TERBIUM_SHARED", ROOT.parent / "shared"))
IN_CI = os.environ.get("TERBIUM_CI") == "1"
LONG = os.environ.get("TERBIUM_LONG") == "1"

# a busy machine must not fail a property; the same examples are drawn in every run of CI
settings.register_profile(
    "terbium", deadline=None, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("terbium")


def chromium() -> str | None:
    """Path of a Chromium that is installed, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers beside each other share what is compiled; a single process compiles as it goes."""
    if hasattr(session.config, "workerinput"):
        compile_kernels()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones begin first, so that no process is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip with a reason what this machine cannot run; in CI a missing browser is a failure."""
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        pytest.skip(f"no source material at {SHARED.name}/ beside the checkout")
    if item.get_closest_marker("long") and not LONG:
        pytest.skip("takes long; run by make soak SOAK=long_tests")
    if item.get_closest_marker("browser") and chromium() is None:
        if IN_CI:
            pytest.fail("TERBIUM_CI=1 requires Chromium, and none is installed", pytrace=False)
        pytest.skip("no Chromium is installed")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of source material; for tests marked ``shared``."""
    return SHARED


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser to launch; for tests marked ``browser``."""
    found = chromium()
    assert found is not None, "a test that uses chromium_path must be marked browser"
    return found
