"""Section on the economy: what the shortfall of the chain costs, where, when, and beside whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from terbium.base.speech import tr, trn
from terbium.report.blocks import (
    WORLD,
    Block,
    Card,
    Cards,
    Figure,
    Multiples,
    Record,
    RunView,
    Section,
    Text,
)
from terbium.report.economy_tables import (
    claim_table,
    region_table,
    variant_table,
)
from terbium.report.economy_words import billion, share, span, window_text
from terbium.report.figures import (
    NARROW,
    WIDE,
    Dot,
    Fan,
    dot_figure,
    dot_legend,
    fan_figure,
)
from terbium.report.words import amount, capital, month, percent, value

_CARDS = ("USA", "EU27", "JPN")
_PANELS = ("USA", "EU27", "JPN", "KOR", "DEU", "CHN")
_PANEL = (300.0, 190.0)
_MOST_REGIONS, _MOST_SECTORS = 14, 10
_PER_CENT = 100.0


def economy_section(view: RunView) -> Section | None:
    """Losses of value added; None where the run knows no world table."""
    found: Mapping[str, Any] | None = view.summary.get("economy")
    if found is None:
        return None
    about = found["about"]
    lead = tr(
        "What does not come stops lines; what these do not make and do not buy is missing to "
        "others. Loss of value added, as a share of the GDP of the same days. Flows between "
        "industries are those of {year}, money is that of 2024.",
        year=about["base_year"],
    )
    head = tr("What it costs the economy")
    if not any(value(row["high90"]) for row in _of(found, "total", about["window"])):
        return Section("economy", head, lead, [Text([tr("Nothing is lost anywhere.")])])
    blocks: list[Block] = [
        _cards(view, found),
        _regions(view, found),
        _months(view, found),
        _sectors(found),
        region_table(view, found),
        Text([*_implausible(view, found), *_regime(found)]),
        claim_table(view, found),
        variant_table(view, found),
        Text(_limits(found), listed=True),
    ]
    return Section("economy", head, lead, blocks)


def _legend() -> tuple[tuple[str, str], ...]:
    return (
        ("median", tr("median")),
        ("band50", tr("50 % interval")),
        ("band90", tr("90 % interval")),
    )


def _of(found: Mapping[str, Any], figure: str, window: str) -> list[Record]:
    return [r for r in found["regions"] if r["figure"] == figure and r["window"] == window]


def _place(view: RunView, label: str) -> str:
    return view.place(label)


def _cards(view: RunView, found: Mapping[str, Any]) -> Cards:
    """The largest economies, and how much the table adds."""
    window = found["about"]["window"]
    total = {row["region"]: row for row in _of(found, "total", window)}
    loss = {row["region"]: row for row in _of(found, "loss", window)}
    cards = [
        Card(
            tr("{share} of GDP", share=share(total[place]["central"])),
            tr(
                "lost to {place} {window}",
                place=_place(view, place),
                window=window_text(total[place]),
            ),
            tr(
                "90 %: {span}; USD {money}",
                span=span(total[place]),
                money=billion(loss[place]["central"]),
            ),
        )
        for place in _CARDS
        if place in total
    ]
    ratio = [row for row in _of(found, "multiplier", window) if row["region"] == WORLD]
    cards += [
        Card(
            f"\N{MULTIPLICATION SIGN} {amount(value(row['central']), 2)}",
            tr("loss of the world over what is lost on the lines that stand still"),
            tr(
                "90 %: {low} to {high}",
                low=amount(value(row["low90"]), 2),
                high=amount(value(row["high90"]), 2),
            ),
        )
        for row in ratio
    ]
    return Cards(cards)


def _scaled(row: Record) -> dict[str, float]:
    names = ("central", "low50", "high50", "low90", "high90")
    return {name: value(row[name]) * _PER_CENT for name in names}


def _regions(view: RunView, found: Mapping[str, Any]) -> Figure:
    """Regions by their loss, those that lose most first."""
    window = found["about"]["window"]
    blocs = {*view.summary["blocs"], WORLD}
    rows = [row for row in _of(found, "total", window) if row["region"] not in blocs]
    rows = sorted(rows, key=lambda row: -value(row["central"]))[:_MOST_REGIONS]
    dots = [
        Dot(capital(view.name(row["region"])), **_scaled(row), note=share(row["central"]))
        for row in rows
    ]
    first = rows[0]
    title = tr(
        "{place} loses the largest share of its value added: {share} ({span})",
        place=capital(_place(view, first["region"])),
        share=share(first["central"]),
        span=span(first),
    )
    limit = max(dot.high50 for dot in dots)
    drawn = [
        dot_figure(dots, f"economy-{w}", title, tr("per cent of GDP"), limit, w, percent=False)
        for w in (WIDE, NARROW)
    ]
    caption = trn(
        "Total loss of value added {window}, the {n} region with the largest median. An arrow: the "
        "interval runs beyond the axis.",
        "Total loss of value added {window}, the {n} regions with the largest median. An arrow: "
        "the interval runs beyond the axis.",
        len(dots),
        window=window_text(first),
    )
    return Figure(title, caption, drawn[0], drawn[1], dot_legend())


def _months(view: RunView, found: Mapping[str, Any]) -> Multiples:
    """Loss by month for the largest economies, each on its own scale."""
    panels, worst = [], found["months"][0]
    for place in _PANELS:
        rows = [r for r in found["months"] if r["region"] == place and r["figure"] == "total"]
        if not rows:
            continue
        worst = max(worst, *rows, key=lambda row: value(row["central"]))
        columns = {name: [_scaled(row)[name] for row in rows] for name in _scaled(rows[0])}
        title = capital(_place(view, place))
        fan = Fan(
            months=[row["month"] for row in rows],
            **columns,
            observed=[None] * len(rows),
            base=None,
            unit="%",
            mark=view.headline,
        )
        panels.append((title, fan_figure(fan, f"economy-fan-{place}", title, *_PANEL)))
    caption = tr(
        "Per cent of the GDP of the month; each panel has its own scale, from zero. No month is "
        "on record: a loss of this kind is in no statistic."
    )
    title = tr(
        "{place} has the worst month of these: {share} of GDP in {month}",
        place=capital(_place(view, worst["region"])),
        share=share(worst["central"]),
        month=month(worst["month"]),
    )
    return Multiples(title, caption, panels, _legend())


def _sectors(found: Mapping[str, Any]) -> Figure:
    """Sectors of the world by what they lose."""
    names = found["names"]
    rows = [r for r in found["sectors"] if r["region"] == WORLD and r["figure"] == "loss"]
    rows = sorted(rows, key=lambda row: -value(row["central"]))[:_MOST_SECTORS]
    shares = {
        (row["sector"], row["figure"]): value(row["central"])
        for row in found["sectors"]
        if row["region"] == WORLD
    }
    dots = []
    for row in rows:
        ends = {name: number / _PER_CENT / 1e9 for name, number in _scaled(row).items()}
        sector = row["sector"]
        note = tr(
            "{money}, {share} of the sector",
            money=billion(row["central"]),
            share=share(shares[sector, "total"]),
        )
        dots.append(Dot(capital(tr(names[sector])), **ends, note=note))
    without = sum(shares[row["sector"], "direct"] == 0 for row in rows)
    title = trn(
        "{sector} loses most; {without} of the {n} sector that lose most use no rare earths",
        "{sector} loses most; {without} of the {n} sectors that lose most use no rare earths",
        len(rows),
        sector=dots[0].label,
        without=without,
    )
    limit = max(dot.high90 for dot in dots)
    drawn = [
        dot_figure(
            dots, f"economy-sectors-{w}", title, tr("USD bn of 2024"), limit, w, percent=False
        )
        for w in (WIDE, NARROW)
    ]
    caption = tr(
        "Loss of value added of the world {window}, in money and as a share of the sector's own "
        "value added.",
        window=window_text(rows[0]),
    )
    return Figure(title, caption, drawn[0], drawn[1], dot_legend())


def _implausible(view: RunView, found: Mapping[str, Any]) -> list[str]:
    """Whether the run says more than can be true."""
    return [
        tr(
            "{place} {window}: {share} of GDP (90 %: {span}). More than {limit} would have been "
            "seen, and would refute the run; {part} of the draws say so.",
            place=capital(_place(view, row["region"])),
            window=window_text(row),
            share=share(row["central"]),
            span=span(row),
            limit=share(row["limit"]),
            part=percent(value(row["share_of_draws_above"])),
        )
        for row in found["implausible"]
    ]


def _regime(found: Mapping[str, Any]) -> list[str]:
    regime = found["regime"]
    shares = ", ".join(f"{tr(n)} {percent(value(s))}" for n, s in regime["shares"].items() if s)
    said = tr(
        "Regime of the table: {label} (of the draws: {shares}).",
        label=tr(regime["label"]),
        shares=shares,
    )
    if regime["lean"]:
        names = ", ".join(
            f"{tr(found['names'][sector])} ({percent(value(part))})"
            for sector, part in list(regime["lean"].items())[:3]
        )
        said += " " + tr(
            "Where the stock of an input is shorter than the time in which gaps are made up, a "
            "table can collapse by its rules alone; in some draws it is, most often for {sectors}.",
            sectors=names,
        )
    return [said]


def _limits(found: Mapping[str, Any]) -> Sequence[str]:
    about = found["about"]
    wiod = next((s for s in about["sources"] if s["id"].startswith("wiod")), None)
    told = [
        tr(
            "The table is of {year}: who buys of whom is as it was then. What hangs on rare earths "
            "is of 2022, GDP of 2024; losses in dollars are shares of the table's value added "
            "times that GDP.",
            year=about["base_year"],
        ),
        tr(
            "{share} of the figures that the table is used with are guesses (grade D), above all "
            "which share of an industry stands on lines that stop. They move the loss in "
            "proportion.",
            share=percent(about["guesses"]),
        ),
        tr(
            "No measured loss was found for any such episode, here or in what others have "
            "published. Where the chain has lines standing still for weeks the record has days at "
            "single plants: what plants make good is a guess set with that in view "
            "(economy/made_good)."
        ),
        tr(
            "Within a sector every buyer is short of the same mix: a missing motor and a missing "
            "bolt count by their price. Prices, and what others earn by a shortage, are not in it."
        ),
    ]
    if wiod is not None:
        told.append(
            tr(
                "Flows: {title} ({licence}). {note}.",
                title=wiod["title"],
                licence=wiod["licence"],
                note=capital(wiod["note"]),
            )
        )
    return told
