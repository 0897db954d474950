"""Draw the figures of docs/gallery.md from runs: ``python tools/gallery.py RUN...``.

A figure is taken from the first of the runs that has it, so that the more special run comes last.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import terbium as tb
from terbium.base.version import __version__
from terbium.report.blocks import RunView
from terbium.report.document import SECTIONS
from terbium.web.views.figures import Drawn, figures_of
from terbium.web.views.standalone import foot_of, standalone

OUT = Path(__file__).resolve().parents[1] / "docs" / "figures"
SHOWN = ("fan-world", "short", "users", "queue", "access", "chain-1", "economy")


def figures(folder: Path) -> dict[str, tuple[Drawn, str]]:
    """Figures of a run by name, each with its last line."""
    run = tb.open_run(folder)
    view = RunView(run.summary, run.manifest)
    sections = [section for build in SECTIONS if (section := build(view)) is not None]
    foot = foot_of(view.run["scenario"], view.run["draws"], __version__)
    return {named.name: (named.figure, foot) for named in figures_of(sections)}


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    found: dict[str, tuple[Drawn, str]] = {}
    for folder in parser.parse_args().runs:
        found = {**figures(folder), **found}
    missing = [name for name in SHOWN if name not in found]
    if missing:
        sys.stderr.write(f"gallery: no run has {', '.join(missing)}\n")
        raise SystemExit(2)
    for name in SHOWN:
        path = OUT / f"gallery-{name}.svg"
        path.write_text(standalone(*found[name]), encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size} bytes, {found[name][0].title}")


if __name__ == "__main__":
    main()
