"""The built-in scenarios as they are offered: what each asks, over which days, with which mixes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Offer:
    """A scenario that can be run.

    Attributes
    ----------
    name, title, question
        As its file has them, in English.
    first, last
        Days that it covers.
    draws, seed
        Its own.
    mixes
        Names of what may be mixed in.
    text
        The file.
    """

    name: str
    title: str
    question: str
    first: date
    last: date
    draws: int
    seed: int
    mixes: tuple[str, ...]
    text: str


@cache
def offers() -> Mapping[str, Offer]:
    """All built-in scenarios by name, as their files say; nothing is checked or loaded."""
    folder = files("terbium").joinpath("scenarios")
    reader = YAML(typ="safe")
    texts = {
        place.name.removesuffix(".yaml"): place.read_text(encoding="utf-8")
        for place in folder.iterdir()
        if place.name.endswith(".yaml")
    }
    found = {name: dict(reader.load(text)) for name, text in texts.items()}
    return {name: _offer(name, found, texts[name]) for name in sorted(found)}


def _offer(name: str, found: Mapping[str, Mapping[str, Any]], text: str) -> Offer:
    own = found[name]
    whole = {**found.get(str(own.get("extends", "")), {}), **own}
    horizon = whole["horizon"]
    return Offer(
        name=name,
        title=str(own["title"]),
        question=" ".join(str(own["question"]).split()),
        first=horizon["start"],
        last=horizon["end"] - timedelta(days=1),
        draws=int(whole.get("draws", 0)),
        seed=int(whole.get("seed", 0)),
        mixes=tuple(own.get("mixes", {})),
        text=text,
    )
