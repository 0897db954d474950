"""The page on 49 mechanisms is complete, adds up, and what it shows runs."""

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.commands import call

from terbium.results.keys_registry import QUANTITIES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
MECHANISMS = 49
STATUSES = ("modelled", "register only", "evidence only", "not yet", "declined")
EVERYTHING = os.environ.get("TERBIUM_CI") == "1"
# they run the kernel, or read what a run has left in the folder
SLOW = ("run", "compare", "report", "validate")
IN_PART, NOTHING = "In part: ", "—"
# mechanisms, and the quantities without which nothing may be said of them (the grammar of keys)
RESTS_ON = {
    13: "concession.days",
    22: "price.domestic",
    24: "ramp.rate",
    25: "substitution.rate",
    29: "price.fob",
    31: "sender.profit_change",
}


@dataclass(frozen=True)
class Row:
    number: int
    name: str
    status: str
    text: str
    shown: str

    @property
    def commands(self) -> list[str]:
        return re.findall(r"`(terbium [^`]+)`", self.shown)


def rows(page: str) -> list[Row]:
    lines = [line for line in page.splitlines() if re.match(r"\| *\d+ *\|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert {len(row) for row in cells} <= {5}, "a row has another number of cells"
    return [Row(int(row[0]), *row[1:]) for row in cells]


def told(page: str) -> dict[str, int]:
    """The counts of the opening paragraph."""
    opening = page.split("\n\n")[1]
    shapes = {status: rf"(\d+) are {status}\b" for status in STATUSES}
    shapes[IN_PART] = r"(\d+) of them in part"
    found = {name: re.search(shape, opening) for name, shape in shapes.items()}
    return {name: int(match[1]) if match else -1 for name, match in found.items()}


def faults(page: str) -> Iterator[str]:
    """Everything that is wrong with the page but for commands that fail."""
    table = rows(page)
    numbers = Counter(row.number for row in table)
    yield from (f"{n} is missing" for n in range(1, MECHANISMS + 1) if not numbers[n])
    yield from (f"{n} stands {count} times" for n, count in numbers.items() if count > 1)
    yield from (f"{n} is none of {MECHANISMS}" for n in numbers if not 1 <= n <= MECHANISMS)
    names = Counter(row.name for row in table)
    yield from (f"'{name}' stands twice" for name, count in names.items() if count > 1)
    counts = Counter(row.status for row in table)
    partly = sum(row.text.startswith(IN_PART) for row in table)
    for status, said in told(page).items():
        true = partly if status == IN_PART else counts[status]
        if said != true:
            yield f"the opening says {said} {status}, the table has {true}"
    for row in table:
        yield from (f"{row.number}: {fault}" for fault in faults_of(row))


def faults_of(row: Row) -> Iterator[str]:
    if row.status not in STATUSES:
        yield f"the status '{row.status}'"
    if row.status in STATUSES[:3] and not row.commands:
        yield "no command shows it"
    if not row.commands and not re.match(rf"{NOTHING} \w+", row.shown):
        yield "neither a command nor a reason for none"
    if row.status == "declined" and row.commands:
        yield "declined, and yet a command"
    if row.text.startswith(IN_PART) and row.status != "modelled":
        yield "in part, and yet not modelled"
    if len(row.text.split()) < 8:
        yield "hardly a sentence on what is there and what is not"
    missing = QUANTITIES[RESTS_ON[row.number]].missing if row.number in RESTS_ON else ""
    if row.number in RESTS_ON and (row.status == "modelled") == bool(missing):
        yield f"the model says of {RESTS_ON[row.number]}: '{missing or 'modelled'}'"


PAGE_TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = list(dict.fromkeys(line for row in rows(PAGE_TEXT) for line in row.commands))


def test_the_page_is_complete_and_adds_up() -> None:
    assert not list(faults(PAGE_TEXT))


def line_of(number: int) -> str:
    (line,) = (x for x in PAGE_TEXT.splitlines() if re.match(rf"\| {number} \|", x))
    return line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (f"{line_of(17)}\n", "", "17 is missing"),
        (line_of(17), f"{line_of(17)}\n{line_of(17)}", "17 stands 2 times"),
        ("| 49 |", "| 50 |", "50 is none of 49"),
        ("| declined | Visitors", "| dropped | Visitors", "23: the status 'dropped'"),
        (" are register only", "0 are register only", "0 register only, the table has"),
        (" of them in part", "0 of them in part", "0 In part: , the table has"),
        (line_of(3).rsplit("|", 2)[1], " — ", "3: no command shows it"),
        ("| not yet | Prices as", "| modelled | Prices as", "22: the model says of price"),
        ("— no figure is held |\n| 24", "— |\n| 24", "23: neither a command nor a reason"),
    ],
    ids=lambda text: text.split("\n")[0][:30],
)
def test_the_check_sees_what_is_wrong(old: str, new: str, said: str) -> None:
    assert old in PAGE_TEXT, "the page no longer says so; change the example"
    found = list(faults(PAGE_TEXT.replace(old, new, 1)))
    assert any(said in fault for fault in found), found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all commands: some read what others have written."""
    place, before = tmp_path_factory.mktemp("coverage"), Path.cwd()
    os.chdir(place)
    yield place
    os.chdir(before)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_runs(line: str, desk: Path) -> None:
    words = shlex.split(line)[1:]
    if words[0] in SLOW and not EVERYTHING:
        pytest.skip("runs the kernel, or reads a run; all are run with TERBIUM_CI=1")
    answer = call(*words)
    assert answer.code == 0, answer.err
    assert answer.out or answer.err
    if words[:2] == ["data", "show"]:
        table, count, rest = answer.out.partition(": ")
        assert count == "" or not rest.startswith("0 rows"), f"{table} has no such row"


def test_a_run_is_written_before_it_is_read() -> None:
    written: set[str] = set()
    for line in COMMANDS:
        words = shlex.split(line)[1:]
        if words[0] == "run":
            written.add(words[words.index("--out") + 1])
        elif words[0] in ("compare", "report"):
            assert set(words[1:]) <= written, line
