"""What is wrong with an event file although every field is well formed, whatever the table."""

from __future__ import annotations

import math
from collections.abc import Callable

from terbium.base.tolerances import PEER_RTOL
from terbium.scenario.propagation_options import (
    Licences,
    LinkSelector,
    Options,
    Rationing,
    SwitchingChoice,
)
from terbium.scenario.propagation_schema import EventEntry, ModelChoice

Note = Callable[[tuple[str | int, ...], str, str, str], None]


def check_model(cls: str, model: ModelChoice, note: Note) -> None:
    """Keywords that contradict each other, or that the class of model has not."""
    if cls == "ARIOBaseModel":
        for name in ("psi_param", "inventory_restoration_tau"):
            if getattr(model, name) is not None:
                note(
                    ("model", name), f"{name} for ARIOBaseModel",
                    "a keyword of ARIOBaseModel, which knows neither psi nor a restoration time",
                    "delete the line, or choose `cls: ARIOPsiModel`",
                )  # fmt: skip
    if (
        model.productive_capital_vector is not None
        and model.productive_capital_to_VA_dict is not None
    ):
        note(
            ("model", "productive_capital_to_VA_dict"), "capital given twice",
            "productive_capital_vector or productive_capital_to_VA_dict", "delete one of the two",
        )  # fmt: skip
    base, most = model.alpha_base or 1.0, model.alpha_max
    if most is not None and most < base:
        note(
            ("model", "alpha_max"), f"{most:g}, less than alpha_base ({base:g})",
            f"{base:g} or more", "write the same value in both for no overproduction",
        )  # fmt: skip


def check_entry(entry: EventEntry, at: int, horizon: int, note: Note) -> None:
    """An event that says too little, or that contradicts itself or the horizon."""
    here = ("events", at)
    if entry.occurrence >= horizon:
        note(
            (*here, "occurrence"), f"{entry.occurrence} in a run of {horizon}",
            f"1 to {horizon - 1}", "move the event, or raise `T`",
        )  # fmt: skip
    if entry.type == "recovery" and entry.recovery_tau is None:
        note(
            (*here, "recovery_tau"), "nothing", "the time of recovery, 1 or more",
            "add `recovery_tau:` with a number of days",
        )  # fmt: skip
    if entry.type == "rebuild":
        _check_rebuilding(entry, here, note)
    if entry.type == "arbitrary" and entry.unit_of_impact == "money":
        note(
            (*here, "unit"), "money for an event of type arbitrary", "share",
            "give the share of output lost, or choose the type recovery or rebuild",
        )  # fmt: skip
    _check_impact(entry, here, note)


def _check_rebuilding(entry: EventEntry, here: tuple[str | int, ...], note: Note) -> None:
    shares = entry.rebuilding_sectors
    allowed = "sectors and their shares, which sum to 1"
    if not shares:
        note(
            (*here, "rebuilding_sectors"), "nothing", allowed,
            "add `rebuilding_sectors: {construction: 1}` with sectors of the table",
        )  # fmt: skip
    elif not math.isclose(math.fsum(shares.values()), 1.0, rel_tol=PEER_RTOL):
        total = math.fsum(shares.values())
        note(
            (*here, "rebuilding_sectors"), f"shares that sum to {total:g}", allowed,
            f"divide each share by {total:g}" if total > 0 else "raise the shares",
        )  # fmt: skip


def _check_impact(entry: EventEntry, here: tuple[str | int, ...], note: Note) -> None:
    is_scalar = not isinstance(entry.impact, tuple)
    named = [
        name
        for name in ("affected_industries", "affected_regions", "affected_sectors")
        if getattr(entry, name) is not None
    ]
    if is_scalar:
        if set(named) not in ({"affected_industries"}, {"affected_regions", "affected_sectors"}):
            note(
                (*here, "impact"),
                f"a single number with {' and '.join(named) or 'no industries'}",
                "a number with affected_industries, or with affected_regions and affected_sectors",
                "name what is hit, or write rows [region, sector, value]",
            )  # fmt: skip
    elif named:
        note(
            (*here, named[0]), f"{named[0]} beside an impact that names its industries",
            "affected_... only where `impact` is a single number", "delete it",
        )  # fmt: skip
    if not is_scalar and not entry.impact and not (entry.type == "rebuild" and entry.house):
        note(
            (*here, "impact"), "nothing", "rows [region, sector, value]",
            "say which industries are hit, and how much",
        )  # fmt: skip
    if entry.unit_of_impact == "money":
        return
    values: dict[tuple[str | int, ...], float] = {}
    if isinstance(entry.impact, tuple):
        values = {(number, "value"): hit.value for number, hit in enumerate(entry.impact)}
    else:
        values[()] = entry.impact
    for where, value in values.items():
        if value > 1.0:
            note(
                (*here, "impact", *where), f"{value:g}", "a share from 0 to 1",
                "write 40 % as 0.4, or choose `unit: money`",
            )  # fmt: skip


def check_options(options: Options, horizon: int, note: Note) -> None:
    """Options that contradict each other, or lack a value that has no default."""
    _check_rationing(options.rationing, note)
    if options.licences is not None:
        _check_licences(options.licences, horizon, note)
    if options.switching is not None:
        _check_switching(options.switching, note)
    for number, entry in enumerate(options.transit):
        _check_selector(entry, ("options", "transit", number), note)
    for number, step in enumerate(options.checkpoints):
        if step >= horizon:
            note(
                ("options", "checkpoints", number), f"{step} in a run of {horizon}",
                f"0 to {horizon - 1}", "choose an earlier day, or raise `T`",
            )  # fmt: skip
    for number, more in enumerate(options.overproduction):
        if more.max is not None and more.base is not None and more.max < more.base:
            note(
                ("options", "overproduction", number, "max"),
                f"{more.max:g}, less than base ({more.base:g})", f"{more.base:g} or more",
                "correct one of the two",
            )  # fmt: skip


def _check_rationing(rationing: Rationing, note: Note) -> None:
    here = ("options", "rationing")
    if rationing.rule != "priority" and rationing.order:
        note(
            (*here, "order"), f"ranks beside the rule {rationing.rule}",
            "ranks only with the rule priority", "choose `rule: priority`, or delete the ranks",
        )  # fmt: skip
    for number, entry in enumerate(rationing.order):
        _check_selector(entry, (*here, "order", number), note)


def _check_selector(entry: LinkSelector, here: tuple[str | int, ...], note: Note) -> None:
    if entry.to_sector is not None and entry.to == "final_demand":
        note(
            (*here, "to_sector"), "a buying sector beside `to: final_demand`",
            "one of the two: final demand has no sector", "delete one of the two",
        )  # fmt: skip


def _check_licences(licences: Licences, horizon: int, note: Note) -> None:
    here = ("options", "licences")
    if not licences.links:
        note(
            (*here, "links"), "nothing", "at least one entry",
            "say on which links a licence is needed, or delete `licences`",
        )  # fmt: skip
    for number, link in enumerate(licences.links):
        at = (*here, "links", number)
        _check_selector(link, at, note)
        if link.last is not None and link.last < link.first:
            note(
                (*at, "last"), f"{link.last}, before first ({link.first})",
                f"{link.first} or later", "swap or correct the two days",
            )  # fmt: skip
        if link.first >= horizon:
            note(
                (*at, "first"), f"{link.first} in a run of {horizon}", f"0 to {horizon - 1}",
                "begin earlier, or raise `T`",
            )  # fmt: skip
        if not link.controlled_share and math.isinf(link.cap_share) and not link.delay_days:
            note(
                at, "an entry that changes nothing", "controlled_share, cap_share or delay_days",
                "say what is done to these links",
            )  # fmt: skip
    if not any(link.controlled_share > 0 for link in licences.links):
        return
    known = ("review_days", "validity_days", "refile_share") if licences.from_dataset else ()
    for name in ("desk_capacity", "review_days", "validity_days", "refile_share"):
        if getattr(licences, name) is None and name not in known:
            offer = "" if name == "desk_capacity" else ", or `from_dataset: true`"
            note(
                (*here, name), "nothing", "a value: there is no default",
                f"add `{name}:`{offer}",
            )  # fmt: skip


def _check_switching(switching: SwitchingChoice, note: Note) -> None:
    for name in ("rate", "memory"):
        if getattr(switching, name) is None and not switching.from_dataset:
            note(
                ("options", "switching", name), "nothing",
                "a share per day: there is no default",
                f"add `{name}:`, or `from_dataset: true` for the dataset's estimate",
            )  # fmt: skip
