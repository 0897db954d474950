"""Addresses of results: a hash of all that an answer follows from."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from terbium.base.code import code_hash
from terbium.base.errors import InputError
from terbium.base.files import sha256_of_files

_DIGITS: Final = 40
_DERIVED: Final = ("register.json",)
PRIVATE: Final = ("text", "supposed")
"""Fields of requests that hold what a user has written."""


@cache
def fingerprint() -> str:
    """Fingerprint of code, datasets, register and scenarios of this process."""
    root = Path(str(files("terbium")))
    held = [path for name in ("data", "scenarios") for path in sorted((root / name).rglob("*"))]
    read = [path for path in held if path.is_file() and path.name not in _DERIVED]
    return f"{code_hash()} {sha256_of_files(read, root)}"


def address(kind: str, request: Mapping[str, Any], owner: str, upload: Path | None = None) -> str:
    """Address of the result of a request.

    Parameters
    ----------
    kind
        What is asked for.
    request
        In its canonical form.
    owner
        Who asks; part of the address where the request holds what is theirs.
    upload
        The file that belongs to it.

    Returns
    -------
    str
        40 hexadecimal digits.

    Raises
    ------
    InputError
        If the request holds what JSON cannot say.
    """
    is_private = upload is not None or any(request.get(name) for name in PRIVATE)
    said = {
        "kind": kind,
        "request": request,
        "upload": _hash(upload) if upload is not None else "",
        "owner": owner if is_private else "",
        "made by": fingerprint(),
    }
    try:
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError.of(
            "request", kind, "a value that JSON cannot say",
            "text, finite numbers, lists, mappings", "write the value as one of these",
        ) from error  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
