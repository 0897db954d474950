"""Section on the base year: who does which stage of the chain, and how it flows between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from terbium.base.speech import tr
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
_MOST_PLACES = 5
_LEAST_SHARE = 0.015


@dataclass(frozen=True)
class Chain:
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
    chains = [c for c in (chain_of(view, e) for e in element_groups(view)) if all(c.totals)]
    lead = tr(
        "The chain at rest in {year}: what the run disturbs. Tonnes of the elements contained, "
        "per year, balanced so that what enters a stage leaves it.",
        year=view.run["base_year"],
    )
    title = tr("The chain before the measure")
    if not chains:
        return Section(
            "baseline", title, lead, [Text([tr("This run holds no flows of a base year.")])]
        )
    blocks: list[Block] = [
        chain_figure(view, chain, f"chain-{i}") for i, chain in enumerate(chains)
    ]
    return Section("baseline", title, lead, [*blocks, _table(view, chains)])


def element_groups(view: RunView) -> list[str]:
    """Groups of elements whose flows the run holds."""
    return list(dict.fromkeys(row["elements"] for row in view.rows("baseline")))


def chain_of(view: RunView, elements: str) -> Chain:
    """The flows of the base year of a group of elements."""
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
    return Chain(elements, flows, as_oxide)


def _column(row: Record) -> int | None:
    source = "concentrate" if row["stage_from"] == SCRAP else row["stage_from"]
    target = "use" if row["stage_to"] in _USES else row["stage_to"]
    return _STEPS.index((source, target)) if (source, target) in _STEPS else None


def _grouped(chain: Chain) -> list[Flow]:
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


def _order(chain: Chain, flows: Sequence[Flow]) -> dict[str, int]:
    """The hub first, then by size, the rest and swarf last."""
    size: dict[str, float] = {}
    for column in chain.shares:
        for place, share in column.items():
            size[place] = size.get(place, 0.0) + share
    places = {flow.source for flow in flows} | {flow.target for flow in flows}
    last = {OTHERS: 1, SCRAP: 2}
    ranked = sorted(places, key=lambda p: (last.get(p, 0), p != chain.hub, -size.get(p, 0.0), p))
    return {place: rank for rank, place in enumerate(ranked)}


def chain_figure(view: RunView, chain: Chain, key: str, title: str = "", when: str = "") -> Figure:
    """The flows of a chain as bands; without a title it says who holds how much of which stage."""
    flows = _grouped(chain)
    order = _order(chain, flows)
    names = {OTHERS: tr("others"), SCRAP: tr("swarf")}
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
        headings=list(zip(headings(), chain.totals, strict=True)),
        name=lambda key: names.get(key) or view.heading(key),
        kind=lambda key: kinds.get(key, "elsewhere"),
        share=share,
    )
    title = title or _title(view, chain)
    return Figure(
        title,
        _caption(view, chain, when),
        wide_sankey(flows, order, look, f"{key}-wide", title),
        narrow_sankey(flows, order, look, f"{key}-narrow", title),
        (
            ("bar hub", view.heading(chain.hub)),
            ("bar elsewhere", tr("other regions")),
            ("bar others", tr("regions too small to draw")),
            ("bar scrap", tr("swarf of magnet plants")),
        ),
    )


def headings() -> tuple[str, ...]:
    """Names of the columns of a chain."""
    return (tr("Concentrate"), tr("Separation"), tr("Metal"), tr("Magnets"), tr("Built in"))


def _nouns() -> tuple[str, ...]:
    return (tr("mined concentrate"), tr("separation"), tr("metal"), tr("magnets"), tr("use"))


def _title(view: RunView, chain: Chain) -> str:
    held = [column.get(chain.hub, 0.0) for column in chain.shares[:-1]]
    most, least = held.index(max(held)), held.index(min(held))
    return tr(
        "{elements}: {place} has {most} of {stage}, {least} of {other}, and builds in {built}",
        elements=capital(view.elements(chain.elements)),
        place=view.place(chain.hub),
        most=part(held[most]),
        stage=_nouns()[most],
        least=part(held[least]),
        other=_nouns()[least],
        built=part(chain.shares[-1].get(chain.hub, 0.0)),
    )


def _caption(view: RunView, chain: Chain, when: str) -> str:
    text = tr(
        "Width: t/yr of {elements} contained, {when}, central values. Colour: where a band comes "
        "from. Built in: parts makers and industries that take magnets. What a bar takes and does "
        "not pass on is lost or returns as swarf.",
        elements=view.elements(chain.elements),
        when=when or view.run["base_year"],
    )
    if chain.as_oxide:
        text += " " + tr(
            "Not drawn: {amount} t/yr that industries take as oxide.", amount=amount(chain.as_oxide)
        )
    return text


def _table(view: RunView, chains: Sequence[Chain]) -> Table:
    columns = (
        Column(tr("Stage")),
        Column(tr("Elements")),
        Column(tr("Flow"), tr("t/yr contained"), number=True),
        Column(tr("Largest")),
        Column(tr("Share"), number=True),
        Column(tr("Next")),
        Column(tr("Share"), number=True),
        Column(tr("All others"), number=True),
    )
    cells, firsts = [], []
    for chain in chains:
        for heading, total, shares in zip(headings(), chain.totals, chain.shares, strict=True):
            ranked = sorted(shares.items(), key=lambda item: -item[1])
            (first, most), *others = ranked
            second, next_share = others[0] if others else (None, 0.0)
            firsts.append(most)
            cells.append(
                (
                    heading,
                    view.elements(chain.elements),
                    amount(total),
                    view.heading(first),
                    part(most),
                    DASH if second is None else view.heading(second),
                    part(next_share),
                    part(max(1.0 - most - next_share, 0.0)),
                )
            )
    span = between(part(min(firsts)), part(max(firsts)))
    caption = tr("The largest region holds {span} of each stage.", span=span)
    return Table(caption, columns, cells, folded=True)
