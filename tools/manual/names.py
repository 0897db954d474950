"""The public names of Python with their docstrings, for autodoc."""

from __future__ import annotations

import inspect

import terbium

# what the public functions give back; members that begin with an underscore are not shown
GIVEN = (
    "terbium.study.Study",
    "terbium.study.Run",
    "terbium.results.store.RunFolder",
    "terbium.analysis.demand.Demand",
    "terbium.propagation.run.PropagationRun",
    "terbium.evidence.dataset.Dataset",
)


def python_page() -> str:
    """Functions first, then what they give back, then errors."""
    public = [name for name in terbium.__all__ if not name.startswith("_")]
    functions = [name for name in public if inspect.isfunction(getattr(terbium, name))]
    errors = [name for name in public if name not in functions]
    parts = [
        "# Python names\n\nMade from docstrings. How they go together: "
        "[the Python face](../python.md).\n",
        "## Functions\n",
        *(_directive("autofunction", f"terbium.{name}") for name in functions),
        "## What they give back\n",
        *(_directive("autoclass", name, "members") for name in GIVEN),
        "## Errors\n",
        *(_directive("autoclass", f"terbium.{name}", "show-inheritance") for name in errors),
    ]
    return "\n".join(parts)


def _directive(kind: str, name: str, *options: str) -> str:
    lines = "".join(f"   :{option}:\n" for option in options)
    return f"```{{eval-rst}}\n.. {kind}:: {name}\n{lines}```\n"
