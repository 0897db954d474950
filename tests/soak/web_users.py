"""Fifty users of one server for minutes: what is stored comes quickly, nothing fails, memory stays.

``make soak SOAK=web_users``; SOAK_MINUTES bounds it (default 5). A real ``terbium serve`` on
loopback, five access tokens with ten users each, keep-alive connections. Each user thinks for 2 to
8 seconds between requests (about ten requests a second in all), and asks for stored results most
of the time, for pages and checks often, for work of the queue now and then.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.soak._web import (
    API,
    OVER,
    TINY,
    WAYS,
    Times,
    client,
    memory,
    minutes,
    percentile,
    stored,
    think,
)
from tests.web.server import Server, serving

USERS, TEAMS = 50, 5
THINK = (2.0, 8.0)
MOST_P95 = 0.3
MOST_GROWTH = 0.05
LEVER = "licensing/weight/USA"


@dataclass
class Desk:
    """What users of a team can ask for."""

    run: str
    answer: str


class User:
    """One user: asks, waits, thinks."""

    def __init__(self, number: int, http: httpx.AsyncClient, desk: Desk, times: Times) -> None:
        self.random = random.Random(number)
        self.http, self.desk, self.times = http, desk, times

    async def live(self, until: float) -> None:
        """Act until the time is over."""
        acts: Mapping[Callable[[], Awaitable[None]], int] = {
            self.read: 62,
            self.look: 20,
            self.check: 12,
            self.suppose: 4,
            self.upload: 1,
            self.run: 1,
        }
        await asyncio.sleep(self.random.uniform(0, THINK[1]))
        while time.monotonic() < until:
            (act,) = self.random.choices(list(acts), list(acts.values()))
            try:
                await act()
            except (httpx.HTTPError, KeyError, ValueError) as error:
                self.times.faults.append(f"{act.__name__}: {type(error).__name__} {error}"[:300])
            await asyncio.sleep(think(*THINK))

    async def ask(
        self, what: str, path: str, method: str = "GET", **options: object
    ) -> httpx.Response:
        """Ask once, note the time."""
        began = time.monotonic()
        answer = await self.http.request(method, path, **options)  # type: ignore[arg-type]
        self.times.note(what, time.monotonic() - began)
        if answer.status_code >= 400:
            self.times.faults.append(f"{answer.status_code} {method} {path}: {answer.text[:200]}")
        return answer

    async def read(self) -> None:
        """A stored result: pages, figures, files, JSON."""
        run, answer = self.desk.run, self.desk.answer
        what, path = self.random.choice(
            (
                ("stored: overview", f"/runs/{run}"),
                ("stored: overview", f"/runs/{run}"),
                ("stored: chain", f"/runs/{run}/chain"),
                ("stored: what if", f"/results/{answer}"),
                ("stored: json", f"{API}/results/{run}"),
                ("stored: file", f"/runs/{run}/files/first_stops.csv"),
                ("stored: file", f"/runs/{run}/files/summary.json"),
                ("stored: file", f"/runs/{run}/files/report.html"),
            )
        )
        await self.ask(what, path)

    async def look(self) -> None:
        """A page that shows no result."""
        path = self.random.choice(
            ("/", "/rules", "/rules/calendar", "/what-if", "/evidence", "/sources", "/jobs",
             "/regions/JPN", "/static/app.css")
        )  # fmt: skip
        tag = self.random.choice(("en", "zh-Hans", "de"))
        await self.ask(f"page: {path}", f"{path}?lang={tag}")

    async def check(self) -> None:
        """An item against the rules."""
        asked = {
            "item": "NdFeB magnet",
            "content": f"Dy {self.random.randint(1, 60) / 10}%",
            "origin": "CN",
            "exporter": "CN",
            "destination": self.random.choice(("JP", "US", "DE", "VN", "KR")),
            "on": f"2025-{self.random.randint(1, 12):02d}-15",
        }
        await self.ask("check", f"{API}/check", "POST", json=asked)

    async def hand_in(self, kind: str, request: Mapping[str, object]) -> httpx.Response:
        """Ask for work."""
        return await self.ask("submit", f"{API}/{WAYS[kind]}", "POST", json=dict(request))

    async def work(self, what: str, answer: httpx.Response) -> None:
        """Follow a job to its end."""
        if answer.status_code >= 400:
            return
        job, began = answer.json(), time.monotonic()
        while job["state"] not in OVER and time.monotonic() - began < 120:
            await asyncio.sleep(0.5)
            job = (await self.ask("job: state", f"{API}/jobs/{job['id']}")).json()
        self.times.note(what, time.monotonic() - began)
        if job["state"] != "done":
            self.times.faults.append(f"{what} ended as {job['state']}: {job.get('message')}")

    async def suppose(self) -> None:
        """Another lever, 10 draws."""
        request = {
            "scenario": "april-2025",
            "overrides": {LEVER: round(self.random.uniform(0.5, 2.0), 1)},
            "draws": 10,
        }
        await self.work("work: what if", await self.hand_in("what_if", request))

    async def run(self) -> None:
        """A small run of the user's own."""
        request = {**TINY, "seed": self.random.randint(2, 9)}
        await self.work("work: run", await self.hand_in("run", request))

    async def upload(self) -> None:
        """An article."""
        text = f"China supplied about {self.random.randint(60, 95)}% of the magnets in 2024."
        file = {"file": ("note.txt", text.encode(), "text/plain")}
        await self.work(
            "work: article", await self.ask("submit", f"{API}/articles", "POST", files=file)
        )


async def watch(server: Server, until: float, every: float) -> list[dict[str, float]]:
    """Memory at the start and after each part of the time."""
    seen = [memory(server)]
    while time.monotonic() < until - every / 2:
        await asyncio.sleep(every)
        seen.append(memory(server))
    return seen


async def all_users(
    server: Server, desks: Mapping[str, Desk], times: Times, seconds: float
) -> list[dict[str, float]]:
    """Let everybody live, and return the memory of the server."""
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=2, max_keepalive_connections=2)
    users = [
        httpx.AsyncClient(
            base_url=server.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=60.0,
            limits=limits,
            trust_env=False,
        )
        for _ in range(USERS // TEAMS)
        for token in desks
    ]
    lives = [
        User(number, http, desk, times).live(until)
        for number, (http, desk) in enumerate(
            zip(users, list(desks.values()) * (USERS // TEAMS), strict=True)
        )
    ]
    seen, *_ = await asyncio.gather(watch(server, until, seconds / 5), *lives)
    for http in users:
        await http.aclose()
    return seen


def verdict(times: Times, seen: list[dict[str, float]]) -> list[str]:
    """What is not as it must be."""
    wrong = [f"{len(times.faults)} errors"] if times.faults else []
    slow = [
        took for what, all in times.seconds.items() if what.startswith("stored") for took in all
    ]
    p95 = percentile(slow, 0.95)
    told = " ".join(
        f"p{round(100 * p)} {percentile(slow, p) * 1e3:.0f} ms" for p in (0.5, 0.95, 0.99)
    )
    print(f"stored results: {len(slow)} requests, {told}")
    if not p95 < MOST_P95:
        wrong.append(f"p95 of stored results {p95:.3f} s")
    # the first fifth warms up
    growth = sum(seen[-1].values()) / sum(seen[1].values()) - 1
    print(f"memory grew by {growth:.1%} after the first fifth")
    if growth > MOST_GROWTH:
        wrong.append(f"memory grew by {growth:.1%}")
    return wrong


def main() -> int:
    """Run the soak and print its figures."""
    tokens = [f"soak-token-of-team-{number}-{random.getrandbits(64):x}" for number in range(TEAMS)]
    times, seconds = Times(), 60 * minutes(5)
    with (
        tempfile.TemporaryDirectory() as place,
        serving(Path(place, "data"), tokens=tokens) as server,
    ):
        desks = {}
        for token in tokens:
            with client(server, token) as user:
                supposed = {"scenario": "april-2025", "overrides": {LEVER: 1.5}, "draws": 50}
                run = stored(user, "run", TINY)
                desks[token] = Desk(run, stored(user, "what_if", supposed))
        print(
            f"{USERS} users for {seconds:.0f} s, thinking {THINK[0]:g} to {THINK[1]:g} s",
            flush=True,
        )
        seen = asyncio.run(all_users(server, desks, times, seconds))
    print(times.table())
    for at, sizes in enumerate(seen):
        parts = ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items())
        print(f"after {at * seconds / 5:4.0f} s: {parts}")
    for fault in times.faults[:10]:
        print(f"fault: {fault}")
    wrong = verdict(times, seen)
    print("; ".join(wrong).upper() if wrong else "all as it must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
