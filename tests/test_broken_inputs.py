"""Whatever is wrong with an input, one message says all of it, and nothing is written."""

import re
from pathlib import Path

import pytest
from tests.cli.commands import call, finish, start
from tests.package import Rows, copy_of_dataset, edit

SCENARIO = """\
name: small
title: A small scenario
question: Does a message say what to do?
dataset: ree-2024
base_year: 2024
base_period: "2024"
horizon: {start: 2024-12-30, end: 2025-06-29, step_days: 7}
covers: {first: 2025-01-01, last: 2025-06-29}
headline: {measure: CN-REE-2025-18, in_force: 2025-04-04}
measures: {include: [CN-REE-2025-18]}
shocks:
  - {material: Dy_products, origin: CHN, what: cut, scale: 0, first: 2025-04-07, last: 2025-05-04}
draws: 4
seed: 1
blocks:
  quiet: {responses: {hoarding: false}}
  loud: {responses: {hoarding: true}}
mixes:
  quiet: [quiet]
"""
PROBLEM = re.compile(r"  - (?P<place>\S.*?): seen (?P<seen>\S.*?)\. Allowed: (?P<rest>\S.*[.?!])")

# what stands in the scenario, what takes its place; then place, finding, permitted, remedy
BROKEN_SCENARIOS = {
    "a material that nobody knows": (
        ("Dy_products", "Dy_product"),
        ("line 12, shocks.0.material", "unknown material 'Dy_product'", "a material", "Dy_prod"),
    ),
    "a region that nobody knows": (
        ("origin: CHN", "origin: Atlantis"),
        ("line 12, shocks.0.origin", "unknown region 'Atlantis'", "a region", "known are"),
    ),
    "blocks that contradict each other": (
        ("quiet: [quiet]", "quiet: [quiet, loud]"),
        ("line 17", "'quiet' sets responses.hoarding to False, 'loud' sets it to True", "one value",
         "Take one block out"),
    ),
    "a date that does not exist": (
        ("end: 2025-06-29,", "end: 2025-02-30,"),
        ("line 7, horizon.end", "'2025-02-30'", "YYYY-MM-DD", "."),
    ),
    "an end before the start": (
        ("start: 2024-12-30", "start: 2025-12-30"),
        ("line 7, horizon.end", "before the start", "2025-12-30 or later", "Swap or correct"),
    ),
    "an origin to record that nobody knows": (
        ("seed: 1", "seed: 1\nrecording: {origins: [Atlantis]}"),
        ("line 15, recording.origins.0", "unknown region 'Atlantis'", "a region", "known are"),
    ),
    "a node that the graph does not have": (
        ("{material: Dy_products, origin: CHN, what: cut", "{node: MDG/magnet, what: capacity"),
        ("shocks", "'MDG/magnet'", "/magnet", "."),
    ),
    "a measure that is missing": (
        ("include: [CN-REE-2025-18]", "include: [CN-REE-2025-81]"),
        ("line 10, measures.include.0", "'CN-REE-2025-81'", ".", "CN-REE-2025-18"),
    ),
    "YAML that does not parse": (
        ("horizon: {start", "horizon: [start"),
        ("line 7", ".", ".", "."),
    ),
    "a key that stands twice": (
        ("seed: 1", "seed: 1\nseed: 2"),
        ("line 15", "seed", "once", "."),
    ),
    "a mix with a block that is not there": (
        ("quiet: [quiet]", "quiet: [quit]"),
        ("line 19, mixes.quiet.0", "'quit'", "quiet, loud", "did you mean 'quiet'"),
    ),
    "a dataset that is not there": (
        ("dataset: ree-2024", "dataset: ree-2042"),
        ("line 4, dataset", "'ree-2042'", "ree-2024", "did you mean 'ree-2024'"),
    ),
    "a field that nobody defined": (
        ("draws: 4", "drows: 4"),
        ("line 13, drows", "drows", ".", "draws"),
    ),
}  # fmt: skip

# options; then place, finding, permitted, remedy
BROKEN_OPTIONS = {
    "a negative stock": (
        ("--set", "stock/days_of_cover/JPN/passenger_cars=-3"),
        ("--set stock/days_of_cover/JPN/passenger_cars", "a negative stock (-3", "0 or more", "."),
    ),
    "a parameter that nobody knows": (
        ("--set", "licensing/wieght/USA=1"),
        ("licensing/wieght/USA", "'licensing/wieght/USA'", ".", "licensing/weight/USA"),
    ),
    "a value in a unit of another kind": (
        ("--set", "transit/domestic=5 t"),
        ("transit/domestic", "'t'", "days", "."),
    ),
    "a share above one": (
        ("--set", "recovery/metal=1.7"),
        ("recovery/metal", "1.7", "between 0 and 1", "."),
    ),
    "a value that is no YAML": (
        ("--set", "horizon.end=["),
        ("--set horizon.end, line 1", "does not parse", "YAML 1.2", "."),
    ),
    "an end of the calendar": (
        ("--set", "horizon.end=9999-12-31"),
        ("--set horizon.end", "9999-12-31", "before the calendar does", "earlier"),
    ),
    "a step longer than the horizon": (
        ("--set", "horizon.step_days=100000"),
        ("--set horizon.step_days", "100000 days", "1 to 182 days", "a week (7)"),
    ),
    "an assignment without a value": (
        ("--set", "horizon.end"),
        ("--set horizon.end", "'horizon.end'", "name=value", "equals sign"),
    ),
    "a mix that nobody knows": (
        ("--mix", "quite"),
        ("--mix quite", "the unknown mix 'quite'", "quiet", "did you mean 'quiet'"),
    ),
    "no draws": (("--draws", 0), ("--draws", "0", "1 or more", "leave it out")),
    "a negative seed": (("--seed", -1), ("--seed", "-1", "0 or more", "leave it out")),
    "no threads": (("--threads", 0), ("--threads", "0", "1 or more", "leave it out")),
    "a folder of tables that is not there": (
        ("--overlay", "nowhere"),
        ("overlay nowhere", "no such folder", "set.csv", "check the path"),
    ),
}


def said(err: str) -> list[str]:
    """Every line that reports a problem, each of them complete."""
    lines = [line for line in err.splitlines() if line.startswith("  - ")]
    assert lines, err
    assert all(PROBLEM.fullmatch(line) for line in lines), err
    assert "Traceback" not in err
    return lines


def check(args: tuple[object, ...], expected: tuple[str, ...], place: Path) -> str:
    before = sorted(place.rglob("*"))
    answer = call("run", *args)
    assert answer.code == 2, answer.err
    assert answer.out == ""
    text = "\n".join(said(answer.err)).casefold()
    assert all(part.casefold() in text for part in expected), answer.err
    assert sorted(place.rglob("*")) == before
    return answer.err


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scenario(place: Path, *change: str) -> Path:
    path = place / "small.yaml"
    path.write_text(SCENARIO.replace(*change) if change else SCENARIO, encoding="utf-8")
    return path


@pytest.mark.parametrize("what", BROKEN_SCENARIOS)
def test_a_broken_scenario(what: str, here: Path) -> None:
    change, expected = BROKEN_SCENARIOS[what]
    assert change[0] in SCENARIO
    check((scenario(here, *change),), expected, here)


@pytest.mark.parametrize("what", BROKEN_OPTIONS)
def test_a_broken_option(what: str, here: Path) -> None:
    options, expected = BROKEN_OPTIONS[what]
    check((scenario(here), *options), expected, here)


def spoil(column: str, value: str, key: str) -> object:
    def change(rows: Rows) -> None:
        row = next(row for row in rows if key in row.values())
        row[column] = value

    return change


@pytest.mark.parametrize(
    ("table", "column", "value", "expected"),
    [
        ("claims", "source", "", ("column source", "nothing", "sources.csv", "fill in")),
        (
            "claims",
            "source",
            "baci-2042",
            ("column source", "'baci-2042'", "a key of", "baci-2024"),
        ),
        ("claims", "unit", "", ("column unit", "nothing", ".", "fill in unit")),
        ("estimates", "unit", "", ("column unit", "nothing", "a unit of the closed table", ".")),
        ("estimates", "unit", "tons", ("column unit", "'tons'", "a unit of the closed table", ".")),
    ],
)
def test_a_broken_row_of_a_dataset(
    table: str, column: str, value: str, expected: tuple[str, ...], here: Path
) -> None:
    package = copy_of_dataset(here)
    key = {"claims": "baci-2024", "estimates": "recovery/metal"}[table]
    edit(package, table, spoil(column, value, key))  # type: ignore[arg-type]
    path = scenario(here, "dataset: ree-2024", f"dataset: {package}")
    check((path,), (f"{table}.csv, line ", *expected), here)


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        (
            "stocks.csv",
            "region,industry,days,unit\nJPN,passenger_cars,30,weeks\n",
            ("overlay stocks.csv, line 1", "column 'unit'", "region,industry,days", "."),
        ),
        (
            "stocks.csv",
            "region,industry,day\nJPN,passenger_cars,30\n",
            ("overlay stocks.csv, line 1", "no column days", "region,industry,days", "."),
        ),
        (
            "stocks.csv",
            "region,industry,days\nJPN,passenger_cars,30,5\n",
            ("overlay stocks.csv, line 2", "4 cells", "3 cells", "a decimal point"),
        ),
        (
            "stocks.csv",
            "region,industry,days\nJPN,Gerät,30\n".encode("latin-1"),
            ("overlay stocks.csv", "cannot be read", "CSV in UTF-8", "save it as"),
        ),
        (
            "stocks.csv",
            "region,industry,days\nJPN,passenger_cras,30\n",
            ("overlay stocks.csv, line 2", "passenger_cras", ".", "JPN/passenger_cars"),
        ),
    ],
)
def test_a_broken_table_of_an_overlay(
    table: str, text: str | bytes, expected: tuple[str, ...], here: Path
) -> None:
    folder = here / "mine"
    folder.mkdir()
    (folder / table).write_bytes(text.encode() if isinstance(text, str) else text)
    check((scenario(here), "--overlay", folder), expected, here)


@pytest.mark.parametrize("content", [None, b"region,name_en\n\xff\n"])
def test_a_table_of_a_dataset_that_cannot_be_read(content: bytes | None, here: Path) -> None:
    package = copy_of_dataset(here)
    table = package / "regions.csv"
    table.unlink() if content is None else table.write_bytes(content)
    path = scenario(here, "dataset: ree-2024", f"dataset: {package}")
    check((path,), ("regions.csv", "cannot be read", "UTF-8 CSV", "restore it"), here)


def test_an_output_folder_that_is_a_file(here: Path) -> None:
    (here / "taken").write_text("mine", encoding="utf-8")
    expected = ("--out taken", "a file", "a folder that does not exist yet", "another folder")
    check((scenario(here), "--out", "taken"), expected, here)
    assert (here / "taken").read_text(encoding="utf-8") == "mine"


def test_an_output_folder_that_holds_other_work(here: Path) -> None:
    (here / "thesis").mkdir()
    (here / "thesis" / "chapter.txt").write_text("mine", encoding="utf-8")
    expected = ("--out thesis", "holds chapter.txt", "is empty", "another folder")
    check((scenario(here), "--out", "thesis"), expected, here)


def test_an_output_folder_inside_a_file(here: Path) -> None:
    (here / "taken").write_text("mine", encoding="utf-8")
    expected = ("--out taken", "a file", "a writable folder", "another place")
    check((scenario(here), "--out", "taken/run"), expected, here)


def test_a_scenario_that_nobody_knows(here: Path) -> None:
    expected = ("'april-2052'", "april-2025, heavy-ree-cutoff-1y", "did you mean")
    check(("april-2052",), expected, here)


def test_all_problems_come_at_once(here: Path) -> None:
    """Those of the file, of its dates, of its labels and of the options, in one message."""
    (here / "taken").write_text("mine", encoding="utf-8")
    path = scenario(here, "Dy_products, origin: CHN", "Dy_product, origin: Atlantis")
    options = ("--draws", 0, "--set", "horizon.end=2025-02-30", "--mix", "quite", "--out", "taken")
    err = check((path, *options), ("Dy_product", "Atlantis", "2025-02-30", "quite"), here)
    assert len(said(err)) == 6, err
    assert "6 problem(s)" in err


def test_all_problems_of_a_dataset_come_at_once(here: Path) -> None:
    package = copy_of_dataset(here)
    edit(package, "claims", spoil("source", "", "baci-2024"))  # type: ignore[arg-type]
    edit(package, "estimates", spoil("unit", "tons", "recovery/metal"))  # type: ignore[arg-type]
    path = scenario(here, "dataset: ree-2024", f"dataset: {package}")
    check((path,), ("claims.csv, line", "estimates.csv, line"), here)


def test_the_process_itself_leaves_with_code_2(here: Path) -> None:
    answer = finish(start("run", scenario(here), "--mix", "quite", cwd=here))
    assert (answer.code, answer.out) == (2, "")
    assert len(said(answer.err)) == 1
    assert [path.name for path in here.iterdir()] == ["small.yaml"]
