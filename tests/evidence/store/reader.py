"""A reader for tests of the store: each number in a text is a claim."""

import os
import re
import time
from pathlib import Path

from terbium.evidence.documents.claim import Document, StatedClaim


def read_numbers(document: Document) -> list[StatedClaim]:
    if "ends the process" in document.text:
        os._exit(3)
    if "raises" in document.text:
        raise ZeroDivisionError("by nought")
    claims = []
    for count, found in enumerate(re.finditer(r"\d+", document.visible)):
        first, last = document.source(*found.span())
        claims.append(
            StatedClaim(
                *(f"c{count}", document.name, first, document.text[first:last], "en"),
                value=float(found.group()),
                attributed_to="the ministry" if count % 2 else "",
                duplicate_of="c0" if count == 2 else "",
                dup_kind="repeat" if count == 2 else "",
            )
        )
    return claims


def read_slowly(document: Document) -> list[StatedClaim]:
    """Takes long enough for a kill to come between."""
    time.sleep(0.004)
    return read_numbers(document)


def write_documents(folder: Path, count: int) -> None:
    """Small documents of three kinds, in ten folders."""
    for number in range(count):
        place = folder / f"part{number % 10}"
        place.mkdir(parents=True, exist_ok=True)
        text = f"Document {number} says {number * 7} tonnes, and again {number * 7} tonnes."
        suffix = (".txt", ".md", ".html")[number % 3]
        (place / f"d{number}{suffix}").write_text(f"<p>{text}</p>" if suffix == ".html" else text)
