"""The wheel, installed into an empty environment, serves what the checkout serves."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.test_architecture import HOSTS
from tests.web.server import Server, serving

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "src" / "terbium" / "web" / "static"
MANUAL = ROOT / "src" / "terbium" / "web" / "manual"

pytestmark = pytest.mark.slow


def command(*words: str | Path) -> None:
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{' '.join(map(str, words))}\n{ended.stderr[-3000:]}"


@pytest.fixture(scope="module")
def built() -> None:
    """What git ignores and the wheel carries; made here where it is missing."""
    for place, script in (
        (STATIC / "vendor" / "NOTICES.txt", "assets.py"),
        (MANUAL / "index.html", "build_docs.py"),
    ):
        if not place.is_file():
            command(sys.executable, f"tools/{script}")


@pytest.fixture(scope="module")
def wheel(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("dist")
    command(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", place)
    (found,) = place.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, what it asks for as locked, and nothing else."""
    place = tmp_path_factory.mktemp("empty") / "venv"
    uv = Path(sys.executable).parent / "uv"
    command(uv, "venv", "--quiet", "--python", sys.executable, place)
    python = place / "bin" / "python"
    wanted = ("--python", python, "--constraint", ROOT / "requirements.lock", wheel)
    install = (uv, "pip", "install", "--quiet")
    offline = subprocess.run([*install, "--offline", *wanted], capture_output=True, check=False)
    if offline.returncode:
        command(*install, *wanted)
    return place


@pytest.fixture(scope="module")
def server(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``terbium serve`` of that environment in an empty folder; nothing of the checkout is seen."""
    folder = tmp_path_factory.mktemp("served") / "data"
    outside = {"PYTHONPATH": "", "PYTHONSAFEPATH": "1", "PATH": os.defpath}
    command = (str(environment / "bin" / "terbium"),)
    with serving(folder, command=command, environment=outside) as found:
        yield found


@pytest.mark.long
def test_the_wheel_carries_everything(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name.partition("/")[2] for name in archive.namelist()}
        held = {name: archive.read(name) for name in archive.namelist()}
    package = ROOT / "src" / "terbium"
    here = {
        path.relative_to(package).as_posix()
        for folder in ("web", "locale", "report", "data", "scenarios")
        for path in (package / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and ".partial-" not in str(path)
    }
    assert here <= inside, sorted(here - inside)[:20]
    for name in ("htmx/htmx.min.js", "htmx/LICENSE", "swagger-ui/NOTICE", "NOTICES.txt"):
        assert f"web/static/vendor/{name}" in inside
    assert "web/manual/index.html" in inside
    assert not [name for name in inside if "axe" in name]
    named = [
        (name, host) for name, raw in held.items() for host in HOSTS if host.encode() in raw.lower()
    ]
    assert not named, named[:20]


@pytest.mark.long
def test_the_server_of_the_wheel_answers(server: Server, environment: Path) -> None:
    with httpx.Client(base_url=server.url, timeout=60.0, trust_env=False) as client:
        for path, kind, words in (
            ("/", "text/html", "Terbium"),
            ("/static/app.css", "text/css", ":root"),
            ("/static/vendor/htmx/htmx.min.js", "javascript", "htmx"),
            ("/manual/", "text/html", "Terbium"),
            ("/api/v1/openapi.json", "application/json", "openapi"),
        ):
            answer = client.get(path, follow_redirects=True)
            assert answer.status_code == 200, (path, answer.text[:500])
            assert kind in answer.headers["content-type"], path
            assert words in answer.text, path
        asked = {"item": "NdFeB magnet", "content": "Dy 2%", "origin": "CN", "on": "2025-06-01"}
        shipped = {"exporter": "CN", "destination": "JP"}
        answer = client.post("/api/v1/check", json=asked | shipped)
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == "licence_case_by_case"
    # an interrupt ends it in order, and is told to whoever sent it
    assert server.stop() == 130
    python = environment / "bin" / "python"
    where = subprocess.run(
        [python, "-P", "-c", "import terbium; print(terbium.__file__)"],
        cwd=server.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout).is_relative_to(environment)
