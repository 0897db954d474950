"""The one door to Numba.

Numba keys its on-disk cache by the file of the compiled function, so that a change in another
module leaves stale machine code behind. The cache directory is therefore named by a hash of all
engine sources, and is set here before Numba is imported anywhere else.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from platformdirs import user_cache_dir


def _sources_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


os.environ.setdefault(
    "NUMBA_CACHE_DIR", str(Path(user_cache_dir("terbium")) / f"numba-{_sources_hash()}")
)

from numba import get_num_threads, njit, prange, set_num_threads  # noqa: E402

__all__ = ["get_num_threads", "njit", "prange", "set_num_threads"]
