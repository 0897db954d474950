import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from tests.evidence.store.reader import read_numbers, read_slowly, write_documents

from terbium.base.errors import InputError
from terbium.evidence import store_batch
from terbium.evidence.store import SCHEMA, VERSION, open_store
from terbium.evidence.store_batch import Batch, find_documents, read_batch

ROOT = Path(__file__).resolve().parents[3]
OF_DOCUMENTS = ("documents", "claims", "links", "sources")


def batch(store: Path, *places: Path, workers: int = 1, **options: object) -> Batch:
    files, _ = find_documents(places, store)
    with open_store(store, create=True) as opened:
        return read_batch(opened, files, read_numbers, workers=workers, **options)


def tables(
    store: Path, names: tuple[str, ...] = tuple(SCHEMA)
) -> dict[str, list[dict[str, object]]]:
    with open_store(store) as opened:
        return {name: opened.rows(name) for name in names}


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    write_documents(tmp_path / "texts", 60)
    return tmp_path / "texts"


def test_every_document_and_claim_is_stored(tmp_path: Path, texts: Path) -> None:
    store = tmp_path / "e.duckdb"
    found = batch(store, texts)
    assert (found.read, found.unchanged, found.failed, found.claims) == (60, 0, [], 180)
    held = tables(store)
    assert {name: len(rows) for name, rows in held.items()} == {
        **{"documents": 60, "claims": 180, "links": 60, "sources": 120, "estimates": 0, "runs": 1},
    }
    names = [row["document"] for row in held["documents"]]
    assert names == sorted(names)
    assert names[0] == "texts/part0/d0.txt"
    with open_store(store) as opened:
        claims = opened.claims("texts/part2/d2.html")
    page = (texts / "part2" / "d2.html").read_text()
    assert [claim.value for claim in claims] == [2, 14, 14]
    assert all(page[claim.char_offset : claim.end] == claim.span for claim in claims)
    assert held["links"][0] == {
        "document": names[0], "claim_id": "c2", "kind": "repeat", "earlier_claim_id": "c0",
    }  # fmt: skip


def test_reading_again_changes_nothing_and_a_changed_document_is_replaced(
    tmp_path: Path, texts: Path
) -> None:
    store = tmp_path / "e.duckdb"
    batch(store, texts)
    before = tables(store)
    again = batch(store, texts)
    assert (again.read, again.unchanged) == (0, 60)
    assert tables(store) == before
    (texts / "part0" / "d0.txt").write_text("Now 5.")
    (texts / "part1" / "d61.txt").write_text("A new one of 9.")
    third = batch(store, texts)
    assert (third.read, third.unchanged) == (2, 59)
    after = tables(store)
    mine = [row["span"] for row in after["claims"] if row["document"] == "texts/part0/d0.txt"]
    assert mine == ["5"]
    assert [row for row in after["links"] if row["document"] == "texts/part0/d0.txt"] == []
    others = [row for row in after["claims"] if "d0.txt" not in row["document"]]
    assert [row for row in others if "d61" not in row["document"]] == [
        row for row in before["claims"] if "d0.txt" not in row["document"]
    ]
    assert [row["run"] for row in after["runs"]] == [1, 2]


def test_other_options_or_another_reader_read_anew(tmp_path: Path, texts: Path) -> None:
    store = tmp_path / "e.duckdb"
    batch(store, texts)
    assert batch(store, texts, encoding="utf-8").read == 60
    files, _ = find_documents([texts], store)
    with open_store(store, create=True) as opened:
        assert read_batch(opened, files, read_slowly, workers=1).read == 60


def test_what_fails_is_listed_and_stops_nothing(tmp_path: Path, texts: Path) -> None:
    (texts / "a.txt").write_bytes(b"price \xff 3")
    (texts / "b.txt").write_text("raises")
    (texts / "c.pdf").write_bytes(b"")
    (texts / "d.xlsx").write_bytes(b"PK")
    (texts / ".hidden.txt").write_text("5")
    store = tmp_path / "e.duckdb"
    files, others = find_documents([texts], store)
    assert (len(files), others) == (63, 1)
    found = batch(store, texts)
    assert (found.read, [name for name, _ in found.failed]) == (
        60, ["texts/a.txt", "texts/b.txt", "texts/c.pdf"],
    )  # fmt: skip
    assert "--encoding" in found.failed[0][1]
    assert "ZeroDivisionError: by nought" in found.failed[1][1]
    before = tables(store)
    again = batch(store, texts)
    assert (again.unchanged, again.failed) == (63, found.failed)
    assert tables(store) == before


def test_any_number_of_workers_gives_the_same_tables_even_if_one_ends(
    tmp_path: Path, texts: Path
) -> None:
    (texts / "part3" / "x.txt").write_text("ends the process")
    found = batch(tmp_path / "e.duckdb", texts, workers=2)
    assert (found.read, len(found.failed)) == (60, 1)
    assert "ended from outside" in found.failed[0][1]
    (texts / "part3" / "x.txt").unlink()
    batch(tmp_path / "f.duckdb", texts)
    held = tables(tmp_path / "e.duckdb", OF_DOCUMENTS)
    held["documents"] = [row for row in held["documents"] if row["status"] == "read"]
    assert held == tables(tmp_path / "f.duckdb", OF_DOCUMENTS)


KILLED = """
import sys
from pathlib import Path
from terbium.evidence import store_batch
from terbium.evidence.store import open_store
from tests.evidence.store.reader import read_slowly
sizes = {"documents/portion": 40, "documents/chunk": 5}
store_batch.method = sizes.__getitem__
store_batch.reading_code = lambda: "code"
store = Path(sys.argv[1])
files, _ = store_batch.find_documents([Path(sys.argv[2])], store)
def tell(done, total):
    print(done, flush=True)
with open_store(store, create=True) as opened:
    print(store_batch.read_batch(opened, files, read_slowly, workers=1, advance=tell).unchanged)
"""


def digest(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if not path.name.startswith("runs")
    }


def test_a_killed_reading_goes_on_and_gives_identical_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # of both processes: somebody may be editing the sources that it is a hash of
    monkeypatch.setattr(store_batch, "reading_code", lambda: "code")
    texts = tmp_path / "texts"
    write_documents(texts, 160)
    command = [sys.executable, "-c", KILLED]
    killed = subprocess.Popen(
        [*command, tmp_path / "k.duckdb", texts], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert killed.stdout is not None
    while int(killed.stdout.readline()) < 60:
        pass
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    kept = len(tables(tmp_path / "k.duckdb", ("documents",))["documents"])
    assert 0 < kept < 160
    assert kept % 40 == 0
    resumed = subprocess.run(
        [*command, tmp_path / "k.duckdb", texts],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert int(resumed.stdout.split()[-1]) == kept
    files, _ = find_documents([texts], tmp_path / "whole.duckdb")
    with open_store(tmp_path / "whole.duckdb", create=True) as opened:
        read_batch(opened, files, read_slowly, workers=1)
        opened.export(tmp_path / "whole", "parquet")
    with open_store(tmp_path / "k.duckdb") as opened:
        opened.export(tmp_path / "resumed", "parquet")
        runs = opened.rows("runs")
    assert [run["ended"] is None for run in runs] == [True, False]
    assert digest(tmp_path / "resumed") == digest(tmp_path / "whole")


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_export_holds_every_table(tmp_path: Path, texts: Path, form: str) -> None:
    batch(tmp_path / "e.duckdb", texts)
    with open_store(tmp_path / "e.duckdb") as opened:
        for _ in range(2):
            opened.export(tmp_path / "out", form)
        with pytest.raises(InputError, match="parquet, csv"):
            opened.export(tmp_path / "out", "xlsx")
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == sorted(SCHEMA)
    found = duckdb.sql(f"SELECT * FROM '{tmp_path}/out/claims.{form}' LIMIT 2")
    assert found.columns == list(SCHEMA["claims"])
    assert len(found.fetchall()) == 2


def test_no_cell_of_an_export_runs_in_a_spreadsheet(tmp_path: Path) -> None:
    row = ("=a.txt", "=1+1", "text", None, "h", 1, 1, 0, "failed", "-2+cmd|x", "'@c")
    with open_store(tmp_path / "e.duckdb", create=True) as opened:
        opened.replace_documents([row], [])
        opened.export(tmp_path / "out", "csv")
        opened.export(tmp_path / "whole", "parquet")
    line = (tmp_path / "out" / "documents.csv").read_text().splitlines()[1]
    assert line == "'=a.txt,'=1+1,text,,h,1,1,0,failed,'-2+cmd|x,''@c"
    whole = duckdb.sql(f"SELECT document FROM '{tmp_path}/whole/documents.parquet'").fetchall()
    assert whole == [("=a.txt",)]


def test_estimates_are_replaced_by_name_and_rule(tmp_path: Path) -> None:
    first = {"name": "a", "rule": "r", "central": 1.0}
    with open_store(tmp_path / "e.duckdb", create=True) as opened:
        opened.replace_estimates([first, {**first, "rule": "s"}])
        opened.replace_estimates([{**first, "central": 2.0}])
        rows = opened.rows("estimates")
    assert [(row["rule"], row["central"]) for row in rows] == [("r", 2.0), ("s", 1.0)]


def test_what_is_no_store_is_bad_input(tmp_path: Path, texts: Path) -> None:
    missing, text, other, later = (tmp_path / name for name in ("m", "t", "o", "l"))
    text.write_text("no database" * 1000)
    with duckdb.connect(str(other)) as connection:
        connection.execute("CREATE TABLE x (a INTEGER)")
    batch(later, texts)
    with duckdb.connect(str(later)) as connection:
        connection.execute("UPDATE store SET version = 99")
    for path, said in {
        missing: "no such file", text: "no DuckDB database", other: "of another kind",
        later: f"version 99.*version {VERSION}",
    }.items():  # fmt: skip
        with pytest.raises(InputError, match=said), open_store(path):
            pass
    with pytest.raises(InputError, match="table"), open_store(tmp_path / "n", create=True) as store:
        store.rows("claimz")
    for place, said in ((tmp_path / "gone", "nothing there"), (tmp_path / "empty", "none")):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(InputError, match=said):
            find_documents([place], missing)


def test_a_store_that_another_process_writes_says_so(tmp_path: Path) -> None:
    path = tmp_path / "e.duckdb"
    code = (
        "import sys, time\nfrom terbium.evidence.store import open_store\n"
        "with open_store(sys.argv[1], create=True):\n"
        "    print('open', flush=True)\n    time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(InputError, match="another process"), open_store(path, create=True):
            pass
    finally:
        other.kill()
        other.communicate()


def test_a_failing_write_leaves_the_portion_out(tmp_path: Path) -> None:
    with open_store(tmp_path / "e.duckdb", create=True) as store:
        row = ("a", "a.txt", "text", None, "h", 1, 1, 0, "read", "", "c")
        store.replace_documents([row], [])
        with pytest.raises(duckdb.Error):
            store.replace_documents([row], [("not", "a", "claim")])
        assert [found["document"] for found in store.rows("documents")] == ["a"]


def test_progress_reaches_the_end(tmp_path: Path, texts: Path) -> None:
    told: list[tuple[int, int]] = []
    started = time.monotonic()
    batch(tmp_path / "e.duckdb", texts, advance=lambda *state: told.append(state))
    assert told[-1] == (60, 60)
    assert time.monotonic() - started < 30
