"""``terbium tariff``: the duty on goods of one origin, line by line."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from terbium.base.days import parse_date
from terbium.base.errors import CommandError, InputError, Problems
from terbium.base.files import tidy_json
from terbium.base.gazetteer import resolve_region
from terbium.cli.later import later
from terbium.cli.lines import wrapped
from terbium.cli.options import Json, SupposedMix, SupposedScenario
from terbium.policy.acts import built_in_book
from terbium.policy.answers import NOT_ADVICE
from terbium.policy.codes import read_code
from terbium.policy.tariff import COUNTED, Line, Stack, TariffAnswer, tariff_on

_WHERE = "terbium tariff"
_REFUNDS = (
    "Refunds are a question of their own: these lines were voided later. Whether what was paid on "
    "this day comes back is not answered by this register."
)
_READINGS = "Said of the average rate; the readings measure different things and are not mixed:"
_BRANCHES = {"hold": "If pauses hold", "lapse": "If pauses lapse by their text"}


def tariff(
    importer: Annotated[str, typer.Option(metavar="REGION", help="Who levies the duty.")] = "",
    origin: Annotated[str, typer.Option(metavar="REGION", help="Where the goods are from.")] = "",
    on: Annotated[str, typer.Option(metavar="DATE", help="The day of import.")] = "",
    hs: Annotated[
        str, typer.Option(metavar="CODE", help="Customs code: 8505.11; else goods in general.")
    ] = "",
    known_on: Annotated[
        str, typer.Option(metavar="DATE", help="The register as known on this day.")
    ] = "",
    scenario: SupposedScenario = "",
    mix: SupposedMix = None,
    json: Json = False,
) -> None:
    """Stack the duties on goods of one origin, line by line, with what is not held beside them."""
    problems = Problems()
    given = {"--importer": importer, "--origin": origin, "--on": on}
    for option, text in given.items():
        if not text:
            problems.add(option, "nothing", "a value", f"give {option}")
    read: dict[str, Any] = {}
    for option, text, reader in (
        ("--importer", importer, resolve_region), ("--origin", origin, resolve_region),
        ("--on", on, parse_date), ("--known-on", known_on, parse_date), ("--hs", hs, read_code),
    ):  # fmt: skip
        try:
            read[option] = reader(text, option) if text else None
        except InputError as error:
            problems.extend(error.problems)
    problems.raise_if_any(_WHERE, CommandError)
    book = later("supposed").supposed_in(scenario, mix or ()).book if scenario else built_in_book()
    answer = tariff_on(
        book, read["--importer"], read["--origin"], read["--on"], read["--hs"] or "",
        read["--known-on"],
    )  # fmt: skip
    if json:
        sys.stdout.write(tidy_json({**_data(answer), "supposed": book.supposed}))
        return
    sys.stdout.write(
        "\n".join(
            [*_head(answer), *(wrapped(book.supposed) if book.supposed else ()), *_lines(answer)]
        )
    )
    sys.stdout.write("\n")


def _head(answer: TariffAnswer) -> list[str]:
    goods = f"code {answer.hs}" if answer.hs else "goods in general"
    known = f", as known on {answer.known_on}" if answer.known_on else ""
    return wrapped(
        f"Duty of {answer.importer} on {goods} of {answer.origin} imported on {answer.on}{known} "
        f"(evidence to {answer.evidence_date}). {NOT_ADVICE}"
    )


def _lines(answer: TariffAnswer) -> Iterator[str]:
    for branch, stack in answer.stacks.items():
        yield ""
        yield _BRANCHES.get(branch, "Lines") + ", in points of the customs value:"
        for line in stack.lines:
            yield from wrapped(_line(line), "  ", " " * 23)
        yield from _sum(stack)
    if answer.refunds:
        yield ""
        yield from wrapped(_REFUNDS)
        for refund in answer.refunds:
            points = f"{refund.points:g} points" + ("" if refund.is_certain else ", unsettled")
            by = f"{refund.by}, {refund.announced}"
            yield f"  {refund.measure} ({refund.paragraph}), {points}: {by}"
    if answer.readings:
        yield ""
        yield _READINGS
        for one in answer.readings:
            text = f"{one.percent:g} % {one.reading} ({one.of}): {one.speaker}, {one.announced}"
            yield from wrapped(text, "  ", "      ")


def _line(line: Line) -> str:
    points = "-" if line.points is None else f"{line.points:g}"
    if line.least is not None and line.most is not None:
        points = f"{line.least:g}-{line.most:g}"
    name = f"{line.measure}, {line.paragraph}: {line.text}" if line.measure else line.title
    tail = [f"basis: {line.legal_ref}"] if line.legal_ref else []
    tail += [f"by {line.by}"] if line.by else []
    tail += [f"from {line.since}"] if line.since and line.state == "announced" else []
    tail += [line.why] if line.why else []
    tail += [line.confidence] if line.confidence not in ("", "read") else []
    return f"{points:>7}  {line.state:<11} {name}" + (f" [{'; '.join(tail)}]" if tail else "")


def _sum(stack: Stack) -> Iterator[str]:
    if not any(line.measure for line in stack.lines):
        yield "No duty between the two is held; that does not say that there is none."
        return
    counted = [line for line in stack.lines if line.state == COUNTED]
    terms = " + ".join(f"{line.points:g}" for line in counted)
    least, most = stack.held
    told = f"{terms} = {least:g}" if len(counted) > 1 else f"{least:g}"
    yield f"Held lines: {told} points" + (
        f", to {most:g} with the unsettled" if most > least else ""
    )
    missing = [
        f"{measure} {low:g} to {high:g} points by heading"
        for measure, (low, high) in stack.ranges.items()
    ]
    missing += [
        line.measure or line.title
        for line in stack.lines
        if line.state == "not held" and line.least is None
    ]
    if missing:
        yield from wrapped(f"On top, not held: {'; '.join(missing)}. The whole duty is not known.")


def _data(answer: TariffAnswer) -> dict[str, Any]:
    return {
        "importer": answer.importer,
        "origin": answer.origin,
        "on": answer.on,
        "hs": answer.hs,
        "known_on": answer.known_on,
        "evidence_date": answer.evidence_date,
        "unit": "points of the customs value",
        "note": NOT_ADVICE,
        "stacks": [
            {
                "branch": branch,
                "lines": [vars(line) for line in stack.lines],
                "held": dict(zip(("least", "most"), stack.held, strict=True)),
                "by_measure": stack.by_measure,
                "is_complete": stack.is_complete,
                "not_held": {name: list(span) for name, span in stack.ranges.items()},
            }
            for branch, stack in answer.stacks.items()
        ],
        "refunds": [vars(refund) for refund in answer.refunds],
        "refunds_note": _REFUNDS if answer.refunds else "",
        "average_readings": [vars(reading) for reading in answer.readings],
    }
