"""The register as it would be had an act never been issued, or an overlay been written.

A scenario supposes; the register stays as it is. What is supposed of it is read by the same rules
for legal answers (plain data) and for runs (``Register``), so that both say the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from terbium.policy.plain import Data
from terbium.policy.register import Register
from terbium.policy.schema import Measure, Overlay

AUTHOR = "this scenario"
_RELATIONS = ("paired_with", "ended_by", "amends", "retaliates_to", "responds_to")


class SupposedOverlay(Overlay):
    """An overlay that no government wrote, on a measure of the register."""

    measure: str
    by: str = AUTHOR

    @property
    def overlay(self) -> Overlay:
        """What it does, as an overlay of its measure."""
        return Overlay.model_validate(self.model_dump(by_alias=True, exclude={"measure"}))


def supposed_data(
    register: Data, without: Collection[str] = (), overlays: Sequence[SupposedOverlay] = ()
) -> dict[str, Any]:
    """A register as plain data, with acts taken out and overlays put in.

    Parameters
    ----------
    register
        As ``RegisterText`` dumps it; it is not changed.
    without
        Acts that were never issued. Their overlays on other acts and all relations to them go too,
        and so do paragraphs that reach goods only through such an act.
    overlays
        Put after those that each measure has.
    """
    added: dict[str, list[dict[str, Any]]] = {}
    for one in overlays:
        plain = one.overlay.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        added.setdefault(one.measure, []).append(plain)
    left = [
        _left(act, frozenset(without), added.get(act["id"], []))
        for act in register["measures"]
        if act["id"] not in without
    ]
    return {**register, "measures": [act for act in left if act["provisions"]]}


def _left(act: Data, without: frozenset[str], added: list[dict[str, Any]]) -> dict[str, Any]:
    """An act as it is when others were never issued."""
    kept = {key: value for key, value in act.items() if key not in ("overlays", *_RELATIONS)}
    kept |= {
        field: names
        for field in _RELATIONS
        if (names := [name for name in act.get(field, ()) if name not in without])
    }
    if "paired_basis" in act:
        kept["paired_basis"] = {k: v for k, v in act["paired_basis"].items() if k not in without}
    laid = [overlay for overlay in act.get("overlays", ()) if overlay["by"] not in without]
    if laid or added:
        kept["overlays"] = [*laid, *added]
    kept["provisions"] = [
        p for p in act["provisions"] if p.get("scope", {}).get("subject_to") not in without
    ]
    return kept


def supposed_register(
    register: Register, without: Collection[str] = (), overlays: Sequence[SupposedOverlay] = ()
) -> Register:
    """A register with acts taken out and overlays put in; as ``supposed_data``.

    Parameters
    ----------
    register
        It is not changed.
    without
        Acts that were never issued.
    overlays
        Overlays of the scenario.
    """
    if not without and not overlays:
        return register
    found = {
        name: _supposed(measure, frozenset(without), overlays)
        for name, measure in register.measures.items()
        if name not in without
    }
    kept = {name: measure for name, measure in found.items() if measure.provisions}
    return replace(register, measures=MappingProxyType(kept))


def _supposed(
    measure: Measure, without: frozenset[str], overlays: Sequence[SupposedOverlay]
) -> Measure:
    changed: Mapping[str, Any] = {
        "overlays": (
            *(one for one in measure.overlays if one.by not in without),
            *(one.overlay for one in overlays if one.measure == measure.id),
        ),
        "provisions": tuple(p for p in measure.provisions if p.scope.subject_to not in without),
        "paired_basis": {k: v for k, v in measure.paired_basis.items() if k not in without},
        **{
            field: tuple(name for name in getattr(measure, field) if name not in without)
            for field in _RELATIONS
        },
    }
    return measure.model_copy(update=dict(changed))
