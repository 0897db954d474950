"""What else carries a source: claims, publications, texts of the register, constants, targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from terbium.evidence.quantities import quantities
from terbium.policy.plain import built_in_data
from terbium.web.views.says import sources_path
from terbium.web.views.search import method_rows, register_sources, target_rows
from terbium.web.views.source_records import Publication, Stated
from terbium.web.views.sources import datasets, publication, stated


@dataclass(frozen=True)
class ClaimView:
    """A claim, and the estimates that rest on it."""

    claim: Stated
    dataset: str
    estimates: Sequence[str]


@dataclass(frozen=True)
class PublicationView:
    """A source of a dataset, and its claims with the estimates that rest on each."""

    source: Publication
    dataset: str
    claims: Sequence[tuple[Stated, Sequence[str]]]


@dataclass(frozen=True)
class TextView:
    """A text that the register rests on, and the acts that name it: (id, title)."""

    source: Publication
    acts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class MethodView:
    """A number that belongs to an equation, with where the equation stands.

    Attributes
    ----------
    name, value, unit, source, note
        The row of ``data/methods.csv``; `value` as it is written there.
    manual
        Page of the manual on the equation, below ``/manual/``; empty where none is named.
    siblings
        Constants whose names begin alike.
    """

    name: str
    value: str
    unit: str
    source: str
    note: str
    manual: str
    siblings: Sequence[str]


@dataclass(frozen=True)
class TargetView:
    """A recorded figure that runs are scored against, as its row has it."""

    id: str
    row: Mapping[str, str]


@cache
def resting_on(dataset: str) -> Mapping[str, Sequence[str]]:
    """Names of the estimates that rest on each claim of a dataset."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, one in datasets()[dataset].estimates.items():
        for key in one.claims:
            found[key].append(name)
    return found


def claim_view(key: str) -> ClaimView | None:
    """A claim of any shipped dataset by its id; None if there is none."""
    for name, data in datasets().items():
        if key in data.claims:
            return ClaimView(stated(data, data.claims[key]), name, resting_on(name).get(key, ()))
    return None


def publication_view(key: str) -> PublicationView | None:
    """A source of any shipped dataset by its id, with its claims; None if there is none."""
    for name, data in datasets().items():
        if key in data.sources:
            claims = [
                (stated(data, claim), resting_on(name).get(claim.id, ()))
                for claim in data.claims.values()
                if claim.source == key
            ]
            return PublicationView(publication(data.sources[key]), name, claims)
    return None


def text_view(key: str) -> TextView | None:
    """A text that the register rests on by its key; None if there is none."""
    row = register_sources().get(key)
    if row is None:
        return None
    source = Publication(
        id=key,
        title=row["title"],
        publisher=row["publisher"],
        date=str(row["date"]),
        precision=row.get("date_precision") or "day",
        url=row.get("url") or "",
        licence="",
        passed_on=True,
        note=row.get("note") or "",
    )
    acts = [(m["id"], m["title"]) for m in built_in_data()["measures"] if key in m["source"]]
    return TextView(source, acts)


def method_view(name: str) -> MethodView | None:
    """A method constant by its name; None if there is none."""
    row = method_rows().get(name)
    if row is None:
        return None
    family = name.partition("/")[0]
    siblings = [one for one in method_rows() if one != name and one.startswith(f"{family}/")]
    manual = manual_of(row["source"])
    return MethodView(name, row["value"], row["unit"], row["source"], row["note"], manual, siblings)


def manual_of(source: str) -> str:
    """Page of the manual that a constant's source names, if it is a design note of ours.

    Examples
    --------
    >>> manual_of("terbium design note 006")
    'design/006-balancing.html'
    """
    return next((page for mark, page in _NOTES.items() if mark in source), "")


_NOTES = {
    "design note 005": "design/005-orders-and-rationing.html",
    "design note 006": "design/006-balancing.html",
    "design note 007": "design/007-lines.html",
    "design note 008": "design/008-calibration.html",
    "design note 011": "design/011-decide.html",
    "design note 014": "design/014-world-table.html",
    "design note 015": "design/015-firms.html",
    "design note 021": "design/021-evidence-checks.html",
    "design note 022": "design/022-claims-from-text.html",
    "BoARIO": "propagation.html",
    "MacKinlay": "events-study.html",
}


def target_view(key: str) -> TargetView | None:
    """A recorded target by its id; None if there is none."""
    row = target_rows().get(key)
    return TargetView(key, row) if row is not None else None


@cache
def _recorded() -> Mapping[str, str]:
    """Name of each figure of the record to its claim: ``history/RE_magnet/CHN/USA/2025-05``."""
    rows = datasets()["ree-2024"].table("history").to_dict("records")
    columns = ("material", "origin", "destination", "period")
    return {
        "/".join(("history", *(str(row[column]) for column in columns))): str(row["claim"])
        for row in rows
    }


def address_of(name: str) -> str:
    """Page of a name that is no estimate's: a constant, a recorded figure, a pool of articles.

    Empty if nothing has that name.
    """
    if name in method_rows():
        return sources_path(f"methods/{name}")
    if name in _recorded():
        return sources_path(_recorded()[name].partition(";")[0])
    family, _, key = name.partition("/")
    if family == "evidence" and key in quantities():
        return f"/evidence/quantities/{key}"
    return ""
