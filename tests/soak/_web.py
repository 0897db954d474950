"""What the soaks of the web application share: a stored run, users, times."""

import math
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.web.server import Server

API = "/api/v1"
TINY: Mapping[str, Any] = {
    "scenario": "april-2025",
    "overrides": {"horizon.end": "2025-12-28"},
    "draws": 2,
    "seed": 1,
}
WAYS = {"run": "runs", "what_if": "what-if"}
OVER = ("done", "failed", "cancelled", "broken")


def minutes(default: float) -> float:
    """How long a soak lasts: SOAK_MINUTES, or its own default."""
    return float(os.environ.get("SOAK_MINUTES", default))


def client(server: Server, token: str = "") -> httpx.Client:
    """A user who holds a token, or needs none."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=server.url, headers=headers, timeout=60.0, trust_env=False)


def submit(user: httpx.Client, kind: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Hand a job in, and return it as the server tells it."""
    answer = user.post(f"{API}/{WAYS[kind]}", json=dict(request))
    answer.raise_for_status()
    job: dict[str, Any] = answer.json()
    return job


def ended(user: httpx.Client, job: Mapping[str, Any], seconds: float = 300.0) -> dict[str, Any]:
    """Wait until a job is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = user.get(f"{API}/jobs/{job['id']}", params={"wait": 10})
        answer.raise_for_status()
        seen: dict[str, Any] = answer.json()
        if seen["state"] in OVER:
            return seen
    raise TimeoutError(f"job {job['id']} did not end in {seconds:.0f} s")


def stored(user: httpx.Client, kind: str, request: Mapping[str, Any]) -> str:
    """Key of a finished result."""
    job = ended(user, submit(user, kind, request))
    if job["state"] != "done":
        raise RuntimeError(f"{kind} ended as {job['state']}: {job.get('message')}")
    return str(job["result"])


@dataclass
class Times:
    """Seconds of every request by what was asked, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)

    def note(self, what: str, took: float) -> None:
        """Keep a time."""
        self.seconds[what].append(took)

    def table(self) -> str:
        """Count and percentiles by what was asked, the slowest last."""
        rows = sorted(self.seconds.items(), key=lambda item: percentile(item[1], 0.95))
        lines = [f"{'asked':<28} {'count':>7} {'p50':>8} {'p95':>8} {'p99':>8}  ms"]
        lines += [
            f"{what:<28} {len(took):>7} "
            + " ".join(f"{percentile(took, p) * 1e3:>8.0f}" for p in (0.5, 0.95, 0.99))
            for what, took in rows
        ]
        return "\n".join(lines)


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that so large a share does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else math.nan


def memory(server: Server) -> dict[str, float]:
    """Resident memory [MB] of the server and of the processes that it has started."""
    sizes = [process.memory_info().rss / 2**20 for process in server.family()]
    return {"server": sizes[0], "workers": sum(sizes[1:])} if sizes else {}


def think(low: float, high: float) -> float:
    """How long a user looks at what came [s]."""
    return random.uniform(low, high)
