"""A stored run as the pages read it: its summary and manifest, with names in the language."""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from terbium.base.speech import language, tr
from terbium.report.blocks import WORLD, RunView
from terbium.report.words import capital
from terbium.web.views import names

Held = TypeVar("Held")


@dataclass(frozen=True)
class LocalView(RunView):
    """A run whose labels are called what the reader calls them."""

    def name(self, label: str) -> str:
        """Name of a label."""
        return names.any_name(label, self.summary["names"])

    def place(self, label: str) -> str:
        """Name of a region as it stands in a sentence."""
        if language() == "en":
            return super().place(label)
        return tr("the world") if label == WORLD else self.name(label)

    def heading(self, label: str) -> str:
        """Name of a region as it stands alone."""
        return tr("The world") if label == WORLD else capital(self.name(label))

    def elements(self, group: str) -> str:
        """Names of the elements of a group."""
        return super().elements(group) if language() == "en" else names.element_group(group)


class Shelf(Generic[Held]):
    """What was made last, up to a number of things; results never change, so it never ages."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, Held] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Held]) -> Held:
        """What is held under a key, made first if it is not."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made


_views: Shelf[LocalView] = Shelf(6)


def view_of(folder: Path) -> LocalView:
    """The run in a folder; nothing but its two JSON files is read."""
    return _views.get(folder, lambda: _read(folder))


def _read(folder: Path) -> LocalView:
    summary, manifest = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("summary.json", "manifest.json")
    )
    return LocalView(summary, manifest)
