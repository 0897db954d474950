"""What a server answers, as contents and errors here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import httpx

from terbium.base.errors import InputError, Problem, TerbiumError

TOKEN: Final = "TERBIUM_TOKEN"
"""Environment variable with the access token, where none is handed over."""

_REFUSED = (400, 404, 413, 422)


def checked(answer: httpx.Response) -> httpx.Response:
    """The answer, unless it refuses: `InputError` for what can be mended, else `TerbiumError`."""
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise InputError.of(
            "server", str(answer.request.url.copy_with(query=None)), "a token that is not known",
            "a token that whoever runs the server has given you",
            f"hand it to connect(), or put it into {TOKEN}",
        )  # fmt: skip
    if answer.is_success:
        return answer
    problems = _problems(answer)
    if answer.status_code in _REFUSED and problems:
        raise input_error(f"server, {answer.request.url.path}", problems)
    said = "; ".join(one["seen"] for one in problems) or answer.reason_phrase
    raise TerbiumError(f"the server answered {answer.status_code}: {said}")


def _problems(answer: httpx.Response) -> list[dict[str, str]]:
    try:
        told = answer.json()
    except ValueError:
        return []
    return list(told.get("problems", ())) if isinstance(told, dict) else []


def input_error(where: str, problems: Sequence[Mapping[str, str]]) -> InputError:
    """Problems of a server as the error that they are here."""
    names = ("place", "seen", "allowed", "remedy")
    return InputError(where, [Problem(*(str(one[name]) for name in names)) for one in problems])


def content(answer: httpx.Response) -> Any:
    """What an answer in JSON says."""
    try:
        return answer.json()
    except ValueError as error:
        raise InputError.of(
            "server", str(answer.request.url.copy_with(query=None)), "an answer that is no JSON",
            "a server of Terbium", "mend the address",
        ) from error  # fmt: skip


def part(name: str) -> str:
    """A name as one part of an address, whatever it holds."""
    return quote(name, safe="")


def parts_of(name: str) -> tuple[str, ...]:
    """Parts of a name of a file, none of which leads out of the folder."""
    parts = tuple(name.split("/"))
    if any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts):
        raise TerbiumError(f"the server named a file {name!r}, which leads out of the folder")
    return parts
