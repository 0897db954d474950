"""The job ``batch``: a table of cases, answered row by row."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from terbium.base.errors import InputError, Problem, Problems
from terbium.base.files import tidy_json
from terbium.base.speech import DEFAULT, LANGUAGES, speaking, tr
from terbium.policy.batch import (
    ANSWER_COLUMNS,
    Answered,
    answer_cases,
    answer_row,
    guarded,
    read_cases,
)
from terbium.results.export import xlsx_bytes
from terbium.web.views.rules_case import Law, law_of
from terbium.web.work.requests import check_fields, check_scenario, mixes, word
from terbium.web.work.task import Progress, Request, Task

ANSWERS_CSV: Final = "answers.csv"
ANSWERS_JSON: Final = "answers.json"
ANSWERS_XLSX: Final = "answers.xlsx"
SUMMARY: Final = "summary.json"

_FIELDS: Final = ("name", "scenario", "mixes", "language")
# a workbook of more rows than this takes more memory than it is worth
_MOST_IN_WORKBOOK: Final = 50_000
# what is told of rows that could not be read; the rows themselves are all in the answers
_MOST_TOLD: Final = 500
_STEP: Final = 100
_WHERE: Final = "batch"


def canonical(request: Request) -> dict[str, Any]:
    """The one form of all requests for the same answers.

    Parameters
    ----------
    request
        ``name`` of the file as its sender called it, ``scenario`` and ``mixes`` whose law is
        supposed, ``language`` of the reasons.

    Raises
    ------
    InputError
        With every problem of the request.
    """
    problems = Problems()
    check_fields(request, _FIELDS, problems)
    found = {
        "name": word(request, "name", problems),
        "scenario": word(request, "scenario", problems),
        "mixes": list(mixes(request, problems)),
        "language": word(request, "language", problems) or DEFAULT,
    }
    if found["scenario"]:
        check_scenario(str(found["scenario"]), problems)
    if found["language"] not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        problems.add("language", f"'{found['language']}'", known, "choose one of them")
    problems.raise_if_any(_WHERE)
    law_of(str(found["scenario"]), [*map(str, found["mixes"])])
    return found


def perform(request: Request, upload: Path | None, folder: Path, progress: Progress) -> None:
    """Write ``answers.csv``, ``.json``, ``.xlsx`` and a summary; see `Task.perform`."""
    if upload is None:
        raise InputError.of(
            _WHERE, "file", "nothing", "a CSV file of cases", "choose a file and send it"
        )
    with speaking(request["language"]):
        law = law_of(request["scenario"], request["mixes"])
        with _told_plainly(request["name"] or "cases.csv"):
            _answer(upload, folder, law, request["name"] or "cases.csv", progress)


def title(request: Request) -> str:
    """What a batch is called in lists."""
    parts = [request["name"] or "cases.csv"]
    return " + ".join([*parts, *filter(None, [request["scenario"]]), *request["mixes"]])


def warm() -> None:
    """Read the register and its rules."""
    law_of()


def _answer(upload: Path, folder: Path, law: Law, name: str, progress: Progress) -> None:
    evidence = law.book.evidence_date
    notes: list[str] = []
    statuses: Counter[str] = Counter()
    problems: list[Problem] = []
    rows: list[dict[str, object]] = []
    with (
        upload.open("rb") as counted,
        upload.open(encoding="utf-8-sig", newline="") as source,
        (folder / ANSWERS_CSV).open("w", encoding="utf-8", newline="") as table,
        (folder / ANSWERS_JSON).open("w", encoding="utf-8") as listing,
    ):
        total = max(sum(1 for _ in counted) - 1, 1)
        writer = csv.DictWriter(table, ANSWER_COLUMNS, lineterminator="\n")
        writer.writeheader()
        done = 0
        for answered in answer_cases(read_cases(source, name, notes), law.decider):
            row = answer_row(answered, evidence)
            writer.writerow(guarded(row))
            _list(listing, answered, row, is_first=done == 0)
            statuses[row["status"]] += 1
            problems.extend(answered.problems)
            if done < _MOST_IN_WORKBOOK:
                rows.append(dict(row))
            done += 1
            if done % _STEP == 0:
                progress(min(done, total), max(total, done))
        listing.write("\n]\n" if done else "[]\n")
    if done <= _MOST_IN_WORKBOOK:
        _workbook(folder, rows)
    summary = {
        "count": done,
        "statuses": dict(statuses),
        "problems": [vars(one) for one in problems[:_MOST_TOLD]],
        "problem_count": len(problems),
        "notes": notes,
        "evidence_date": evidence,
        "supposed": law.told,
        "has_workbook": done <= _MOST_IN_WORKBOOK,
    }
    (folder / SUMMARY).write_text(tidy_json(summary), encoding="utf-8")
    progress(total, total)


def _list(target: TextIO, answered: Answered, row: Mapping[str, str], is_first: bool) -> None:
    """Put an answer into a JSON list, whose rows may share a key."""
    content: dict[str, Any] = dict(row)
    if answered.decision is not None:
        content["regimes"] = {
            name: {"status": one.status, "measure_id": ";".join(one.measures)}
            for name, one in answered.decision.regimes.items()
        }
    target.write("[\n" if is_first else ",\n")
    target.write(json.dumps(content, ensure_ascii=False, sort_keys=True))


def _workbook(folder: Path, rows: list[dict[str, object]]) -> None:
    note = tr("One row per case, in the order of the file. Not legal advice.")
    book = xlsx_bytes({"answers": rows}, {"answers": note}, {"answers": ANSWER_COLUMNS})
    (folder / ANSWERS_XLSX).write_bytes(book)


@contextmanager
def _told_plainly(name: str) -> Iterator[None]:
    """A file that is no table is its sender's to mend."""
    try:
        yield
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError.of(
            _WHERE, name, str(error), tr("a CSV file in UTF-8 that can be read"),
            tr("save the table as CSV in UTF-8"),
        ) from error  # fmt: skip


BATCH: Final = Task("batch", "quick", canonical, perform, warm, title)
