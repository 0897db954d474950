"""What makes a scenario wrong although every field is well formed."""

import math
from datetime import date
from typing import Any

from terbium.base.errors import Problems, UnitError, suggest
from terbium.base.units import dimension, parse_factor
from terbium.policy.authored import Path, checked, faults
from terbium.policy.checks import check_overlay
from terbium.policy.register import Register
from terbium.scenario.layers import Layers
from terbium.scenario.schema import ALL, Content, Shock
from terbium.scenario.vocabulary import Vocabulary

# what stands in for a field that is not well formed, so that the rest can be judged; never run
_ALWAYS = {"first": "0001-01-01", "last": "9998-12-31"}
_STAND_IN: dict[str, Any] = {
    "name": "-",
    "title": "-",
    "question": "-",
    "dataset": "",
    "base_year": 1,
    "base_period": "2000",
    "horizon": {"start": _ALWAYS["first"], "end": _ALWAYS["last"]},
    "covers": _ALWAYS,
}
_FIELDS = {field.alias or name for name, field in Content.model_fields.items()}

# families of parameters that may lie below zero
_SIGNED = ("behaviour",)


def judged(layers: Layers, problems: Problems) -> tuple[Content | None, Content, list[int]]:
    """Check every field, and keep what is well formed for the checks that follow.

    Returns
    -------
    content
        None if any field is not well formed.
    rest
        The content, or the well-formed part of it with stand-ins for required fields.
    numbers
        Position in the file of each shock of ``rest``.
    """
    shocks = layers.data.get("shocks", [])
    everything = list(range(len(shocks))) if isinstance(shocks, list) else []
    content = checked(Content, layers.data, layers.place, problems)
    if content is not None:
        return content, content, everything
    data = {key: value for key, value in layers.data.items() if key in _FIELDS}
    bad: set[int] = set()
    for path in faults(Content, layers.data):
        if path[0] == "shocks" and len(path) > 1:
            bad.add(int(path[1]))
        elif path[0] == "set" and len(path) > 1:
            data["set"] = {k: v for k, v in data["set"].items() if k != path[1]}
        else:
            data.pop(str(path[0]), None)
    numbers = [number for number in everything if number not in bad]
    if "shocks" in data:
        data["shocks"] = [shocks[number] for number in numbers]
    return None, Content.model_validate(_STAND_IN | data), numbers


def check_content(
    content: Content,
    numbers: list[int],
    layers: Layers,
    register: Register,
    vocabulary: Vocabulary | None,
    problems: Problems,
) -> None:
    """Note every contradiction of a scenario with itself, the register and its dataset.

    Parameters
    ----------
    content
        Well-formed fields.
    numbers
        Position in the file of each shock.
    layers
        Tells where each value was written.
    register
        The measures there are.
    vocabulary
        The dataset's labels; None if there is no such dataset, which was noted before.
    problems
        Receives what is found.
    """
    _check_dates(content, layers, problems)
    _check_measures(content, layers, register, problems)
    for name, value in content.set_.items():
        _check_parameter(name, value, layers, problems)
        if vocabulary and vocabulary.parameters is not None:
            _check_label("parameter", name, vocabulary.parameters, ("set", name), layers, problems)
    for number, shock in zip(numbers, content.shocks, strict=True):
        _check_shock(shock, ("shocks", number), content, layers, problems)
        if vocabulary:
            _check_labels(shock, ("shocks", number), layers, vocabulary, problems)
    if vocabulary:
        _check_recording(content, layers, vocabulary, problems)


def _check_order(
    first: object, last: object, late: bool, path: Path, layers: Layers, problems: Problems
) -> None:
    if late:
        problems.add(
            layers.place(path),
            f"an end ({last}) before the start ({first})",
            f"{first} or later",
            "swap or correct the two dates (end before start)",
        )


def _check_dates(content: Content, layers: Layers, problems: Problems) -> None:
    horizon, covers = content.horizon, content.covers
    _check_order(
        horizon.start,
        horizon.end,
        horizon.end < horizon.start,
        ("horizon", "end"),
        layers,
        problems,
    )
    _check_order(
        covers.first, covers.last, covers.last < covers.first, ("covers", "last"), layers, problems
    )
    if horizon.end < horizon.start or covers.last < covers.first:
        return
    _check_steps(content, layers, problems)
    inside = f"a day from {horizon.start} to {horizon.end}, the horizon"
    in_force = content.headline.in_force
    for name, day in (("in_force", in_force), ("anticipated", content.headline.anticipated)):
        if day and not horizon.start <= day <= horizon.end:
            problems.add(
                layers.place(("headline", name)),
                str(day),
                inside,
                "move the date, or let the horizon hold it",
            )


def _check_steps(content: Content, layers: Layers, problems: Problems) -> None:
    horizon = content.horizon
    days = (horizon.end - horizon.start).days + 1
    if horizon.step_days > days:
        problems.add(
            layers.place(("horizon", "step_days")),
            f"steps of {horizon.step_days} days",
            f"1 to {days} days, the horizon",
            "choose a day (1) or a week (7)",
        )
    elif (date.max - horizon.end).days < horizon.step_days:
        problems.add(
            layers.place(("horizon", "end")),
            str(horizon.end),
            "a day whose step ends before the calendar does",
            "end the horizon earlier",
        )


def _check_measures(
    content: Content, layers: Layers, register: Register, problems: Problems
) -> None:
    for part in ("include", "exclude"):
        for number, name in enumerate(getattr(content.measures, part)):
            if name not in register.measures:
                problems.add(*register.missing(layers.place(("measures", part, number)), name))
    _check_overlays(content, layers, register, problems)
    headline = content.headline
    if headline.measure is not None and headline.measure not in register.measures:
        problems.add(*register.missing(layers.place(("headline", "measure")), headline.measure))
    if headline.measure is not None and headline.in_force is None:
        problems.add(
            layers.place(("headline", "in_force")),
            "a headline measure without the day it took force",
            "a date such as 2025-04-04",
            "add headline.in_force",
        )


def _check_overlays(
    content: Content, layers: Layers, register: Register, problems: Problems
) -> None:
    """Note what is wrong with overlays of the scenario's own, as the register's are judged."""
    authored = content.measures.overlays
    for number, supposed in enumerate(authored):
        at: Path = ("measures", "overlays", number)
        measure = register.measures.get(supposed.measure)
        if measure is None:
            place = layers.place((*at, "measure"))
            problems.add(*register.missing(place, supposed.measure))
            continue
        if supposed.measure in content.measures.exclude:
            problems.add(
                layers.place((*at, "measure")), f"'{supposed.measure}', which `exclude` names too",
                "a measure that exists in the scenario", "take it out of one of the two",
            )  # fmt: skip
        own = tuple(one.overlay for one in authored if one.measure == measure.id)
        laid = measure.model_copy(update={"overlays": (*measure.overlays, *own)})
        check_overlay(laid, supposed.overlay, at, register.measures, layers.place, problems)


def _check_parameter(name: str, value: float | str, layers: Layers, problems: Problems) -> None:
    if parse_factor(value) is not None:
        return
    place = layers.place(("set", name))
    number, unit = _quantity(value)
    if number is None or (unit is not None and not _is_unit(unit)):
        problems.add(
            place,
            f"{value!r}",
            "a number, a number and a unit such as '60 days', or a factor such as 'times 1.5'",
            "write the value as a number",
        )
    elif number < 0 and name.split("/")[0] not in _SIGNED:
        kind = "a negative stock" if name.startswith("stock/") else "a negative value"
        problems.add(place, f"{kind} ({value})", "0 or more", "give a value that is not negative")


def _quantity(value: float | str) -> tuple[float | None, str | None]:
    if not isinstance(value, str):
        return float(value), None
    head, _, unit = value.strip().partition(" ")
    try:
        number = float(head)
    except ValueError:
        return None, None
    return (number if math.isfinite(number) else None), unit.strip() or None


def _is_unit(unit: str) -> bool:
    try:
        dimension(unit)
    except UnitError:
        return False
    return True


def _check_shock(
    shock: Shock, at: Path, content: Content, layers: Layers, problems: Problems
) -> None:
    _check_order(shock.first, shock.last, shock.last < shock.first, (*at, "last"), layers, problems)
    horizon = content.horizon
    if shock.first > horizon.end or shock.last < horizon.start:
        problems.add(
            layers.place((*at, "first")),
            f"a shock from {shock.first} to {shock.last}, outside the horizon",
            f"days that meet {horizon.start} to {horizon.end}",
            "move the shock, or let the horizon hold it",
        )
    on_links = shock.material is not None and shock.origin is not None
    if (shock.node is not None) == on_links or (shock.material is None) != (shock.origin is None):
        problems.add(
            layers.place(at),
            "a shock that names " + (_named(shock) or "nothing"),
            "either `node`, or `material` and `origin`",
            "name one target",
        )
    elif (shock.what == "cut") != on_links:
        problems.add(
            layers.place((*at, "what")),
            f"'{shock.what}' of {'links' if on_links else 'a node'}",
            "cut for material and origin; activity, capacity or stock for a node",
            "name the other kind of target, or another `what`",
        )


def _named(shock: Shock) -> str:
    return ", ".join(name for name in ("node", "material", "origin") if getattr(shock, name))


def _check_labels(
    shock: Shock, at: Path, layers: Layers, vocabulary: Vocabulary, problems: Problems
) -> None:
    regions = vocabulary.regions
    if shock.material is not None:
        path = (*at, "material")
        _check_label("material", shock.material, vocabulary.materials, path, layers, problems)
    if shock.origin is not None:
        _check_label("region", shock.origin, regions, (*at, "origin"), layers, problems)
    if shock.destination != ALL:
        _check_label("region", shock.destination, regions, (*at, "destination"), layers, problems)
    if shock.node is not None:
        region, _, stage = shock.node.partition("/")
        _check_label("region", region, regions, (*at, "node"), layers, problems)
        stages = vocabulary.stages
        _check_label("stage", stage.split("/")[0], stages, (*at, "node"), layers, problems)


def _check_recording(
    content: Content, layers: Layers, vocabulary: Vocabulary, problems: Problems
) -> None:
    path: Path
    for number, material in enumerate(content.recording.materials):
        path = ("recording", "materials", number)
        _check_label("material", material, vocabulary.materials, path, layers, problems)
    for number, origin in enumerate(content.recording.origins):
        path = ("recording", "origins", number)
        _check_label("region", origin, vocabulary.regions, path, layers, problems)


def _check_label(
    kind: str, label: str, known: frozenset[str], path: Path, layers: Layers, problems: Problems
) -> None:
    if label not in known:
        problems.add(
            layers.place(path),
            f"the unknown {kind} '{label}'",
            f"a {kind} of the dataset ({len(known)} are known)",
            suggest(label, sorted(known)),
        )
