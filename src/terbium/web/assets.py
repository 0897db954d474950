"""Files that the browser loads: style, scripts, fonts, and the documentation site."""

import hashlib
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

FOLDER: Final = Path(__file__).with_name("static")
MANUAL: Final = Path(__file__).with_name("manual")

_DIGITS = 12
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"


@cache
def asset(path: str) -> str:
    """Address of a static file, which changes with its content so that it may be kept for good.

    Parameters
    ----------
    path
        Below ``static``: ``"app.css"``.
    """
    digest = hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:_DIGITS]}"


def has_asset(path: str) -> bool:
    """Whether a file that ``make assets`` brings is there."""
    return (FOLDER / path).is_file()


class Assets(StaticFiles):
    """Static files; one whose address names its content is never asked for again."""

    def file_response(self, full_path: Any, *args: Any, **options: Any) -> Response:
        """The file, or that it has not changed."""
        response = super().file_response(full_path, *args, **options)
        scope: MutableMapping[str, Any] = options.get("scope") or args[1]
        version = parse_qs(scope["query_string"].decode("latin-1")).get("v")
        response.headers["cache-control"] = _FOR_GOOD if version else _ASK_AGAIN
        return response
