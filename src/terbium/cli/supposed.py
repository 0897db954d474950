"""The law as a scenario supposes it, apart from the commands that seldom suppose anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from terbium.policy.acts import Book, book_of
from terbium.policy.counterfactual import supposed_data
from terbium.policy.decide import Decider
from terbium.policy.plain import built_in_data
from terbium.policy.rulebook import rule_book
from terbium.scenario import load_scenario
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
    parts = [f"without {', '.join(measures.exclude)}"] if measures.exclude else []
    parts += [f"with overlays of its own on {', '.join(laid)}"] if laid else []
    if not parts:
        return f"Scenario {scenario} supposes no other law than the register."
    return f"Scenario {scenario} supposes the law {' and '.join(parts)}; no government did that."
