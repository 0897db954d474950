"""What a table costs in memory, and what the machine has: asked before anything is loaded."""

import os
from pathlib import Path

from terbium.base.errors import Problems
from terbium.evidence.methods import method

_FLOAT = 8
_KIB = 1024
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")
_STEP = 1000


def memory_needed(regions: int, sectors: int, categories: int, steps: int | None = None) -> int:
    """Bytes that reading a table and running shocks through it takes.

    Parameters
    ----------
    regions, sectors, categories
        Numbers of labels.
    steps
        Steps of the run; without it the constant ``tables/memory/steps``.

    Returns
    -------
    int
        Z and Y, a dozen arrays of sectors x industries, and what is recorded [bytes].

    Examples
    --------
    >>> round(memory_needed(41, 35, 5) / 1e6)
    69
    """
    industries = regions * sectors
    length = round(method("tables/memory/steps")) if steps is None else steps
    flows = industries * (industries + regions * categories)
    state = round(method("tables/memory/state_arrays")) * sectors * industries
    series = round(method("tables/memory/series")) * length * industries
    records = 1 + length // round(method("tables/memory/stock_interval"))
    return _FLOAT * (flows + state + series + records * sectors * industries)


def free_memory() -> int | None:
    """Bytes that a process may still take, or None where the machine does not tell.

    The limit of a container counts as well, less what it could give back.
    """
    known = [room for room in (_machine_room(), _container_room()) if room is not None]
    return min(known, default=None)


def check_memory(needed: int, problems: Problems) -> None:
    """Note a problem if the machine has less than ``needed`` [bytes]."""
    room = free_memory()
    if room is not None and needed > room:
        problems.add(
            "memory",
            f"a table that needs {size(needed)}, on a machine with {size(room)} free",
            f"tables that need at most {size(room)}",
            "aggregate regions or sectors, or use a machine with more memory",
        )


def size(count: int) -> str:
    """Bytes in words.

    Examples
    --------
    >>> size(192_080_000), size(8 * 10**12), size(512)
    ('192.1 MB', '8.0 TB', '512 bytes')
    """
    power = 0
    value = float(count)
    while value >= _STEP and power < len(_UNITS) - 1:
        value /= _STEP
        power += 1
    return f"{value:.1f} {_UNITS[power]}" if power else f"{count} {_UNITS[0]}"


def _machine_room() -> int | None:
    for line in _lines(_MEMINFO):
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return int(rest.split()[0]) * _KIB
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _container_room() -> int | None:
    limit = _lines(_CGROUP / "memory.max")
    used = _lines(_CGROUP / "memory.current")
    if not limit or not used or not limit[0].isdigit():
        return None
    stat = dict(line.split() for line in _lines(_CGROUP / "memory.stat"))
    return max(int(limit[0]) - int(used[0]) + int(stat.get("inactive_file", 0)), 0)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
