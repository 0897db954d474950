"""Endpoints: articles with their figures checked, and what sources say of a quantity."""

import json
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from fastapi.responses import Response

from terbium.evidence.quantities import Quantity, find_quantity, quantities
from terbium.evidence.show import show_quantity
from terbium.web.api.answers import CHANGES, Key, plain, statuses
from terbium.web.api.depends import Owner, TheServices
from terbium.web.api.jobs import Limit
from terbium.web.api.models import JobOut, Model, ResultOut, Row, job_out, result_out
from terbium.web.errors import NotFound
from terbium.web.security.uploads import DOCUMENTS, shown_name, submit_upload

router = APIRouter(tags=["evidence"], responses=statuses())

_MOST_SIGNS = 300


class QuantityOut(Model):
    """Something that can be counted and that sources speak of."""

    quantity: str
    name: str
    name_zh: str
    unit: str
    modelled: bool
    note: str


@router.post("/articles", status_code=202, responses=statuses(*CHANGES))
async def article(
    services: TheServices,
    owner: Owner,
    file: Annotated[UploadFile, File(description="Text, Markdown, HTML or PDF.")],
    published: Annotated[
        date | None, Form(description="When it was published; else what it says of itself.")
    ] = None,
) -> JobOut:
    """Check every figure of an article; it is deleted once it was read."""
    request = {"name": shown_name(file), "date": "" if published is None else str(published)}
    return job_out(await submit_upload(services, owner, "article", request, file, DOCUMENTS))


@router.get("/articles", responses=statuses(422))
def articles(services: TheServices, owner: Owner, limit: Limit = 50) -> list[ResultOut]:
    """List your articles, the latest first."""
    return [result_out(one) for one in services.jobs.results(owner, "article", limit)]


@router.get("/articles/{key}", responses=statuses(404, 422))
def findings(services: TheServices, owner: Owner, key: Key) -> Row:
    """The text of one of your articles, its marks, and what was found."""
    found = services.jobs.result(key, owner)
    if found.kind != "article":
        raise NotFound("an article under this key")
    told: dict[str, Any] = json.loads((found.folder / "article.json").read_text(encoding="utf-8"))
    return told


@router.get("/quantities", responses=statuses(422))
def all_quantities(
    query: Annotated[str, Query(max_length=_MOST_SIGNS, description="Words of its name.")] = "",
) -> list[QuantityOut]:
    """Quantities that are known, all or those whose names hold some words."""
    words = query.casefold().replace("_", " ").split()
    return [
        _out(one) for one in quantities().values() if all(word in _words(one) for word in words)
    ]


@router.get("/quantities/{name}", responses=statuses(404, 422), response_model=Row)
def quantity(
    name: Annotated[
        str, Path(max_length=_MOST_SIGNS, description="Its key, or its name in English or Chinese.")
    ],
) -> Response:
    """What sources say of a quantity, by scope and date."""
    found = quantities().get(name) or find_quantity(name)
    return plain(show_quantity(found.name).to_dict())


def _words(one: Quantity) -> str:
    return " ".join((one.quantity.replace("_", " "), *one.names)).casefold()


def _out(one: Quantity) -> QuantityOut:
    return QuantityOut(
        quantity=one.quantity,
        name=one.name,
        name_zh=one.name_zh,
        unit=one.unit,
        modelled=one.modelled == "yes",
        note=one.note,
    )
