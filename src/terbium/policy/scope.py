"""Which flows a provision is about: predicates over material, route and end use."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from terbium.policy.regions import region_matches as region_matches
from terbium.policy.schema import Scope

T = TypeVar("T")


@dataclass(frozen=True)
class FlowClass:
    """Flows that every provision treats alike.

    Parameters
    ----------
    material
        Label of the dataset.
    form
        ``oxide``, ``metal``, ``magnet`` ... (``schema.FORMS``).
    elements
        Elements that it contains, above zero.
    origin, destination
        Regions.
    end_use
        Industry that the flow is bound for; empty if it is not known.
    """

    material: str
    form: str
    elements: frozenset[str]
    origin: str
    destination: str
    end_use: str = ""

    @property
    def crosses_border(self) -> bool:
        """Whether the flow leaves its region."""
        return self.origin != self.destination


def material_matches(form: str, elements: Collection[str], scope: Scope) -> bool:
    """Whether form and elements meet a scope; a named element must be contained above zero."""
    form_fits = not scope.forms or form in scope.forms
    return form_fits and (not scope.elements or any(e in elements for e in scope.elements))


def use_matches(end_use: str, scope: Scope) -> bool:
    """Whether an end use meets a scope."""
    fits = not scope.end_uses or end_use in scope.end_uses
    return fits and end_use not in scope.excluded_end_uses


def matches(flow: FlowClass, scope: Scope) -> bool:
    """Whether a flow is in scope. Nothing that stays in its region is."""
    return (
        flow.crosses_border
        and material_matches(flow.form, flow.elements, scope)
        and region_matches(flow.origin, scope.origins)
        and region_matches(flow.origin, scope.exporters)
        and region_matches(flow.destination, scope.destinations)
        and use_matches(flow.end_use, scope)
    )


class FlowTable:
    """Flow classes factorised by field, so that a predicate runs once per distinct value.

    Parameters
    ----------
    classes
        The flows; ``mask`` keeps their order.
    """

    def __init__(self, classes: Sequence[FlowClass]) -> None:
        self.classes = tuple(classes)
        self._materials, self._material = _factorise((c.form, c.elements) for c in classes)
        self._origins, self._origin = _factorise(c.origin for c in classes)
        self._destinations, self._destination = _factorise(c.destination for c in classes)
        self._uses, self._use = _factorise(c.end_use for c in classes)
        self._crossing = np.array([c.crosses_border for c in classes], dtype=bool)

    def mask(self, scope: Scope) -> NDArray[np.bool_]:
        """Whether each class is in scope, shape (class,)."""
        found = self._crossing.copy()
        found &= _each(self._materials, lambda m: material_matches(*m, scope))[self._material]
        found &= _each(
            self._origins,
            lambda r: region_matches(r, scope.origins) and region_matches(r, scope.exporters),
        )[self._origin]
        found &= _each(self._destinations, lambda r: region_matches(r, scope.destinations))[
            self._destination
        ]
        found &= _each(self._uses, lambda u: use_matches(u, scope))[self._use]
        return found


def _factorise(values: Iterable[T]) -> tuple[list[T], NDArray[np.intp]]:
    seen: dict[T, int] = {}
    codes = [seen.setdefault(value, len(seen)) for value in values]
    return list(seen), np.array(codes, dtype=np.intp)


def _each(values: Sequence[T], predicate: Callable[[T], bool]) -> NDArray[np.bool_]:
    return np.array([predicate(value) for value in values], dtype=bool)
