"""The web application, beside files that a bare server hands out and beside the bare study."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from finding import Context, Finding, quotient
from playwright.sync_api import Browser, sync_playwright
from propagation import BenchmarkError
from registry import Benchmark

from terbium.study import open_study

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))

from tests.soak._web import API, client, stored  # noqa: E402
from tests.web.server import HERE, Server, free_port, serving  # noqa: E402

SCENARIO, DRAWS, SEED = "april-2025", 50, 1
LEVER = "licensing/weight/USA"
STATIC = ROOT / "src" / "terbium" / "web" / "static"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REQUESTS = 200
FIRST_PAINT = """() => new Promise(done => {
  const told = list => {
    const [paint] = list.getEntriesByName('first-contentful-paint');
    if (paint) done(paint.startTime / 1000);
  };
  new PerformanceObserver(told).observe({type: 'paint', buffered: true});
})"""
"""Seconds from the start of the navigation to the first text or picture."""


@contextmanager
def files_served(folder: Path) -> Iterator[str]:
    """A bare server of the files of a folder."""
    port = free_port()
    command = [sys.executable, str(ROOT / "benchmarks" / "web_files.py"), str(folder), str(port)]
    process = subprocess.Popen(command)
    try:
        url = f"http://{HERE}:{port}"
        for _ in range(100):
            try:
                httpx.get(url, timeout=5.0, trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def first_paint(browser: Browser, url: str) -> float:
    """Seconds to the first paint of a page, with an empty cache."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(url, wait_until="load")
        return float(page.evaluate(FIRST_PAINT))
    finally:
        context.close()


def seconds_of_request(user: httpx.Client, path: str, requests: int) -> float:
    """Mean time of a request, one after the other on one connection."""
    began = time.perf_counter()
    for _ in range(requests):
        user.get(path).raise_for_status()
    return (time.perf_counter() - began) / requests


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def told(row: Benchmark, unit: str, rounds: list[tuple[float, float]], note: str = "") -> Finding:
    """The best of the rounds of both."""
    own, yardstick = (min(times) for times in zip(*rounds, strict=True))
    values = {"own": own, "yardstick": yardstick, "ratio": quotient(own, yardstick)}
    kept = [{"own": mine, "yardstick": other} for mine, other in rounds]
    return Finding(row.name, unit, values, 1, rounds=kept, note=note)


@contextmanager
def stored_run(context: Context) -> Iterator[tuple[Server, httpx.Client, str]]:
    """A server with one run, a user of it, and the key of the run."""
    with serving(context.folder / "served") as server, client(server) as user:
        yield server, user, stored(user, "run", {"scenario": SCENARIO, "draws": DRAWS})


def measured_paint(row: Benchmark, context: Context) -> Finding:
    """First paint of the overview, beside its own bytes as a file.

    Raises
    ------
    BenchmarkError
        Without a browser.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise BenchmarkError("no Chromium is installed")
    site = context.folder / "site"
    with stored_run(context) as (server, user, _), sync_playwright() as playwright:
        shutil.copytree(STATIC, site / "static")
        (site / "index.html").write_bytes(user.get("/").content)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with files_served(site) as url:
            both = (f"{server.url}/", f"{url}/")
            # the first round finds the files of the browser itself
            rounds = [
                tuple(first_paint(browser, one) for one in both)
                for _ in range(context.rounds_of(row) + 1)
            ]
        browser.close()
    return told(row, "a first paint", rounds[1:])


def measured_stored(row: Benchmark, context: Context) -> Finding:
    """A stored result over HTTP, beside the same bytes as a file."""
    site = context.folder / "stored"
    site.mkdir()
    with stored_run(context) as (_, user, key), files_served(site) as url:
        path = f"{API}/results/{key}/files/summary.json"
        answer = user.get(path)
        (site / "summary.json").write_bytes(answer.content)
        with httpx.Client(base_url=url, trust_env=False) as other:
            rounds = [
                (
                    seconds_of_request(user, path, REQUESTS),
                    seconds_of_request(other, "/summary.json", REQUESTS),
                )
                for _ in range(context.rounds_of(row))
            ]
    best = min(own for own, _ in rounds)
    note = f"{1 / best:.0f} requests a second on one connection, {len(answer.content)} bytes"
    return told(row, "a request", rounds, note)


def measured_what_if(row: Benchmark, context: Context) -> Finding:
    """A changed lever to its answer on a warm worker, beside the bare simulation."""
    rounds = []
    with serving(context.folder / "levers") as server, client(server) as user:
        for at in range(context.rounds_of(row) + 1):
            overrides = {LEVER: 1.1 + at / 10}
            request = {"scenario": SCENARIO, "overrides": overrides, "draws": DRAWS, "seed": SEED}
            own = timed(lambda asked=request: stored(user, "what_if", asked))
            study = open_study(SCENARIO, overrides=overrides)
            bare = timed(lambda opened=study: opened.simulate(draws=DRAWS, seed=SEED))
            rounds.append((own, bare))
    return told(row, f"an answer of {DRAWS} draws", rounds[1:])
