"""What a timed process tells its parent; standard library and numpy alone, for any Python."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_KIB = 1024 if sys.platform != "darwin" else 1  # macOS counts bytes


def peak_megabytes() -> float:
    """Most memory that this process has held so far [MB].

    Linux starts the peak of ``getrusage`` at that of the process which started this one, however
    small this one is. What is asked there is therefore the peak of its own memory.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB / 1e6
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * _KIB / 1e6


@dataclass(frozen=True)
class Job:
    """What the parent asks for on the command line: ``TABLE EVENT STEPS OUT``."""

    table: Path
    event: Path
    steps: int
    out: Path

    @classmethod
    def of(cls, argv: list[str]) -> Job:
        """Take the four arguments."""
        table, event, steps, out = argv
        return cls(Path(table), Path(event), int(steps), Path(out))


@dataclass(frozen=True)
class Measured:
    """What one process measured.

    Attributes
    ----------
    version
        Of the program.
    load, setup
        Seconds to load or compile code, and to go from files to the state at rest.
    seconds
        Of each timed stretch, in order.
    steps
        Steps that the stretches make together.
    imported, peak
        Most memory held once everything was imported, and at the end [MB].
    """

    version: str
    load: float
    setup: float
    seconds: list[float]
    steps: int
    imported: float
    peak: float


def report(measured: Measured, out: Path, output: NDArray[np.float64]) -> None:
    """Write the output by step and industry to ``out``, and the measurements to standard output."""
    np.save(out, output)
    print(json.dumps(asdict(measured)))
