"""Files that the browser loads: style, scripts, fonts, and the documentation site."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

FOLDER: Final = Path(__file__).with_name("static")
MANUAL: Final = Path(__file__).with_name("manual")

_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"


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
