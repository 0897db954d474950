"""What is read from the register or the dataset, not simulated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from terbium.policy.overlay import Knowledge, hits, live_windows, own_window
from terbium.policy.register import Register
from terbium.policy.schema import Measure, Provision, Scope
from terbium.policy.scope import material_matches, region_matches
from terbium.results.keys_labels import materials_of, one_place, regions_of
from terbium.results.keys_query import Query
from terbium.results.keys_terms import Place
from terbium.results.keys_trajectory import Draws, Trajectory, not_modelled

_PAUSES = ("suspend", "extend")
# a duty of the place that imports is no measure on what may leave
_ON_IMPORTS, _ON_EXPORTS = "import", "export"
# a law, a plan or a statement holds up no goods, whatever its scope
_RESTRICTS = ("licence", "ban", "cap", "quota", "duty")


def statutory_days(world: Trajectory, query: Query) -> Draws:
    """Longest review that a rule in force at the period's end allows [working day]."""
    register = _register(world)
    found = [
        provision.clocks.review_working_days
        for measure, provision in _on(world, register, query)
        if provision.effect == "licence"
        and provision.clocks.review_working_days is not None
        and _is_live(world, register, measure, provision, query.days.last)
    ]
    if not found:
        raise not_modelled(
            f"no rule in the register states a review time for this on {query.days.last}"
        )
    return np.full(world.draws, float(max(found)))


def suspended(world: Trajectory, query: Query) -> Draws:
    """1 if a measure on subject and way is suspended at the period's end, else 0."""
    register = _register(world)
    day = query.days.last
    knowledge = _knowledge(world, register)
    is_paused = any(
        own.holds(day)
        and not _is_live(world, register, measure, provision, day)
        and any(
            overlay.kind in _PAUSES
            and hits(overlay, provision)
            and knowledge.counts(overlay)
            and knowledge.window_of(overlay).holds(day)
            for overlay in measure.overlays
        )
        for measure, provision in _on(world, register, query)
        if (own := own_window(measure, provision, knowledge)) is not None
    )
    return np.full(world.draws, float(is_paused))


def quota(world: Trajectory, query: Query) -> Draws:
    """Most that may lawfully be exported in the period: the tightest cap of each day [t]."""
    register = _register(world)
    capped = [
        (measure, provision)
        for measure, provision in _on(world, register, query)
        if provision.tonnes_per_day is not None
    ]
    total = 0.0
    for ahead in range(query.days.days):
        day = query.days.first + timedelta(days=ahead)
        caps = [
            p.tonnes_per_day
            for m, p in capped
            if p.tonnes_per_day is not None and _is_live(world, register, m, p, day)
        ]
        if not caps:
            raise not_modelled(f"the register holds no quota on this on {day}")
        total += min(caps)
    return np.full(world.draws, total)


def stockpile_days(world: Trajectory, query: Query) -> Draws:
    """What states own over daily use, by an estimate ``stockpile/<material>/<region>`` [day]."""
    regions = one_place(world, query.place)
    names = [f"stockpile/{item}/{region}" for item in query.subject for region in sorted(regions)]
    materials_of(world, query.subject)
    missing = [name for name in names if name not in world.values]
    if missing or len(names) > 1:
        raise not_modelled(
            f"the dataset holds no estimate of a state's stock: {', '.join(missing or names)}"
        )
    return world.values[names[0]]


def licensing_origins(world: Trajectory) -> frozenset[str]:
    """Regions whose exports a measure of the run puts under licence."""
    register = _register(world)
    context = world.context
    played = {context.headline_measure, *(change.measure for change in context.measures)}
    scopes = [
        provision.scope
        for name in sorted(played & register.measures.keys())
        if register.measures[name].direction == _ON_EXPORTS
        for provision in register.measures[name].provisions
        if provision.effect == "licence" and provision.scope.is_known_to_links
    ]
    return frozenset(r for r in world.regions if any(region_matches(r, s.origins) for s in scopes))


def _register(world: Trajectory) -> Register:
    if world.register is None:
        raise not_modelled("there is no register of measures beside this run")
    return world.register


def _knowledge(world: Trajectory, register: Register) -> Knowledge:
    return register.knowledge(branch="lapse" if world.context.branch == "lapse" else "hold")


def _is_live(
    world: Trajectory, register: Register, measure: Measure, provision: Provision, day: date
) -> bool:
    windows = live_windows(measure, provision, _knowledge(world, register))
    return any(window.holds(day) for window in windows)


def _on(world: Trajectory, register: Register, query: Query) -> Iterator[tuple[Measure, Provision]]:
    """Paragraphs of binding acts on what leaves: of a subject, on a way."""
    substances = [
        world.substances[material]
        for materials in materials_of(world, query.subject)
        for material in sorted(materials)
        if material in world.substances
    ]
    for measure in register.measures.values():
        is_asked = measure.formality is None and measure.direction != _ON_IMPORTS
        for provision in measure.provisions if is_asked else ():
            # a scope of items, lists or parties says nothing of a material of the dataset
            holds_goods = provision.effect in _RESTRICTS and provision.scope.is_known_to_links
            if (
                holds_goods
                and _on_way(world, query.place, provision.scope)
                and any(material_matches(s.form, s.content, provision.scope) for s in substances)
            ):
                yield measure, provision


def _on_way(world: Trajectory, place: Place, scope: Scope) -> bool:
    """Whether a scope meets a way; one place alone stands for its exports to anywhere."""
    origins = frozenset().union(*regions_of(world, place.first))
    from_here = any(
        region_matches(r, scope.origins) and region_matches(r, scope.exporters) for r in origins
    )
    ends = frozenset().union(*regions_of(world, place.second)) if place.second else None
    to_there = ends is None or any(region_matches(r, scope.destinations) for r in ends)
    return from_here and to_there
