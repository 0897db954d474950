"""Run every script of tests/soak in turn, and say at the end how each went: ``make soak``.

Minutes that a script without an end of its own takes are read from SOAK_MINUTES (it has a default
of its own); names given here choose among the scripts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "tests" / "soak"


def chosen(names: list[str]) -> list[Path]:
    """The scripts that are named, or all."""
    scripts = {path.stem: path for path in sorted(SCRIPTS.glob("*.py")) if path.stem[0] != "_"}
    unknown = [name for name in names if name.removesuffix(".py") not in scripts]
    if unknown or not scripts:
        sys.stderr.write(
            f"soak: seen {', '.join(unknown) or 'no script'}. Allowed: {', '.join(scripts)}. "
            "Name some of these, or none for all.\n"
        )
        raise SystemExit(2)
    return [scripts[name.removesuffix(".py")] for name in names] or list(scripts.values())


def check_minutes() -> None:
    """Refuse what is no number before the first script has begun."""
    seen = os.environ.get("SOAK_MINUTES", "1")
    try:
        is_time = 0.0 < float(seen) < float("inf")
    except ValueError:
        is_time = False
    if not is_time:
        sys.stderr.write(
            f"soak: seen SOAK_MINUTES='{seen}'. Allowed: minutes, more than 0. "
            "Mend it or leave it out.\n"
        )
        raise SystemExit(2)


def main() -> int:
    """Run them, and return how many failed."""
    check_minutes()
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    rows: list[tuple[str, int, float]] = []
    for script in chosen(sys.argv[1:]):
        print(f"\n== {script.stem}", flush=True)
        began = time.monotonic()
        ended = subprocess.run(
            [sys.executable, str(script)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
        rows.append((script.stem, ended.returncode, time.monotonic() - began))
    print("\n== summary")
    for name, code, seconds in rows:
        told = "passed" if code == 0 else f"FAILED with exit code {code}"
        print(f"{name:<28} {seconds / 60:6.1f} min  {told}")
    return sum(code != 0 for _, code, _ in rows)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
