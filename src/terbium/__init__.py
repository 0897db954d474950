"""Terbium: who runs short of which rare earths, and when, if a government restricts them.

The public names are loaded when they are first asked for, so that ``import terbium`` is quick.
"""

from importlib import import_module

from terbium.base.version import __version__

# public name -> module that defines it
_PUBLIC: dict[str, str] = {}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'terbium' has no attribute {name!r}; public names: {__all__}")


def __dir__() -> list[str]:
    return sorted(__all__)
