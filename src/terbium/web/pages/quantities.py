"""What sources say of a quantity, who says what, and rival causes of an event."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from terbium.base.speech import tr
from terbium.web.pages.shell import render
from terbium.web.views.quantities import (
    find,
    names_of_quantities,
    near_quantities,
    quantity_view,
)
from terbium.web.views.ranges import amount
from terbium.web.views.sentences import heard_in
from terbium.web.views.sources import label_of
from terbium.web.views.why import events, why_view

router = APIRouter()

_Text = Annotated[str, Query(max_length=400)]


@router.get("/evidence/quantities")
def look_up(request: Request, q: _Text = "") -> Response:
    """Look up a quantity by its name, by words of it, or by a sentence that has a figure."""
    found = find(q) if q.strip() else None
    if found is not None:
        return RedirectResponse(f"/evidence/quantities/{found.quantity}", 303)
    return _list(request, q)


@router.get("/evidence/quantities/{name:path}")
def quantity(request: Request, name: str) -> Response:
    """What sources say of a quantity."""
    found = find(name)
    if found is None:
        return _list(request, name, 404)
    if found.quantity != name:
        return RedirectResponse(f"/evidence/quantities/{found.quantity}", 303)
    view = quantity_view(found)
    return render(
        request, "quantity.html.j2", page="evidence", found=view, amount=amount, label_of=label_of
    )


def _list(request: Request, asked: str, status: int = 200) -> HTMLResponse:
    words = asked.strip()
    fitting = names_of_quantities(words)
    heard = heard_in(words) if words and not fitting else []
    is_answered = any(one.quantity or one.meanings for one in heard)
    near = near_quantities(words) if words and not fitting and not is_answered else []
    return render(
        request, "quantities.html.j2", status, page="evidence", asked=words, fitting=fitting,
        heard=heard, near=near, is_answered=is_answered,
    )  # fmt: skip


@router.get("/evidence/why")
def why_list(request: Request) -> HTMLResponse:
    """Events that rival causes are held for."""
    return render(request, "why.html.j2", page="evidence", events=events(), found=None, asked="")


@router.get("/evidence/why/{event}")
def why(request: Request, event: str) -> HTMLResponse:
    """Rival causes of an event, against the order of what happened."""
    found = why_view(event)
    asked = "" if found else tr("Nothing is held under “{name}”.", name=event[:100])
    return render(
        request, "why.html.j2", 200 if found else 404, page="evidence", events=events(),
        found=found, asked=asked,
    )  # fmt: skip
