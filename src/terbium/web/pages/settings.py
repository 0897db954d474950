"""The reader's language and look, kept in cookies."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from terbium.base.speech import LANGUAGES
from terbium.web.pages.shell import LANGUAGE_COOKIE, LOOK_COOKIE, LOOKS, set_cookie

router = APIRouter(include_in_schema=False)


@router.post("/settings")
def settings(
    lang: Annotated[str, Form()] = "",
    look: Annotated[str, Form()] = "",
    then: Annotated[str, Form(alias="next")] = "/",
) -> RedirectResponse:
    """Keep a language or a look, and go back to the page that it was chosen on."""
    back = RedirectResponse(_inside(then), status_code=303)
    if lang in LANGUAGES:
        set_cookie(back, LANGUAGE_COOKIE, lang)
    if look in LOOKS:
        set_cookie(back, LOOK_COOKIE, look)
    return back


def _inside(address: str) -> str:
    """The address if it is a path of this server, else the first page."""
    found = urlsplit(address)
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_path and not found.scheme and not found.netloc else "/"
