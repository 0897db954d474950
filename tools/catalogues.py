"""Keep the message catalogues of ``src/terbium/locale`` in step with what the program says.

::

    python tools/catalogues.py update                  # after a change of texts
    python tools/catalogues.py missing zh-Hans         # what has no translation, as JSON
    python tools/catalogues.py merge zh-Hans TABLE     # take over a JSON table of translations

Messages are the literal texts given to ``tr`` and ``trn`` in code and templates, and texts of
tables that pages translate: names of materials and industries, questions of scenarios, remarks.
Chinese is complete. Japanese and German hold at least what `core` names: navigation, verdicts,
headings. A row of the traditional catalogue without a translation of its own is made from the
simplified one, and says so.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC
from ruamel.yaml import YAML

from terbium.results.keys_registry import QUANTITIES

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "terbium"
FOLDER = PACKAGE / "locale"
COMPLETE = ("zh-Hans", "zh-Hant")
PARTIAL = ("ja", "de")
CONVERTED = "made from zh-Hans"
# catalogues name the language as gettext knows it
_LOCALES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "ja": "ja", "de": "de"}
# headings and tabs that code names, not a template
_HEADINGS = (
    *("Calendar", "Check a table", "Check an item", "Duties", "Watchlist", "Articles"),
    *("Does this need a licence?", "Quantities", "Compare", "Result", "Language", "Look"),
    *("Headline figures", "Exports by month", "First stops", "The licence queue", "Scores"),
    *("Calendar of measures", "Sources and grades", "What this report does not say"),
    *(
        "What it costs the economy",
        "What the data cannot decide",
        "Which headlines rest on guesses",
    ),
    *("What ran", "Regime and conservation", "Levers", "Scenario", "Findings", "Download"),
    *("Region", "Industry", "Destination", "Material", "Month", "Median", "Verdict", "Figure"),
    *("Draws", "Seed", "Estimate", "Claims", "Grade", "Estimates", "Share", "Status", "Measure"),
    *("Cancel", "Open", "Copy link", "Check", "Run", "Search", "Answer", "Pages", "Date"),
    *("Skip to the content", "Log out", "Access token", "Progress", "Kind", "State", "Job"),
)
# where the conversion takes a word of law or of statistics for one of computing
_MENDED = {
    "萬億": "兆",
    "“": "「",
    "行業": "產業",
    "”": "」",
    "終端使用者": "最終使用者",
    "宣告": "聲明",
    "引數": "參數",
    "釋出": "發布",
    "支援什麼": "支持什麼",
    "支援措施": "支持措施",
    "的物件": "的對象",
    "地區程式碼": "地區代碼",
    "程式碼或名稱": "代碼或名稱",
    "對數機率": "對數勝算",
    "高階": "高端",
    "連線起來": "連接起來",
    "約束力的檔案": "約束力的文件",
    "法律的檔案": "法律的文件",
    "稀土檔案": "稀土文件",
    "檔案提出": "文件提出",
    "所存檔案": "所存文件",
}
_CONVERTER = OpenCC("s2twp")
_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_KEYWORDS = {"tr": None, "trn": (1, 2)}
_CALL = re.compile(r"\btrn?\(")
_PLACE = re.compile(r"\{(\w*)[^{}]*\}")
_HEADING = re.compile(r"<h[1-3][^>]*>\s*\{\{[^{}]*\}\}", re.DOTALL)
# columns of tables that pages translate
_TABLES = {
    "ree-2024/materials.csv": ("name_en",),
    "ree-2024/industries.csv": ("name_en",),
    "ree-2024/deposits.csv": ("name",),
    "world-2011/sectors.csv": ("name_en",),
    "ree-2024/rivals.csv": ("title", "verdict"),
    "evidence/quantities.csv": ("family", "why", "note"),
    "evidence/figures.csv": ("denominator", "scope"),
    "evidence/implied.csv": ("words",),
    "attribution/events.csv": ("text", "note"),
    "attribution/causes.csv": ("text", "source", "decides"),
}
# modules whose every message is navigation or a verdict, and verdicts that stand among other words
_CORE_MODULES = ("web/pages/shell.py", "policy/answers.py")
_VERDICTS = (
    *("agrees", "differs", "implausible", "cannot be checked", "likely error", "disagrees"),
    *("other scope", "other qualifier", "trap", "stands", "hit", "MISS"),
    *("Prohibited", "Suspended", "No requirement found", "Report due, no licence"),
    *("Licence needed, a general one covers it", "Licence needed, decided case by case"),
    *("Licence needed, refusal presumed", "Not decided: facts are missing"),
    *("In force again by its text", "If pauses hold", "If pauses lapse by their text"),
    *("applies", "does not apply", "may apply", "nearest, does not apply"),
    *("in force", "suspended", "superseded", "voided", "exempted", "announced", "ended"),
    *("recovered", "depressed", "collapsed", "at rest", "never"),
    *("finished", "running", "failed", "cancelled", "broken off"),
)

Message = str | tuple[str, str]
"""A text, or the singular and the plural of one."""


@cache
def messages() -> Mapping[Message, tuple[str, ...]]:
    """Every message with the files that say it, in the order of the alphabet."""
    found: dict[Message, set[str]] = {}
    for path in sources():
        place = path.relative_to(PACKAGE).as_posix()
        for message in _messages_of(path):
            found.setdefault(message, set()).add(place)
    for name in names():
        found.setdefault(name, set()).add("data")
    ordered = sorted(found, key=lambda one: (key_of(one), isinstance(one, tuple)))
    return {message: tuple(sorted(found[message])) for message in ordered}


def sources() -> list[Path]:
    """Files of code and templates that say something."""
    paths = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.j2")]
    return sorted(path for path in paths if _CALL.search(path.read_text(encoding="utf-8")))


def _messages_of(path: Path) -> Iterator[Message]:
    method = "jinja2.ext:babel_extract" if path.suffix == ".j2" else "python"
    stream = BytesIO(path.read_bytes())
    for _, message, _, _ in extract(method, stream, keywords=_KEYWORDS, options={"silent": "no"}):
        yield message if isinstance(message, str) else (message[0], message[1])


def names() -> Iterator[str]:
    """Texts of tables and files that pages translate."""
    for table, columns in _TABLES.items():
        with (PACKAGE / "data" / table).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from (row[column] for column in columns if row[column])
    for path in sorted((PACKAGE / "scenarios").glob("*.yaml")):
        scenario = YAML(typ="safe").load(path)
        yield from (scenario[field].strip() for field in ("title", "question"))
    known = (name for name, quantity in QUANTITIES.items() if not quantity.missing)
    yield from (name.replace(".", " ").replace("_", " ") for name in known)
    package = PACKAGE / "data" / "boundaries" / "datapackage.json"
    yield json.loads(package.read_text(encoding="utf-8"))["disclaimer"]


def core() -> set[str]:
    """Messages that every language says: navigation, verdicts and headings."""
    found = {*_VERDICTS, *_HEADINGS}
    for path in sources():
        if path.relative_to(PACKAGE).as_posix() in _CORE_MODULES:
            found |= {key_of(message) for message in _messages_of(path)}
        if path.suffix == ".j2":
            text = path.read_text(encoding="utf-8")
            headings = "\n".join(_HEADING.findall(text)).encode()
            told = extract("jinja2.ext:babel_extract", BytesIO(headings), keywords=_KEYWORDS)
            found |= {row[1] if isinstance(row[1], str) else row[1][0] for row in told}
    return found


def key_of(message: Message) -> str:
    """The text by which a catalogue knows a message."""
    return message if isinstance(message, str) else message[0]


def places(text: str) -> set[str]:
    """Names of what is filled in."""
    return set(_PLACE.findall(text))


def read(tag: str) -> Catalog:
    """A catalogue as it stands; an empty one if there is none."""
    path = FOLDER / f"{tag}.po"
    if not path.is_file():
        return Catalog(locale=_LOCALES[tag])
    with path.open("rb") as stream:
        return read_po(stream, locale=_LOCALES[tag])


def told(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """Translations by key, one for each form of the plural; only those that say something."""
    found = {}
    for row in catalogue:
        if row.id and row.string:
            forms = (row.string,) if isinstance(row.string, str) else tuple(row.string)
            if all(forms):
                found[key_of(row.id)] = forms
    return found


def converted(catalogue: Catalog) -> set[str]:
    """Keys of rows that were made from another catalogue."""
    return {key_of(row.id) for row in catalogue if row.id and CONVERTED in row.auto_comments}


def write(tag: str, rows: Mapping[str, tuple[str, ...]], made: set[str] = frozenset()) -> None:
    """Write a catalogue with the rows that belong to a message."""
    catalogue = Catalog(
        locale=_LOCALES[tag],
        project="terbium",
        header_comment="# Written by tools/catalogues.py, which keeps translations.",
        creation_date=_DAY,
        revision_date=_DAY,
        last_translator="The Terbium maintainers",
        language_team=tag,
        fuzzy=False,
    )
    for message in messages():
        forms = rows.get(key_of(message))
        if forms is None:
            continue
        text = forms[0] if isinstance(message, str) else _plural(forms, catalogue.num_plurals)
        note = [CONVERTED] if key_of(message) in made else []
        catalogue.add(message, text, auto_comments=note)
    stream = BytesIO()
    write_po(stream, catalogue, width=0, no_location=True)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{tag}.po").write_bytes(stream.getvalue())


def _plural(forms: tuple[str, ...], count: int) -> tuple[str, ...]:
    return (*forms, *[forms[-1]] * count)[:count]


def update() -> None:
    """Write all catalogues: what nobody says any more is dropped, what was translated is kept."""
    for tag in ("zh-Hans", *PARTIAL):
        write(tag, told(read(tag)))
    simplified, before = told(read("zh-Hans")), read("zh-Hant")
    own = {key: row for key, row in told(before).items() if key not in converted(before)}
    made = {
        key: tuple(traditional(form) for form in forms)
        for key, forms in simplified.items()
        if key not in own
    }
    write("zh-Hant", {**made, **own}, set(made))


def traditional(text: str) -> str:
    """Simplified Chinese as it is written in Taiwan."""
    text = _CONVERTER.convert(text)
    for seen, meant in _MENDED.items():
        text = text.replace(seen, meant)
    return text


def missing(tag: str) -> list[str]:
    """Keys that a language should say and does not."""
    wanted = {key_of(message) for message in messages()} if tag in COMPLETE else core()
    return sorted(wanted - told(read(tag)).keys())


def wrong(tag: str) -> Iterator[str]:
    """Rows whose places are not those of their message."""
    rows = told(read(tag))
    for message in messages():
        forms = rows.get(key_of(message), ())
        wanted = places(message) if isinstance(message, str) else places("".join(message))
        for form in forms:
            if places(form) != wanted:
                yield f"{tag}: {key_of(message)!r}: {form!r}"


def merge(tag: str, table: Path) -> None:
    """Take over translations; a list stands for the forms of a plural."""
    new = json.loads(table.read_text(encoding="utf-8"))
    catalogue = read(tag)
    rows = told(catalogue)
    keys = {key_of(message) for message in messages()}
    unknown = [key for key in new if key not in keys]
    for key, value in new.items():
        rows[key] = (value,) if isinstance(value, str) else tuple(value)
    write(tag, rows, converted(catalogue) - new.keys())
    update()
    print(f"{tag}: {len(new) - len(unknown)} taken over, {len(unknown)} are no messages")


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("do", choices=("update", "missing", "merge"))
    parser.add_argument("tag", nargs="?", choices=tuple(_LOCALES))
    parser.add_argument("table", nargs="?", type=Path)
    chosen = parser.parse_args()
    if chosen.do == "missing":
        rows = {message: None for message in missing(chosen.tag)}
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if chosen.do == "merge":
        merge(chosen.tag, chosen.table)
    else:
        update()
    faults = [fault for tag in _LOCALES for fault in wrong(tag)]
    for tag in _LOCALES:
        print(f"{tag}: {len(told(read(tag)))} of {len(messages())}, {len(missing(tag))} missing")
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
