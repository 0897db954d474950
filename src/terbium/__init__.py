"""Terbium: who runs short of which rare earths, and when, if a government restricts them.

The public names are loaded when they are first asked for, so that ``import terbium`` is quick.

::

    import terbium as tb

    study = tb.open_study("april-2025")
    run = study.simulate(draws=200, seed=7)
    run.first_stops()
    tb.demand("BEV", 400_000)
    tb.propagate("example", "flood").losses("region")
    tb.check("Sm2Co17 magnet", "2025-06-01", origin="CN", exporter="CN", destination="FR")
"""

from importlib import import_module

from terbium.base.version import __version__

_ERRORS = "terbium.base.errors"
_SCENARIOS = "terbium.scenario"

# public name -> module that defines it
_PUBLIC: dict[str, str] = {
    "open_study": "terbium.study",
    "list_scenarios": _SCENARIOS,
    "load_scenario": _SCENARIOS,
    "load_dataset": "terbium.evidence.dataset",
    "open_run": "terbium.results.store",
    "render_report": "terbium.report.document",
    "propagate": "terbium.propagation",
    "demand": "terbium.analysis.demand",
    "check": "terbium.policy.check",
    "connect": "terbium.web.client",
    "TerbiumError": _ERRORS,
    "InputError": _ERRORS,
    "DatasetError": _ERRORS,
    "ScenarioError": _ERRORS,
    "MeasureError": _ERRORS,
    "GraphError": _ERRORS,
    "LabelError": _ERRORS,
    "UnitError": _ERRORS,
    "CommandError": _ERRORS,
    "OutputError": _ERRORS,
    "Problem": _ERRORS,
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'terbium' has no attribute {name!r}; public names: {__all__}")


def __dir__() -> list[str]:
    return sorted(__all__)
