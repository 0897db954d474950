"""The benchmark runs, prints what it promises and saves its page."""

import subprocess
import sys
from pathlib import Path


def test_the_benchmark_prints_and_saves_its_table(root: Path, tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    sizes = ["--sizes", "400", "--steps", "6", "--blocks", "2", "--rounds", "1"]
    done = subprocess.run(
        [
            sys.executable,
            root / "benchmarks" / "run.py",
            "--synthetic-only",
            *sizes,
            "--save",
            page,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    row = next(line for line in done.stdout.splitlines() if line.startswith("| synthetic"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:4] == ["540", "6", "32"]
    assert float(cells[4]) > 0.0
    assert float(cells[7]) > 0.0
    text = page.read_text(encoding="utf-8")
    assert row in text
    for array in ("share", "avail", "ordered", "link_total", "in_cover", "ring (3 planes)"):
        assert array in text
