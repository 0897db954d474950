"""The facts of a case as a form asks for them, and as an address carries them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final
from urllib.parse import urlencode

from terbium.base.errors import InputError, ScenarioError, suggest
from terbium.base.gazetteer import read_table
from terbium.base.scripts import to_traditional
from terbium.base.speech import language, tr
from terbium.policy.acts import Book, built_in_book
from terbium.policy.answers import Decision
from terbium.policy.conditions import FORMS
from terbium.policy.decide import Decider, built_in_decider
from terbium.policy.facts import REGIMES, read_facts
from terbium.policy.wordlist import form_called
from terbium.scenario import list_scenarios
from terbium.scenario.supposed import Supposed, supposed_in
from terbium.web.views import rules_words as words

# field of the form -> column of a case
COLUMN_OF: Final = {
    "item": "item", "content": "element_content", "origin": "origin",
    "exporter": "exporter_location", "destination": "destination", "end_use": "end_use",
    "end_user": "end_user_type", "on": "date", "form": "form", "hs": "hs", "purity": "purity",
    "is_technology": "is_technology", "party_name": "party_name", "owner_share": "owner_share",
    "owner_list": "owner_list", "origin_content": "origin_content", "value_share": "value_share",
    "regime": "regime", "known_on": "known_on",
}  # fmt: skip
FIELD_OF: Final = {column: field for field, column in COLUMN_OF.items()}
COMMON: Final = (
    "item",
    "content",
    "origin",
    "exporter",
    "destination",
    "end_use",
    "end_user",
    "on",
)
# no description of an item is longer
_MOST_SIGNS = 2000
_EXAMPLES: Final = (
    {"item": "NdFeB magnet", "content": "Dy 4.5%", "origin": "CN", "exporter": "CN",
     "destination": "DE", "end_use": "automotive", "end_user": "civilian", "on": "2025-06-01"},
    {"item": "含镝的钕铁硼永磁体", "origin": "中国", "exporter": "中国", "destination": "日本",
     "end_user": "military", "on": "2026-03-01", "regime": "cn_dual_use"},
    {"item": "SmCo magnet", "origin": "DE", "exporter": "DE", "destination": "KR",
     "origin_content": "CN", "value_share": "0.01", "on": "2026-11-11", "known_on": "2025-11-01"},
    {"item": "gallium metal", "origin": "CN", "exporter": "CN", "destination": "US",
     "end_user": "civilian", "on": "2026-12-01"},
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What somebody asks, as it was typed.

    Parameters
    ----------
    values
        Field of the form to text; fields without text are left out.
    scenario, mixes
        The scenario whose law is supposed; empty = the register as it stands.
    """

    values: Mapping[str, str]
    scenario: str = ""
    mixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Case":
        """Read a case from the query of an address; what is no field is passed over."""
        values: dict[str, str] = {}
        scenario = ""
        mixes: tuple[str, ...] = ()
        for name, text in pairs:
            plain = text.strip()[:_MOST_SIGNS]
            if name in COLUMN_OF and plain:
                values[name] = plain
            elif name == "scenario":
                scenario = plain
            elif name == "mix" and plain:
                mixes = (*mixes, *plain.replace(",", " ").split())
        return cls(values, scenario, mixes)

    @property
    def is_asked(self) -> bool:
        """Whether anything was asked."""
        return bool(self.values)

    @property
    def query(self) -> str:
        """The address of the case, after ``/rules?``."""
        return urlencode(self.pairs())

    def pairs(self, without: Sequence[str] = ()) -> list[tuple[str, str]]:
        """Names and texts in the order of the form, some left out."""
        found = [(name, self.values[name]) for name in COLUMN_OF if name in self.values]
        found += [("scenario", self.scenario)] if self.scenario else []
        found += [("mix", mix) for mix in self.mixes]
        return [(name, text) for name, text in found if name not in without]

    def decide(self, supposed: Supposed | None = None, is_traced: bool = False) -> Decision:
        """Ask the register, or a supposed one.

        Raises
        ------
        InputError
            With every field that cannot be read; the place of a problem is the field.
        """
        decider = supposed.decider if supposed else built_in_decider()
        row = {COLUMN_OF[name]: text for name, text in self.values.items()}
        try:
            facts = read_facts(row)
        except InputError as error:
            raise _placed(error) from error
        return decider.decide(facts, is_traced=is_traced)


def _placed(error: InputError) -> InputError:
    """The error with fields of the form for places."""
    placed = [replace(one, place=FIELD_OF.get(one.place, one.place)) for one in error.problems]
    return InputError(error.where, placed)


@dataclass(frozen=True)
class Law:
    """The law that is asked: of the register, or as a scenario supposes it."""

    book: Book
    decider: Decider
    supposed: Supposed | None = None

    @property
    def told(self) -> str:
        """What is supposed, in words; empty = nothing."""
        return self.supposed.text if self.supposed else ""


def law_of(scenario: str = "", mixes: Sequence[str] = ()) -> Law:
    """The law of a built-in scenario; without a name, the register as it stands.

    Raises
    ------
    ScenarioError
        If no built-in scenario has that name, or it has no such mix.
    """
    if not scenario:
        if mixes:
            raise ScenarioError.of(
                "rules", "mix", f"'{mixes[0]}' without a scenario", "a mix of a scenario",
                "name the scenario too, or leave the mix out",
            )  # fmt: skip
        return Law(built_in_book(), built_in_decider())
    known = scenario_names()
    if scenario not in known:
        raise ScenarioError.of(
            "rules", "scenario", f"'{scenario}'", ", ".join(known), suggest(scenario, known)
        )
    supposed = _supposed(scenario, tuple(mixes), language())
    return Law(supposed.book, supposed.decider, supposed)


@cache
def scenario_names() -> tuple[str, ...]:
    """Names of the built-in scenarios."""
    return tuple(list_scenarios())


# as many as a reader turns over in an hour; each holds a register
_KEPT: Final = 16
_laws: dict[tuple[str, tuple[str, ...], str], Supposed] = {}


def _supposed(scenario: str, mixes: tuple[str, ...], tongue: str) -> Supposed:
    """A supposed register, kept for the next question; what is said of it has a language."""
    key = scenario, mixes, tongue
    if key not in _laws:
        made = supposed_in(scenario, mixes)
        while len(_laws) >= _KEPT:
            _laws.pop(next(iter(_laws)), None)
        _laws[key] = made
    return _laws[key]


@dataclass(frozen=True)
class Field:
    """A field of the form.

    Parameters
    ----------
    name, label, hint, value
        As shown.
    kind
        ``text``, ``date`` or ``choice``.
    options
        (value, label) of a choice.
    suggestions
        Which list of suggestions it draws on; empty = none.
    problem
        What is wrong with what was typed.
    """

    name: str
    label: str
    hint: str
    value: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    suggestions: str = ""
    problem: str = ""


def fields_of(case: Case, problems: Mapping[str, str] | None = None) -> dict[str, Field]:
    """Fields of the form by name, filled from a case."""
    return {name: field(name, case, (problems or {}).get(name, "")) for name in COLUMN_OF}


def field(name: str, case: Case, problem: str = "") -> Field:
    """One field, filled from a case."""
    label, hint = _asked()[name]
    options = _options().get(name, lambda: ())()
    kind = "date" if name in ("on", "known_on") else "choice" if options else "text"
    value = case.values.get(name, "")
    if kind == "choice" and value not in dict(options):
        folded = {key.casefold(): key for key, _ in options}
        value = folded.get(value.casefold().replace("-", "_"), value)
        options = options if value in dict(options) else (*options, (value, value))
    # a day that is no day must be shown as typed, which a field for days would hide
    if kind == "date" and problem:
        kind = "text"
    return Field(name, label, hint, value, kind, options, _SUGGESTIONS.get(name, ""), problem)


_SUGGESTIONS: Final = {
    "item": "items", "origin": "regions", "exporter": "regions", "destination": "regions",
    "origin_content": "regions", "end_use": "uses", "end_user": "users", "owner_list": "lists",
    "party_name": "parties",
}  # fmt: skip


def _asked() -> dict[str, tuple[str, str]]:
    """Label and hint of every field."""
    return {
        "item": (tr("Item"), tr("What it is, in English or Chinese")),
        "content": (tr("Contents"), tr("Such as Dy 4.5%, Nd 25%")),
        "origin": (tr("Made in"), tr("Code or name")),
        "exporter": (tr("Shipped from"), tr("Code or name")),
        "destination": (tr("Goes to in the end"), tr("Code or name")),
        "end_use": (tr("End use"), tr("What it is for")),
        "end_user": (tr("End user"), tr("civilian, military, or in words")),
        "on": (tr("Day"), tr("The day asked about")),
        "form": (tr("Form"), tr("Wins over what the item's name says")),
        "hs": (tr("Customs code"), tr("A hint that never decides")),
        "purity": (tr("Purity"), tr("In per cent, or such as 4N")),
        "is_technology": (tr("Know-how or goods"), tr("Technology and services have rules apart")),
        "party_name": (tr("Name of the end user"), tr("Lists hold few of their names")),
        "owner_share": (
            tr("Share that listed owners hold"), tr("0.5, 0.3+0.25, or a chain 0.6>0.9"),
        ),
        "owner_list": (tr("List that the owners are on"), tr("Such as Entity List")),
        "origin_content": (tr("Origin of controlled inputs"), tr("For goods made elsewhere")),
        "value_share": (tr("Their share of the value"), tr("0.001, 0.1% or <0.1%")),
        "regime": (tr("Rules of"), tr("Without a choice the strictest comes first")),
        "known_on": (tr("Known on"), tr("Forgets what was announced later")),
    }  # fmt: skip


def _options() -> dict[str, Callable[[], tuple[tuple[str, str], ...]]]:
    """Choices of the fields that have a closed list."""
    return {
        "form": lambda: (
            ("", tr("as the item says")), *((form, form_called(form)) for form in FORMS),
        ),
        "is_technology": lambda: (
            ("", tr("as the item says")), ("true", tr("know-how, service")), ("false", tr("goods")),
        ),
        "regime": lambda: (
            ("", tr("all")), *((name, words.regime(name)) for name in REGIMES),
        ),
    }  # fmt: skip


def suggestions() -> dict[str, tuple[str, ...]]:
    """Names to choose from, in the reader's language where names of it are held."""
    tag = language()
    found = _suggestions("zh" if tag.startswith("zh") else "en")
    return _traditional() if tag == "zh-Hant" else found


@cache
def _traditional() -> dict[str, tuple[str, ...]]:
    return {
        field: tuple(to_traditional(name) for name in names)
        for field, names in _suggestions("zh").items()
    }


@cache
def _suggestions(tongue: str) -> dict[str, tuple[str, ...]]:
    def names(table: str, *kinds: str) -> tuple[str, ...]:
        rows = [row for row in read_table(table) if not kinds or row["kind"] in kinds]
        return tuple(dict.fromkeys(filter(None, (row[f"name_{tongue}"] for row in rows))))

    return {
        "items": names("items.csv", "substance", "product", "family", "process"),
        "regions": names("regions.csv", "iso"),
        "uses": names("uses.csv"),
        "users": ("civilian", "military") if tongue == "en" else ("民用", "军事"),
        "lists": names("lists.csv"),
        "parties": names("parties.csv"),
    }


def examples() -> list[tuple[str, str]]:
    """Questions to begin with: what they ask, and their address."""
    told = (
        tr("A magnet with dysprosium from China to Germany, June 2025"),
        tr("The same in Chinese, to a military user in Japan, March 2026"),
        tr("A magnet made in Germany of Chinese material, as known in November 2025"),
        tr("Gallium to the United States after the pause of November 2026"),
    )
    return [(text, Case(dict(one)).query) for text, one in zip(told, _EXAMPLES, strict=True)]
