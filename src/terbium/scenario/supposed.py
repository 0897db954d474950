"""The law as a scenario supposes it: without some acts, or with overlays of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from terbium.base.speech import tr
from terbium.policy.acts import Book, book_of
from terbium.policy.counterfactual import supposed_data
from terbium.policy.decide import Decider
from terbium.policy.plain import built_in_data
from terbium.policy.rulebook import rule_book
from terbium.scenario.load import load_scenario
from terbium.scenario.schema import Measures


@dataclass(frozen=True)
class Supposed:
    """A supposed register: as acts, as rules, and what to say of it."""

    book: Book
    decider: Decider
    text: str


def supposed_in(scenario: str, mixes: Sequence[str] = ()) -> Supposed:
    """The register as a scenario supposes it.

    Raises
    ------
    ScenarioError
        With every problem of the scenario at once.
    """
    measures = load_scenario(scenario, mixes).measures
    data = supposed_data(built_in_data(), measures.exclude, measures.overlays)
    text = _told(" + ".join([scenario, *mixes]), measures)
    return Supposed(book_of(data, text), Decider(rule_book(data)), text)


def _told(scenario: str, measures: Measures) -> str:
    laid = sorted({one.measure for one in measures.overlays})
    told = {
        "scenario": scenario, "left": ", ".join(measures.exclude), "laid": ", ".join(laid),
    }  # fmt: skip
    if measures.exclude and laid:
        return tr(
            "Scenario {scenario} supposes the law without {left} and with overlays of its own on "
            "{laid}; no government did that.",
            **told,
        )
    if measures.exclude:
        return tr(
            "Scenario {scenario} supposes the law without {left}; no government did that.", **told
        )
    if laid:
        return tr(
            "Scenario {scenario} supposes the law with overlays of its own on {laid}; no "
            "government did that.",
            **told,
        )
    return tr("Scenario {scenario} supposes no other law than the register.", **told)
