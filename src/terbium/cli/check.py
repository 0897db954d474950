"""``terbium check``: whether a licence is needed, under what, and what changes next."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Annotated

import typer

from terbium.base.errors import CommandError, Problems
from terbium.base.files import tidy_json
from terbium.cli.later import later
from terbium.cli.options import Json, SupposedMix, SupposedScenario
from terbium.policy.answers import Decision, RegimeAnswer, said
from terbium.policy.batch import write_answers
from terbium.policy.check import check as ask
from terbium.policy.decide import Decider

_WIDTH = 100
_INDENT = "    "


def check(
    item: Annotated[str, typer.Option(help="What it is, in English or Chinese.")] = "",
    content: Annotated[str, typer.Option(help='What it holds: "Dy 4.5%".')] = "",
    hs: Annotated[str, typer.Option(help="Customs code; a hint that never decides.")] = "",
    origin: Annotated[str, typer.Option(help="Where it was made.")] = "",
    exporter: Annotated[str, typer.Option(help="From where it is shipped.")] = "",
    destination: Annotated[str, typer.Option(help="Where it goes in the end.")] = "",
    end_use: Annotated[str, typer.Option(help="What for.")] = "",
    end_user: Annotated[
        str, typer.Option(help="civilian, military, named:TDK, subsidiary_50pct_of_Entity_List.")
    ] = "",
    on: Annotated[str, typer.Option(metavar="DATE", help="The day asked about.")] = "",
    known_on: Annotated[
        str, typer.Option(metavar="DATE", help="As known on this day; else as it stands.")
    ] = "",
    regime: Annotated[str, typer.Option(help="Such as cn_dual_use; else the strictest.")] = "",
    form: Annotated[str, typer.Option(help="oxide, metal, magnet, technology, ...")] = "",
    value_share: Annotated[str, typer.Option(help="Share of value of such inputs: 0.001.")] = "",
    origin_content: Annotated[str, typer.Option(help="Where those inputs come from.")] = "",
    owner_share: Annotated[str, typer.Option(help="0.5, 0.3+0.25, or a chain 0.6>0.9.")] = "",
    owner_list: Annotated[str, typer.Option(help="The list that the owners are on.")] = "",
    party_name: Annotated[str, typer.Option(help="Who the end user is.")] = "",
    purity: Annotated[str, typer.Option(help="In per cent, or such as 4N.")] = "",
    is_technology: Annotated[
        bool | None, typer.Option("--is-technology/--is-no-technology", help="Know-how, no goods.")
    ] = None,
    batch: Annotated[
        str, typer.Option(metavar="CASES.csv", help="A file of cases instead of one.")
    ] = "",
    out: Annotated[
        str, typer.Option(metavar="ANSWERS.csv|.json", help="Where their answers go.")
    ] = "",
    scenario: SupposedScenario = "",
    mix: SupposedMix = None,
    trace: Annotated[bool, typer.Option("--trace", help="Why each other act does not apply.")] = (
        False
    ),
    json: Json = False,
) -> None:
    """Say which licence an item needs on a day, under which paragraph, and what changes next."""
    supposed = later("supposed").supposed_in(scenario, mix or ()) if scenario else None
    decider = supposed.decider if supposed else None
    if batch or out:
        _answer_file(batch, out, decider)
        return
    decision = ask(
        item, on, content=content, hs=hs, origin=origin, exporter=exporter,
        destination=destination, end_use=end_use, end_user=end_user, known_on=known_on,
        regime=regime, form=form, value_share=value_share, origin_content=origin_content,
        owner_share=owner_share, owner_list=owner_list, party_name=party_name, purity=purity,
        is_technology=is_technology, trace=trace, decider=decider,
    )  # fmt: skip
    said_so = supposed.text if supposed else ""
    if json:
        sys.stdout.write(tidy_json(decision.to_dict() | ({"supposed": said_so} if said_so else {})))
        return
    sys.stdout.write(
        "\n".join([*(_wrapped(said_so, "") if said_so else ()), *_lines(decision)]) + "\n"
    )


def _answer_file(batch: str, out: str, decider: Decider | None) -> None:
    problems = Problems()
    for name, given in (("--batch", batch), ("--out", out)):
        if not given:
            problems.add(name, "nothing", "both --batch and --out, or neither", f"give {name} too")
    problems.raise_if_any("terbium check", CommandError)
    report = write_answers(Path(batch), Path(out), decider)
    for note in report.notes:
        sys.stderr.write(f"{note}\n")
    if report.problems:
        sys.stderr.write(f"{len(report.problems)} cell(s) could not be read; their rows are ")
        sys.stderr.write("`unknown` in the answers:\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in report.problems)
    sys.stdout.write(f"{report.count} case(s) answered: {out}\n")


def _lines(decision: Decision) -> Iterator[str]:
    answer = decision.answer
    yield from _wrapped(said(answer, decision.evidence_date), "")
    yield ""
    yield from _told(answer)
    others = [one for name, one in decision.regimes.items() if name != answer.regime]
    if others:
        yield "Other regimes"
        for one in others:
            by = ", ".join(one.measures)
            yield f"{_INDENT}{one.regime}: {one.status}{f' ({by})' if by else ''}"
    for warning in decision.warnings:
        yield from _wrapped(f"Note: {warning}", "")
    if decision.trace:
        yield "Trace"
        for line in decision.trace:
            paragraph = f" ({line.paragraph})" if line.paragraph else ""
            why = f": {line.why}" if line.why else ""
            yield from _wrapped(f"{line.applies:>7}  {line.measure}{paragraph}{why}", _INDENT)


def _told(answer: RegimeAnswer) -> Iterator[str]:
    """One regime in full."""
    yield f"Regime       {answer.regime}"
    yield f"Status       {answer.status}"
    if answer.presumption:
        yield f"Presumption  {answer.presumption.replace('_', ' ')}"
    yield from _wrapped(f"Why          {answer.reason}", "             ")
    for one in answer.binding if answer.status not in ("none", "unknown") else ():
        clocks = [
            ("review within {} working days", one.review_working_days),
            ("report within {} working days", one.report_working_days),
            ("valid for {} days", one.validity_days),
        ]
        told = [text.format(days) for text, days in clocks if days is not None]
        told += [f"asked: {', '.join(one.documents)}"] if one.documents else []
        told += list(one.obligations)
        if told:
            yield from _wrapped(f"{one.measure}  {'; '.join(told)}", _INDENT)
    for name in answer.general_licence:
        yield f"             A general licence may be had instead: {name}"
    if answer.next_change is None:
        yield "Next change  none is known"
    else:
        yield f"Next change  {answer.next_change}"
    for name, told_of in answer.branches.items():
        yield f"If pauses {'hold' if name == 'hold' else 'lapse'}: {told_of}"
    for question in answer.questions:
        yield from _wrapped(f"Question     {question.text} [{question.fact}]", "             ")
    for text in answer.assumed:
        yield from _wrapped(f"Assumed      {text}", "             ")


def _wrapped(text: str, indent: str) -> list[str]:
    return fill(text, _WIDTH, subsequent_indent=indent, break_on_hyphens=False).split("\n")
