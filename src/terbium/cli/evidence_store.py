"""The work of ``terbium evidence read --store`` and ``terbium evidence export``."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from terbium.base.days import parse_date
from terbium.base.errors import CommandError, InputError, Problems
from terbium.cli.options import at_least
from terbium.cli.output import Columns, note, print_json, print_table, progress_bar, say
from terbium.evidence.documents.claims import read_claims
from terbium.evidence.examples import example_or
from terbium.evidence.store import open_store
from terbium.evidence.store_batch import Reader, find_documents, read_batch

_MOST_FAILURES = 20
_FAILURES: Columns = {"Document": "left", "Why it was not read": "left"}


def read_documents_into(
    places: Sequence[Path],
    store: Path,
    out: Path | None,
    day: str,
    encoding: str,
    workers: int | None,
    is_json: bool,
) -> None:
    """Read documents into a store with options as they were typed.

    Parameters
    ----------
    places
        Files and folders.
    store
        Its file; made if there is none.
    out
        None; a table is exported from the store.
    day, encoding
        Of all documents; empty for what each says of itself.
    workers
        Processes; by default one per core.
    is_json
        Print JSON.
    """
    problems = Problems()
    at_least(workers, 1, "--workers", problems)
    if out is not None:
        problems.add(
            "--out and --store", "both", "one of them",
            "read into the store, then: terbium evidence export STORE --out DIR",
        )  # fmt: skip
    published = None
    try:
        published = parse_date(day, "--date") if day else None
    except InputError as error:
        problems.extend(error.problems)
    problems.raise_if_any("terbium evidence read", CommandError)
    read_into_store(
        places,
        store,
        read_claims,
        workers=workers,
        encoding=encoding or None,
        day=published,
        is_json=is_json,
    )


def read_into_store(
    places: Sequence[Path],
    store: Path,
    reader: Reader,
    *,
    workers: int | None = None,
    encoding: str | None = None,
    day: date | None = None,
    is_json: bool = False,
) -> None:
    """Read documents into a store and say what was done.

    Parameters
    ----------
    places
        Files and folders.
    store
        Its file; made if there is none.
    reader
        Makes claims of a document: a function of a module.
    workers
        Processes; by default one per core.
    encoding, day
        Of all documents.
    is_json
        Print JSON.
    """
    files, others = find_documents([example_or(place) for place in places], store)
    if others:
        note(f"{others:,} file(s) of other kinds passed over.")
    with (
        open_store(store, create=True) as opened,
        progress_bar(f"Reading {len(files):,} document(s) into {store}.") as advance,
    ):
        batch = read_batch(
            opened, files, reader, workers=workers, encoding=encoding, day=day, advance=advance
        )
        counts = opened.counts()
    if is_json:
        failed = [{"document": name, "problem": why} for name, why in batch.failed]
        done = {"read": batch.read, "unchanged": batch.unchanged, "claims_read": batch.claims}
        print_json({**done, "failed": failed, "others": others, "store": counts})
        return
    if batch.failed:
        shown = batch.failed[:_MOST_FAILURES]
        print_table(f"{len(batch.failed):,} document(s) not read", _FAILURES, shown)
        if len(batch.failed) > len(shown):
            say(f"and {len(batch.failed) - len(shown):,} more; --json has all")
    say(
        f"{batch.read:,} document(s) read, {batch.unchanged:,} unchanged, "
        f"{len(batch.failed):,} failed; {counts['claims']:,} claims of {counts['documents']:,} "
        f"documents in {store}"
    )


def export_store(store: Path, out: Path, form: str) -> None:
    """Write every table of a store."""
    with open_store(store) as opened:
        opened.export(out, form)
        for table, count in opened.counts().items():
            note(f"{table}: {count:,} rows")
    say(str(out))
