"""Every command and example in README and docs is run; every option is in docs/cli.md.

Output shown under a command is compared with what it prints. To write it anew:
``TERBIUM_UPDATE_DOCS=1 pytest tests/test_docs.py``.
"""

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import TINY, call
from tests.web.server import serving
from typer.main import get_command

import terbium
from terbium.cli.main import commands

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "README.md",
    *sorted(page.relative_to(ROOT).as_posix() for page in ROOT.glob("docs/**/*.md")),
)
UPDATES = os.environ.get("TERBIUM_UPDATE_DOCS") == "1"
EVERYTHING = UPDATES or os.environ.get("TERBIUM_CI") == "1"

_BLOCK = re.compile(
    r"^```(?P<kind>sh|text|python|yaml|csv|console)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
# a file that a page tells the reader to save: its name ends the sentence above the block
_FILE = re.compile(
    r"`(?P<name>[\w/-]+\.(?:yaml|csv|txt))`:\n\n```\w+\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# a line of this alone stands for lines of the output that a page leaves out
LEFT_OUT = "..."


@dataclass(frozen=True)
class Block:
    page: str
    kind: str
    body: str

    def __str__(self) -> str:
        return f"{self.page}: {self.body.splitlines()[0] if self.body else self.kind}"


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [Block(page, found["kind"], found["body"]) for found in _BLOCK.finditer(text)]


def shown_commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for block in blocks(page):
            if block.kind == "sh":
                lines = (line.partition(" #")[0].strip() for line in block.body.splitlines())
                yield from ((page, line) for line in lines if line.startswith("terbium "))


def shown_outputs() -> Iterator[tuple[str, str, str]]:
    """Commands that stand alone in a block, with the block of output under them."""
    for page in PAGES:
        found = blocks(page)
        for above, below in zip(found, found[1:], strict=False):
            alone = len(above.body.splitlines()) == 1
            if (above.kind, below.kind) == ("sh", "text") and alone:
                yield page, above.body.strip(), below.body


def told_files() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for found in _FILE.finditer((ROOT / page).read_text(encoding="utf-8")):
            yield found["name"], found["body"]


COMMANDS = list(dict.fromkeys(line for _, line in shown_commands()))
OUTPUTS = list(shown_outputs())
EXAMPLES = [block for page in PAGES for block in blocks(page) if block.kind == "python"]


def is_run(line: str) -> bool:
    return line.startswith("terbium run ")


def small(line: str) -> list[str]:
    """The words after ``terbium``; a run is cut to half a year, and it and scores to few draws."""
    words = shlex.split(line)[1:]
    if line.startswith("terbium validate") and "--draws" not in words:
        return [*words, *TINY[2:]]
    if line.startswith("terbium serve"):
        return [*words, "--help"]  # its options are read, and nothing is served
    if not is_run(line) or "--draws 0" in line:
        return words
    if "--draws" in words:
        at = words.index("--draws")
        del words[at : at + 2]
    draws = ("--draws", "2") if "rare-earth-io" in words else TINY[2:]
    return [*words, *draws] if "horizon.end" in line else [*words, *TINY[:2], *draws]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all commands: some read what others have written."""
    place, before = tmp_path_factory.mktemp("desk"), Path.cwd()
    for name, body in told_files():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(body, encoding="utf-8")
    os.chdir(place)
    yield place
    os.chdir(before)


def test_there_is_something_to_run() -> None:
    assert len(COMMANDS) > 10
    assert len([shown for *_, shown in OUTPUTS if not is_shortened(shown)]) >= 4
    assert len([shown for *_, shown in OUTPUTS if is_shortened(shown)]) > 5
    assert len(EXAMPLES) > 3
    shown = "\n".join(COMMANDS)
    for name in (
        *("run", "scenarios", "compare", "report", "propagate", "demand"),
        *("data audit", "data show", "data export"),
    ):
        assert f"terbium {name} " in f"{shown}\n".replace("\n", " \n")


@pytest.mark.parametrize("line", COMMANDS)
def test_a_shown_command_runs(line: str, desk: Path) -> None:
    skip_without_runs(line)
    if line.startswith("terbium report") or (is_run(line) and line != _cheapest_run()):
        if not EVERYTHING and not Path("out/held").is_dir():
            pytest.skip("needs a run; all are run with TERBIUM_CI=1")
        if not EVERYTHING and is_run(line) and "--draws 0" not in line:
            pytest.skip("one run is enough here; all are run with TERBIUM_CI=1")
    answer = call(*small(line))
    assert answer.code == (2 if "--draws 0" in line else 0), answer.err
    assert answer.out or answer.err


def skip_without_runs(line: str) -> None:
    if line.startswith("terbium compare") and not EVERYTHING:
        missing = [word for word in small(line)[1:] if not (word[0] == "-" or Path(word).is_dir())]
        if missing:
            pytest.skip(f"needs {missing[0]}; all are run with TERBIUM_CI=1")


def is_shortened(shown: str) -> bool:
    return LEFT_OUT in shown.splitlines()


def in_order(parts: list[str], told: str) -> str:
    """The first part that does not follow the ones before it in what a command told, or nothing."""
    at = 0
    for part in parts:
        found = told.find(part, at)
        if found < 0:
            return part
        at = found + len(part)
    return ""


def _cheapest_run() -> str:
    return next(line for line in COMMANDS if "status-quo" in line)


@pytest.mark.parametrize(("page", "line", "shown"), OUTPUTS)
def test_shown_output_is_what_the_command_prints(
    page: str, line: str, shown: str, desk: Path
) -> None:
    if is_run(line) and "--draws 0" not in line and not UPDATES:
        labels = ("First stops: ", "Score: ", "Score by destination: ", "Regime: ", "Report: ")
        assert all(f"\n{label}" in shown for label in labels)
        pytest.skip("takes a full run; compared with TERBIUM_UPDATE_DOCS=1")
    skip_without_runs(line)
    answer = call(*shlex.split(line)[1:])
    # the first line of stderr says what is being done
    told = answer.out or answer.err.partition("\n")[2]
    if is_shortened(shown):
        parts = [part for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE) if part]
        assert not in_order(parts, told), told
    elif UPDATES:
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        old, new = (f"```sh\n{line}\n```\n\n```text\n{body}```" for body in (shown, told))
        path.write_text(text.replace(old, new), encoding="utf-8")
    else:
        assert told == shown


def _examples() -> Iterator[Any]:
    for example in EXAMPLES:
        marks = [pytest.mark.long] if "tb.connect(" in example.body else []
        yield pytest.param(example, marks=marks, id=str(example))


@pytest.mark.parametrize("example", list(_examples()))
def test_a_shown_example_runs(example: Block, desk: Path) -> None:
    is_stored = "open_run" in example.body and not Path("out/no-duties").is_dir()
    is_long = "simulate" in example.body and "terbium.propagation" not in example.body
    if not EVERYTHING and (is_long or is_stored):
        pytest.skip("needs a run; all are run with TERBIUM_CI=1")
    if "tb.connect(" not in example.body:
        exec(compile(example.body, example.page, "exec"), {})
        return
    with serving(desk / "server") as server:
        body = example.body.replace("http://127.0.0.1:8765", server.url)
        exec(compile(body, example.page, "exec"), {})


def documented_commands() -> Iterator[tuple[str, Any]]:
    group: Any = get_command(commands)
    for name, command in group.commands.items():
        inner = getattr(command, "commands", {name: command})
        for label, one in inner.items():
            yield (f"{name} {label}" if inner.keys() != {name} else name), one


def test_every_command_and_option_is_documented() -> None:
    text = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    for name, command in documented_commands():
        assert f"terbium {name}" in text
        options = [opt for param in command.params for opt in param.opts if opt.startswith("--")]
        missing = [option for option in options if option not in text and option != "--help"]
        assert not missing, f"{name}: {missing}"


def test_every_public_name_is_documented() -> None:
    text = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    hidden = {"__version__", "Problem"}
    assert not [name for name in terbium.__all__ if name not in text and name not in hidden]
