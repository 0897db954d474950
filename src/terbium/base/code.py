"""The fingerprint of the code that is running."""

from functools import cache
from pathlib import Path

from terbium.base.files import sha256_of_files


@cache
def code_hash() -> str:
    """Fingerprint of the package's sources, 64 hexadecimal digits."""
    root = Path(__file__).parents[1]
    return sha256_of_files(sorted(root.rglob("*.py")), root=root)
