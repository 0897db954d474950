"""What a section of the report is made of, and the run as the sections see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup

from terbium.base.gazetteer import element_name
from terbium.report.words import capital, name, value, with_article

HEADLINE_MATERIAL = "RE_magnet"
WORLD = "WLD"

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """A figure: drawn twice, so that its text keeps its size on a page and on a telephone.

    ``shared`` is what both drawings refer to; ``kind`` a class of its own in the style sheet. An
    entry of the legend without a class is a heading.
    """

    title: str
    caption: str
    wide: Markup
    narrow: Markup
    legend: Sequence[tuple[str, str]] = ()
    shared: Markup = Markup("")
    kind: str = ""
    template: str = "figure"


@dataclass(frozen=True)
class Multiples:
    """Small figures of one kind side by side: (title, drawing)."""

    title: str
    caption: str
    panels: Sequence[tuple[str, Markup]]
    legend: Sequence[tuple[str, str]] = ()
    template: str = "multiples"


@dataclass(frozen=True)
class Column:
    """A column of a table; ``number`` sets it flush right."""

    heading: str
    unit: str = ""
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a caption that states its finding; cells are printed as they stand.

    On a screen a ``folded`` table opens when its caption is chosen; ``on_paper`` says whether it is
    printed. ``key`` names the table of the summary whose rows these are, in their order.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    note: str = ""
    folded: bool = False
    on_paper: bool = True
    key: str = ""
    template: str = "table"


@dataclass(frozen=True)
class Card:
    """One headline figure; ``basis`` begins the names of the estimates that it rests on most."""

    figure: str
    label: str
    detail: str
    basis: str = ""


@dataclass(frozen=True)
class Cards:
    """Headline figures side by side."""

    cards: Sequence[Card]
    template: str = "cards"


@dataclass(frozen=True)
class Text:
    """Paragraphs, or with ``listed`` the points of a list."""

    paragraphs: Sequence[str]
    listed: bool = False
    template: str = "text"


Block = Figure | Multiples | Table | Cards | Text


@dataclass(frozen=True)
class Section:
    """A heading, a sentence that says what follows, and blocks.

    ``layout`` names a layout of the style sheet: ``opening`` sets cards and map side by side.
    """

    key: str
    title: str
    lead: str
    blocks: Sequence[Block]
    layout: str = ""


@dataclass(frozen=True)
class RunView:
    """A run as the report reads it: `summary.json` and `manifest.json`, nothing else."""

    summary: Record
    manifest: Record

    @property
    def run(self) -> Record:
        """What ran."""
        found: Record = self.summary["run"]
        return found

    def rows(self, table: str) -> list[Record]:
        """Rows of a table of the summary; a run that was written before there was one has none."""
        return list(self.summary.get(table, ()))

    def name(self, label: str) -> str:
        """English name of a label."""
        return name(label, self.summary["names"])

    def place(self, label: str) -> str:
        """Name of a region as it stands in a sentence."""
        return "the world" if label == WORLD else with_article(self.name(label))

    def heading(self, label: str) -> str:
        """Name of a region as it stands alone, in a table or beside a figure."""
        return "The world" if label == WORLD else capital(self.name(label))

    def elements(self, group: str) -> str:
        """Names of the elements of a group, such as ``Nd+Pr``."""
        return " and ".join(element_name(symbol) for symbol in group.split("+"))

    @property
    def headline(self) -> str | None:
        """Day on which the headline measure took force."""
        found: str | None = self.run["headline_date"]
        return found

    @cached_property
    def material(self) -> str:
        """The material that the report is about: magnets, else whatever is exported most."""
        rows = self.rows("monthly_exports")
        if any(row["material"] == HEADLINE_MATERIAL for row in rows):
            return HEADLINE_MATERIAL
        total: dict[str, float] = {}
        for row in rows:
            total[row["material"]] = total.get(row["material"], 0.0) + value(row["central"])
        return max(sorted(total), key=lambda label: total[label], default=HEADLINE_MATERIAL)

    @cached_property
    def origin(self) -> str:
        """The origin that ships most of the material."""
        total: dict[str, float] = {}
        for row in self.rows("monthly_exports"):
            if row["material"] == self.material and row["destination"] == WORLD:
                total[row["origin"]] = total.get(row["origin"], 0.0) + value(row["central"])
        return max(sorted(total), key=lambda label: total[label], default=WORLD)

    @cached_property
    def exports(self) -> dict[str, list[Record]]:
        """Monthly rows of the material from the origin, by destination."""
        found: dict[str, list[Record]] = {}
        for row in self.rows("monthly_exports"):
            if row["material"] == self.material and row["origin"] == self.origin:
                found.setdefault(row["destination"], []).append(row)
        return found

    def base_mean(self, destination: str) -> float | None:
        """Mean month of the base year on the record [t]."""
        for row in self.rows("base_means"):
            if (row["material"], row["origin"], row["destination"]) == (
                self.material,
                self.origin,
                destination,
            ):
                return value(row["mean_month"])
        return None

    def finding(self, figure: str, destination: str) -> Record | None:
        """One key figure of the material from the origin."""
        wanted = (figure, self.material, self.origin, destination)
        for row in self.rows("findings"):
            if (row["figure"], row["material"], row["origin"], row["destination"]) == wanted:
                return row
        return None
