"""The one door to Numba.

Numba keys its on-disk cache by the file of the compiled function, so that a change in another
module leaves stale machine code behind. The cache directory is therefore named by a hash of all
sources that compiled code is made of, and is set here before Numba is imported anywhere else.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
from platformdirs import user_cache_dir

COMPILED_FROM = (
    "engine/jit.py",
    "engine/kernel.py",
    "engine/laws.py",
    "engine/licensing.py",
    "engine/network/allocation.py",
    "engine/network/border.py",
    "engine/network/firm_kernel.py",
    "engine/network/hazards.py",
    "engine/network/kernel.py",
    "engine/network/link_kernel.py",
    "engine/network/link_program.py",
    "engine/network/links.py",
    "engine/network/program.py",
    "engine/orders.py",
    "engine/program.py",
    "engine/rationing.py",
    "engine/state.py",
    "base/tolerances.py",
)
"""Sources of compiled functions and of the constants in them; a test holds the list complete."""


def _sources_hash() -> str:
    digest = hashlib.sha256()
    for name in COMPILED_FROM:
        digest.update(name.encode())
        digest.update((Path(__file__).parents[1] / name).read_bytes())
    return digest.hexdigest()[:16]


os.environ.setdefault(
    "NUMBA_CACHE_DIR", str(Path(user_cache_dir("terbium")) / f"numba-{_sources_hash()}")
)

# Loops over lanes have a short, constant length. Unrolled whole before the loop vectoriser sees
# them, they stay scalar; held back from that, they become vector code (faster, the same bits).
llvm.set_option("terbium", "--unroll-full-max-count=0")

from numba import get_num_threads, njit, prange, set_num_threads  # noqa: E402

_Function = TypeVar("_Function", bound=Callable[..., Any])
_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

__all__ = ["get_num_threads", "inner", "njit", "prange", "set_num_threads"]


def inner(function: _Function) -> _Function:
    """Compile a function that compiled ones alone call.

    It gets no way in from the interpreter. That would unpack every array of its arguments, and take
    as long to compile as the function itself.
    """
    return cast(_Function, njit(cache=True, error_model="numpy", **_INNER)(function))
