"""Which paragraphs a link of a model can decide, and what it lacks for the others."""

from collections.abc import Iterator

from terbium.policy.schema import Provision, Scope


def missing_facts(provision: Provision) -> tuple[str, ...]:
    """Facts of a shipment that a paragraph asks for and no link knows.

    What tells other goods apart (a label, a figure) is no such fact: see ``names_other_goods``.
    """
    return (*provision.needs_facts, *_facts(provision.scope))


def _facts(scope: Scope) -> Iterator[str]:
    if scope.end_users:
        yield f"whether the end user is {' or '.join(scope.end_users)}"
    if scope.parties is not None:
        yield "whether the end user is on the list"
    if scope.exporter_parties:
        yield "whether the exporter is on the list"
    if scope.owned_by:
        yield "who owns the end user"
    if scope.content:
        yield "the share and origin of inputs"
    if scope.hooks:
        yield f"{', '.join(hook.replace('_', ' ') for hook in scope.hooks)}, yes or no"
    if scope.subject_to:
        yield f"whether the goods are subject to {scope.subject_to}"


def names_other_goods(scope: Scope) -> bool:
    """Whether a paragraph names goods by words or figures that no material of a model has."""
    return bool(scope.items or scope.not_items or scope.about or scope.limits)


def is_granted_on_sight(provision: Provision) -> bool:
    """Whether a licence is a formality: given to whoever shows the papers."""
    return provision.effect == "licence" and provision.presumption == "approve"
