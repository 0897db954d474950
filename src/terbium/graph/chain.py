"""Draft the rare-earth chain from a dataset: which processes stand where, and what could flow."""

from __future__ import annotations

import math

from terbium.evidence.dataset import Dataset
from terbium.evidence.methods import method
from terbium.graph.draft import Draft
from terbium.graph.schema import DEMAND_DRIVEN, FINAL, SUPPLY_PUSH

NDFEB = ("NdFeB_noHRE", "NdFeB_DyTb")
MAGNET_CLASSES = (*NDFEB, "SmCo")
UNKNOWN = math.nan


class Reader:
    """Central values by name, and the few derived facts that several stages share."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.regions = [str(r) for r in dataset.table("regions")["region"]]
        elements = dataset.table("elements")
        self.elements = list(elements["element"])
        self.heavy = set(elements.loc[elements["is_heavy"].astype(int) == 1, "element"])
        self.drivers = {e for c in NDFEB for e in self.elements if self.content(c, e) > 0.0}
        self.magnet_elements = [
            e for e in self.elements if any(self.content(c, e) > 0.0 for c in MAGNET_CLASSES)
        ]

        self.hub = self._largest_separation()
        self.routes = {n for n in dataset.estimates if n.startswith("trade/")}
        self.sources: dict[str, dict[str, str]] = {}

    def _largest_separation(self) -> str:
        """Region with the largest separation: it sells to all, takes the heavies of the others."""
        feeds = dict.fromkeys(self.regions, 0.0)
        table = self.dataset.table("separations")
        for region, estimate in zip(table["region"], table["estimate"], strict=True):
            feeds[region] += self.dataset.central(estimate)
        return max(feeds, key=lambda region: feeds[region])

    def get(self, name: str, missing: float = 0.0) -> float:
        """Central value, or ``missing`` where the dataset holds no such estimate."""
        return self.dataset.central(name) if name in self.dataset.estimates else missing

    def content(self, magnet: str, element: str) -> float:
        """Element in a finished magnet [t/t]."""
        return self.get(f"content/{magnet}_magnet/{element}")

    def tails(self, prefix: str) -> list[tuple[str, ...]]:
        """Parts of estimate names after ``prefix/``."""
        return [tuple(n[len(prefix) + 1 :].split("/")) for n in self.dataset.names(prefix + "/")]


def draft_chain(dataset: Dataset) -> Draft:
    """All nodes, slots and candidate links of the dataset's chain."""
    read, draft = Reader(dataset), Draft()
    _mines(read, draft)
    _separations(read, draft)
    _magnets(read, draft)
    _scrap(read, draft)
    _pools(read, draft)
    _metals(read, draft)
    _industries(read, draft)
    return draft


def _mines(read: Reader, draft: Draft) -> None:
    for _, row in read.dataset.table("mines").iterrows():
        region, deposit = row["region"], row["deposit"]
        tonnes = read.dataset.central(row["estimate"])
        if tonnes <= 0.0:
            continue
        recovery = read.dataset.central(f"recovery/concentrate/{deposit}")
        mine = draft.add_node(region, "mine", deposit, SUPPLY_PUSH, tonnes)
        draft.add_output(mine, f"{deposit}_ore", 1.0, "stock/output_days/mine", driver=True)
        plant = draft.add_node(region, "concentrate", deposit, DEMAND_DRIVEN, tonnes * recovery)
        cover = "stock/input_days/concentrate"
        draft.add_input(plant, f"{deposit}_ore", 1.0 / recovery, cover)
        concentrate, cover = f"{deposit}_concentrate", "stock/output_days/concentrate"
        draft.add_output(plant, concentrate, 1.0, cover, driver=True)
        draft.add_link(mine, plant, f"{deposit}_ore", tonnes)


def _separations(read: Reader, draft: Draft) -> None:
    for _, row in read.dataset.table("separations").iterrows():
        region, deposit = row["region"], row["deposit"]
        feed = read.dataset.central(row["estimate"])
        plant = draft.add_node(region, "separate", deposit, DEMAND_DRIVEN, feed)
        concentrate = f"{deposit}_concentrate"
        draft.add_input(plant, concentrate, 1.0, "stock/input_days/separate")
        recovery = read.dataset.central(f"recovery/separate/{deposit}")
        basket = {e: read.get(f"composition/{deposit}/{e}") * recovery for e in read.elements}
        _add_oxides(read, draft, plant, basket)
        for origin in draft.makers(concentrate):
            draft.add_link(origin, plant, concentrate, UNKNOWN)


def _add_oxides(read: Reader, draft: Draft, plant: str, basket: dict[str, float]) -> None:
    for element, coef in basket.items():
        if coef > 0.0:
            oxide, cover = f"{element}_oxide", "stock/output_days/separate"
            draft.add_output(plant, oxide, coef, cover, driver=element in read.drivers)


def _magnets(read: Reader, draft: Draft) -> None:
    share = _share_with_heavies(read)
    for region, family in read.tails("production/magnet"):
        tonnes = read.get(f"production/magnet/{region}/{family}")
        split = {"SmCo": 1.0}
        if family == "NdFeB":
            split = {"NdFeB_noHRE": 1.0 - share, "NdFeB_DyTb": share}
        for magnet, part in split.items():
            node = draft.add_node(region, "magnet", magnet, DEMAND_DRIVEN, tonnes * part)
            kept = read.dataset.central(f"yield/magnet/{magnet}_magnet")
            for element in read.magnet_elements:
                if read.content(magnet, element) > 0.0:
                    coef = read.content(magnet, element) / kept
                    draft.add_input(node, f"{element}_metal", coef, "stock/input_days/magnet")
            cover = "stock/output_days/magnet"
            draft.add_output(node, f"{magnet}_magnet", 1.0, cover, driver=True)
            swarf = (1.0 - kept) / kept
            draft.add_output(node, f"{magnet}_scrap", swarf, cover, driver=False)


def _share_with_heavies(read: Reader) -> float:
    """Tonnage-weighted share of NdFeB that contains Dy or Tb."""
    with_heavies = total = 0.0
    for region, industry in read.tails("enduse/NdFeB"):
        tonnes = read.get(f"demand/NdFeB/{region}") * read.get(f"enduse/NdFeB/{region}/{industry}")
        total += tonnes
        with_heavies += tonnes * read.get(f"hre_share/{industry}")
    return with_heavies / total


def _scrap(read: Reader, draft: Draft) -> None:
    """Magnet makers' swarf goes back to separation where the region separates at all."""
    separating = {node.region for node in draft.nodes if node.stage == "separate"}
    recovery = read.dataset.central("recovery/scrap")
    for region in sorted(separating):
        for magnet in MAGNET_CLASSES:
            maker = f"{region}/magnet/{magnet}"
            if maker not in draft.makers(f"{magnet}_scrap"):
                continue
            kept = read.dataset.central(f"yield/magnet/{magnet}_magnet")
            swarf = draft.node(maker).activity * (1.0 - kept) / kept
            node = draft.add_node(region, "separate", f"{magnet}_scrap", SUPPLY_PUSH, swarf)
            draft.add_input(node, f"{magnet}_scrap", 1.0, "stock/input_days/separate")
            basket = {
                e: read.content(magnet, e) * recovery / read.dataset.central(f"oxide_factor/{e}")
                for e in read.elements
                if read.content(magnet, e) > 0.0
            }
            _add_oxides(read, draft, node, basket)
            draft.add_link(maker, node, f"{magnet}_scrap", swarf)


def _pools(read: Reader, draft: Draft) -> None:
    """Oxide of one element from several plants of a region is one good: a stockist pools it."""
    for region in read.regions:
        plants = [n for n in draft.nodes if n.region == region and n.stage == "separate"]
        if len(plants) < 2:
            continue
        for element in read.elements:
            oxide = f"{element}_oxide"
            makers = [m for m in draft.makers(oxide) if m.startswith(f"{region}/separate/")]
            if not makers:
                continue
            pool = draft.add_node(region, "separate", f"{element}_pool", DEMAND_DRIVEN, UNKNOWN)
            draft.add_input(pool, oxide, 1.0, "stock/output_days/separate")
            draft.add_output(pool, oxide, 1.0, "stock/output_days/separate", driver=True)
            for maker in makers:
                draft.add_link(maker, pool, oxide, UNKNOWN)


def oxide_sources(read: Reader, draft: Draft, element: str) -> dict[str, str]:
    """Node that sells the element's oxide, by region (the stockist where there is one)."""
    if element in read.sources:
        return read.sources[element]
    sources: dict[str, str] = {}
    for label in draft.makers(f"{element}_oxide"):
        region = label.split("/")[0]
        if region not in sources or label.endswith("_pool"):
            sources[region] = label
    read.sources[element] = sources
    return sources


def _may_trade(read: Reader, family: str, origin: str, destination: str) -> bool:
    return (
        origin in (destination, read.hub) or f"trade/{family}/{origin}/{destination}" in read.routes
    )


def _link_oxide(read: Reader, draft: Draft, user: str, element: str) -> None:
    """Routes to a user of an oxide.

    Outside the hub, heavies were not separated in the base year (IEA, CSIS: 99 % in China), so that
    they are sold to the hub as an unseparated residue.
    """
    region = user.split("/")[0]
    for origin, source in oxide_sources(read, draft, element).items():
        if source == user:
            continue
        if origin != read.hub and element in read.heavy:
            continue
        if _may_trade(read, "compounds", origin, region):
            draft.add_link(source, user, f"{element}_oxide", UNKNOWN)


def _metals(read: Reader, draft: Draft) -> None:
    hub = read.hub
    for element in read.elements:
        sources = oxide_sources(read, draft, element)
        for origin, source in sources.items():
            pool = f"{hub}/separate/{element}_pool"
            if origin != hub and element in read.heavy and pool in draft.users(f"{element}_oxide"):
                draft.add_link(source, pool, f"{element}_oxide", UNKNOWN)
    recovery = read.dataset.central("recovery/metal")
    for (region,) in read.tails("share/metal"):
        for element in read.magnet_elements:
            share = read.get(f"share/metal/{region}")
            need = share * sum(
                n.activity * read.content(n.recipe, element)
                for n in draft.nodes
                if n.stage == "magnet"
            )
            factor = read.dataset.central(f"oxide_factor/{element}") * recovery
            node = draft.add_node(region, "metal", element, DEMAND_DRIVEN, need)
            draft.add_input(node, f"{element}_oxide", 1.0 / factor, "stock/input_days/metal")
            cover = "stock/output_days/metal"
            draft.add_output(node, f"{element}_metal", 1.0, cover, driver=True)
            _link_oxide(read, draft, node, element)
    for element in read.magnet_elements:
        metal = f"{element}_metal"
        for user in draft.users(metal):
            for maker in draft.makers(metal):
                if _may_trade(read, "metals", maker.split("/")[0], user.split("/")[0]):
                    draft.add_link(maker, user, metal, UNKNOWN)


def _industries(read: Reader, draft: Draft) -> None:
    needs: dict[tuple[str, str], dict[str, float]] = {}
    for family, classes in (("NdFeB", NDFEB), ("SmCo", ("SmCo",))):
        for region, industry in read.tails(f"enduse/{family}"):
            tonnes = read.get(f"demand/{family}/{region}")
            tonnes *= read.get(f"enduse/{family}/{region}/{industry}")
            heavy = read.get(f"hre_share/{industry}") if family == "NdFeB" else 1.0
            parts = (1.0 - heavy, heavy) if family == "NdFeB" else (1.0,)
            for magnet, part in zip(classes, parts, strict=True):
                needs.setdefault((region, industry), {})[f"{magnet}_magnet"] = tonnes * part
    for oxide, industry in read.tails("use"):
        for region in read.regions:
            share = read.get(f"region_share/oxide/{region}/{industry}")
            tonnes = read.get(f"use/{oxide}/{industry}") * share
            needs.setdefault((region, industry), {})[oxide] = tonnes
    least = method("balance/least_use")
    for (region, industry), materials in sorted(needs.items()):
        wanted = {m: t for m, t in materials.items() if t >= least}
        if not wanted:
            continue
        if industry == "vehicle_parts":
            _assembly(read, draft, region, wanted)
            continue
        # Products differ: a line that takes yttrium is not stopped for want of a magnet.
        for material, tonnes in sorted(wanted.items()):
            recipe = f"{industry}/{material}"
            node = draft.add_node(region, "industry", recipe, FINAL, tonnes, industry)
            cover = f"stock/days_of_cover/{region}/{industry}"
            draft.add_input(node, material, UNKNOWN, cover, need=tonnes)
            _link_material(read, draft, node, material)
    _cars(read, draft)


def _assembly(read: Reader, draft: Draft, region: str, wanted: dict[str, float]) -> None:
    for material, tonnes in sorted(wanted.items()):
        if not material.endswith("_magnet"):
            continue
        magnet = material.removesuffix("_magnet")
        node = draft.add_node(region, "assembly", magnet, DEMAND_DRIVEN, tonnes, "vehicle_parts")
        cover = f"stock/days_of_cover/{region}/vehicle_parts"
        draft.add_input(node, material, 1.0, cover)
        cover = "stock/output_days/assembly"
        draft.add_output(node, f"{magnet}_assembly", 1.0, cover, driver=True)
        _link_material(read, draft, node, material)


def _cars(read: Reader, draft: Draft) -> None:
    for region in sorted({r for r, _ in read.tails("parts_sourcing")}):
        wanted = {m: 0.0 for m in MAGNET_CLASSES}
        for node in draft.nodes:
            if node.stage == "assembly" and node.region == region:
                wanted[node.recipe] += node.activity
        total = sum(wanted.values())
        if total <= 0.0:
            continue
        cars = draft.add_node(region, "industry", "passenger_cars", FINAL, total, "passenger_cars")
        for magnet, tonnes in wanted.items():
            part = f"{magnet}_assembly"
            makers = {m.split("/")[0]: m for m in draft.makers(part)}
            if tonnes <= 0.0:
                continue
            cover = f"stock/days_of_cover/{region}/passenger_cars"
            draft.add_input(cars, part, UNKNOWN, cover, need=tonnes)
            for origin, maker in makers.items():
                share = read.get(f"parts_sourcing/{region}/{origin}")
                if share > 0.0:
                    draft.add_link(maker, cars, part, share * tonnes)


def _link_material(read: Reader, draft: Draft, user: str, material: str) -> None:
    if material.endswith("_oxide"):
        _link_oxide(read, draft, user, material.removesuffix("_oxide"))
        return
    region = user.split("/")[0]
    for maker in draft.makers(material):
        origin = maker.split("/")[0]
        if _may_trade(read, "RE_magnet", origin, region):
            weight = _delivered(read, material, origin, region)
            draft.add_link(maker, user, material, UNKNOWN, weight=weight)


def _delivered(read: Reader, material: str, origin: str, region: str) -> float:
    """Magnets of a family that an origin's makers deliver to a region [t/yr], as far as known."""
    family = "SmCo" if material.startswith("SmCo") else "NdFeB"
    own = {f: read.get(f"production/magnet/{origin}/{f}") for f in ("NdFeB", "SmCo")}
    abroad = [n for n in read.routes if n.startswith(f"trade/RE_magnet/{origin}/")]
    if origin == region:
        exported = sum(read.get(name) for name in abroad)
        sold = max(sum(own.values()) - exported, 0.0)
    else:
        sold = read.get(f"trade/RE_magnet/{origin}/{region}")
    return sold * own[family] / sum(own.values())
