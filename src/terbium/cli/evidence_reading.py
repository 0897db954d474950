"""What ``terbium evidence read`` and ``score`` do."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from terbium.base.days import parse_date
from terbium.base.errors import CommandError, InputError, Problems
from terbium.cli.output import Columns, note, print_json, print_table, progress_bar, say
from terbium.evidence.documents.claim import COLUMNS, LANGUAGES, METRICS, StatedClaim
from terbium.evidence.documents.claims import read_claims
from terbium.evidence.documents.score import FIELDS, Score, score
from terbium.evidence.documents.source import read_document
from terbium.evidence.documents.table import check_form, claim_row, read_table, write_table

_SHOWN = 12
_QUOTED = 60


def read_documents(
    documents: Sequence[Path], out: Path | None, date: str, encoding: str, json: bool
) -> None:
    """Read documents, write the table of their claims, print a summary.

    Parameters
    ----------
    documents
        Files.
    out
        Table to write; without it the claims are only printed.
    date, encoding
        Of all of them; empty for what each says of itself.
    json
        Print the claims as JSON.

    Raises
    ------
    CommandError
        With all documents that cannot be read; nothing is written then.
    """
    problems = Problems()
    day = _day(date, problems)
    if out is not None:
        try:
            check_form(out)
        except InputError as error:
            problems.extend(error.problems)
    _refuse_twins(documents, problems)
    problems.raise_if_any("terbium evidence read", CommandError)
    claims: list[StatedClaim] = []
    with progress_bar(f"Reading {len(documents)} document(s).") as advance:
        for number, path in enumerate(documents, start=1):
            try:
                claims += read_claims(read_document(path, encoding=encoding or None, date=day))
            except InputError as error:
                problems.extend(
                    replace(problem, place=f"{path.name}, {problem.place}")
                    for problem in error.problems
                )
            advance(number, len(documents))
    problems.raise_if_any("terbium evidence read", CommandError)
    if out is not None:
        write_table(claims, out)
    if json:
        print_json([dict(zip(COLUMNS, claim_row(claim), strict=True)) for claim in claims])
        return
    _print_summary([path.name for path in documents], claims, out)


def _day(text: str, problems: Problems) -> datetime.date | None:
    try:
        return parse_date(text, "--date") if text else None
    except InputError as error:
        problems.extend(error.problems)
        return None


def _refuse_twins(documents: Sequence[Path], problems: Problems) -> None:
    """Rows name their document by its file name; two files of one name would be one document."""
    for name, count in Counter(path.name for path in documents).items():
        if count > 1:
            problems.add(
                name, f"{count} documents of this name", "each name once", "read them into a store"
            )


def _print_summary(names: Sequence[str], claims: Sequence[StatedClaim], out: Path | None) -> None:
    headings: Columns = {
        "Document": "left",
        "Claims": "right",
        **{lang: "right" for lang in LANGUAGES},
        "Dates": "right",
        "Linked": "right",
    }
    rows = []
    for name in names:
        own = [claim for claim in claims if claim.document == name]
        langs = Counter(claim.lang for claim in own)
        rows.append(
            (
                name,
                str(len(own)),
                *(str(langs[lang]) for lang in LANGUAGES),
                str(sum(claim.metric == "date" for claim in own)),
                str(sum(bool(claim.duplicate_of) for claim in own)),
            )
        )
    print_table("Claims read", headings, rows)
    metrics = Counter(claim.metric for claim in claims)
    told = [f"{metrics[name]} {name}" for name in METRICS if metrics[name]]
    say(f"By metric: {', '.join(told) or 'none'}.")
    if out is not None:
        note(f"Written: {out}")


def score_claims(claims: Path, gold: Path, topic: str, json: bool) -> None:
    """Compare two tables of claims and print where they agree.

    Parameters
    ----------
    claims, gold
        Tables that `read_documents` and a human reader wrote.
    topic
        Rows of the gold table to look for; ``all`` for every one.
    json
        Print JSON.

    Raises
    ------
    CommandError
        If the gold table has no row of the topic.
    """
    wanted = read_table(gold)
    topics = sorted({row.topic for row in wanted})
    if topic != "all" and topic not in topics:
        raise CommandError.of(
            "terbium evidence score",
            "--topic",
            f"'{topic}'",
            ", ".join(["all", *topics]),
            "name a topic of the gold table",
        )
    found = score(read_table(claims), wanted, None if topic == "all" else topic)
    if json:
        print_json(_data(found))
        return
    _print_score(found)


def _data(found: Score) -> dict[str, Any]:
    return {
        "recall": found.recall,
        "precision": found.precision,
        "matched": len(found.matched),
        "fields": {
            name: {"share": found.accuracy(name), "agree": agree, "of": of}
            for name, (agree, of) in found.fields.items()
        },
        "missed": [_place(row) for row in found.missed],
        "extra": [_place(row) for row in found.extra],
        "wrong": {
            name: [[one.claim_id, other.claim_id] for one, other in pairs]
            for name, pairs in sorted(found.wrong.items())
        },
    }


def _place(row: StatedClaim) -> dict[str, Any]:
    return {
        "claim_id": row.claim_id,
        "document": row.document,
        "char_offset": row.char_offset,
        "span": row.span,
    }


def _print_score(found: Score) -> None:
    headings: Columns = {"Measure": "left", "Agree": "right", "Of": "right", "Share": "right"}
    total, read = len(found.matched) + len(found.missed), len(found.matched) + len(found.extra)
    rows = [
        ("recall", str(len(found.matched)), str(total), f"{found.recall:.3f}"),
        ("precision", str(len(found.matched)), str(read), f"{found.precision:.3f}"),
    ]
    rows += [
        (
            name,
            str(found.fields[name][0]),
            str(found.fields[name][1]),
            f"{found.accuracy(name):.3f}",
        )
        for name in FIELDS
    ]
    print_table("Claims read beside the gold table", headings, rows)
    for label, missing in (("Missed", found.missed), ("Not in the gold table", found.extra)):
        if missing:
            say(f"{label}: {len(missing)}, of which the first {min(len(missing), _SHOWN)}:")
            for row in missing[:_SHOWN]:
                say(f"  {row.claim_id} {row.document} {row.char_offset} '{row.span[:_QUOTED]}'")
