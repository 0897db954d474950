"""Copy what the pages use of others into the package: ``make assets``.

``npm ci`` fetches the locked packages into a temporary folder, without running any script of
theirs. From there the few files that pages load go to ``src/terbium/web/static/vendor``, each with
its licence, and the checker of accessibility, which tests need, to ``tests/web/vendor``. Both
folders are ignored by git. What is there already and belongs to the lock is left alone, so that a
second call needs no network.

npm is taken from PATH; without one, a Node that ``requirements-node.lock`` pins goes into the
environment of the project.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from terbium.base.errors import TerbiumError
from terbium.base.files import atomic_dir, atomic_write_text

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "src" / "terbium" / "web" / "static" / "vendor"
CHECKER = ROOT / "tests" / "web" / "vendor"
NOTICES = "NOTICES.txt"
LOCKED = ("package.json", "package-lock.json", ".npmrc")
NODE_LOCK = ROOT / "requirements-node.lock"
# the first npm that reads the third version of the lock
LEAST_NPM = 7


class AssetsError(Exception):
    """The files cannot be fetched; the text says what to do."""


@dataclass(frozen=True)
class Asset:
    """What is taken of a package: its files, and the texts of its licence."""

    package: str
    folder: str
    files: tuple[str, ...]
    licences: tuple[str, ...]


PAGES = (
    Asset("htmx.org", "htmx", ("dist/htmx.min.js",), ("LICENSE",)),
    Asset(
        "swagger-ui-dist",
        "swagger-ui",
        ("swagger-ui-bundle.js", "swagger-ui.css"),
        ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"),
    ),
)
TESTS = (Asset("axe-core", "axe-core", ("axe.min.js",), ("LICENSE", "LICENSE-3RD-PARTY.txt")),)
PLACES: Mapping[Path, tuple[Asset, ...]] = {VENDOR: PAGES, CHECKER: TESTS}


def stamp() -> str:
    """Hash of the locks and of what is taken: what the copies were made from."""
    digest = hashlib.sha256(repr((PAGES, TESTS)).encode())
    for name in LOCKED:
        digest.update((ROOT / name).read_bytes())
    return f"Made from the lock {digest.hexdigest()}"


def is_ready(place: Path, assets: Sequence[Asset], mark: str) -> bool:
    """Whether a folder holds every file, made from these locks."""
    notices = place / NOTICES
    if not notices.is_file() or mark not in notices.read_text(encoding="utf-8").splitlines():
        return False
    return all((place / name).is_file() for name in copies(assets).values())


def copies(assets: Sequence[Asset]) -> dict[str, str]:
    """Path among the packages to path in the folder of copies."""
    return {
        f"{asset.package}/{name}": f"{asset.folder}/{Path(name).name}"
        for asset in assets
        for name in (*asset.files, *asset.licences)
    }


def notices(packages: Path, assets: Sequence[Asset], mark: str) -> str:
    """What the copies are, whose, under which licence."""
    told = [
        "These files are the work of others and keep their licences, which lie beside them.",
        "",
    ]
    for asset in assets:
        about = json.loads((packages / asset.package / "package.json").read_text(encoding="utf-8"))
        told += [
            f"{about['name']} {about['version']}, licence {about['license']}",
            *(f"  {asset.folder}/{Path(name).name}" for name in (*asset.files, *asset.licences)),
            "",
        ]
    return "\n".join([*told, mark]) + "\n"


def npm_command() -> list[str]:
    """An npm that reads the lock: that of PATH, else that of the environment, put there if need be.

    Raises
    ------
    AssetsError
        If there is none and none can be had.
    """
    beside = Path(sys.executable).parent / "npm"
    for found in (shutil.which("npm"), str(beside) if beside.is_file() else None):
        if found and _major(found) >= LEAST_NPM:
            return [found]
    _install_node()
    if beside.is_file() and _major(str(beside)) >= LEAST_NPM:
        return [str(beside)]
    raise AssetsError("npm is neither on PATH nor in the environment; install Node 20 or later.")


def _major(npm: str) -> int:
    try:
        said = subprocess.run([npm, "--version"], capture_output=True, text=True, check=True)
        return int(said.stdout.strip().split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0


def _install_node() -> None:
    """Put the locked Node into the environment of the project."""
    print("assets: no npm on PATH; installing the locked Node", file=sys.stderr)
    python, options = sys.executable, ["--require-hashes", "--requirement", str(NODE_LOCK)]
    ways = (
        [str(Path(python).parent / "uv"), "pip", "install", "--quiet", "--python", python],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
    )
    for way in ways:
        try:
            if subprocess.run([*way, *options], check=False).returncode == 0:
                return
        except OSError:
            continue
    raise AssetsError(
        "npm is not on PATH, and the locked Node could not be installed. Allowed: Node 20 or later "
        "with npm, or a network. Install one, or go on without: only the scripts of the pages, the "
        "page of the API and `make wheel` need it."
    )


def fetch(folder: Path) -> Path:
    """Fetch the locked packages into a folder, and return where they lie.

    Raises
    ------
    AssetsError
        If npm fails, above all without a network.
    """
    for name in LOCKED:
        shutil.copyfile(ROOT / name, folder / name)
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    # a package that counts its installations would do so in a script; none is run
    quiet = {**os.environ, "SCARF_ANALYTICS": "false", "NO_UPDATE_NOTIFIER": "1"}
    ended = subprocess.run([*npm_command(), *options], cwd=folder, env=quiet, check=False)
    packages = folder / "node_modules"
    if ended.returncode != 0 or not packages.is_dir():
        raise AssetsError(
            f"npm ended with {ended.returncode}. Allowed: the packages of package-lock.json, from "
            "the registry that npm is configured for. Look at its message above; without a network "
            "the copies of another checkout can be put into src/terbium/web/static/vendor."
        )
    return packages


def copy(packages: Path, place: Path, assets: Sequence[Asset], mark: str) -> None:
    """Make a folder of copies, complete or not at all."""
    with atomic_dir(place, replaces=NOTICES) as folder:
        for source, target in copies(assets).items():
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(packages / source, folder / target)
        atomic_write_text(folder / NOTICES, notices(packages, assets, mark))


def main(argv: Sequence[str] | None = None) -> int:
    """Make what is missing; the exit code is 2 where that is impossible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether all is there")
    options = parser.parse_args(argv)
    mark = stamp()
    missing = {place: of for place, of in PLACES.items() if not is_ready(place, of, mark)}
    if options.check or not missing:
        return 1 if missing else 0
    try:
        with tempfile.TemporaryDirectory() as place:
            packages = fetch(Path(place))
            for folder, assets in missing.items():
                copy(packages, folder, assets, mark)
                print(f"assets: {os.path.relpath(folder, ROOT)}")
    except (AssetsError, TerbiumError, OSError) as error:
        print(f"assets: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
