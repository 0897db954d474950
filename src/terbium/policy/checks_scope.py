"""What makes a scope or a relation of measures wrong: labels, regions, lists, pairs."""

from collections.abc import Callable, Collection, Iterable
from functools import cache

from terbium.base.errors import LabelError, Problems, suggest
from terbium.base.gazetteer import resolve_region, symbols
from terbium.policy.authored import Path as TextPath
from terbium.policy.conditions import Ownership
from terbium.policy.parties import list_names
from terbium.policy.schema import FORMS, Measure, RegisterText, Scope, Variant
from terbium.policy.wordlist import entries, use_labels

Place = Callable[[TextPath], str]

_FIGURES = (
    "purity_pct", "density_g_cm3", "compaction_density_g_cm3", "tap_density_g_cm3",
    "energy_density_wh_kg", "capacity_mah_g", "flexural_strength_mpa", "tensile_strength_mpa",
    "elastic_limit_mpa", "size_um", "flow_m3_day",
)  # fmt: skip
_USERS = ("military", "civilian")
_RELATIONS = ("paired_with", "ended_by", "amends", "retaliates_to", "responds_to")


@cache
def _figures() -> tuple[str, ...]:
    return (*_FIGURES, *(f"{symbol}_pct" for symbol in symbols()))


def check_scope(scope: Scope, at: TextPath, place: Place, problems: Problems) -> None:
    """Note labels, figures and regions that nobody defined."""
    labels = tuple(entries())
    signs = tuple(name for name, entry in entries().items() if entry.kind == "sign")
    for field, words, allowed in (
        ("elements", scope.elements, symbols()),
        ("forms", scope.forms, FORMS),
        ("items", scope.items, labels),
        ("not_items", scope.not_items, labels),
        ("about", [word for group in scope.about for word in group], (*labels, *FORMS)),
        ("limits", scope.limits, _figures()),
        ("hooks", scope.hooks, signs),
        ("end_users", scope.end_users, _USERS),
        ("end_uses", scope.end_uses, use_labels()),
        ("excluded_end_uses", scope.excluded_end_uses, use_labels()),
    ):
        _check_words(words, (*at, field), allowed, place, problems)
    regions = [("origins", scope.origins), ("exporters", scope.exporters)]
    regions.append(("destinations", scope.destinations))
    for field, words in regions:
        _check_regions(words, (*at, field), place, problems)
    if scope.content:
        _check_words(
            scope.content.elements, (*at, "content", "elements"), symbols(), place, problems
        )
        _check_regions(scope.content.origins, (*at, "content", "origins"), place, problems)
    _check_owner(scope.owned_by, (*at, "owned_by"), place, problems)


def check_variant(variant: Variant, at: TextPath, place: Place, problems: Problems) -> None:
    """Note what is wrong with a variant: words nobody defined, no condition, no consequence."""
    _check_words(variant.end_users, (*at, "end_users"), _USERS, place, problems)
    _check_words(variant.end_uses, (*at, "end_uses"), use_labels(), place, problems)
    _check_owner(variant.owned_by, (*at, "owned_by"), place, problems)
    if not (variant.end_users or variant.end_uses or variant.owned_by):
        problems.add(
            place(at), "a variant without a condition", "end_users, end_uses or owned_by",
            "say of whom it speaks",
        )  # fmt: skip
    if variant.presumption is None and variant.effect is None:
        problems.add(
            place(at), "a variant that changes nothing", "a presumption or an effect",
            "say what it does",
        )  # fmt: skip


def _check_owner(owned: Ownership | None, at: TextPath, place: Place, problems: Problems) -> None:
    if owned is not None:
        _check_words(owned.lists, (*at, "lists"), tuple(list_names()), place, problems)


def _check_words(
    words: Iterable[str],
    at: TextPath,
    allowed: Collection[str],
    place: Place,
    problems: Problems,
) -> None:
    for word in words:
        if word not in allowed:
            problems.add(place(at), f"'{word}'", ", ".join(allowed), suggest(word, allowed))


def _check_regions(words: Iterable[str], at: TextPath, place: Place, problems: Problems) -> None:
    for word in words:
        code = word.removeprefix("ANY_NON_")
        if word != "ALL" and not _is_region(code):
            problems.add(
                place(at),
                f"the region '{word}'",
                "alpha-3 codes, a bloc such as EU27, ALL, or ANY_NON_ before a code",
                "write the alpha-3 code",
            )


def _is_region(code: str) -> bool:
    try:
        return resolve_region(code) == code
    except LabelError:
        return False


def check_relations(
    measure: Measure, at: TextPath, text: RegisterText, place: Place, problems: Problems
) -> None:
    """Note relations to acts that are not there, and pairs that only one side knows."""
    acts = {one.id: one for one in text.measures}
    for field in _RELATIONS:
        for name in getattr(measure, field):
            if name not in acts:
                problems.add(
                    place((*at, field)), f"'{name}', which is not in the register",
                    "the id of a measure", suggest(name, acts),
                )  # fmt: skip
    for number, provision in enumerate(measure.provisions):
        other = provision.scope.subject_to
        if other is not None and other not in acts:
            problems.add(
                place((*at, "provisions", number, "scope", "subject_to")),
                f"'{other}', which is not in the register",
                "the id of a measure",
                suggest(other, acts),
            )
    _check_pairs(measure, at, acts, place, problems)
    if measure.party_list and measure.party_list.label not in list_names():
        _check_words(
            [measure.party_list.label], (*at, "party_list"), tuple(list_names()), place, problems
        )


def _check_pairs(
    measure: Measure,
    at: TextPath,
    acts: dict[str, Measure],
    place: Place,
    problems: Problems,
) -> None:
    if measure.paired_basis and set(measure.paired_basis) != set(measure.paired_with):
        problems.add(
            place((*at, "paired_basis")),
            f"a basis for {', '.join(measure.paired_basis)}",
            f"one basis for each of {', '.join(measure.paired_with)}",
            "give the basis of every pair",
        )
    for name in measure.paired_with:
        other = acts.get(name)
        if other is None:
            continue
        if measure.id not in other.paired_with:
            problems.add(
                place((*at, "paired_with")),
                f"'{name}', which does not name {measure.id} in turn",
                "pairs that both sides name",
                f"add {measure.id} there, or take {name} away here",
            )
        elif other.paired_basis.get(measure.id) != measure.paired_basis.get(name):
            problems.add(
                place((*at, "paired_basis")),
                f"'{measure.paired_basis.get(name)}' for {name}, which has "
                f"'{other.paired_basis.get(measure.id)}'",
                "the same basis on both sides",
                "correct one of the two",
            )
