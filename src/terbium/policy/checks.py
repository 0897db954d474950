"""What makes a register wrong as a whole: ids, sources, windows, sizes, idle overlays."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from terbium.base.errors import Problems, suggest
from terbium.policy.authored import Authored
from terbium.policy.authored import Path as TextPath
from terbium.policy.checks_coverage import check_coverage
from terbium.policy.checks_scope import Place, check_relations, check_scope, check_variant
from terbium.policy.overlay import Window, hits
from terbium.policy.schema import (
    EFFECT_FIELD,
    Measure,
    Overlay,
    Provision,
    RegisterText,
)

_MEASURE_ID = re.compile(r"[A-Z]{2,3}-[A-Z0-9-]+")


def placer(authored: Authored) -> Place:
    """Say line, measure and field of a path: ``"line 12, CN-GENLIC-2025, provisions.0.effect"``."""

    def place(path: TextPath) -> str:
        found = authored.place(path)
        if path[:1] != ("measures",) or len(path) < 2:
            return found
        entry = authored.data["measures"][path[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        shown = ".".join(str(part) for part in path[2:]) or "the whole measure"
        return f"{found.split(', ')[0]}, {name or 'a measure without id'}, {shown}"

    return place


def check_register(text: RegisterText, place: Place, problems: Problems) -> None:
    """Note what a schema cannot see: ids, sources, windows, sizes, overlays that hit nothing."""
    seen: dict[str, int] = {}
    for number, measure in enumerate(text.measures):
        at: TextPath = ("measures", number)
        if measure.id in seen:
            problems.add(
                place((*at, "id")),
                f"the id '{measure.id}' a second time",
                "each id once",
                "rename one of the two measures",
            )
        seen[measure.id] = number
        check_relations(measure, at, text, place, problems)
        _check_measure(measure, at, text, place, problems)


def _check_measure(
    measure: Measure, at: TextPath, text: RegisterText, place: Place, problems: Problems
) -> None:
    for where, keys in _sources_of(measure, at):
        for key in keys:
            if key not in text.sources:
                problems.add(
                    place(where),
                    f"the source '{key}', which is not in `sources`",
                    "a key of `sources`",
                    suggest(key, text.sources),
                )
    authors = {one.id: one for one in text.measures}
    names = [provision.paragraph for provision in measure.provisions]
    effect = measure.provisions[0].effect
    check_coverage(measure.coverage, effect, (*at, "coverage"), place, problems)
    for number, provision in enumerate(measure.provisions):
        here: TextPath = (*at, "provisions", number)
        if names.index(provision.paragraph) != number:
            problems.add(
                place((*here, "paragraph")),
                f"paragraph '{provision.paragraph}' a second time",
                "each paragraph of a measure once",
                "rename one of the two",
            )
        _check_provision(measure, provision, here, place, problems)
    for number, overlay in enumerate(measure.overlays):
        here = (*at, "overlays", number)
        check_overlay(measure, overlay, here, authors, place, problems)


def _sources_of(measure: Measure, at: TextPath) -> Iterator[tuple[TextPath, tuple[str, ...]]]:
    yield (*at, "source"), measure.source
    for part in ("provisions", "overlays", "milestones"):
        for number, entry in enumerate(getattr(measure, part)):
            yield (*at, part, number, "source"), entry.source


def _check_provision(
    measure: Measure, provision: Provision, at: TextPath, place: Place, problems: Problems
) -> None:
    announced, first, last = measure.dates_of(provision)
    if first and last and last < first:
        problems.add(
            place((*at, "effective_to")),
            f"an end ({last}) before the start ({first})",
            "effective_to on or after effective_from",
            "swap or correct the two dates",
        )
    is_open = measure.formality in ("proposal", "discussion") or (
        measure.date_precision == "unknown"
    )
    if first is None and not is_open:
        problems.add(
            place((*at, "effective_from")),
            "no first day",
            "a date, unless formality is proposal or discussion, or date_precision is unknown",
            "give effective_from, or say that it is a proposal",
        )
    if announced < measure.announced:
        problems.add(
            place((*at, "announced")),
            f"a paragraph announced on {announced}, before its act ({measure.announced})",
            "the day of the act or later",
            "correct one of the two dates",
        )
    needed = EFFECT_FIELD.get(provision.effect)
    for field in sorted(set(EFFECT_FIELD.values())):
        given = getattr(provision, field) is not None
        if given != (field == needed):
            problems.add(
                place((*at, field)),
                f"{'a' if given else 'no'} {field} beside effect '{provision.effect}'",
                f"{needed or 'no size'} for this effect",
                f"{'delete' if given else 'give'} {field}",
            )
    check_coverage(provision.coverage, provision.effect, (*at, "coverage"), place, problems)
    check_scope(provision.scope, (*at, "scope"), place, problems)
    for number, variant in enumerate(provision.variants):
        check_variant(variant, (*at, "variants", number), place, problems)


def check_overlay(
    measure: Measure,
    overlay: Overlay,
    at: TextPath,
    authors: Mapping[str, Measure],
    place: Place,
    problems: Problems,
) -> None:
    """Note what is wrong with an overlay of a measure: paragraphs, dates, author, no effect.

    Parameters
    ----------
    measure
        With all its overlays.
    overlay
        One of them.
    at
        Where it stands.
    authors
        Measures by id that may have written it.
    place
        Says where something stands, in words.
    problems
        Receives what is found.
    """
    names = [provision.paragraph for provision in measure.provisions]
    for word in overlay.paragraphs:
        if word not in names:
            problems.add(
                place((*at, "paragraphs")),
                f"paragraph '{word}', which is not here (an overlay that hits nothing)",
                ", ".join(names),
                suggest(word, names),
            )
    if overlay.to and overlay.to < overlay.from_:
        problems.add(
            place((*at, "to")),
            f"an end ({overlay.to}) before the start ({overlay.from_})",
            "`to` on or after `from`",
            "swap or correct the two dates",
        )
    if not any(_touches(measure, provision, overlay) for provision in measure.provisions):
        problems.add(
            place(at),
            "an overlay that hits nothing: no paragraph is in force in its window",
            "a window that meets the window of a paragraph it names",
            "correct the dates or the paragraphs",
        )
    if overlay.kind == "extend" and not _prolongs(measure, overlay):
        problems.add(
            place((*at, "kind")),
            "an extension without an earlier suspension of the same paragraphs",
            "extend after a suspend",
            "write `suspend`, or add the suspension that it prolongs",
        )
    if overlay.scope:
        check_scope(overlay.scope, (*at, "scope"), place, problems)
    effects = [p.effect for p in measure.provisions if hits(overlay, p)]
    check_coverage(overlay.coverage, next(iter(effects), ""), (*at, "coverage"), place, problems)
    _check_author(overlay, at, authors, place, problems)


def _touches(measure: Measure, provision: Provision, overlay: Overlay) -> bool:
    _, first, last = measure.dates_of(provision)
    if first is None or not hits(overlay, provision):
        return False
    own, other = Window(first, last or date.max), Window(overlay.from_, overlay.to or date.max)
    return own.first <= other.last and other.first <= own.last


def _prolongs(measure: Measure, overlay: Overlay) -> bool:
    return any(
        earlier.kind in ("suspend", "extend")
        and earlier.from_ < overlay.from_
        and earlier.paragraphs == overlay.paragraphs
        for earlier in measure.overlays
    )


def _check_author(
    overlay: Overlay,
    at: TextPath,
    authors: Mapping[str, Measure],
    place: Place,
    problems: Problems,
) -> None:
    author = authors.get(overlay.by)
    if author is None and _MEASURE_ID.fullmatch(overlay.by):
        problems.add(
            place((*at, "by")),
            f"'{overlay.by}', which is not in the register",
            "the id of a measure, or the name of an act such as EO 14298",
            suggest(overlay.by, authors),
        )
    elif author is not None and author.announced != overlay.announced:
        problems.add(
            place((*at, "announced")),
            f"{overlay.announced}, while {author.id} was announced on {author.announced}",
            f"{author.announced}",
            "correct one of the two dates",
        )
