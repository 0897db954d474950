"""A region in a run: what it buys and from whom, its stocks, when its lines stop, the sources."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape

from terbium.base.speech import language, tr, trn
from terbium.report.blocks import Column, Figure, Table
from terbium.report.exports import fan_legend, fan_of, fan_title
from terbium.report.figures import NARROW, WIDE
from terbium.report.words import DASH, amount, between, capital, part, percent, value
from terbium.web.views.families import family
from terbium.web.views.moves import Move, moves_of, per_year
from terbium.web.views.run import LocalView, Shelf, view_of
from terbium.web.views.says import number, sources_path

_ALL = "all_industries"
_LEAST_SHARE = 0.0005
_MOST_NAMES = 60


@dataclass(frozen=True)
class RegionPage:
    """What the page of a region shows.

    Attributes
    ----------
    code, name
        The region.
    lead
        Its first stop in a sentence.
    bought
        What it buys, from whom.
    lines
        Its industries: stocks in days with grade, first stop.
    exports
        What reaches it from the origin by month; None where nothing does.
    estimates
        Names of estimates about it by family: (beginning, number, guesses).
    """

    code: str
    name: str
    lead: str
    bought: Table | None
    lines: Table | None
    exports: Figure | None
    estimates: Table | None


_pages: Shelf[RegionPage] = Shelf(64)
_parameters: Shelf[dict[str, Mapping[str, str]]] = Shelf(6)


def region_page(folder: Path, code: str) -> RegionPage | None:
    """A region in a stored run; None if the run does not tell it apart."""
    view = view_of(folder)
    known = {row["region"] for row in view.rows("first_stops")}
    known |= {row["region_to"] for row in view.rows("baseline")}
    if code not in known or code in view.summary["blocs"]:
        return None
    return _pages.get((folder, language(), code), lambda: _made(view, folder, code))


def _made(view: LocalView, folder: Path, code: str) -> RegionPage:
    return RegionPage(
        code=code,
        name=view.heading(code),
        lead=_lead(view, code),
        bought=_bought(view, folder, code),
        lines=_lines(view, folder, code),
        exports=_exports(view, code),
        estimates=_estimates(view, folder, code),
    )


def _lead(view: LocalView, code: str) -> str:
    rows = [row for row in view.rows("first_stops") if row["region"] == code]
    whole = next((row for row in rows if row["industry"] == _ALL), None)
    if whole is None or value(whole["week"]) == float("inf"):
        return tr("In this run no line of {place} is more likely to stop than not.",
                  place=view.place(code))  # fmt: skip
    return tr(
        "In this run the first line of {place} stops in week {week} (90 %: {span}), in {share} of "
        "the draws.",
        place=view.place(code),
        week=amount(value(whole["week"])),
        span=_span(whole),
        share=percent(whole["share_stopped"]),
    )


def _span(row: Mapping[str, object]) -> str:
    return between(amount(value(row["low90"])), amount(value(row["high90"])))


def _bought(view: LocalView, folder: Path, code: str) -> Table | None:
    """What the region takes of each material, who supplies it, and what came in the run."""
    taken: dict[str, list[Move]] = {}
    for move in moves_of(folder):
        # what a stage passes on at home is no purchase of the region, but counts as its own supply
        if move.region_to == code:
            taken.setdefault(move.material, []).append(move)
    bought = {
        material: moves
        for material, moves in taken.items()
        if any(move.region_from != code and move.base > 0 for move in moves)
    }
    if not bought:
        return None
    days = view.run["steps"] * view.run["step_days"]
    totals = {material: sum(move.base for move in moves) for material, moves in bought.items()}
    rows = [
        _bought_row(view, code, material, bought[material], days)
        for material in sorted(bought, key=lambda m: -totals[m])
    ]
    columns = (
        Column(tr("Material")),
        Column(tr("Taken"), tr("t/yr"), number=True),
        Column(tr("Largest supplier")),
        Column(tr("Its share"), number=True),
        Column(tr("Others")),
        Column(tr("Made at home"), number=True),
        Column(tr("In this run"), tr("against undisturbed"), number=True),
    )
    caption = trn(
        "What {place} takes from abroad: {n} material",
        "What {place} takes from abroad: {n} materials",
        len(rows),
        place=view.place(code),
    )
    note = tr(
        "Undisturbed flows of the base year into all stages of the region, per year. In this run: "
        "sum of the medians over the run's links."
    )
    return Table(caption, columns, rows, note)


def _bought_row(
    view: LocalView, code: str, material: str, moves: Sequence[Move], days: float
) -> tuple[str, ...]:
    total, moved = sum(m.base for m in moves), sum(m.moved for m in moves)
    by: dict[str, float] = {}
    for move in moves:
        by[move.region_from] = by.get(move.region_from, 0.0) + move.base
    abroad = sorted((p for p in by if p != code and by[p] > 0), key=lambda p: -by[p])
    others = [
        f"{view.heading(p)} {part(by[p] / total)}"
        for p in abroad[1:4]
        if by[p] / total > _LEAST_SHARE
    ]
    return (
        capital(view.name(material)),
        amount(per_year(total, days)),
        view.heading(abroad[0]),
        part(by[abroad[0]] / total),
        ", ".join(others) or DASH,
        part(by.get(code, 0.0) / total) if by.get(code, 0.0) else DASH,
        percent(moved / total - 1, sign=True) if total else DASH,
    )


def parameters_of(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Estimates as the run used them, by name: low, central, high, unit, grade."""
    return _parameters.get(folder, lambda: _read(folder / "parameters.csv"))


def _read(place: Path) -> dict[str, Mapping[str, str]]:
    if not place.is_file():
        return {}
    with place.open(encoding="utf-8", newline="") as stream:
        return {row["name"]: row for row in csv.DictReader(stream)}


def _lines(view: LocalView, folder: Path, code: str) -> Table | None:
    found = parameters_of(folder)
    stops = {r["industry"]: r for r in view.rows("first_stops") if r["region"] == code}
    rows = []
    for industry in (name for name in stops if name != _ALL):
        row, name = stops[industry], f"stock/days_of_cover/{code}/{industry}"
        cover = found.get(name)
        rows.append(
            (
                capital(view.name(industry)),
                _sourced(name, number(float(cover["central"]))) if cover else DASH,
                between(number(float(cover["low"])), number(float(cover["high"])))
                if cover
                else DASH,
                _grade(name, cover["grade"]) if cover else str(row["grade"]),
                amount(value(row["week"])),
                _span(row),
                percent(row["share_stopped"]),
                DASH if row["binding"] is None else view.name(row["binding"]),
            )
        )
    if not rows:
        return None
    columns = (
        Column(tr("Industry")),
        Column(tr("Stock"), tr("days"), number=True),
        Column(tr("90 % range"), tr("days"), number=True),
        Column(tr("Grade")),
        Column(tr("First stop"), tr("week"), number=True),
        Column(tr("90 % interval"), tr("week"), number=True),
        Column(tr("Draws with a stop"), number=True),
        Column(tr("Binding input")),
    )
    guesses = sum(row["grade"] == "D" for row in stops.values())
    caption = trn(
        "Stocks and first stops of {n} industry; {guesses} rest on a guess",
        "Stocks and first stops of {n} industries; {guesses} rest on a guess",
        len(rows),
        guesses=min(guesses, len(rows)),
    )
    note = tr("Weeks count from the day the headline measure took force.")
    return Table(caption, columns, rows, note)


def _exports(view: LocalView, code: str) -> Figure | None:
    if code not in view.exports:
        return None
    title = fan_title(view, code)
    caption = tr(
        "{material} from {origin}, t per calendar month.",
        material=capital(view.name(view.material)),
        origin=view.name(view.origin),
    )
    base = "" if view.base_mean(code) is None else None
    drawn = [fan_of(view, code, size, f"region-fan-{size[0]:.0f}")
             for size in ((WIDE, 300.0), (NARROW, 250.0))]  # fmt: skip
    return Figure(title, caption, drawn[0], drawn[1], fan_legend(base))


def _estimates(view: LocalView, folder: Path, code: str) -> Table | None:
    """Estimates that speak of the region, by family, each opening its sources."""
    found = [row for name, row in parameters_of(folder).items() if code in name.split("/")]
    families: dict[str, list[Mapping[str, str]]] = {}
    for row in found:
        families.setdefault(row["name"].split("/")[0], []).append(row)
    rows = []
    for first, members in sorted(families.items()):
        guesses = sum(row["grade"] == "D" for row in members)
        links = [_sourced(row["name"], _spoken(view, row["name"])) for row in members[:_MOST_NAMES]]
        told = _sourced(first, family(first).title)
        rows.append((told, str(len(members)), str(guesses), Markup("; ").join(links)))
    if not rows:
        return None
    columns = (
        Column(tr("Estimates")),
        Column(tr("Number"), number=True),
        Column(tr("Guesses"), tr("grade D"), number=True),
        Column(tr("Each with its sources")),
    )
    caption = trn(
        "{n} estimate speaks of this region", "{n} estimates speak of this region", len(found)
    )
    return Table(caption, columns, rows, folded=True)


def _spoken(view: LocalView, name: str) -> str:
    """The parts of a name after its family, in words where the run has any for them."""
    return ", ".join(view.name(label) for label in name.split("/")[1:])


def _sourced(name: str, text: str) -> Markup:
    return Markup('<a class="sourced" href="{}">{}</a>').format(sources_path(name), escape(text))


def _grade(name: str, letter: str) -> Markup:
    return Markup('<a class="grade grade-mark-{}" href="{}">{}</a>').format(
        letter, sources_path(name), letter
    )
