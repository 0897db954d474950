"""Modules of this folder that few calls need: a plain question does not wait for them."""

from importlib import import_module
from typing import Any


def later(name: str) -> Any:
    """A module of this folder by its name, imported now."""
    return import_module(f"{__package__}.{name}")
