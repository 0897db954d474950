"""Endpoints: what of a scenario can be moved, and what then."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from terbium.base.errors import ScenarioError, suggest
from terbium.evidence.dataset import load_dataset
from terbium.scenario import list_scenarios, load_scenario
from terbium.scenario.load import built_in_register
from terbium.web.api.answers import CHANGES, plain, statuses
from terbium.web.api.depends import Owner, TheServices
from terbium.web.api.models import JobOut, Model, Row, job_out
from terbium.web.api.runs import Name, Value, request_of
from terbium.web.views.levers import levers_of
from terbium.web.work.requests import MOST_TEXT

router = APIRouter(tags=["what if"], responses=statuses())


class WhatIfIn(Model):
    """A scenario with some of its levers moved."""

    scenario: Annotated[str, Field(max_length=200, examples=["april-2025"])] = ""
    mixes: Annotated[list[Name], Field(max_length=20)] = []
    overrides: Annotated[dict[str, Value], Field(description="Values by path.")] = {}
    levers: Annotated[
        dict[str, Value],
        Field(description="Settings by name of lever; see the list of levers."),
    ] = {}
    branch: Annotated[Literal["hold", "lapse"] | None, Field(description="As of a run.")] = None
    text: Annotated[
        str, Field(max_length=MOST_TEXT, description="A scenario of your own, in YAML.")
    ] = ""
    end: Annotated[
        str | None,
        Field(max_length=20, description="Last day that is computed; `whole`: the scenario's own."),
    ] = None
    apart: Annotated[bool, Field(description="Also what each lever does alone.")] = False
    draws: Annotated[int | None, Field(ge=1)] = None
    seed: Annotated[int | None, Field(ge=0)] = None


@router.get("/levers", responses=statuses(422), response_model=list[Row])
def levers(
    scenario: Annotated[str, Query(max_length=200, examples=["april-2025"])],
    mix: Annotated[list[str] | None, Query(description="A mix; may be given again.")] = None,
) -> Response:
    """What of a scenario can be moved, and how far."""
    known = list_scenarios()
    if scenario not in known:
        raise ScenarioError.of(
            "levers", "scenario", f"'{scenario}'", ", ".join(known), suggest(scenario, known)
        )
    loaded = load_scenario(scenario, mix or ())
    found = levers_of(loaded, load_dataset(loaded.dataset), built_in_register())
    rows: list[dict[str, Any]] = [asdict(one) for one in found]
    return plain(rows)


@router.post("/what-if", status_code=202, responses=statuses(*CHANGES))
def what_if(services: TheServices, owner: Owner, asked: WhatIfIn) -> JobOut:
    """Run a scenario with levers moved; answered within seconds by a warm worker."""
    return job_out(services.jobs.submit("what_if", request_of(asked), owner))
