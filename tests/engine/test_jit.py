"""Stale machine code cannot be loaded: the cache is named by all that it is made of."""

import ast
import re
from pathlib import Path

from terbium.engine import jit

PACKAGE = Path(jit.__file__).parents[1]


def imported(path: Path) -> set[str]:
    """Files of the package that a module imports names from."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("terbium"):
            parts = (node.module or "").split(".")[1:]
            names = [parts, *([*parts, alias.name] for alias in node.names)]
            found |= {f"{'/'.join(name)}.py" for name in names}
    return {name for name in found if (PACKAGE / name).is_file()}


def test_the_hash_covers_every_compiled_module_and_what_it_imports() -> None:
    compiled = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search("^@(njit|inner)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    reached, waiting = set(), sorted(compiled)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += sorted(imported(PACKAGE / name))
    assert compiled
    assert reached == set(jit.COMPILED_FROM)
