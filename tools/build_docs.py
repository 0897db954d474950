"""Build the documentation site from docs/, from data and from code: ``make docs``.

Nothing is fetched. Pages of the reference are written anew each time and are not kept; any warning
is an error. The site appears whole under its name or not at all.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from importlib.metadata import files
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sphinx.application import Sphinx  # noqa: E402
from sphinx.errors import SphinxError  # noqa: E402
from tools.manual.pages import faults, move_inline  # noqa: E402

DOCS = ROOT / "docs"
SITE = ROOT / "src" / "terbium" / "web" / "manual"
# whose files every page carries
CARRIED = ("furo", "sphinx", "sphinx-basic-ng", "pygments")


def build(out: Path, source: Path = DOCS) -> None:
    """Build the site into a folder, which is replaced.

    Raises
    ------
    SphinxError
        If a page cannot be made.
    ValueError
        After warnings, or if a page holds something inline, loads something from outside or has
        a dead link.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.partial-", dir=out.parent) as place:
        pages, site = Path(place) / "pages", Path(place) / "site"
        shutil.copytree(source, pages, ignore=shutil.ignore_patterns("__pycache__"))
        if "reference/" in (pages / "index.md").read_text(encoding="utf-8"):
            # only now: it loads the whole program
            from tools.manual.reference import write_reference

            write_reference(pages / "reference")
        app = Sphinx(
            pages,
            pages,
            site,
            Path(place) / "kept",
            "html",
            status=None,
            warning=sys.stderr,
            warningiserror=True,
        )
        app.build()
        if app.statuscode:
            raise ValueError("the warnings above are errors")
        for leftover in (site / ".buildinfo", *site.rglob("*.map")):
            leftover.unlink(missing_ok=True)
        shutil.rmtree(site / "_sources", ignore_errors=True)
        move_inline(site)
        (site / "NOTICES.txt").write_text(notices(), encoding="utf-8")
        found = list(faults(site))
        if found:
            raise ValueError("\n  - ".join([f"{len(found)} fault(s) of the site", *found[:30]]))
        _replace(site, out)


def notices() -> str:
    """Licences of the programs whose files the pages carry."""
    texts = []
    for name in CARRIED:
        for file in files(name) or ():
            if "LICENSE" in file.name and "dist-info" in str(file):
                texts += [f"{name}\n{'=' * len(name)}\n\n{file.read_text()}"]
    return "\n\n".join(texts)


def _replace(site: Path, out: Path) -> None:
    if not out.exists():
        site.rename(out)
        return
    before = site.parent / "before"
    out.rename(before)
    site.rename(out)


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SITE)
    parser.add_argument("--docs", type=Path, default=DOCS)
    chosen = parser.parse_args()
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    try:
        build(chosen.out.resolve(), chosen.docs)
    except (SphinxError, ValueError) as error:
        sys.stderr.write(f"build_docs: {error}\n")
        raise SystemExit(1) from error
    pages = sum(1 for _ in chosen.out.rglob("*.html"))
    print(f"{pages} pages in {chosen.out}")


if __name__ == "__main__":
    main()
