"""Rival causes of an event, against the order of what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from terbium.base.speech import tr
from terbium.evidence.attribution_of_events import explain, explained_events
from terbium.evidence.wording import days_of, said
from terbium.report.evidence_view import css_class
from terbium.web.views.families import confidence_meaning

_STANDINGS: Final[Mapping[str, tuple[Callable[[], str], str]]] = MappingProxyType(
    {
        "possible": (lambda: tr("possible by order"), "○"),
        "not decided by order": (lambda: tr("not decided by order"), "≈"),
        "ruled out by order": (lambda: tr("ruled out by order"), "✗"),
    }
)


@dataclass(frozen=True)
class CauseView:
    """A rival cause: what is offered, by whom, what the order of events says, what decides."""

    text: str
    source: str
    standing: str
    word: str
    symbol: str
    reason: str
    decides: str


@dataclass(frozen=True)
class WhyView:
    """An effect, its rival causes, those that remain first, and all dated events around it.

    A step of the timeline is (when, text, source, how it is known, note, whether it is the effect).
    """

    event: str
    effect: str
    when: str
    causes: Sequence[CauseView]
    timeline: Sequence[tuple[str, str, str, str, str, bool]]


def events() -> list[tuple[str, str, str]]:
    """Events that rival causes are held for: (name, effect, when)."""
    found = [explain(name) for name in explained_events()]
    return [(one.event, said(one.effect.text), days_of(one.effect.when)) for one in found]


def why_view(event: str) -> WhyView | None:
    """Rival causes of an event; None if none are held."""
    if event not in explained_events():
        return None
    found = explain(event)
    causes = []
    for cause in found.causes:
        word, symbol = _STANDINGS[cause.verdict]
        causes.append(
            CauseView(said(cause.text), said(cause.source), css_class(cause.verdict), word(),
                      symbol, cause.reason, said(cause.decides))
        )  # fmt: skip
    timeline = [
        (days_of(one.when), said(one.text), one.source, confidence_meaning(one.confidence),
         said(one.note), one.key == found.effect.key)
        for one in found.timeline
    ]  # fmt: skip
    return WhyView(event, said(found.effect.text), days_of(found.effect.when), causes, timeline)
