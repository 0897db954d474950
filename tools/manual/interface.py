"""The HTTP interface of the web application, from its own OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI

from terbium.web.api.v1 import DESCRIPTION, V1, include_api

_METHODS = ("get", "post", "put", "patch", "delete")
_FIRST_REFUSAL = 400


def interface_page() -> str:
    """Every path: what it asks, what it takes, what it gives."""
    app = FastAPI(title="Terbium", description=DESCRIPTION)
    include_api(app, is_guarded=True)
    described: Mapping[str, Any] = app.openapi()
    parts = [
        "# The HTTP interface\n",
        f"{DESCRIPTION}\n",
        f"A server describes itself at `{V1}/openapi.json`, and lets one try it at `/api/docs`.\n",
    ]
    operations = [
        (method, path, ways[method])
        for path, ways in sorted(described["paths"].items())
        for method in _METHODS
        if method in ways
    ]
    parts.append(_meanings([told for *_, told in operations]))
    parts += [_operation(*operation) for operation in operations]
    return "\n".join(parts)


def _meanings(operations: Sequence[Mapping[str, Any]]) -> str:
    """What the codes of answers mean, said once."""
    said = {
        status: answer["description"]
        for told in operations
        for status, answer in told["responses"].items()
        if int(status) >= _FIRST_REFUSAL
    }
    lines = [f"| {status} | {meaning} |" for status, meaning in sorted(said.items())]
    return "\n".join(["| Code | Means |", "|---|---|", *lines, ""])


def _operation(method: str, path: str, told: Mapping[str, Any]) -> str:
    lines = [f"## {method.upper()} {path}\n", f"{told.get('description') or told['summary']}\n"]
    for one in told.get("parameters", ()):
        schema = one.get("schema", {})
        kind = schema.get("type") or " or ".join(
            choice.get("type", "") for choice in schema.get("anyOf", ()) if choice.get("type")
        )
        need = "required" if one.get("required") else "optional"
        about = one.get("description") or ""
        lines.append(f"- `{one['name']}` ({one['in']}, {kind or 'text'}, {need}) {about}".rstrip())
    body = told.get("requestBody", {}).get("content", {})
    if body:
        lines.append(f"- takes {', '.join(f'`{kind}`' for kind in body)}")
    answers = ", ".join(sorted(told["responses"]))
    lines.append(f"- answers: {answers}\n")
    return "\n".join(lines)
