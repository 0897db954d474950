"""What a dataset calls things, and what it has on record, as the results need it."""

from __future__ import annotations

from collections.abc import Sequence

from terbium.base.gazetteer import bloc_members
from terbium.evidence.dataset import Dataset
from terbium.results.context import Observation

_REST_OF_BLOC = {"EU27": "XEU"}
_GROUP_NAMES = {
    "RE_magnet": "rare-earth magnets",
    "NdFeB_magnet": "NdFeB magnets",
    "RE_compounds_and_metals": "rare-earth compounds and metals",
}


def groups_of(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """Materials of each group."""
    table = dataset.table("groups")
    return {g: tuple(m.split(";")) for g, m in zip(table["group"], table["materials"], strict=True)}


def bloc_regions(regions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Regions of the run that make up each bloc; the rest of a bloc counts as a member."""
    found = {}
    for bloc, rest in _REST_OF_BLOC.items():
        members = {*bloc_members(bloc), rest}
        found[bloc] = tuple(r for r in regions if r in members)
    return found


def names_of(dataset: Dataset) -> dict[str, str]:
    """English names of regions, materials, industries and the groups that are reported."""
    names: dict[str, str] = {}
    for table, key in (
        ("regions", "region"),
        ("materials", "material"),
        ("industries", "industry"),
    ):
        rows = dataset.table(table)
        names |= dict(zip(rows[key], rows["name_en"], strict=True))
    return names | _GROUP_NAMES


def observations_of(dataset: Dataset) -> tuple[Observation, ...]:
    """The recorded exports that stand beside a run."""
    return tuple(
        Observation(
            row["material"],
            row["origin"],
            row["destination"],
            str(row["period"]),
            float(row["value"]),
            row["unit"],
            row["claim"],
        )
        for _, row in dataset.table("history").iterrows()
        if str(row["value"]) != ""
    )
