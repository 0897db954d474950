"""Every benchmark as a row: its problem, how hard it is hit, its yardstick, its aims, its class.

``quick`` rows are what ``make bench`` runs, ``long`` rows come with ``--long``, and ``smoke`` rows
are as small as can be: they show that each kind runs and prints what it promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

CLASSES = ("quick", "long", "smoke")
YEAR = 365
FIRM_SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
LINKS_PER_FIRM = 5
LEAST_LINKS = int(
    (Path(__file__).parents[1] / "tests/data/link_count.txt").read_text(encoding="utf-8")
)
"""Links of the built-in chain in the release before."""

BARE, BOUND, PEER = "bare loop", "streaming bound", "BoARIO"
FILE, STUDY = "file of a bare server", "bare simulation"
NEITHER = "-"
"""Severity and rule of a problem that has none."""


@dataclass(frozen=True)
class Aim:
    """What a measure must reach: at least, at most."""

    measure: str
    least: float = -np.inf
    most: float = np.inf

    def is_met(self, value: float) -> bool:
        """Whether a value reaches it."""
        return self.least <= value <= self.most


@dataclass(frozen=True)
class Benchmark:
    """A row of the registry.

    Attributes
    ----------
    name
        Unique.
    kind
        ``chain``, ``table``, ``batch``, ``firms``, ``fit`` over other rows, or, of the web
        application, ``paint``, ``stored``, ``what_if``.
    problem
        What is computed, for readers.
    size
        Links of a synthetic chain; regions and sectors; firms and links. Empty: a file, a scenario.
    severity, rule
        ``mild`` or ``severe``, and how what is short is divided.
    steps
        Made by terbium.
    peer_steps
        Made by the peer; its year is scaled where they are fewer.
    yardstick
        What it is timed beside, or the name of another row.
    aims
        What must be reached.
    group
        One of :data:`CLASSES`.
    rounds
        Of processes, or of the chain.
    needs
        Rows that must run before.
    """

    name: str
    kind: str
    problem: str
    size: tuple[int, ...]
    severity: str
    yardstick: str
    rule: str = "proportional"
    steps: int = YEAR
    peer_steps: int = YEAR
    aims: tuple[Aim, ...] = ()
    group: str = "quick"
    rounds: int = 3
    needs: tuple[str, ...] = ()


def _chains() -> list[Benchmark]:
    built_in = (Aim("rate", least=1e8), Aim("ratio", most=4.0), Aim("links", least=LEAST_LINKS))
    rows = [
        Benchmark(
            f"chain-{links}", "chain", f"synthetic chain, {links:,} links", (links,), "mild", BARE,
            steps=90, rounds=5,
        )
        for links in (500, 2_000, 8_000, 32_000)
    ]  # fmt: skip
    rows += [
        Benchmark(
            f"chain-{name}", "chain", f"built-in chain, {name}", (), severity, BARE, aims=aims,
            rounds=5,
        )
        for name, severity, aims in (
            ("april-2025", "mild", built_in),
            ("heavy-ree-cutoff-1y", "severe", ()),
        )
    ]  # fmt: skip
    return rows


def _table(
    size: str, severity: str, aims: tuple[Aim, ...], peer_steps: int, rounds: int = 3
) -> list[Benchmark]:
    """A table in the quick class and, if the peer makes few steps, its year as a long row."""
    shape = () if size == "world" else tuple(int(part) for part in size.split("x"))
    problem = "world table of 2011, 41 x 35" if size == "world" else f"table {size}"
    row = Benchmark(
        f"table-{size}-{severity}", "table", problem, shape, severity, PEER, aims=aims,
        peer_steps=peer_steps, rounds=rounds,
    )  # fmt: skip
    if peer_steps == YEAR or severity == "mild":
        return [row]
    name = f"table-{size}-{severity}-year"
    year = f"{problem}, every step of the peer"
    long = Benchmark(
        name, "table", year, shape, severity, PEER, aims=aims, group="long", rounds=1
    )  # fmt: skip
    return [row, long]


def _tables() -> list[Benchmark]:
    small = (Aim("ratio", most=1 / 15),)
    large = (Aim("ratio", most=1 / 10), Aim("memory_share", most=0.3))
    rows = []
    for size, peer_steps in (("10x30", YEAR), ("20x50", 60)):
        for severity in ("mild", "severe"):
            rows += _table(size, severity, small, peer_steps)
    rows += _table("49x100", "severe", large, 12, rounds=2)
    rows += _table("world", "severe", (Aim("own", most=5.0),), 60)
    rows.append(
        Benchmark(
            "table-20x50-severe-water_filling", "table", "table 20x50", (20, 50), "severe",
            "table-20x50-severe", rule="water_filling", needs=("table-20x50-severe",),
        )
    )  # fmt: skip
    return rows


def _batches() -> list[Benchmark]:
    aims = (Aim("ratio", most=1 / 60),)
    return [
        Benchmark(
            f"batch-{regions}x{sectors}-{severity}", "batch",
            f"64 shocks at once, table {regions}x{sectors}", (regions, sectors), severity, PEER,
            steps=steps, peer_steps=peer, aims=aims, rounds=2,
        )
        for regions, sectors, severity, steps, peer in (
            (20, 50, "mild", YEAR, 60),
            (20, 50, "severe", YEAR, 60),
            (49, 100, "severe", 12, 12),
        )
    ]  # fmt: skip


def firms_name(firms: int, severity: str, rule: str = "proportional") -> str:
    """Name of a row on a network of firms."""
    return f"firms-{firms}-{severity}" + ("" if rule == "proportional" else f"-{rule}")


def _firms() -> list[Benchmark]:
    def row(
        firms: int,
        severity: str,
        rule: str,
        aims: tuple[Aim, ...],
        beside: str = BOUND,
        steps: int = 30,
    ) -> Benchmark:
        links, is_year = LINKS_PER_FIRM * firms, steps == YEAR
        return Benchmark(
            firms_name(firms, severity, rule) + ("-year" if is_year else ""), "firms",
            f"{firms:,} firms, {links:,} links" + (", every step" if is_year else ""),
            (firms, links), severity, beside, rule=rule, steps=steps, aims=aims,
            group="long" if is_year else "quick", rounds=1 if is_year else 2,
            needs=() if beside == BOUND else (beside,),
        )  # fmt: skip

    most, filling = FIRM_SIZES[-1], "water_filling"
    whole = (Aim("total", most=60.0), Aim("ratio", most=6.0), Aim("peak", most=2000.0))
    rows = [row(firms, "severe", "proportional", ()) for firms in FIRM_SIZES[:-1]]
    for severity in ("mild", "severe"):
        rows.append(row(most, severity, "proportional", whole))
        beside = firms_name(most, severity)
        rows.append(row(most, severity, filling, (Aim("ratio", most=3.0),), beside))
    rows.append(
        Benchmark(
            "firms-exponent", "fit", "time per step over number of firms", (), "severe", "-",
            aims=(Aim("exponent", most=1.1),),
            needs=tuple(firms_name(firms, "severe") for firms in FIRM_SIZES),
        )
    )  # fmt: skip
    rows.append(row(most, "severe", "proportional", whole, steps=YEAR))
    rows.append(row(most, "severe", filling, (), steps=YEAR))
    return rows


def _web() -> list[Benchmark]:
    def row(name: str, kind: str, problem: str, beside: str, *aims: Aim) -> Benchmark:
        return Benchmark(name, kind, problem, (), NEITHER, beside, rule=NEITHER, aims=aims)

    run = "april-2025, 50 draws"
    return [
        row(
            "web-first-paint", "paint", f"overview with a stored run of {run}", FILE,
            Aim("own", most=1.0),
        ),
        row(
            "web-what-if", "what_if", f"changed lever of {run}, worker warm", STUDY,
            Aim("own", most=2.0),
        ),
        row("web-stored", "stored", f"stored summary of {run}", FILE),
    ]  # fmt: skip


def _smoke() -> list[Benchmark]:
    return [
        Benchmark(
            "smoke-chain", "chain", "synthetic chain, 400 links", (400,), "mild", BARE, steps=6,
            group="smoke", rounds=1,
        ),
        Benchmark(
            "smoke-table", "table", "table 2x3", (2, 3), "severe", PEER, steps=12, peer_steps=12,
            group="smoke", rounds=1,
        ),
        Benchmark(
            "smoke-batch", "batch", "64 shocks at once, table 2x3", (2, 3), "severe", PEER,
            steps=12, peer_steps=12, group="smoke", rounds=1,
        ),
        Benchmark(
            "smoke-firms", "firms", "400 firms, 2,000 links", (400, 2_000), "severe", BOUND,
            steps=14, aims=(Aim("total", most=60.0),), group="smoke", rounds=1,
        ),
        Benchmark(
            "smoke-filling", "firms", "400 firms, 2,000 links", (400, 2_000), "severe",
            "smoke-firms", rule="water_filling", steps=14, group="smoke", rounds=1,
            needs=("smoke-firms",),
        ),
    ]  # fmt: skip


BENCHMARKS = (*_chains(), *_tables(), *_batches(), *_firms(), *_web(), *_smoke())
"""All rows; those that others need come first."""


def chosen(patterns: Sequence[str], with_long: bool) -> list[Benchmark]:
    """Rows to run, in order.

    Parameters
    ----------
    patterns
        Names, or patterns of names with ``*``; empty for all of the class.
    with_long
        Whether long rows belong to the class.

    Raises
    ------
    ValueError
        If a pattern fits no row.
    """
    if not patterns:
        groups = ("quick", "long") if with_long else ("quick",)
        return [row for row in BENCHMARKS if row.group in groups]
    for pattern in patterns:
        if not any(fnmatchcase(row.name, pattern) for row in BENCHMARKS):
            raise ValueError(f"--only {pattern}: no such benchmark; --list shows them")
    asked = {row.name for row in BENCHMARKS if any(fnmatchcase(row.name, p) for p in patterns)}
    needed = {name for row in BENCHMARKS if row.name in asked for name in row.needs}
    return [row for row in BENCHMARKS if row.name in asked | needed]
