"""What the overview of a run shows: the report's sections in the reader's language, with links."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from markupsafe import Markup, escape

from terbium.base.speech import language, tr
from terbium.report.blocks import Block, Card, Cards, Figure, Multiples, RunView, Section, Table
from terbium.report.closing import health_section, limits_section, run_section, sources_section
from terbium.report.economy import economy_section
from terbium.report.exports import exports_section
from terbium.report.licences import queue_section
from terbium.report.opening import findings_section
from terbium.report.rivals import rivals_section
from terbium.report.scoreboard import scores_section
from terbium.report.stops import stops_section
from terbium.report.stress import stress_section
from terbium.report.tables import STOP_TABLE
from terbium.report.timeline import calendar_section
from terbium.report.words import amount, between, month, value
from terbium.web.views.figures import Drawn, Named, figures_of, name_of
from terbium.web.views.run import LocalView, Shelf, view_of
from terbium.web.views.says import sources_path

SECTIONS: tuple[Callable[[RunView], Section | None], ...] = (
    findings_section,
    scores_section,
    exports_section,
    stops_section,
    economy_section,
    queue_section,
    calendar_section,
    stress_section,
    rivals_section,
    limits_section,
    sources_section,
    health_section,
    run_section,
)
"""The overview, in reading order; the chain has a page of its own."""

_STOCK = "stock/days_of_cover/{region}/{industry}"
_MOST_HELD, _MOST_LATE = 24, 4


@dataclass(frozen=True)
class Overview:
    """A run as the page shows it.

    Attributes
    ----------
    view
        The run.
    sections
        With their figures and tables.
    """

    view: LocalView
    sections: Sequence[Section]

    @property
    def figures(self) -> Mapping[str, Drawn]:
        """Figures by the name of their files."""
        return {found.name: found.figure for found in self.named}

    @property
    def named(self) -> list[Named]:
        """Figures in the order of the page."""
        return list(figures_of(self.sections))

    @property
    def cards(self) -> Sequence[Card]:
        """The headline figures."""
        blocks = self.sections[0].blocks
        return next((block.cards for block in blocks if isinstance(block, Cards)), ())

    @property
    def late_cards(self) -> Sequence[Card]:
        """What the two branches may differ in: exports of the last month, to the largest places."""
        view = self.view
        places = [place for place in view.exports if place not in view.summary["blocs"]]
        places.sort(key=lambda place: -value(view.exports[place][-1]["central"]))
        return [_late(view, place) for place in places[:_MOST_LATE]]

    @property
    def is_past_evidence(self) -> bool:
        """Whether the run goes on after the evidence ends."""
        run = self.view.run
        return date.fromisoformat(run["last_day"]) > date.fromisoformat(run["evidence_date"])


@dataclass(frozen=True)
class Shown:
    """A block of a page, and the name of its files where it is a figure."""

    block: Block
    name: str


def _late(view: LocalView, place: str) -> Card:
    row = view.exports[place][-1]
    label = tr("exported to {place} in {month}", place=view.place(place), month=month(row["month"]))
    span = between(*(f"{amount(value(row[end]))} t" for end in ("low90", "high90")))
    return Card(f"{amount(value(row['central']))} t", label, tr("90 %: {span}", span=span))


_pages: Shelf[Overview] = Shelf(_MOST_HELD)


def overview_of(folder: Path) -> Overview:
    """The overview of a stored run in the language of this context."""
    return _pages.get((folder, language()), lambda: _made(view_of(folder)))


def shown(section: Section) -> list[Shown]:
    """Blocks of a section with the names of their figures."""
    return [
        Shown(block, name_of(block) if isinstance(block, Figure | Multiples) else "")
        for block in section.blocks
    ]


def _made(view: LocalView) -> Overview:
    found = (build(view) for build in SECTIONS)
    sections = [_linked(view, section) for section in found if section is not None]
    return Overview(view, sections)


def _linked(view: LocalView, section: Section) -> Section:
    """The section with its numbers leading to what they rest on."""
    if section.key == "scores":
        return replace(section, blocks=_folded(section.blocks))
    change = {"stops": _stops, "sources": _publications}.get(section.key)
    if change is None:
        return section
    return replace(section, blocks=[change(view, block) for block in section.blocks])


def _folded(blocks: Sequence[Block]) -> list[Block]:
    """The last table, on how wide intervals are by destination, waits until it is asked for."""
    *others, last = blocks
    return [*others, replace(last, folded=True) if isinstance(last, Table) else last]


def _stops(view: LocalView, block: Block) -> Block:
    """The grade of a stock opens the estimate of that stock."""
    if not isinstance(block, Table) or block.key != STOP_TABLE:
        return block
    pairs = [row for row in view.rows("first_stops") if row["industry"] != "all_industries"]
    rows = [
        (*cells[:-1], _link(_STOCK.format(**row), cells[-1]))
        for row, cells in zip(pairs, block.rows, strict=True)
    ]
    return replace(block, rows=rows)


def _publications(view: LocalView, block: Block) -> Block:
    """A source opens its page."""
    if not isinstance(block, Table) or block.key != "sources":
        return block
    ranked = sorted(view.rows("sources"), key=lambda row: (-row["claims"], row["id"]))
    rows = [
        (_link(f"publications/{row['id']}", cells[0]), *cells[1:])
        for row, cells in zip(ranked, block.rows, strict=True)
    ]
    return replace(block, rows=rows)


def _link(name: str, text: str) -> Markup:
    title = tr("Open the sources of this number")
    return Markup('<a class="sourced" href="{}" title="{}">{}</a>').format(
        sources_path(name), title, escape(text)
    )
