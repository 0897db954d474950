"""Why something happened: rival causes against the order of dated events.

A cause that lies wholly after its effect began is ruled out. Order proves nothing more: what came
before is left as a rival, with the observation that would decide.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from terbium.base.calendar import Period, parse_period
from terbium.base.errors import CommandError, suggest
from terbium.base.speech import tr

Standing = Literal["ruled out by order", "not decided by order", "possible"]


@dataclass(frozen=True)
class Dated:
    """Something that happened, as a source tells it.

    Attributes
    ----------
    key, when, text
        Its name among the events of one question, day or span, and what happened.
    source, published, confidence, note
        Who says so.
    """

    key: str
    when: str
    text: str
    source: str
    published: str
    confidence: str
    note: str

    @property
    def period(self) -> Period:
        """First and last day on which it may have happened."""
        return parse_period(self.when.replace("/", ".."))


@dataclass(frozen=True)
class Cause:
    """One rival explanation.

    Attributes
    ----------
    name, text, source
        What is offered, and by whom.
    needs
        The event that it holds to be the cause.
    verdict, reason
        What the order of events says.
    decides
        What would have to be observed to decide.
    """

    name: str
    text: str
    source: str
    needs: Dated
    verdict: Standing
    reason: str
    decides: str


@dataclass(frozen=True)
class Explained:
    """An effect, all dated events around it, and its rival causes, those that remain first."""

    event: str
    effect: Dated
    timeline: Sequence[Dated]
    causes: Sequence[Cause]

    @property
    def remaining(self) -> list[Cause]:
        """Causes that order does not rule out."""
        return [cause for cause in self.causes if cause.verdict != "ruled out by order"]

    def to_dict(self) -> dict[str, Any]:
        """The content as JSON has it."""
        return {
            "event": self.event,
            "effect": vars(self.effect),
            "timeline": [vars(one) for one in self.timeline],
            "causes": [{**vars(cause), "needs": cause.needs.key} for cause in self.causes],
        }


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = files("terbium").joinpath(f"data/attribution/{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def explained_events() -> list[str]:
    """Names of the events that rival causes are held for."""
    return list(dict.fromkeys(row["event"] for row in _rows("events")))


def explain(event: str) -> Explained:
    """Set the rival causes of an event against the order of what happened.

    Parameters
    ----------
    event
        One of `explained_events`.

    Raises
    ------
    CommandError
        If there is no such event.
    """
    known = explained_events()
    if event not in known:
        raise CommandError.of(
            "terbium evidence why", "EVENT", f"'{event}'", ", ".join(known), suggest(event, known)
        )
    dated = {
        row["key"]: Dated(**{key: row[key] for key in Dated.__dataclass_fields__})
        for row in _rows("events")
        if row["event"] == event
    }
    effect = dated["effect"]
    causes = [_cause(row, dated, effect) for row in _rows("causes") if row["event"] == event]
    order = {"possible": 0, "not decided by order": 1, "ruled out by order": 2}
    timeline = sorted(dated.values(), key=lambda one: (one.period.first, one.period.last))
    return Explained(event, effect, timeline, sorted(causes, key=lambda c: order[c.verdict]))


def _cause(row: dict[str, str], dated: dict[str, Dated], effect: Dated) -> Cause:
    needs = dated[row["needs"]]
    verdict, reason = judged(needs, effect, [one for one in dated.values() if one.key == "filed"])
    return Cause(row["cause"], row["text"], row["source"], needs, verdict, reason, row["decides"])


def judged(needs: Dated, effect: Dated, steps: Sequence[Dated]) -> tuple[Standing, str]:
    """What order says of a cause.

    Parameters
    ----------
    needs
        What is held to be the cause.
    effect
        What it is held to have caused.
    steps
        Steps without which the effect cannot come about, such as filing for a licence.
    """
    cause, end = needs.period, effect.period
    told = {"cause": needs.text, "when": needs.when, "effect_when": effect.when}
    if cause.first > end.last:
        days = (cause.first - end.last).days
        return (
            "ruled out by order",
            tr(
                "{cause} ({when}) came {days} days after the effect was there at the latest "
                "({effect_when})",
                days=days,
                **told,
            ),
        )
    for step in steps:
        if cause.first > step.period.last:
            days = (cause.first - step.period.last).days
            return (
                "ruled out by order",
                tr("{step} ({step_when}) at least {days} days before {cause} ({when}): what was "
                   "under way before cannot be its effect", step=step.text, step_when=step.when,
                   days=days, **told),
            )  # fmt: skip
    if cause.last >= end.first:
        return (
            "not decided by order",
            tr("{cause} ({when}) and the effect ({effect_when}) overlap in time", **told),
        )
    lag = (end.first - cause.last).days
    return (
        "possible",
        tr("{cause} ({when}) came {days} days before the effect began", days=lag, **told),
    )
