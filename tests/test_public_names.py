import re
import subprocess
import sys

import pytest

import terbium


def test_public_names_can_be_loaded() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", terbium.__version__)
    assert dir(terbium) == sorted(terbium.__all__)
    for name in terbium.__all__:
        assert getattr(terbium, name) is not None


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(AttributeError, match="public names: .*__version__"):
        _ = terbium.open_studdy


def test_import_is_light() -> None:
    code = (
        "import sys, terbium; print([m for m in ('numpy', 'numba', 'pandas') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
