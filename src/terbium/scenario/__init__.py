"""Scenarios: what is asked of the model, in YAML; blocks, named mixes and one line of precedence.

Low to high: schema default, dataset, file, mix (left to right), overlay folder, ``Study``
arguments, ``--set``.
"""

from terbium.scenario.load import list_scenarios, load_scenario
from terbium.scenario.schema import Scenario, Shock
from terbium.scenario.vocabulary import Vocabulary

__all__ = ["Scenario", "Shock", "Vocabulary", "list_scenarios", "load_scenario"]
