"""Imports point down and never in a circle; files stay short; some things are never named."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "terbium"

# lowest first; names on one line do not import each other
LAYERS = (
    ("base",),
    ("evidence",),
    ("policy", "graph"),
    ("engine",),
    ("results",),
    ("scenario",),
    ("analysis",),
    ("study", "propagation"),
    ("report",),
    ("web",),
    ("cli",),
    ("__main__",),
)
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}

# inside a function, under TYPE_CHECKING, or by name at run time: each hides a dependency.
# 9 let `import terbium` be quick (the public names), 9 let `terbium --help` and each command load
# only what it needs (Numba and SciPy take seconds), 1 checks a register whose texts were changed, 1
# names the folder of the report's template
MOST_LAZY_IMPORTS = 20
COMFORTABLE_LINES = 350
MOST_LINES = 420


@dataclass(frozen=True)
class Import:
    importer: str
    imported: str
    line: int
    is_lazy: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def named(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Modules of ours that one syntax node names, and whether by a string."""
    known = modules()
    if isinstance(node, ast.Import):
        yield from ((alias.name, False) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        inner = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from ((name if name in known else node.module, False) for name in inner)
    elif isinstance(node, ast.Constant) and node.value in known and node.value != "terbium":
        # the bare name of the package only anchors its data files
        yield str(node.value), True


def imports_in(importer: str, tree: ast.AST) -> Iterator[Import]:
    def visit(node: ast.AST, is_lazy: bool) -> Iterator[Import]:
        for name, by_string in named(node):
            if name.split(".")[0] == "terbium":
                yield Import(importer, name, getattr(node, "lineno", 0), is_lazy or by_string)
        hides = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, is_lazy or hides or is_type_checking(node))

    yield from visit(tree, False)


@cache
def imports() -> tuple[Import, ...]:
    return tuple(
        found
        for name, path in modules().items()
        for found in imports_in(name, ast.parse(path.read_text(encoding="utf-8")))
    )


def layer_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def breaks_layers(found: Import) -> bool:
    above, below = layer_of(found.importer), layer_of(found.imported)
    if above == "" or above == below:
        # the root hands public names on, and is imported by nobody inside
        return False
    return below == "" or HEIGHT[above] <= HEIGHT[below]


def circle(found: tuple[Import, ...]) -> list[str]:
    graph: dict[str, set[str]] = {}
    for one in found:
        if one.importer != one.imported:
            graph.setdefault(one.importer, set()).add(one.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_module_belongs_to_a_layer() -> None:
    strange = [name for name in modules() if layer_of(name) not in {"", *HEIGHT}]
    assert not strange, f"give these a layer in DESIGN and here: {strange}"


def test_imports_point_down() -> None:
    wrong = [str(found) for found in imports() if breaks_layers(found)]
    assert not wrong, "\n".join(wrong)


def test_no_import_runs_in_a_circle() -> None:
    found = circle(imports())
    assert not found, " -> ".join(found)


def test_lazy_imports_are_few() -> None:
    lazy = [found for found in imports() if found.is_lazy]
    print(f"{len(lazy)} lazy imports, at most {MOST_LAZY_IMPORTS}:", *lazy, sep="\n  ")  # noqa: T201
    assert len(lazy) <= MOST_LAZY_IMPORTS, "\n".join(map(str, lazy))


@pytest.mark.parametrize(
    ("code", "lazy"),
    [
        ("from terbium.cli import main", False),
        ("import terbium.cli.main", False),
        ("def f():\n    from terbium.cli import main", True),
        ("if TYPE_CHECKING:\n    import terbium.cli", True),
        ("import_module('terbium.cli')", True),
    ],
)
def test_the_check_sees_an_upward_import(code: str, lazy: bool) -> None:
    found = list(imports_in("terbium.engine.kernel", ast.parse(code)))
    assert [(breaks_layers(one), one.is_lazy) for one in found] == [(True, lazy)]


def test_the_check_sees_neighbours_and_circles() -> None:
    assert breaks_layers(Import("terbium.policy.scope", "terbium.graph.build", 1, False))
    assert breaks_layers(Import("terbium.base.units", "terbium", 1, False))
    there = Import("terbium.base.units", "terbium.base.labels", 1, False)
    back = Import("terbium.base.labels", "terbium.base.units", 1, True)
    assert circle((there, back))
    assert not circle((there,))


def test_files_stay_short() -> None:
    lines = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules().values()
    }
    long = {str(path.relative_to(ROOT)): n for path, n in lines.items() if n > COMFORTABLE_LINES}
    print(f"longer than {COMFORTABLE_LINES} lines: {long or 'none'}")  # noqa: T201
    assert max(lines.values()) <= MOST_LINES, long


@cache
def tracked() -> tuple[Path, ...]:
    try:
        asked = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = (name for name in asked.stdout.split("\0") if name)
    return tuple(path for name in names if (path := ROOT / name).is_file())


def holding(words: tuple[str, ...], paths: tuple[Path, ...]) -> list[str]:
    found = []
    for path in paths:
        text = path.read_bytes().decode("utf-8", errors="ignore").casefold()
        found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in text]
    return found


# in pieces, so that this file does not hold what it looks for
HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "un" + "pkg.com",
    "js" + "delivr",
    "cdn" + "js",
    "fonts." + "googleapis",
)
STUBS = (
    "notimplemented" + "error",
    "to" + "do:",
    "fix" + "me",
    "for" + " now",
    "place" + "holder",
    "dum" + "my",
    "mock" + " data",
)


def test_no_registry_or_cdn_is_named() -> None:
    found = holding(HOSTS, tracked())
    assert not found, "\n".join(found)


def test_no_path_of_one_machine_is_named() -> None:
    found = holding(("/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/"), tracked())
    assert not found, "\n".join(found)


def test_nothing_is_left_as_a_stub() -> None:
    source = tuple(path for path in tracked() if PACKAGE in path.parents and path.suffix == ".py")
    found = holding(STUBS, source)
    assert not found, "\n".join(found)


def test_the_source_material_is_named_in_tests_and_tools_only() -> None:
    inside = tuple(path for path in tracked() if PACKAGE in path.parents)
    found = holding(("../sha" + "red",), inside)
    assert not found, "\n".join(found)
