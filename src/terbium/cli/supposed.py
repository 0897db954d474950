"""Legal answers in a scenario, apart from the commands that seldom suppose anything."""

from collections.abc import Sequence
from typing import Any

from terbium.policy.acts import Book
from terbium.policy.acts import book_of as book_of_data
from terbium.policy.counterfactual import supposed_data
from terbium.policy.decide import Decider
from terbium.policy.plain import built_in_data
from terbium.policy.rulebook import rule_book
from terbium.scenario import load_scenario


def book_of(scenario: str, mixes: Sequence[str] = ()) -> Book:
    """The acts as a scenario supposes them.

    Raises
    ------
    ScenarioError
        With every problem of the scenario at once.
    """
    said = " + ".join([scenario, *mixes])
    return book_of_data(
        _data(scenario, mixes), f"As scenario {said} supposes it; no government did."
    )


def decider_of(scenario: str, mixes: Sequence[str] = ()) -> Decider:
    """What answers cases as a scenario supposes the law; raises as ``book_of``."""
    return Decider(rule_book(_data(scenario, mixes)))


def _data(scenario: str, mixes: Sequence[str]) -> dict[str, Any]:
    measures = load_scenario(scenario, mixes).measures
    return supposed_data(built_in_data(), measures.exclude, measures.overlays)
