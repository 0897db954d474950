"""``terbium scenarios``: what can be run."""

from terbium.cli.options import Json
from terbium.cli.output import print_json, print_table, say
from terbium.scenario import Scenario, list_scenarios, load_scenario


def scenarios(json: Json = False) -> None:
    """List the built-in scenarios and their mixes."""
    found = [load_scenario(name) for name in list_scenarios()]
    if json:
        print_json([_row(scenario) for scenario in found])
        return
    print_table(
        "Scenarios",
        {"Name": "left", "What it asks": "left", "Days": "left", "Mixes": "left"},
        [
            (
                scenario.name,
                scenario.question,
                f"{scenario.horizon.start} to {scenario.horizon.end}",
                ", ".join(scenario.mixes) or "none",
            )
            for scenario in found
        ],
    )
    say("Run one with: terbium run NAME [--mix MIX]")


def _row(scenario: Scenario) -> dict[str, object]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "dataset": scenario.dataset,
        "first_day": scenario.horizon.start,
        "last_day": scenario.horizon.end,
        "step_days": scenario.horizon.step_days,
        "draws": scenario.draws,
        "mixes": {name: list(blocks) for name, blocks in scenario.mixes.items()},
    }
