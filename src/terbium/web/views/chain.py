"""The chain of a run by stage and group of elements: bands, a map and a table of regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from markupsafe import Markup

from terbium.base.speech import language, tr
from terbium.report.baseline import Chain, chain_figure, chain_of, element_groups, headings
from terbium.report.blocks import Column, Figure, Table
from terbium.report.boundaries import load_boundaries
from terbium.report.sankey import Flow
from terbium.report.shades import Shades
from terbium.report.words import DASH, amount, between, capital, part, percent
from terbium.report.worldmap import credit, map_figure, region_of
from terbium.web.views.moves import SCRAP, elements_of, moves_of
from terbium.web.views.run import LocalView, Shelf, view_of

_STAGES = ("concentrate", "separate", "metal", "magnet", "use")
_USES = frozenset(("assembly", "industry"))
_LEAST = 0.0005
_NOTABLE = 0.01

_Key = tuple[int, str, str]


@dataclass(frozen=True)
class ChainPage:
    """What the page of a chain shows.

    Attributes
    ----------
    groups, stages
        What may be chosen: (key, name).
    group, stage
        What is chosen.
    figures
        The bands of the base year, those of the run where its links are known, and the map.
    regions
        Who does the stage.
    places
        Regions of the run: (code, name).
    """

    groups: Sequence[tuple[str, str]]
    stages: Sequence[tuple[str, str]]
    group: str
    stage: str
    figures: Mapping[str, Figure]
    regions: Table | None
    places: Sequence[tuple[str, str]]


_pages: Shelf[ChainPage] = Shelf(48)


def chain_page(folder: Path, key: str, group: str, stage: str) -> ChainPage:
    """The chain of a stored run; what is no group or stage is the first, and magnets."""
    view = view_of(folder)
    groups = element_groups(view)
    group = group if group in groups else (groups[0] if groups else "")
    stage = stage if stage in _STAGES else "magnet"
    made = (folder, language(), group, stage, key)
    return _pages.get(made, lambda: _made(view, folder, key, group, stage))


def places_of(view: LocalView) -> list[tuple[str, str]]:
    """Regions that the run tells apart, by name."""
    codes = {row["region_to"] for row in view.rows("baseline")}
    codes |= {row["region_from"] for row in view.rows("baseline")}
    return sorted(((code, view.heading(code)) for code in codes), key=lambda pair: pair[1])


def _made(view: LocalView, folder: Path, key: str, group: str, stage: str) -> ChainPage:
    names = [(g, capital(view.elements(g))) for g in element_groups(view)]
    stages = list(zip(_STAGES, headings(), strict=True))
    places = places_of(view)
    if not group or not all((base := chain_of(view, group)).totals):
        return ChainPage(names, stages, group, stage, {}, None, places)
    column = _STAGES.index(stage)
    run = _disturbed(view, folder, base)
    figures = {"chain-base": chain_figure(view, base, "chain-base")}
    if run is not None:
        title = _change_title(view, base, run, column)
        when = tr("the run, per year of it")
        figure = chain_figure(view, run, "chain-run", title, when)
        figures["chain-run"] = replace(figure, caption=f"{figure.caption} {_how()}")
    figures["chain-map"] = _map(view, base, column)
    table = _regions(view, base, run, column, key)
    return ChainPage(names, stages, group, stage, figures, table, places)


def _how() -> str:
    return tr(
        "Each flow of the base year is scaled by the tonnes that moved over the run, sum of the "
        "medians of its links, against the undisturbed ones; flows that the base year lacks are "
        "not drawn."
    )


def _disturbed(view: LocalView, folder: Path, base: Chain) -> Chain | None:
    """The flows of the base year, each changed as what moved in the run; None if unknown."""
    wanted = frozenset(base.elements.split("+"))
    holding = elements_of(view.run["dataset"])
    sums: dict[_Key, list[float]] = {}
    for move in moves_of(folder):
        column = _column(move.stage_from, move.stage_to)
        if column is None or not wanted & holding.get(move.material, frozenset()):
            continue
        source = SCRAP if move.stage_from == SCRAP else move.region_from
        both = sums.setdefault((column, source, move.region_to), [0.0, 0.0])
        both[0] += move.base
        both[1] += move.moved
    if not sums:
        return None
    flows = [Flow(f.column, f.source, f.target, f.tonnes * _ratio(sums, f)) for f in base.flows]
    return Chain(base.elements, [flow for flow in flows if flow.tonnes > 0], 0.0)


def _ratio(sums: Mapping[_Key, Sequence[float]], flow: Flow) -> float:
    undisturbed, moved = sums.get((flow.column, flow.source, flow.target), (0.0, 0.0))
    return moved / undisturbed if undisturbed > 0 else 1.0


def _column(start: str, end: str) -> int | None:
    source = "concentrate" if start == SCRAP else start
    target = "use" if end in _USES else end
    if source not in _STAGES or target not in _STAGES:
        return None
    column = _STAGES.index(source)
    return column if _STAGES.index(target) == column + 1 else None


def _change_title(view: LocalView, base: Chain, run: Chain, column: int) -> str:
    """Say how the stage moved over the run, and who of those that matter lost most."""
    before, after = _tonnes(base, column), _tonnes(run, column)
    total = sum(before.values())
    changes = {
        place: after.get(place, 0.0) / tonnes - 1
        for place, tonnes in before.items()
        if tonnes >= _NOTABLE * total
    }
    least = min(sorted(changes), key=lambda place: changes[place])
    return tr(
        "{stage}, {elements}: {change} over the whole run; {place} {most}",
        stage=headings()[column],
        elements=view.elements(base.elements),
        change=percent(sum(after.values()) / total - 1, sign=True) if total else DASH,
        place=view.place(least),
        most=percent(changes[least], sign=True),
    )


def _tonnes(chain: Chain, column: int) -> dict[str, float]:
    """What each region passes on in a column, or takes in the last one [t/yr]."""
    last = len(_STAGES) - 1
    found: dict[str, float] = {}
    for flow in chain.flows:
        at = flow.column if column < last else flow.column + 1
        place = flow.source if column < last else flow.target
        if at == column and place != SCRAP:
            found[place] = found.get(place, 0.0) + flow.tonnes
    return found


def _map(view: LocalView, chain: Chain, column: int) -> Figure:
    shapes = load_boundaries()
    shares = chain.shares[column]
    shades = Shades.of_shares(0.0, max(shares.values(), default=0.0))
    kinds = {}
    for shape, iso in shapes.codes.items():
        region = region_of(iso, view)
        share, name = shares.get(region, 0.0), view.heading(region)
        told = tr("{place}: {share}", place=name, share=part(share))
        if region != iso:
            hint = tr("{place}, one region: {share}", place=name, share=part(share))
            kinds[shape] = ("rest", hint)
        else:
            kinds[shape] = (shades.kind(share) if share > _LEAST else "nothing", told)
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    heading, (first, most) = headings()[column], ranked[0]
    title = tr(
        "{stage}, {elements}: {place} holds {share}",
        stage=heading,
        elements=view.elements(chain.elements),
        place=view.place(first),
        share=part(most),
    )
    legend = [
        ("", tr("Share of the stage:")),
        *(
            (kind, between(f"{low * 100:.0f}", percent(high)))
            for kind, low, high in shades.ranges()
        ),
        ("nothing", tr("none")),
        ("rest", tr("held as one region")),
    ]
    said = "; ".join(f"{view.heading(place)} {part(share)}" for place, share in ranked)
    caption = tr(
        "Share of each region in what the stage passes on, or in the last one takes, in {year}, by "
        "mass of the elements contained.",
        year=view.run["base_year"],
    )
    return map_figure(kinds, title, said, f"{caption} {credit(shapes)}", legend, "chain-map")


def _regions(view: LocalView, base: Chain, run: Chain | None, column: int, key: str) -> Table:
    before, total = _tonnes(base, column), sum(_tonnes(base, column).values())
    after = _tonnes(run, column) if run else {}
    ranked = sorted(before, key=lambda place: -before[place])
    columns = [
        Column(tr("Region")),
        Column(tr("Flow"), tr("t/yr contained"), number=True),
        Column(tr("Share"), number=True),
    ]
    if run is not None:
        columns.append(Column(tr("In this run"), tr("against the base year"), number=True))
    rows = []
    for place in ranked:
        row = [region_link(view, place, key), amount(before[place]), part(before[place] / total)]
        if run is not None:
            change = after.get(place, 0.0) / before[place] - 1 if before[place] else 0.0
            row.append(percent(change, sign=True))
        rows.append(tuple(row))
    caption = tr(
        "{stage}, {elements}: {count} regions",
        stage=headings()[column],
        elements=view.elements(base.elements),
        count=len(rows),
    )
    return Table(caption, columns, rows)


def region_link(view: LocalView, place: str, key: str) -> Markup:
    """Name of a region that opens its page in a run; plain where there is no run to open it in."""
    if not key:
        return Markup("{}").format(view.heading(place))
    address = f"/regions/{place}?{urlencode({'run': key})}"
    return Markup('<a href="{}">{}</a>').format(address, view.heading(place))
