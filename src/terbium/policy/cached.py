"""The register as checked before: one file that says of which texts it was made.

People author YAML. Reading and checking it takes seconds, so the package carries what came out of
it, with a hash of the texts; ``tools/build_register.py`` writes it anew. If the texts were changed
since, nobody uses it.
"""

import json
import zlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

CACHE = "register.json"


def register_folder() -> Path:
    """The folder of the built-in register."""
    return Path(str(files("terbium") / "data" / "register"))


def texts_of(folder: Path) -> list[Path]:
    """The authored texts of a register, in the order of their names."""
    return sorted(folder.glob("*.yaml"))


def hash_of(folder: Path) -> str:
    """Hash of names and contents of the authored texts.

    A check sum is enough to see that a text was changed, and quick to load: it guards against an
    oversight, not against anybody.
    """
    found = 0
    for path in texts_of(folder):
        found = zlib.crc32(path.name.encode(), found)
        found = zlib.crc32(path.read_bytes(), found)
    return f"{found:08x}"


def read_cache(folder: Path) -> Mapping[str, Any] | None:
    """The checked register as plain data; None if there is none, or the texts have changed."""
    path = folder / CACHE
    if not path.is_file():
        return None
    held = json.loads(path.read_text(encoding="utf-8"))
    return dict(held["register"]) if held["hash"] == hash_of(folder) else None


def cache_text(folder: Path, register: Mapping[str, Any]) -> str:
    """What the cache file of a register holds: one line per source and per measure."""
    head = {key: value for key, value in register.items() if key not in ("sources", "measures")}
    sources = ",\n".join(f"{_line(k)}:{_line(v)}" for k, v in sorted(register["sources"].items()))
    measures = ",\n".join(_line(measure) for measure in register["measures"])
    return (
        f'{{"hash":{_line(hash_of(folder))},\n"register":{_line(head)[:-1]},\n'
        f'"sources":{{\n{sources}\n}},\n"measures":[\n{measures}\n]}}}}\n'
    )


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
