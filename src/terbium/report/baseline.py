"""Section on the base year: who does which stage of the chain, and how it flows between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from terbium.base.gazetteer import element_name
from terbium.report.blocks import Block, Column, Figure, Record, RunView, Section, Table, Text
from terbium.report.sankey import Bar, Flow, Look, narrow_sankey, wide_sankey
from terbium.report.words import DASH, amount, between, capital, part, value

SCRAP, OTHERS = "scrap", "others"

_STEPS = (
    ("concentrate", "separate"),
    ("separate", "metal"),
    ("metal", "magnet"),
    ("magnet", "use"),
)
_USES = {"assembly", "industry"}
_HEADINGS = ("Concentrate", "Separation", "Metal", "Magnets", "Built in")
_NOUNS = ("mined concentrate", "separation", "metal", "magnets", "use")
_MOST_PLACES = 5
_LEAST_SHARE = 0.015


@dataclass(frozen=True)
class _Chain:
    """Flows of one group of elements by column, from and to regions [t/yr]."""

    elements: str
    flows: Sequence[Flow]
    as_oxide: float

    @cached_property
    def shares(self) -> list[dict[str, float]]:
        """Share of each region in what each column passes on, or in what the last one takes."""
        given: list[dict[str, float]] = [{} for _ in _STEPS]
        taken: dict[str, float] = {}
        for flow in self.flows:
            if flow.source != SCRAP:
                column = given[flow.column]
                column[flow.source] = column.get(flow.source, 0.0) + flow.tonnes
            if flow.column == len(_STEPS) - 1:
                taken[flow.target] = taken.get(flow.target, 0.0) + flow.tonnes
        return [_parts(column) for column in (*given, taken)]

    @cached_property
    def totals(self) -> list[float]:
        """What each column passes on, without swarf; the last takes what the one before gives."""
        given = [
            sum(f.tonnes for f in self.flows if f.column == i and f.source != SCRAP)
            for i in range(len(_STEPS))
        ]
        return [*given, given[-1]]

    @cached_property
    def hub(self) -> str:
        """The region with most of the stages before use."""
        total: dict[str, float] = {}
        for column in self.shares[:-1]:
            for place, share in column.items():
                total[place] = total.get(place, 0.0) + share
        return max(sorted(total), key=lambda place: total[place])


def _parts(tonnes: dict[str, float]) -> dict[str, float]:
    total = sum(tonnes.values())
    return {place: t / total for place, t in sorted(tonnes.items())} if total else {}


def baseline_section(view: RunView) -> Section:
    """The flows of the base year by stage and region, light and heavy magnet elements apart."""
    chains = [c for c in (_chain(view, e) for e in _elements(view)) if all(c.totals)]
    lead = (
        f"The chain at rest in {view.run['base_year']}: what the run disturbs. Tonnes of the "
        "elements contained, per year, balanced so that what enters a stage leaves it."
    )
    title = "The chain before the measure"
    if not chains:
        return Section("baseline", title, lead, [Text(["This run holds no flows of a base year."])])
    blocks: list[Block] = [_figure(view, chain, i) for i, chain in enumerate(chains)]
    return Section("baseline", title, lead, [*blocks, _table(view, chains)])


def _elements(view: RunView) -> list[str]:
    return list(dict.fromkeys(row["elements"] for row in view.rows("baseline")))


def _chain(view: RunView, elements: str) -> _Chain:
    tonnes: dict[tuple[int, str, str], float] = {}
    as_oxide = 0.0
    for row in view.rows("baseline"):
        if row["elements"] != elements:
            continue
        column = _column(row)
        if column is None:
            direct = row["stage_from"] == "separate" and row["stage_to"] in _USES
            as_oxide += value(row["flow"]) if direct else 0.0
        else:
            source = SCRAP if row["stage_from"] == SCRAP else row["region_from"]
            key = (column, source, row["region_to"])
            tonnes[key] = tonnes.get(key, 0.0) + value(row["flow"])
    flows = [Flow(*key, amount) for key, amount in sorted(tonnes.items())]
    return _Chain(elements, flows, as_oxide)


def _column(row: Record) -> int | None:
    source = "concentrate" if row["stage_from"] == SCRAP else row["stage_from"]
    target = "use" if row["stage_to"] in _USES else row["stage_to"]
    return _STEPS.index((source, target)) if (source, target) in _STEPS else None


def _grouped(chain: _Chain) -> list[Flow]:
    """Flows with the places that are small in their column put together."""
    kept = [
        {p for p in sorted(s, key=lambda p: -s[p])[:_MOST_PLACES] if s[p] >= _LEAST_SHARE}
        | {chain.hub, SCRAP}
        for s in chain.shares
    ]
    tonnes: dict[tuple[int, str, str], float] = {}
    for flow in chain.flows:
        source = flow.source if flow.source in kept[flow.column] else OTHERS
        target = flow.target if flow.target in kept[flow.column + 1] else OTHERS
        key = (flow.column, source, target)
        tonnes[key] = tonnes.get(key, 0.0) + flow.tonnes
    return [Flow(*key, amount) for key, amount in sorted(tonnes.items())]


def _order(chain: _Chain, flows: Sequence[Flow]) -> dict[str, int]:
    """The hub first, then by size, the rest and swarf last."""
    size: dict[str, float] = {}
    for column in chain.shares:
        for place, share in column.items():
            size[place] = size.get(place, 0.0) + share
    places = {flow.source for flow in flows} | {flow.target for flow in flows}
    last = {OTHERS: 1, SCRAP: 2}
    ranked = sorted(places, key=lambda p: (last.get(p, 0), p != chain.hub, -size.get(p, 0.0), p))
    return {place: rank for rank, place in enumerate(ranked)}


def _figure(view: RunView, chain: _Chain, position: int) -> Figure:
    flows = _grouped(chain)
    order = _order(chain, flows)
    names = {OTHERS: "others", SCRAP: "swarf"}
    kinds = {chain.hub: "hub", OTHERS: "others", SCRAP: "scrap"}
    totals = {
        (i, place): share
        for i, column in enumerate(chain.shares)
        for place, share in column.items()
    }

    def share(bar: Bar) -> float | None:
        if bar.key == SCRAP:
            return None
        if bar.key != OTHERS:
            return totals.get((bar.column, bar.key), 0.0)
        named = {f.source for f in flows if f.column == bar.column}
        named |= {f.target for f in flows if f.column == bar.column - 1}
        return 1.0 - sum(totals.get((bar.column, place), 0.0) for place in named - {OTHERS})

    look = Look(
        headings=list(zip(_HEADINGS, chain.totals, strict=True)),
        name=lambda key: names.get(key) or view.heading(key),
        kind=lambda key: kinds.get(key, "elsewhere"),
        share=share,
    )
    title = _title(view, chain)
    key = f"chain-{position}"
    return Figure(
        title,
        _caption(view, chain),
        wide_sankey(flows, order, look, f"{key}-wide", title),
        narrow_sankey(flows, order, look, f"{key}-narrow", title),
        (
            ("bar hub", view.heading(chain.hub)),
            ("bar elsewhere", "other regions"),
            ("bar others", "regions too small to draw"),
            ("bar scrap", "swarf of magnet plants"),
        ),
    )


def _title(view: RunView, chain: _Chain) -> str:
    held = [column.get(chain.hub, 0.0) for column in chain.shares[:-1]]
    most, least = held.index(max(held)), held.index(min(held))
    return (
        f"{capital(_spoken(chain.elements))}: {view.place(chain.hub)} has {part(held[most])} of "
        f"{_NOUNS[most]}, {part(held[least])} of {_NOUNS[least]}, and builds in "
        f"{part(chain.shares[-1].get(chain.hub, 0.0))}"
    )


def _spoken(elements: str) -> str:
    return " and ".join(element_name(symbol) for symbol in elements.split("+"))


def _caption(view: RunView, chain: _Chain) -> str:
    text = (
        f"Width: t/yr of {_spoken(chain.elements)} contained, {view.run['base_year']}, central "
        "values. Colour: where a band comes from. Built in: parts makers and industries that take "
        "magnets. What a bar takes and does not pass on is lost or returns as swarf."
    )
    if chain.as_oxide:
        text += f" Not drawn: {amount(chain.as_oxide)} t/yr that industries take as oxide."
    return text


def _table(view: RunView, chains: Sequence[_Chain]) -> Table:
    columns = (
        Column("Stage"),
        Column("Elements"),
        Column("Flow", "t/yr contained", number=True),
        Column("Largest"),
        Column("Share", number=True),
        Column("Next"),
        Column("Share", number=True),
        Column("All others", number=True),
    )
    cells, firsts = [], []
    for chain in chains:
        for heading, total, shares in zip(_HEADINGS, chain.totals, chain.shares, strict=True):
            ranked = sorted(shares.items(), key=lambda item: -item[1])
            (first, most), *others = ranked
            second, next_share = others[0] if others else (None, 0.0)
            firsts.append(most)
            cells.append(
                (
                    heading,
                    _spoken(chain.elements),
                    amount(total),
                    view.heading(first),
                    part(most),
                    DASH if second is None else view.heading(second),
                    part(next_share),
                    part(max(1.0 - most - next_share, 0.0)),
                )
            )
    span = between(part(min(firsts)), part(max(firsts)))
    caption = f"The largest region holds {span} of each stage."
    return Table(caption, columns, cells, folded=True)
