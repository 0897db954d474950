"""What the sourced figures say about the unknowns of a draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from terbium.evidence.dataset import Dataset
from terbium.evidence.methods import method
from terbium.graph.balance import Figure
from terbium.graph.draft import Draft


class Unknowns:
    """Positions of the unknowns of a draft: links, then activities, then surpluses."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        n_links = len(draft.links)
        self.activity: dict[int, int] = {}
        for position, node in enumerate(draft.nodes):
            if node.kind != "final":
                self.activity[position] = n_links + len(self.activity)
        after = n_links + len(self.activity)
        self.surplus: dict[int, int] = {}
        returned = {link.output for link in draft.links}
        for position, slot in enumerate(draft.outputs):
            # Swarf that somebody takes back is taken back whole.
            goes_back = slot.material.endswith("_scrap") and position in returned
            if not (slot.is_driver or goes_back):
                self.surplus[position] = after + len(self.surplus)
        self.size = after + len(self.surplus)
        self.node_at = {node.label: i for i, node in enumerate(draft.nodes)}

    def exports(self, materials: set[str], origin: str) -> tuple[int, ...]:
        """Links on which some of the materials leave ``origin``."""
        draft = self.draft
        chosen = []
        for k, link in enumerate(draft.links):
            source = draft.nodes[draft.outputs[link.output].node].region
            target = draft.nodes[draft.inputs[link.input].node].region
            if draft.inputs[link.input].material in materials and source == origin != target:
                chosen.append(k)
        return tuple(chosen)


def figures_of(dataset: Dataset, draft: Draft, unknowns: Unknowns) -> list[Figure]:
    """One figure per sourced estimate that speaks of flows or activities of the base year.

    A figure of a route that the draft does not have stays in the list, without columns: the
    record of moves then says that none of it is in the graph.
    """
    found = [*_activities(dataset, draft, unknowns), *_trade(dataset, unknowns)]
    found += [*_uses(dataset, unknowns), *_metal_shares(dataset, draft, unknowns)]
    return [*found, *_recorded(dataset, unknowns)]


def _figure(
    dataset: Dataset,
    name: str,
    columns: Iterable[int],
    coefs: Iterable[float] | None = None,
    value: float | None = None,
    sd: float | None = None,
) -> Figure:
    estimate = dataset.estimates[name]
    columns = tuple(columns)
    central = estimate.central if value is None else value
    spread = (estimate.high - estimate.low) / (2.0 * method("estimate/interval_z"))
    if value is not None and estimate.central > 0.0:
        spread *= value / estimate.central
    least = method("balance/least_relative_sd") * abs(central)
    pull = max(spread if sd is None else sd, least, method("balance/guess_least_sd") * least)
    weights = tuple(1.0 for _ in columns) if coefs is None else tuple(coefs)
    # A share is compared by the tonnes that it makes, or misses.
    unit = estimate.unit if value is None else "t/yr"
    return Figure(name, columns, weights, central, pull, unit, estimate.grade)


def _activities(dataset: Dataset, draft: Draft, unknowns: Unknowns) -> list[Figure]:
    found = []
    for table, stage in (("mines", "mine"), ("separations", "separate")):
        for _, row in dataset.table(table).iterrows():
            node = unknowns.node_at.get(f"{row['region']}/{stage}/{row['deposit']}")
            if node is not None:
                found.append(_figure(dataset, row["estimate"], [unknowns.activity[node]]))
    for name in dataset.names("production/magnet/"):
        _, _, region, family = name.split("/")
        columns = [
            unknowns.activity[i]
            for i, node in enumerate(draft.nodes)
            if node.region == region and node.stage == "magnet" and node.recipe.startswith(family)
        ]
        found.append(_figure(dataset, name, columns))
    return found


def _trade(dataset: Dataset, unknowns: Unknowns) -> list[Figure]:
    families: dict[str, Callable[[str], bool]] = {
        "RE_magnet": lambda material: material.endswith("_magnet"),
        "compounds": lambda material: material.endswith("_oxide"),
        "metals": lambda material: material.endswith("_metal"),
    }
    routes: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    draft = unknowns.draft
    for k, link in enumerate(draft.links):
        material = draft.inputs[link.input].material
        source = draft.nodes[draft.outputs[link.output].node].region
        target = draft.nodes[draft.inputs[link.input].node].region
        for family, belongs in families.items():
            if belongs(material):
                routes[family, source, target].append(k)
    found = []
    for family in families:
        for name in dataset.names(f"trade/{family}/"):
            _, _, origin, destination = name.split("/")
            columns = routes[family, origin, destination]
            sd = None
            if family == "metals":
                # The code also holds yttrium, scandium and mischmetal, which nobody here takes.
                sd = method("balance/metals_code_relative_sd") * dataset.central(name)
            found.append(_figure(dataset, name, columns, sd=sd))
    return found


def _uses(dataset: Dataset, unknowns: Unknowns) -> list[Figure]:
    found = []
    by_use: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    draft = unknowns.draft
    for k, link in enumerate(draft.links):
        target = draft.nodes[draft.inputs[link.input].node]
        by_use[draft.inputs[link.input].material, target.region, target.industry].append(k)
    magnets = {"NdFeB": ("NdFeB_noHRE_magnet", "NdFeB_DyTb_magnet"), "SmCo": ("SmCo_magnet",)}
    for family, materials in magnets.items():
        for name in dataset.names(f"demand/{family}/"):
            region = name.split("/")[2]
            columns = [
                k for (m, r, _), ks in by_use.items() if m in materials and r == region for k in ks
            ]
            found.append(_figure(dataset, name, columns))
        for name in dataset.names(f"enduse/{family}/"):
            _, _, region, industry = name.split("/")
            columns = [k for m in materials for k in by_use[m, region, industry]]
            total = dataset.central(f"demand/{family}/{region}")
            value = dataset.central(name) * total
            found.append(_figure(dataset, name, columns, value=value))
    for name in dataset.names("use/"):
        _, oxide, industry = name.split("/")
        columns = [
            k for (m, _, i), ks in by_use.items() if m == oxide and i == industry for k in ks
        ]
        found.append(_figure(dataset, name, columns))
    for name in dataset.names("hre_share/"):
        industry = name.split("/")[1]
        light = [
            k
            for (m, _, i), ks in by_use.items()
            if m == "NdFeB_noHRE_magnet" and i == industry
            for k in ks
        ]
        heavy = [
            k
            for (m, _, i), ks in by_use.items()
            if m == "NdFeB_DyTb_magnet" and i == industry
            for k in ks
        ]
        share = dataset.central(name)
        total = sum(
            dataset.central(f"demand/NdFeB/{n.split('/')[2]}") * dataset.central(n)
            for n in dataset.names("enduse/NdFeB/")
            if n.endswith("/" + industry)
        )
        coefs = [-share] * len(light) + [1.0 - share] * len(heavy)
        estimate = dataset.estimates[name]
        sd = total * (estimate.high - estimate.low) / (2.0 * method("estimate/interval_z"))
        found.append(_figure(dataset, name, [*light, *heavy], coefs, 0.0, sd))
    return found


def _metal_shares(dataset: Dataset, draft: Draft, unknowns: Unknowns) -> list[Figure]:
    found = []
    metals = [i for i, node in enumerate(draft.nodes) if node.stage == "metal"]
    total = sum(draft.nodes[i].activity for i in metals)
    for name in dataset.names("share/metal/"):
        region, share = name.split("/")[2], dataset.central(name)
        coefs = [(1.0 if draft.nodes[i].region == region else 0.0) - share for i in metals]
        estimate = dataset.estimates[name]
        sd = total * (estimate.high - estimate.low) / (2.0 * method("estimate/interval_z"))
        columns = [unknowns.activity[i] for i in metals]
        found.append(_figure(dataset, name, columns, coefs, 0.0, sd))
    return found


def _recorded(dataset: Dataset, unknowns: Unknowns) -> list[Figure]:
    """Recorded exports of the base year: annual totals as they are, months as twelfths of it.

    Only element products and totals over destinations are taken from here; single routes of
    magnets are estimates of their own.
    """
    found = []
    months_a_year = 12.0
    groups = {
        row["group"]: set(row["materials"].split(";"))
        for _, row in dataset.table("groups").iterrows()
    }
    for _, row in dataset.table("history").iterrows():
        period, material = str(row["period"]), str(row["material"])
        annual = period == str(dataset.base_year)
        monthly = len(period) == len("2024-06") and period.startswith(f"{dataset.base_year}-")
        wanted = row["destination"] == "WLD" and (
            (annual and material == "RE_magnet") or (monthly and material.endswith("_products"))
        )
        if not wanted:
            continue
        columns = unknowns.exports(groups[material], row["origin"])
        tonnes = float(row["value"]) * (1.0 if annual else months_a_year)
        spread = "balance/least_relative_sd" if annual else "balance/month_relative_sd"
        name = f"history/{material}/{row['origin']}/{row['destination']}/{period}"
        ones = tuple(1.0 for _ in columns)
        found.append(Figure(name, columns, ones, tonnes, method(spread) * tonnes, "t/yr", "B"))
    return found
