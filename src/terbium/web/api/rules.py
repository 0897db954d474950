"""Endpoints: one case, a file of cases, and the calendar of the law."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from fastapi.responses import Response
from pydantic import Field

from terbium.base.speech import language
from terbium.policy.acts import Book, built_in_book
from terbium.policy.answers import notice
from terbium.policy.check import check as ask
from terbium.policy.relations import relations_of
from terbium.policy.rows import act_row, announced_row, link_row, standing_row, turn_row
from terbium.policy.timeline import announced_between, expiring, standings, turns
from terbium.web.api.answers import CHANGES, plain, statuses
from terbium.web.api.depends import Owner, TheServices
from terbium.web.api.models import JobOut, Model, Row, job_out
from terbium.web.errors import NotFound
from terbium.web.security.uploads import CASES, shown_name, submit_upload
from terbium.web.views.rules_case import law_of

router = APIRouter(tags=["rules"], responses=statuses())

_MOST_SIGNS = 2000
_MOST_DAYS = 99_999

Words = Annotated[str, Field(max_length=_MOST_SIGNS)]
Issuer = Annotated[str, Query(max_length=8, description="Acts of one issuer alone: CN, US, EU.")]


class CaseIn(Model):
    """A case, with the fields of `terbium check`."""

    item: Annotated[Words, Field(description="What it is, in English or Chinese.")] = ""
    content: Annotated[Words, Field(description='What it holds: "Dy 4.5%".')] = ""
    hs: Annotated[Words, Field(description="Customs code; a hint that never decides.")] = ""
    origin: Annotated[Words, Field(description="Where it was made.")] = ""
    exporter: Annotated[Words, Field(description="From where it is shipped.")] = ""
    destination: Annotated[Words, Field(description="Where it goes in the end.")] = ""
    end_use: Annotated[Words, Field(description="What for.")] = ""
    end_user: Annotated[Words, Field(description="civilian, military, named:TDK, ...")] = ""
    on: Annotated[date, Field(description="The day asked about.")]
    known_on: Annotated[
        date | None, Field(description="As known on this day; else as it stands.")
    ] = None
    regime: Annotated[Words, Field(description="Such as cn_dual_use; else the strictest.")] = ""
    form: Annotated[Words, Field(description="oxide, metal, magnet, technology, ...")] = ""
    value_share: Annotated[Words, Field(description="Share of value of such inputs: 0.001.")] = ""
    origin_content: Annotated[Words, Field(description="Where those inputs come from.")] = ""
    owner_share: Annotated[Words, Field(description="0.5, 0.3+0.25, or a chain 0.6>0.9.")] = ""
    owner_list: Annotated[Words, Field(description="The list that the owners are on.")] = ""
    party_name: Annotated[Words, Field(description="Who the end user is.")] = ""
    purity: Annotated[Words, Field(description="In per cent, or such as 4N.")] = ""
    is_technology: Annotated[bool | None, Field(description="Know-how, no goods.")] = None
    scenario: Annotated[
        str, Field(max_length=200, description="With the law that a scenario supposes.")
    ] = ""
    mixes: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = []
    trace: Annotated[bool, Field(description="Why each other act does not apply.")] = False


@router.get("/check", responses=statuses(422), response_model=Row)
def check(case: Annotated[CaseIn, Query()]) -> Response:
    """Say which licence an item needs on a day, under what, and what changes next."""
    return _answer(case)


@router.post("/check", responses=statuses(*CHANGES), response_model=Row)
def check_posted(case: CaseIn) -> Response:
    """The same, with the case in the body, so that it is in no address."""
    return _answer(case)


@router.post("/batches", status_code=202, responses=statuses(*CHANGES))
async def batch(
    services: TheServices,
    owner: Owner,
    file: Annotated[UploadFile, File(description="A CSV file of cases, in UTF-8.")],
    scenario: Annotated[
        str, Form(max_length=200, description="With the law that a scenario supposes.")
    ] = "",
    mixes: Annotated[list[str] | None, Form(max_length=20)] = None,
) -> JobOut:
    """Answer a file of cases; the result has answers.csv and answers.json."""
    request = {
        "name": shown_name(file),
        "scenario": scenario,
        "mixes": list(mixes or ()),
        "language": language(),
    }
    return job_out(await submit_upload(services, owner, "batch", request, file, CASES))


@router.get("/measures", responses=statuses(422), response_model=Row)
def measures(on: date | None = None, known_on: date | None = None, issuer: Issuer = "") -> Response:
    """How every act stands on a day; without one, on the evidence date."""
    book = built_in_book()
    day = on or book.evidence_date
    rows = [standing_row(one) for one in standings(book, day, known_on) if _is_of(one.act, issuer)]
    return plain({**_head(book, known_on), "on": day, "acts": rows})


@router.get("/measures/changes", responses=statuses(422), response_model=Row)
def changes(first: date, last: date, known_on: date | None = None, issuer: Issuer = "") -> Response:
    """What changed, and what was announced, after one day and up to another."""
    book = built_in_book()
    told = {
        "changes": [
            turn_row(one) for one in turns(book, first, last, known_on) if _is_of(one.act, issuer)
        ],
        "announced": [
            announced_row(one)
            for one in announced_between(book, first, last, known_on)
            if _is_of(one.act, issuer)
        ],
    }
    return plain({**_head(book, known_on), "first": first, "last": last, **told})


@router.get("/measures/expiring", responses=statuses(422), response_model=Row)
def lapsing(
    days: Annotated[int, Query(ge=0, le=_MOST_DAYS)],
    on: date | None = None,
    known_on: date | None = None,
    issuer: Issuer = "",
) -> Response:
    """What runs out by its text within so many days."""
    book = built_in_book()
    day = on or book.evidence_date
    rows = [turn_row(one) for one in expiring(book, day, days, known_on) if _is_of(one.act, issuer)]
    return plain({**_head(book, known_on), "on": day, "days": days, "expiring": rows})


@router.get("/measures/{id}", responses=statuses(404, 422), response_model=Row)
def measure(
    id: Annotated[str, Path(max_length=100, examples=["CN-REE-2025-18"])],  # noqa: A002
    on: date | None = None,
    known_on: date | None = None,
) -> Response:
    """One act as the register holds it, how it stands on a day, and what is linked to it."""
    book = built_in_book()
    act = book.acts.get(id.strip().upper())
    if act is None:
        raise NotFound("an act of that id in the register")
    day = on or book.evidence_date
    states = [standing_row(one) for one in standings(book, day, known_on) if one.act is act]
    links = [link_row(one) for one in relations_of(book, act, day, known_on)]
    keys = list(act.data["source"])
    sources = {key: dict(book.sources[key]) for key in keys if key in book.sources}
    return plain(
        {
            **_head(book, known_on),
            "on": day,
            "act": act_row(act),
            "states": states,
            "links": links,
            "sources": sources,
            "text": _plain_data(act.data),
        }
    )


def _answer(case: CaseIn) -> Response:
    # built-in names alone: the command line would take the path of a file too
    law = law_of(case.scenario, case.mixes)
    facts = case.model_dump(exclude={"scenario", "mixes", "known_on"})
    decision = ask(**facts, known_on=case.known_on or "", decider=law.decider)
    return plain(decision.to_dict() | ({"supposed": law.told} if law.told else {}))


def _head(book: Book, known_on: date | None) -> dict[str, Any]:
    return {"evidence_date": book.evidence_date, "known_on": known_on, "note": notice()}


def _is_of(act: Any, issuer: str) -> bool:
    return not issuer or issuer.upper() in act.issuers


def _plain_data(data: Any) -> Any:
    """What was authored, as lists and mappings."""
    if isinstance(data, str | int | float | bool) or data is None or isinstance(data, date):
        return data
    if hasattr(data, "items"):
        return {str(key): _plain_data(value) for key, value in data.items()}
    return [_plain_data(value) for value in data]
