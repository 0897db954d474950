"""The HTTP interface of the web application, from its own OpenAPI document."""

from __future__ import annotations


def interface_page() -> str:
    return "# The HTTP interface\n"
