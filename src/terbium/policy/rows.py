"""Acts, states, turns and links as plain rows, the same for the command line and for programs."""

from datetime import timedelta
from typing import Any

from terbium.policy.acts import Act
from terbium.policy.relations import Relation
from terbium.policy.timeline import Announcement, Standing, Turn

_DAY = timedelta(days=1)


def act_row(act: Act) -> dict[str, Any]:
    """An act."""
    return {
        "id": act.id,
        "issuer": act.issuer,
        "title": act.title,
        "legal_ref": act.legal_ref,
        "regime": act.regime,
        "formality": act.formality or "act",
        "announced": act.announced,
        "source": list(act.data["source"]),
        "confidence": act.data["confidence"],
    }


def standing_row(row: Standing) -> dict[str, Any]:
    """How paragraphs of an act stand on a day."""
    return {
        **act_row(row.act),
        "paragraphs": list(row.paragraphs),
        "is_whole": row.is_whole,
        "state": row.state.name,
        "by": row.state.by,
        "since": row.since,
        "until": row.until,
        "branch": row.branch,
        "for_some_flows": list(row.narrow),
    }


def turn_row(turn: Turn) -> dict[str, Any]:
    """A day on which something begins to stand otherwise."""
    return {
        **act_row(turn.act),
        "day": turn.day,
        "last_day": turn.day - _DAY,
        "paragraphs": list(turn.paragraphs),
        "is_whole": turn.is_whole,
        "before": turn.before.name,
        "after": turn.after.name,
        "by": turn.after.by or turn.before.by,
        "branch": turn.branch,
    }


def announced_row(one: Announcement) -> dict[str, Any]:
    """A text that became known."""
    return {
        **act_row(one.act), "day": one.day, "paragraphs": list(one.paragraphs), "text": one.text,
    }  # fmt: skip


def link_row(one: Relation) -> dict[str, Any]:
    """What is linked to an act."""
    return {
        "relation": one.relation,
        "other": one.other,
        "is_held": one.is_held,
        "basis": one.basis,
        "paragraphs": list(one.paragraphs),
        "from": one.from_,
        "to": one.to,
        "note": one.note,
        "states": list(one.states),
    }
