"""A synthetic network of firms, for those who have no ledger of a country's trade (design 015).

Sizes follow a Pareto law; firms of a community trade with one another more than with the rest;
what a sector buys is drawn once, as a recipe. Final demand is as large as the firms, and output
follows from both by the quantity model of Leontief, so that every firm earns what it adds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from terbium.base.errors import CommandError, Problems
from terbium.evidence.methods import method
from terbium.graph.firms import FirmNetwork, Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Where firms are before they are shuffled: sorted by community, then by sector.

    Attributes
    ----------
    community, sector
        Of each firm (N,).
    size
        Relative (N,).
    """

    community: Ints
    sector: Ints
    size: Floats


def synthetic_network(
    firms: int,
    links: int,
    seed: int = 0,
    *,
    sectors: int = 30,
    regions: int = 10,
) -> FirmNetwork:
    """Draw a network of firms.

    Parameters
    ----------
    firms, links
        How many; exactly as many are made.
    seed
        Of all that is drawn: the same seed, the same network.
    sectors, regions
        How many.

    Returns
    -------
    FirmNetwork
        Firms in random order, numbered from 0. Money is in units of a firm's smallest final sales.

    Raises
    ------
    CommandError
        If there is no such network.
    """
    return network_and_communities(firms, links, seed, sectors=sectors, regions=regions)[0]


def network_and_communities(
    firms: int, links: int, seed: int = 0, *, sectors: int = 30, regions: int = 10
) -> tuple[FirmNetwork, Ints]:
    """Draw a network as :func:`synthetic_network` does, and say what it does not show.

    Returns
    -------
    FirmNetwork
        The network.
    numpy.ndarray
        Community of each firm (N,).
    """
    _check(firms, links, seed, sectors, regions)
    rng = np.random.default_rng(seed)
    layout = _layout(rng, firms, sectors, regions)
    recipe = _recipes(rng, sectors)
    key = np.zeros(0, dtype=np.int64)
    rounds = int(method("firms/rounds"))
    while key.size < links:
        if not rounds:
            raise _too_many(firms, sectors, links, key.size)
        rounds -= 1
        # some pairs are drawn twice, and are one link
        more = round((links - key.size) * method("firms/drawn_beyond")) + sectors
        key = np.sort(np.concatenate([key, _pairs(rng, layout, recipe, more)]))
        key = key[np.diff(key, prepend=-1) > 0]
    kept = np.ones(key.size, dtype=bool)
    kept[rng.choice(key.size, key.size - links, replace=False)] = False
    buyer, supplier = np.divmod(key[kept], firms)
    weight = layout.size[supplier] ** method("firms/sale_exponent")
    weight *= rng.lognormal(0.0, method("firms/flow_spread"), links)
    flow = _flows(buyer, supplier, weight, layout.size)
    beyond = rng.integers(0, regions, int(layout.community[-1]) + 1 - regions)
    of_region = np.sort(np.concatenate([np.arange(regions), beyond]))
    place = rng.permutation(firms).astype(np.int32)
    order = np.argsort(place)
    shuffled = rng.permutation(links)
    network = FirmNetwork(
        firm=np.arange(firms, dtype=np.int64),
        sector=layout.sector[order].astype(np.int32),
        region=of_region[layout.community[order]].astype(np.int32),
        final=layout.size[order],
        buyer=place[buyer[shuffled]],
        supplier=place[supplier[shuffled]],
        flow=flow[shuffled],
        sectors=tuple(f"sector {number:02d}" for number in range(sectors)),
        regions=tuple(f"region {number:02d}" for number in range(regions)),
        name=f"synthetic-{firms}-{links}-{seed}",
    )
    return network, layout.community[order]


def _check(firms: int, links: int, seed: int, sectors: int, regions: int) -> None:
    problems = Problems()
    fewest = int(method("firms/fewest"))
    if firms < fewest:
        problems.add("firms", f"{firms}", f"{fewest} or more", "make more firms")
    most = max(1, int(firms * (firms - 1) * method("firms/densest")))
    if not 1 <= links <= most:
        problems.add("links", f"{links}", f"1 to {most} among {firms} firms", "change either")
    for name, value in (("sectors", sectors), ("regions", regions)):
        if not 1 <= value <= firms:
            problems.add(name, f"{value}", f"1 to {firms}", "change it")
    if seed < 0:
        problems.add("seed", f"{seed}", "a whole number, 0 or more", "change it")
    problems.raise_if_any("synthetic network of firms", CommandError)


def _too_many(firms: int, sectors: int, links: int, found: int) -> CommandError:
    """Recipes of a few firms in many sectors may leave hardly a pair that trades."""
    return CommandError.of(
        "synthetic network of firms",
        "links",
        f"{links}, of which {found} could be drawn",
        f"as many as recipes of {sectors} sectors leave among {firms} firms",
        "make fewer links, more firms or fewer sectors",
    )


def _layout(rng: np.random.Generator, firms: int, sectors: int, regions: int) -> Layout:
    # the quantiles of the law instead of a draw from it: the largest firm is no matter of luck
    beyond = (rng.permutation(firms) + 1) / (firms + 1)
    size = beyond ** (-1 / method("firms/size_exponent"))
    # a region is made of whole communities
    communities = max(regions, round(firms / method("firms/community")))
    community = rng.integers(0, communities, firms)
    community[:communities] = np.arange(communities)
    sector = rng.integers(0, sectors, firms)
    order = np.lexsort((sector, community))
    return Layout(community[order], sector[order], size)


def _recipes(rng: np.random.Generator, sectors: int) -> Floats:
    """Cumulated shares of what a sector buys (sector, input); each row adds its number."""
    bought = min(sectors, int(method("firms/inputs")))
    shares = np.zeros((sectors, sectors))
    for row in shares:
        row[rng.choice(sectors, bought, replace=False)] = rng.dirichlet(np.ones(bought))
    cumulated: Floats = np.cumsum(shares, axis=1)
    return cumulated / cumulated[:, -1:] + np.arange(sectors)[:, None]


def _pairs(rng: np.random.Generator, at: Layout, recipe: Floats, count: int) -> Ints:
    """Draw pairs of a buyer and a supplier, as ``buyer * N + supplier``; some may be equal."""
    firms, sectors = at.size.size, recipe.shape[0]
    wants = at.size ** method("firms/purchase_exponent")
    buyer = np.repeat(np.arange(firms), rng.poisson(wants * (count / wants.sum())))
    aim = at.sector[buyer] + rng.random(buyer.size)
    wanted = np.searchsorted(recipe.ravel(), aim, side="right") % sectors
    is_near = rng.random(buyer.size) >= method("firms/outside_share")
    supplier = np.where(
        is_near,
        _drawn(rng, at, at.community * sectors + at.sector, at.community[buyer] * sectors + wanted),
        _drawn(rng, at, at.sector, wanted),
    )
    found = (supplier >= 0) & (supplier != buyer)
    pairs: Ints = buyer[found] * firms + supplier[found]
    return pairs


def _drawn(rng: np.random.Generator, at: Layout, group: Ints, wanted: Ints) -> Ints:
    """A firm of each wanted group, the larger the likelier; -1 where the group is empty."""
    order = np.argsort(group, kind="stable")
    weight = at.size[order] ** method("firms/sale_exponent")
    upto = np.concatenate([[0.0], np.cumsum(weight)])
    first = np.searchsorted(group[order], np.arange(int(max(group.max(), wanted.max())) + 2))
    low, high = upto[first[wanted]], upto[first[wanted + 1]]
    aim = low + rng.random(wanted.size) * (high - low)
    # looked up in order, which is many times faster than at random
    by_aim = np.argsort(aim)
    place = np.empty(wanted.size, dtype=np.int64)
    place[by_aim] = np.searchsorted(upto, aim[by_aim], side="right") - 1
    place = np.clip(place, first[wanted], first[wanted + 1] - 1)
    chosen: Ints = np.where(high > low, order[place], -1)
    return chosen


def _flows(buyer: Ints, supplier: Ints, weight: Floats, final: Floats) -> Floats:
    """Flows of the quantity model: each firm spends a share of its output, by these weights."""
    firms = final.size
    share = weight * method("firms/input_share") / np.bincount(buyer, weight, firms)[buyer]
    sales = csr_array((share, (supplier, buyer)), shape=(firms, firms))
    output = added = final
    # the share spent is below one, and each round adds that share of the last
    while added.sum() > method("firms/last_round") * output.sum():
        added = sales @ added
        output = output + added
    flows: Floats = share * output[buyer]
    return flows
