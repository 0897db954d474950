"""Files of cases, answered row by row: a file of any length needs no more room than a row."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from terbium.base.errors import CommandError, InputError, Problem, Problems, suggest
from terbium.base.files import atomic_text
from terbium.base.speech import tr
from terbium.policy.answers import Decision, RegimeAnswer
from terbium.policy.decide import Decider, built_in_decider
from terbium.policy.facts import COLUMNS, read_facts

# columns of an answer, in the order in which they are written
ANSWER_COLUMNS = (
    "case_id", "status", "measure_id", "presumption", "regime", "paragraph", "valid_until",
    "next_change", "reason", "unknowns", "regimes", "evidence_date",
)  # fmt: skip
# columns of a file of cases that are no facts: keys, expectations, notes
_NOT_FACTS = (
    "case_id", "expected", "measure_id", "presumption", "accept_also", "reasoning", "confidence",
    "note", "comment",
)  # fmt: skip
# names of options, as columns
_ALIASES = {
    "content": "element_content", "exporter": "exporter_location", "end_user": "end_user_type",
    "on": "date",
}  # fmt: skip
# a cell that begins so is run as a formula by programs that open tables
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WHERE = "terbium check"


@dataclass(frozen=True)
class Answered:
    """One row of a file of cases, answered.

    Parameters
    ----------
    case_id
        Its key.
    decision
        The answer; None if the row could not be read.
    problems
        What was wrong with the row.
    """

    case_id: str
    decision: Decision | None
    problems: tuple[Problem, ...] = ()


def read_cases(file: TextIO, name: str, notes: list[str]) -> Iterator[dict[str, str]]:
    """Rows of a file of cases; columns may stand in any order.

    Parameters
    ----------
    file
        A CSV file, open for reading.
    name
        Its name, for messages.
    notes
        Receives what the reader of the answers should know: columns that say nothing here.

    Raises
    ------
    CommandError
        If there is no header, a column stands twice, or there is no column for the day.
    """
    reader = csv.DictReader(file, restkey="")
    given = [(column or "").strip() for column in reader.fieldnames or ()]
    header = [_ALIASES.get(column, column) for column in given]
    problems = Problems()
    for column in sorted({column for column in header if header.count(column) > 1}):
        problems.add(
            tr("header"), tr("the column '{column}' twice", column=column), tr("each once"),
            tr("delete one of them"),
        )  # fmt: skip
    if "date" not in header:
        problems.add(
            tr("header"), tr("no column 'date'"), ", ".join(COLUMNS), tr("add the days asked about")
        )
    problems.raise_if_any(name, CommandError)
    known = (*COLUMNS, *_NOT_FACTS)
    notes.extend(
        tr(
            "{file}: the column '{column}' says nothing here; {advice}",
            file=name,
            column=column,
            advice=suggest(column, known),
        )
        for column in header
        if column and column not in known
    )
    reader.fieldnames = header
    for row in reader:
        yield {key: (value or "").strip() for key, value in row.items() if key}


def answer_cases(
    rows: Iterable[Mapping[str, str]], decider: Decider | None = None
) -> Iterator[Answered]:
    """Answer cases one by one, so that a file of any length needs no more room than a row."""
    asked = decider or built_in_decider()
    for number, row in enumerate(rows, start=1):
        key = row.get("case_id") or f"row {number}"
        try:
            facts = read_facts(row, tr("row {n}, case {key}", n=number, key=key))
        except InputError as error:
            yield Answered(key, None, error.problems)
        else:
            yield Answered(key, asked.decide(facts))


def answer_row(answered: Answered, evidence_date: date) -> dict[str, str]:
    """An answer as a row of text; a row that could not be read is unknown, with what to mend."""
    row = dict.fromkeys(ANSWER_COLUMNS, "")
    row["case_id"], row["evidence_date"] = answered.case_id, str(evidence_date)
    if answered.decision is None:
        row["status"] = "unknown"
        row["reason"] = " ".join(str(problem) for problem in answered.problems)
        row["unknowns"] = "; ".join(problem.remedy for problem in answered.problems)
        return row
    answer = answered.decision.answer
    change = answer.next_change
    row |= {
        "status": answer.status,
        "measure_id": ";".join(answer.measures),
        "presumption": answer.presumption,
        "regime": answer.regime,
        "paragraph": ";".join(f"{one.measure} {one.paragraph}" for one in answer.binding),
        "valid_until": "" if answer.valid_until is None else str(answer.valid_until),
        "next_change": "" if change is None else str(change),
        "reason": _reason(answer),
        "unknowns": "; ".join(f"{q.fact}: {q.text}" for q in answer.questions),
        "regimes": "; ".join(
            f"{name}={one.status}" for name, one in answered.decision.regimes.items()
        ),
    }
    return row


def _reason(answer: RegimeAnswer) -> str:
    branches = "; ".join(
        tr("if pauses hold: {answer}", answer=told)
        if name == "hold"
        else tr("if pauses lapse: {answer}", answer=told)
        for name, told in answer.branches.items()
    )
    assumed = (tr("Assumed: {what}.", what=text) for text in answer.assumed)
    parts = [answer.reason, branches, *assumed]
    return " ".join(part for part in parts if part)


def guarded(row: Mapping[str, str]) -> dict[str, str]:
    """The row with cells that a table program would run as a formula made plain text."""
    return {name: f"'{text}" if text.startswith(_FORMULA) else text for name, text in row.items()}


def unguarded(row: Mapping[str, str]) -> dict[str, str]:
    """The row as it was before it was guarded."""
    return {
        name: text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text
        for name, text in row.items()
    }


@dataclass
class Report:
    """What came of a file of cases.

    Parameters
    ----------
    count
        Cases that were answered.
    problems
        What was wrong with rows that could not be read; they are ``unknown`` in the file.
    notes
        What else the reader should know.
    """

    count: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def write_answers(cases: Path, out: Path, decider: Decider | None = None) -> Report:
    """Answer a file of cases into a CSV or JSON file, which appears whole or not at all.

    Parameters
    ----------
    cases
        A CSV file with a column ``date`` and any of ``facts.COLUMNS``; ``case_id`` is the key.
    out
        A name that ends in ``.csv`` or ``.json``; JSON is keyed by case.

    Raises
    ------
    CommandError
        If the file of cases cannot be read, or the name of the other has another ending.
    OutputError
        If the place cannot be written.
    """
    asked = decider or built_in_decider()
    if out.suffix not in (".csv", ".json"):
        raise CommandError.of(
            _WHERE, f"--out {out}", f"'{out.suffix}'", ".csv or .json", "choose one of the two"
        )
    report = Report()
    try:
        with cases.open(encoding="utf-8-sig", newline="") as source, atomic_text(out) as target:
            put = _CsvWriter(target) if out.suffix == ".csv" else _JsonWriter(target)
            for answered in answer_cases(read_cases(source, cases.name, report.notes), asked):
                report.count += answered.decision is not None
                report.problems.extend(answered.problems)
                put.write(answered, answer_row(answered, asked.book.evidence_date))
            put.end()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError.of(
            _WHERE, f"--batch {cases}", reason, "a CSV file in UTF-8 that can be read",
            "check the path, and save the table as CSV in UTF-8",
        ) from error  # fmt: skip
    return report


class _CsvWriter:
    """Rows of answers as CSV."""

    def __init__(self, target: TextIO) -> None:
        self._writer = csv.DictWriter(target, ANSWER_COLUMNS, lineterminator="\n")
        self._writer.writeheader()

    def write(self, _: Answered, row: Mapping[str, str]) -> None:
        self._writer.writerow(guarded(row))

    def end(self) -> None:
        """Nothing is left to say."""


class _JsonWriter:
    """Answers as one JSON object, keyed by case."""

    def __init__(self, target: TextIO) -> None:
        self._target = target
        self._is_first = True
        target.write("{")

    def write(self, answered: Answered, row: Mapping[str, str]) -> None:
        content: dict[str, Any] = dict(row)
        if answered.decision is not None:
            content["regimes"] = {
                name: {"status": one.status, "measure_id": ";".join(one.measures)}
                for name, one in answered.decision.regimes.items()
            }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        comma = "" if self._is_first else ","
        self._target.write(f"{comma}\n{json.dumps(answered.case_id, ensure_ascii=False)}: {text}")
        self._is_first = False

    def end(self) -> None:
        self._target.write("\n}\n")
