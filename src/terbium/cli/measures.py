"""``terbium measures``: what is in force, what changed, what is linked, what lapses."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from terbium.base.days import parse_date
from terbium.base.errors import CommandError, InputError, Problems, suggest
from terbium.base.files import tidy_json
from terbium.cli import measures_text as told
from terbium.cli.disclosure_text import conditions, disclosed
from terbium.cli.later import later
from terbium.cli.options import Json, SupposedMix, SupposedScenario
from terbium.policy.acts import Book, built_in_book
from terbium.policy.disclosure import checklist_of, disclosed_by, with_checklist
from terbium.policy.relations import relations_of
from terbium.policy.timeline import Turn, announced_between, expiring, standings, turns

_WHERE = "terbium measures"
# later than every day that a text names
_FAR = date(9998, 12, 31)
_MOST_DIGITS = 5


def measures(
    on: Annotated[
        str, typer.Option(metavar="DATE", help="The day; without it the register's evidence date.")
    ] = "",
    known_on: Annotated[
        str, typer.Option(metavar="DATE", help="The register as known on this day.")
    ] = "",
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="DATE DATE", help="What changed after one day and up to another."),
    ] = None,
    linked: Annotated[str, typer.Option(metavar="ID", help="What is linked to an act.")] = "",
    ahead: Annotated[
        str,
        typer.Option("--expiring", metavar="DAYS", help="What runs out within so many days."),
    ] = "",
    ics: Annotated[
        str, typer.Option(metavar="FILE", help="Write the days as an iCalendar file.")
    ] = "",
    issuer: Annotated[
        str, typer.Option(metavar="CODE", help="Acts of one issuer alone: CN, US, EU ...")
    ] = "",
    disclosure: Annotated[
        str, typer.Option(metavar="ID", help="What applications under an act reveal.")
    ] = "",
    checklist: Annotated[
        str, typer.Option(metavar="ID", help="Conditions of the general licences of an act.")
    ] = "",
    parties: Annotated[
        str, typer.Option(metavar="REGION", help="How --item stands there by class of parties.")
    ] = "",
    item: Annotated[str, typer.Option(metavar="TEXT", help="What --parties asks about.")] = "",
    origin: Annotated[
        str, typer.Option(metavar="REGION", help="Where that item is made and shipped from.")
    ] = "CHN",
    links: Annotated[
        bool, typer.Option("--links", help="What each paragraph puts on links of a model.")
    ] = False,
    scenario: SupposedScenario = "",
    mix: SupposedMix = None,
    json: Json = False,
) -> None:
    """List acts in force on a day, what changed, what is linked to one, or what lapses soon."""
    problems = Problems()
    book = later("supposed").supposed_in(scenario, mix or ()).book if scenario else built_in_book()
    about = {"--linked": linked, "--disclosure": disclosure, "--checklist": checklist}
    undated = {"--links": links, "--parties": parties, **about}
    _check_choice({"--diff": diff, "--expiring": ahead, **undated}, undated, ics, issuer, problems)
    _check_parties(parties, item, problems)
    way = later("parties_text").regions_of(origin, parties, problems) if parties else ("", "")
    days = _count("--expiring", ahead, problems)
    _check_issuer(issuer, book, problems)
    day, known = _day("--on", on, problems), _day("--known-on", known_on, problems)
    span = _span(diff, problems)
    problems.raise_if_any(_WHERE, CommandError)
    view = told.View(book, day or book.evidence_date, known, issuer.upper())
    dated: Sequence[Turn] = ()
    if any(about.values()):
        page = _about(view, {option: name for option, name in about.items() if name})
    elif parties:
        page = later("parties_text").page(view, item, way, scenario, mix or ())
    elif links:
        page = later("friction_list").page(view)
    else:
        page, dated = _dated(view, span, days)
    if ics:
        wanted = [turn for turn in dated if view.holds(turn.act)]
        later("calendars").write_calendar(Path(ics), wanted, book.evidence_date)
    sys.stdout.write(tidy_json(page.data) if json else "\n".join(page.lines) + "\n")


def _dated(
    view: told.View, span: tuple[date, date] | None, days: int | None
) -> tuple[told.Page, Sequence[Turn]]:
    """What is told by days, with the turns that a calendar holds."""
    book, known = view.book, view.known_on
    if span:
        found = turns(book, *span, known)
        return told.changes(view, span, found, announced_between(book, *span, known)), found
    if days is not None:
        found = expiring(book, view.on, days, known)
        return told.lapses(view, days, found), found
    found = turns(book, view.on, _FAR, known)
    return told.acts(view, standings(book, view.on, known)), found


def _about(view: told.View, asked: dict[str, str]) -> told.Page:
    """What is asked of one act."""
    ((option, name),) = asked.items()
    act = view.book.act(name, option)
    if option == "--linked":
        return told.links(view, act, relations_of(view.book, act, view.on, view.known_on))
    if option == "--disclosure":
        return disclosed(view, act, disclosed_by(act))
    return conditions(view, act, checklist_of(act), with_checklist(view.book))


def _day(option: str, text: str, problems: Problems) -> date | None:
    if not text:
        return None
    try:
        return parse_date(text, option)
    except InputError as error:
        problems.extend(error.problems)
        return None


def _span(diff: tuple[str, str] | None, problems: Problems) -> tuple[date, date] | None:
    first, last = (_day("--diff", word, problems) for word in diff or ("", ""))
    if first is None or last is None:
        return None
    if last < first:
        problems.add("--diff", f"{first} {last}", "the earlier day first", "swap the two days")
    return first, last


def _check_parties(parties: str, item: str, problems: Problems) -> None:
    if bool(parties) != bool(item):
        missing = "--item" if parties else "--parties"
        problems.add(missing, "nothing", "--parties and --item together", "give both")


def _count(option: str, text: str, problems: Problems) -> int | None:
    if not text:
        return None
    if text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text)
    problems.add(option, f"'{text}'", "a whole number of days, 0 to 99999", "count from --on")
    return None


def _check_choice(
    given: Mapping[str, object],
    undated: Mapping[str, object],
    ics: str,
    issuer: str,
    problems: Problems,
) -> None:
    chosen = [name for name, value in given.items() if value]
    if len(chosen) > 1:
        problems.add(
            " ".join(chosen), f"{len(chosen)} questions at once", f"one of {', '.join(given)}",
            "ask them one by one",
        )  # fmt: skip
    for option in (option for option in chosen if option in undated):
        beside = ["--ics"] if ics else []
        beside += ["--issuer"] if issuer and option != "--links" else []
        for other in beside:
            problems.add(
                other, f"it beside {option}, which lists no days or one act",
                f"{other} with --on, --diff or --expiring", "leave one of the two out",
            )  # fmt: skip


def _check_issuer(issuer: str, book: Book, problems: Problems) -> None:
    known = sorted({word for act in book for word in act.issuers})
    if issuer and issuer.upper() not in known:
        problems.add("--issuer", f"'{issuer}'", ", ".join(known), suggest(issuer.upper(), known))
