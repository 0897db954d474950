"""Networks of firms, each step of the work timed in a process of its own.

``make FIRMS LINKS SEED FILE`` draws a network and keeps it; ``run FILE RULE SEVERITY STEPS SETTLED
NUMBERS`` renumbers and steps it, then measures what memory can stream.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
from in_process import peak_megabytes
from streaming import bandwidth, bytes_of_step

from terbium.base.version import __version__
from terbium.engine.jit import get_num_threads
from terbium.engine.network.firm_case import FirmCase, FirmShock
from terbium.engine.network.firm_run import FirmPropagation
from terbium.graph.firms import FirmNetwork
from terbium.graph.firms_make import synthetic_network

YEAR = 365
COVER, RESTORATION, STOP_SHARE, CHOSEN = 9.0, 6.0, 0.1, 10
HIT = {"mild": (0.01, 0.3), "severe": (0.2, 0.8)}
"""Share of firms that are hit, and share of capacity that they lose."""
FIRST, FORCE, FADE = 1, 90, 60
"""Step in which it happens, steps at full force, steps in which it fades."""
SMALL = (400, 1_600)


def make(firms: int, links: int, seed: int, file: Path) -> None:
    """Draw a network with the shipped generator, and keep it."""
    began = time.perf_counter()
    network = synthetic_network(firms, links, seed)
    seconds = time.perf_counter() - began
    np.savez(file, **{f.name: np.array(getattr(network, f.name)) for f in fields(network)})
    print(json.dumps({"seconds": seconds, "peak": peak_megabytes()}))


def read(file: Path) -> FirmNetwork:
    """A network that :func:`make` has kept."""
    with np.load(file) as kept:
        held = {name: kept[name] for name in kept.files}
    texts = {name: tuple(map(str, held.pop(name))) for name in ("sectors", "regions", "warnings")}
    words = {name: str(held.pop(name)) for name in ("name", "unit")}
    return FirmNetwork(**held, **texts, **words)


def case_of(network: FirmNetwork, rule: str, severity: str, steps: int) -> FirmCase:
    """Firms hit at random, all at once, for a season; then capacity comes back."""
    firms_hit, lost = HIT[severity]
    rng = np.random.default_rng(0)
    count = max(round(firms_hit * network.size), 1)
    node = np.sort(rng.choice(network.size, count, replace=False))
    since = np.arange(steps) - FIRST
    profile = np.clip(1.0 - (since - FORCE) / FADE, 0.0, 1.0) * (since >= 0)
    return FirmCase(
        steps=steps,
        cover=np.full(network.size, COVER),
        restoration=RESTORATION,
        rationing=rule,
        shocks=(FirmShock(node, np.full(count, lost), profile),),
        chosen=np.arange(min(CHOSEN, network.size)),
        stop_share=STOP_SHARE,
        year_steps=float(YEAR),
    )


def run(file: Path, rule: str, severity: str, steps: int, settled: int, numbers: int) -> None:
    """Renumber and step a network, and report."""
    times = [time.perf_counter()]
    small = synthetic_network(*SMALL)
    warm = FirmPropagation(small, case_of(small, rule, severity, 2))
    warm.advance(2)
    times.append(time.perf_counter())
    network = read(file)
    case = case_of(network, rule, severity, steps)
    times.append(time.perf_counter())
    firms = FirmPropagation(network, case)
    times.append(time.perf_counter())
    for _ in range(steps):
        firms.advance(1)
        times.append(time.perf_counter())
    found = firms.trajectories()
    load, reading, renumber, *seconds = np.diff(times).tolist()
    peak = peak_megabytes()  # before the arrays of the stream
    lost = float(found.lost.sum() / (firms.program.output.sum() * steps))
    report = {
        "version": __version__,
        "threads": int(get_num_threads()),
        "load": load,
        "read": reading,
        "renumber": renumber,
        "seconds": seconds,
        "settled": settled,
        "peak": peak,
        "slots": int(firms.program.link_ptr.size - 1),
        "output_lost_share": lost,
        "books": max(found.balance.money, found.balance.recipe, found.balance.stock),
        "streamed": bytes_of_step(firms.program, rule.startswith("water_filling")),
        "bandwidth": bandwidth(numbers),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    work, *rest = sys.argv[1:]
    if work == "make":
        make(*map(int, rest[:3]), Path(rest[3]))
    else:
        run(Path(rest[0]), rest[1], rest[2], *map(int, rest[3:]))
