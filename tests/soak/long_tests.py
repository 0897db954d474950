"""Tests that take too long for each run of the suite, one after another.

The wheel in an empty environment, the documentation as a site, examples that need a server, pages
at every width and in both looks, and ways of stopping that are like another.
"""

from __future__ import annotations

import os
import subprocess
import sys


def main() -> int:
    """Run them, and return pytest's code."""
    # what a test cannot do without has to be there
    told = {**os.environ, "TERBIUM_LONG": "1", "TERBIUM_CI": "1"}
    words = ["-m", "pytest", "-q", "-m", "long"]
    return subprocess.run([sys.executable, *words], env=told, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
