"""What the register puts on links, apart from the commands that seldom list it."""

from collections import Counter

from terbium.cli.lines import wrapped
from terbium.cli.measures_text import Page, View
from terbium.policy.link_list import LinkVerdict, link_verdicts
from terbium.policy.register import load_register

_HEADINGS = {
    "compiled": "Put on links",
    "missing facts": "Kept off links for want of a fact",
    "other goods": "About goods that no material of a model stands for",
    "on sight": "Licences granted on sight, which hold nothing up",
    "no friction": "Effects that hold no goods up by themselves",
}


def page(view: View) -> Page:
    """Every paragraph with what it puts on links, or why nothing."""
    found = [one for one in link_verdicts(load_register()) if _is_asked(view, one)]
    acts = {one.measure for one in found}
    lines = view.title(f"{len(found)} paragraphs of {len(acts)} acts on links of a model")
    for kind, heading in _HEADINGS.items():
        here = [one for one in found if one.kind == kind]
        counted = len({one.measure for one in here})
        lines += ["", f"{heading}: {len(here)} paragraphs of {counted} acts"]
        for one in here:
            told = ", ".join(one.writes) if one.writes else one.why
            law = f" [{one.formality.replace('_', ' ')}]" if one.formality else ""
            lines += wrapped(f"{one.measure}, {one.paragraph}: {told}{law}", "  ", "      ")
    rows = [{**vars(one), "writes": list(one.writes)} for one in found]
    counts = Counter(one.kind for one in found)
    return Page(lines, {**view.head, "counts": dict(counts), "paragraphs": rows})


def _is_asked(view: View, one: LinkVerdict) -> bool:
    act = view.book.acts.get(one.measure)
    return act is not None and view.holds(act)
