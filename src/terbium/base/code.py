"""Fingerprints of the code that is running."""

from functools import cache
from pathlib import Path

from terbium.base.files import sha256_of_files


@cache
def code_hash() -> str:
    """Fingerprint of the package's sources, 64 hexadecimal digits."""
    return _hash_of(())


@cache
def draw_code_hash() -> str:
    """Fingerprint of the sources that make a draw out of a compiled chain and its values.

    Two runs of one chain with the same fingerprint may share draws, whatever has changed in what
    is told of them afterwards.
    """
    return _hash_of(_OF_DRAWS)


_OF_DRAWS = ("base", "evidence", "engine")
_OTHER_KERNELS = ("engine", "network")


def _hash_of(parts: tuple[str, ...]) -> str:
    root = Path(__file__).parents[1]
    files = []
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root).parts
        if not parts or (place[0] in parts and place[:2] != _OTHER_KERNELS):
            files.append(path)
    return sha256_of_files(files, root=root)
