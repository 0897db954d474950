"""What ``terbium measures --parties`` prints: an item by class of parties, and what comes next."""

from collections.abc import Sequence
from typing import Any

from terbium.base.errors import InputError, Problems
from terbium.base.gazetteer import resolve_region
from terbium.cli.later import later
from terbium.cli.lines import wrapped
from terbium.cli.measures_text import Page, View
from terbium.policy.answers import said
from terbium.policy.decide import built_in_decider
from terbium.policy.party_classes import ClassAnswer, class_answers

_FEW_NAMES = (
    "Lists hold few of their names. A party that is not held is answered as unlisted: look it up."
)


def regions_of(origin: str, destination: str, problems: Problems) -> tuple[str, str]:
    """Codes of both regions; what is none is noted."""
    found = []
    for option, text in (("--origin", origin), ("--parties", destination)):
        try:
            found.append(resolve_region(text, option))
        except InputError as error:
            problems.extend(error.problems)
            found.append("")
    return found[0], found[1]


def page(view: View, item: str, way: tuple[str, str], scenario: str, mixes: Sequence[str]) -> Page:
    """An item by class of parties, from origin to destination."""
    origin, destination = way
    decider = built_in_decider()
    if scenario:
        decider = later("supposed").supposed_in(scenario, mixes).decider
    found = class_answers(decider, view.book, item, origin, destination, view.on, view.known_on)
    lines = view.title(f"{item} from {origin} to {destination} on {view.on}, by class of parties")
    for one in found:
        lines += ["", *wrapped(f"{one.label}{_held(one)}", "", "      ")]
        lines += wrapped(said(one.decision.answer, view.book.evidence_date), "  ", "  ")
        lines += wrapped(f"Status: {_status(one)}", "  ", "      ")
        lines += wrapped(f"Next change: {_next(one)}", "  ", "      ")
    lines += ["", *wrapped(_FEW_NAMES)]
    rows = [_row(one) for one in found]
    data = {**view.head, "item": item, "origin": origin, "destination": destination}
    return Page(lines, {**data, "classes": rows, "wording": _FEW_NAMES})


def _held(one: ClassAnswer) -> str:
    if not one.acts:
        return ""
    size = "?" if one.size is None else one.size
    return f" ({', '.join(one.acts)}; {one.held} of {size} names held)"


def _status(one: ClassAnswer) -> str:
    answer = one.decision.answer
    parts = [answer.status]
    if answer.measures and answer.status != "none":
        parts.append(f"by {', '.join(answer.measures)}")
    if answer.presumption:
        parts.append(f"presumption: {answer.presumption.replace('_', ' ')}")
    if answer.general_licence and answer.status == "licence_case_by_case":
        parts.append(f"general licence possible: {', '.join(answer.general_licence)}")
    parts += [f"if pauses {name}: {text}" for name, text in answer.branches.items()]
    parts += [f"open: {question.text}" for question in answer.questions]
    return "; ".join(parts)


def _next(one: ClassAnswer) -> str:
    change = one.decision.answer.next_change
    return "none is known" if change is None else str(change)


def _row(one: ClassAnswer) -> dict[str, Any]:
    answer, change = one.decision.answer, one.decision.answer.next_change
    return {
        "class": one.label,
        "acts": list(one.acts),
        "names_held": one.held,
        "names_listed": one.size,
        "status": answer.status,
        "measures": list(answer.measures),
        "presumption": answer.presumption,
        "general_licence": list(answer.general_licence),
        "branches": dict(answer.branches),
        "questions": [question.text for question in answer.questions],
        "next_change": None if change is None else {
            "day": change.day, "status": change.status, "measures": list(change.measures)
        },
    }  # fmt: skip
