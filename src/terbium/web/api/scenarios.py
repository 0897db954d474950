"""Endpoints: what can be run."""

from fastapi import APIRouter

from terbium.policy.acts import built_in_book
from terbium.scenario import Scenario, list_scenarios, load_scenario
from terbium.web.api.answers import statuses
from terbium.web.api.models import ScenarioOut
from terbium.web.errors import NotFound

router = APIRouter(prefix="/scenarios", tags=["scenarios"], responses=statuses())


@router.get("")
def scenarios() -> list[ScenarioOut]:
    """List the built-in scenarios."""
    return [_out(load_scenario(name)) for name in list_scenarios()]


@router.get("/{name}", responses=statuses(404, 422))
def scenario(name: str) -> ScenarioOut:
    """One built-in scenario."""
    if name not in list_scenarios():
        raise NotFound("a scenario of that name")
    return _out(load_scenario(name))


def _out(found: Scenario) -> ScenarioOut:
    evidence = built_in_book().evidence_date
    return ScenarioOut(
        name=found.name,
        title=found.title,
        question=found.question,
        dataset=found.dataset,
        first_day=found.horizon.start,
        last_day=found.horizon.end,
        step_days=found.horizon.step_days,
        draws=found.draws,
        seed=found.seed,
        mixes={name: list(blocks) for name, blocks in found.mixes.items()},
        evidence_date=evidence,
        is_past_evidence=found.horizon.end > evidence,
    )
