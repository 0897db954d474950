"""Claims made by hand: a text, the words that state a figure, and the figure."""

from typing import Any

from terbium.evidence.documents.claim import StatedClaim

NAME = "sample.txt"


def claim(text: str, words: str, span: str, lang: str = "en", **fields: Any) -> StatedClaim:
    """A claim at `span` within the only place of `text` that reads `words`."""
    assert text.count(words) == 1, words
    at = text.index(words) + words.index(span)
    fields = {"document": NAME, "metric": "share", "unit": "fraction", **fields}
    return StatedClaim(claim_id=f"c{at}", char_offset=at, span=span, lang=lang, **fields)
