"""Every paragraph of a register: what it puts on links of a model, or why it puts nothing there."""

from collections.abc import Iterator
from dataclasses import dataclass

from terbium.policy.algebra import RULES
from terbium.policy.friction import WRITES, binds_links
from terbium.policy.links import is_granted_on_sight, missing_facts, names_other_goods
from terbium.policy.register import Register
from terbium.policy.schema import Measure, Provision

_NO_FRICTION = {
    "duty_range": "points by code are not held",
    "suspension": "acts through overlays on other acts",
    "ruling": "acts through overlays on other acts, if on any",
    "jurisdiction": "says which foreign goods other acts reach",
}


@dataclass(frozen=True)
class LinkVerdict:
    """What a paragraph puts on links.

    Parameters
    ----------
    measure, paragraph, effect, formality
        Which it is; ``formality`` is empty for law. What is no law is put on links only if a
        scenario includes it by name.
    writes
        Arrays of a friction that it writes into; none if it cannot be put on links.
    kind
        ``compiled``, ``no friction``: its effect holds no goods up; ``on sight``: a licence that
        is given to whoever asks; ``other goods``: goods that no material of a model stands for;
        ``missing facts``: a fact that no link knows.
    why
        The reason in words; empty if it is compiled.
    """

    measure: str
    paragraph: str
    effect: str
    formality: str
    writes: tuple[str, ...]
    kind: str
    why: str = ""


def link_verdicts(register: Register) -> list[LinkVerdict]:
    """A verdict for every paragraph, in the order of ids and paragraphs."""
    return [found for measure in register.measures.values() for found in _verdicts(measure)]


def _verdicts(measure: Measure) -> Iterator[LinkVerdict]:
    for provision in measure.provisions:
        arrays = WRITES.get(provision.effect, ())
        writes = tuple(name for name, value in arrays if value(provision) != RULES[name][0])
        if provision.effect == "desk_regime":
            writes = ("desk",)
        kind, why = _reason(provision, bool(arrays or writes))
        yield LinkVerdict(
            measure.id, provision.paragraph, provision.effect, measure.formality or "",
            writes if kind == "compiled" else (), kind, why,
        )  # fmt: skip


def _reason(provision: Provision, has_arrays: bool) -> tuple[str, str]:
    if not has_arrays:
        effect = provision.effect.replace("_", " ")
        return "no friction", f"{effect}: {_NO_FRICTION.get(provision.effect, 'holds no goods up')}"
    if is_granted_on_sight(provision):
        return "on sight", "granted to whoever presents the papers"
    if binds_links(provision):
        return "compiled", ""
    scope = provision.scope
    if names_other_goods(scope):
        named = [*scope.items, *(word for group in scope.about for word in group), *scope.limits]
        named += [f"not {word}" for word in scope.not_items]
        return (
            "other goods",
            f"told apart by: {', '.join(word.replace('_', ' ') for word in named)}",
        )
    facts = missing_facts(provision)
    if facts:
        return "missing facts", "; ".join(facts)
    return "missing facts", f"whether the item is listed under {scope.listed_in}"
