"""``kill -9`` of a worker and of the whole server under load: nothing finished is ever lost.

``make soak SOAK=web_killed``; SOAK_MINUTES bounds it (default 3). Four users keep the queue full.
In turn a worker and the server are killed without a word; after every restart each run that was
ever told to be done must be there with the same bytes, each job that was lost must be told to be
broken, and what waited must be done in the end.
"""

import hashlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from tests.soak._web import API, OVER, TINY, client, minutes, submit
from tests.web.server import Server

USERS = 4
WAITING = 3


@dataclass
class Seen:
    """What users were told: jobs handed in, results with the hash of a file."""

    jobs: dict[str, str] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def fingerprint(user: httpx.Client, key: str) -> str:
    """Hash of what a result says."""
    answer = user.get(f"{API}/results/{key}/files/summary.json")
    answer.raise_for_status()
    return hashlib.sha256(answer.content).hexdigest()


def load(server: Server, number: int, seen: Seen, stop: threading.Event) -> None:
    """Keep some jobs in the queue, and note what is told of them."""
    rng, mine = random.Random(number), set[str]()
    with client(server) as user:
        while not stop.is_set():
            try:
                while len(mine) < WAITING:
                    kind, request = wanted(rng)
                    job = submit(user, kind, request)
                    mine.add(job["id"])
                    with seen.lock:
                        seen.jobs[job["id"]] = kind
                for one in tuple(mine):
                    if follow(user, one, seen):
                        mine.discard(one)
            except httpx.TransportError:
                # the server is being killed or started
                seen.refused += 1
            stop.wait(0.3)


def wanted(rng: random.Random) -> tuple[str, dict[str, Any]]:
    """A job that nobody has asked for before."""
    seed = rng.randint(2, 10**6)
    if rng.random() < 0.5:
        return "run", {**TINY, "seed": seed}
    return "what_if", {"scenario": "april-2025", "overrides": {}, "draws": 5, "seed": seed}


def follow(user: httpx.Client, job: str, seen: Seen) -> bool:
    """Ask for a job; whether it is over."""
    answer = user.get(f"{API}/jobs/{job}")
    answer.raise_for_status()
    told = answer.json()
    if told["state"] not in OVER:
        return False
    if told["state"] == "done":
        kept = fingerprint(user, told["result"])
        with seen.lock:
            seen.results[job] = kept
    with seen.lock:
        seen.states[job] = told["state"]
    return True


def workers(server: Server) -> list[psutil.Process]:
    """Processes that work, not those that only watch over resources."""
    found = []
    for process in server.family()[1:]:
        with suppress(psutil.Error):
            if "resource_tracker" not in " ".join(process.cmdline()):
                found.append(process)
    return found


def kill_worker(server: Server, rng: random.Random) -> tuple[str, bool]:
    """Kill one worker, and wait until another stands in for it; what happened, and if well."""
    before = workers(server)
    if not before:
        return "no worker to kill", False
    victim = rng.choice(before)
    victim.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if len(set(workers(server)) - {victim}) >= len(before):
            return f"worker {victim.pid} killed, another one works", True
        time.sleep(0.2)
    return f"worker {victim.pid} killed, and no other came", False


def kill_server(server: Server) -> tuple[str, bool]:
    """Kill the server alone; its workers must notice and end."""
    left = server.family()[1:]
    server.kill()
    _, alive = psutil.wait_procs(left, timeout=30)
    for orphan in alive:
        os.kill(orphan.pid, signal.SIGKILL)
    server.start()
    told = f"server killed and started, {len(alive)} of its workers went on"
    return told, not alive


def wait_for_results(seen: Seen, rng: random.Random) -> None:
    """Let some results come, so that there is something to lose, then a moment more."""
    before, deadline = len(seen.results), time.monotonic() + 60
    while len(seen.results) < before + 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(rng.uniform(0, 3))


def judged(server: Server, seen: Seen) -> list[str]:
    """Compare what users were told with what the server tells now."""
    wrong = []
    with client(server) as user:
        for job, kept in dict(seen.results).items():
            told = user.get(f"{API}/jobs/{job}").json()
            if told.get("state") != "done":
                wrong.append(f"job {job} was done and is {told.get('state')}")
            elif fingerprint(user, told["result"]) != kept:
                wrong.append(f"result of {job} has changed")
    return wrong


def main() -> int:
    """Run the soak and print its figures."""
    rng, seen, stop, wrong = random.Random(1), Seen(), threading.Event(), list[str]()
    with tempfile.TemporaryDirectory() as place:
        server = Server(Path(place, "data"))
        server.start()
        threads = [
            threading.Thread(target=load, args=(server, number, seen, stop), daemon=True)
            for number in range(USERS)
        ]
        for thread in threads:
            thread.start()
        until, kills = time.monotonic() + 60 * minutes(3), 0
        try:
            while time.monotonic() < until:
                wait_for_results(seen, rng)
                told, is_well = kill_server(server) if kills % 2 else kill_worker(server, rng)
                kills += 1
                lost = judged(server, seen)
                wrong += lost + ([] if is_well else [told])
                print(f"{told}; {len(seen.results)} results kept, {len(lost)} lost", flush=True)
            stop.set()
            for thread in threads:
                thread.join(60)
            wrong += at_the_end(server, seen)
            wrong += judged(server, seen)
        finally:
            stop.set()
            server.stop()
    states = [seen.states.get(job, "?") for job in seen.jobs]
    told = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    print(f"{kills} kills, {len(seen.jobs)} jobs: {told}")
    for fault in wrong[:10]:
        print(f"FAULT: {fault}")
    return 1 if wrong or not seen.results else 0


def at_the_end(server: Server, seen: Seen) -> list[str]:
    """Wait for what is left: every job ends as done, or is told to be broken."""
    deadline = time.monotonic() + 240
    left = [job for job in seen.jobs if job not in seen.states]
    with client(server) as user:
        while left and time.monotonic() < deadline:
            left = [job for job in left if not follow(user, job, seen)]
            time.sleep(0.5)
    strange = [job for job, state in seen.states.items() if state not in ("done", "broken")]
    return [f"job {job} never ended" for job in left] + [
        f"job {job} ended as {seen.states[job]}" for job in strange
    ]


if __name__ == "__main__":
    sys.exit(main())
