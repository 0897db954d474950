"""What ``terbium measures`` prints of applications and of general licences."""

from collections.abc import Iterator, Sequence

from terbium.cli.lines import wrapped
from terbium.cli.measures_text import Page, View
from terbium.policy.acts import Act
from terbium.policy.disclosure import FULL_AND_TRUE, KINDS, Condition, Disclosed

_HEADINGS = {
    "required": "Required by a text",
    "optional": "Optional: asked in practice or in some cases",
    "inferable": "Inferable: never asked, and follows from what is filed",
}


def disclosed(view: View, act: Act, found: Sequence[Disclosed]) -> Page:
    """What applications under an act disclose and allow to infer."""
    lines = view.title(f"What applications under {act.id} reveal")
    for kind in KINDS:
        here = [one for one in found if one.kind == kind]
        if here:
            lines += ["", f"{_HEADINGS[kind]}:"]
            lines += [line for one in here for line in _document(one)]
    if not found:
        lines += [
            "",
            "Nothing is held: the act asks for no application, or its papers were not seen.",
        ]
    lines += ["", *wrapped(FULL_AND_TRUE)]
    rows = [
        {**vars(one), "follows_from": list(one.follows_from), "source": list(one.source)}
        for one in found
    ]
    return Page(lines, {**view.head, "act": act.id, "disclosed": rows, "wording": FULL_AND_TRUE})


def _document(one: Disclosed) -> Iterator[str]:
    tail = [f"from: {'; '.join(one.follows_from)}"] if one.follows_from else []
    tail += [one.note] if one.note else []
    tail += [f"source: {', '.join(one.source)}, {one.confidence}"]
    yield from wrapped(f"{one.what}: {one.tells} [{'; '.join(tail)}]", "  ", "      ")


def conditions(view: View, act: Act, found: Sequence[Condition], others: Sequence[str]) -> Page:
    """Conditions of a general licence, each with the question that settles it."""
    lines = view.title(f"General licences under {act.id}")
    for asked_of in dict.fromkeys(one.asked_of for one in found):
        who = "exporter and customer" if asked_of == "both" else asked_of
        lines += ["", f"The {who}:" if asked_of != "both" else "Of both:"]
        for one in (one for one in found if one.asked_of == asked_of):
            lines += _condition(one)
    if not found:
        held = ", ".join(others) or "none"
        lines += ["", f"No conditions are held for it; they are for: {held}."]
    else:
        lines += ["", *wrapped(_CLOSING)]
    rows = [{**vars(one), "source": list(one.source)} for one in found]
    return Page(lines, {**view.head, "act": act.id, "conditions": rows, "wording": FULL_AND_TRUE})


_CLOSING = (
    "No share of applications that is granted is told here: criteria were not published, and none "
    "can be derived from trade data for one firm. " + FULL_AND_TRUE
)


def _condition(one: Condition) -> Iterator[str]:
    tail = [one.basis, *filter(None, [one.note]), f"source: {', '.join(one.source)}"]
    yield from wrapped(f"- {one.condition}. {one.question} [{'; '.join(tail)}]", "  ", "      ")
