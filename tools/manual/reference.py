"""Pages of the reference, written from data and code each time the site is built."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from tools.manual.interface import interface_page
from tools.manual.names import python_page

from terbium.evidence.dataset import list_datasets, load_dataset
from terbium.scenario import list_scenarios, load_scenario

DATA = files("terbium").joinpath("data")
Row = Sequence[object]


def write_reference(folder: Path) -> None:
    """Write every page into a folder that does not exist yet."""
    folder.mkdir(parents=True)
    for name, page in PAGES.items():
        (folder / f"{name}.md").write_text(page(), encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Row]) -> str:
    """A Markdown table; nothing in a cell can end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").split())


def code(text: object) -> str:
    """Text set as code."""
    return f"`{text}`" if text else ""


def datasets() -> list[str]:
    """Data packages that hold estimates; the others are figures to draw with."""
    return [name for name in list_datasets() if DATA.joinpath(name, "estimates.csv").is_file()]


def scenarios_page() -> str:
    """What each built-in scenario asks, when, of which acts, and what its mixes change."""
    parts = [
        "# Built-in scenarios\n\nMade from the files in `src/terbium/scenarios/`. "
        "What a field means: [scenarios](../scenarios.md).\n"
    ]
    for name in list_scenarios():
        scenario = load_scenario(name)
        head = scenario.headline
        parts.append(f"## {name}\n\n{scenario.title}.\n\n{scenario.question}\n")
        facts: list[Row] = [
            ("dataset", code(scenario.dataset)),
            ("days", f"{scenario.horizon.start} to {scenario.horizon.end}"),
            ("step", f"{scenario.horizon.step_days} days"),
            ("draws, seed", f"{scenario.draws}, {scenario.seed}"),
            ("headline", f"{code(head.measure)} {head.in_force or ''}" if head else "none"),
            ("acts", ", ".join(code(act) for act in scenario.measures.include) or "none"),
            ("shocks", len(scenario.shocks) or "none"),
        ]
        parts.append(table(("field", "value"), facts))
        mixes = scenario.mixes
        if mixes:
            rows = [(code(mix), ", ".join(map(code, blocks))) for mix, blocks in mixes.items()]
            parts.append(table(("mix", "its blocks"), rows))
    return "\n".join(parts)


def parameters_page() -> str:
    """Families of parameters by dataset: how many, in which units, how well they are known."""
    parts = [
        "# Parameters\n\nEvery parameter is an estimate with a low, a central and a high value, a "
        "unit, a grade and the claims behind it. `--set NAME=VALUE` fixes one; `terbium data show "
        "estimates --where 'name=FAMILY/*'` prints a family with its values, and `terbium data "
        "show claims` what it rests on.\n"
    ]
    for dataset in datasets():
        families: dict[str, list[Any]] = defaultdict(list)
        data = load_dataset(dataset)
        for name in data.names():
            families[name.partition("/")[0]].append(data.estimate(name))
        rows = []
        for family, estimates in sorted(families.items()):
            grades = Counter(str(estimate.grade) for estimate in estimates)
            units = sorted({estimate.unit for estimate in estimates})
            told = ", ".join(f"{grade} {count}" for grade, count in sorted(grades.items()))
            rows.append(
                (
                    code(family),
                    len(estimates),
                    ", ".join(units),
                    told,
                    code(min(estimate.name for estimate in estimates)),
                )
            )
        parts.append(f"## {dataset}\n")
        parts.append(table(("family", "parameters", "units", "grades", "for example"), rows))
    return "\n".join(parts)


def constants_page() -> str:
    """Every constant of a method, with its source and reason."""
    rows = _csv("methods.csv")
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[row["name"].partition("/")[0]].append(row)
    parts = [
        "# Constants of methods\n\nNumbers that belong to an equation and not to the world: "
        "`src/terbium/data/methods.csv`. None is drawn.\n"
    ]
    for group, members in sorted(groups.items()):
        cells = [
            (code(row["name"]), row["value"], row["unit"], row["source"], row["note"])
            for row in members
        ]
        parts.append(f"## {group}\n")
        parts.append(table(("name", "value", "unit", "source", "why"), cells))
    return "\n".join(parts)


def measures_page() -> str:
    """Every act of the register."""
    text = DATA.joinpath("register", "register.json").read_text(encoding="utf-8")
    register: Mapping[str, Any] = json.loads(text)["register"]
    acts = register["measures"]
    parts = [
        f"# Acts of the register\n\n{len(acts)} acts, on evidence to {register['evidence_date']}. "
        "What an act covers, paragraph by paragraph, and how it stands on a day: `terbium "
        "measures`. None of this is legal advice.\n"
    ]
    groups: dict[str, list[Any]] = defaultdict(list)
    for act in acts:
        groups[act["issuer"].split()[0].partition("/")[0]].append(act)
    for issuer, members in sorted(groups.items()):
        members.sort(key=lambda act: (act["announced"], act["id"]))
        rows = [
            (
                code(act["id"]),
                act["title"],
                act["issuer"],
                act["announced"],
                act["effective_from"],
                act.get("effective_to", ""),
                act["legal_ref"],
            )
            for act in members
        ]
        head = ("id", "title", "issuer", "announced", "in force from", "to", "text")
        parts.append(f"## {issuer}\n")
        parts.append(table(head, rows))
    return "\n".join(parts)


def tables_page() -> str:
    """Tables and columns of the datasets, as their data packages describe them."""
    parts = [
        "# Tables of the datasets\n\nEach dataset is a Frictionless Data Package; `terbium data "
        "show TABLE` prints a table, `terbium data export` writes all of them. What the first one "
        "holds and leaves out: [the dataset](../dataset.md).\n"
    ]
    for dataset in datasets():
        text = DATA.joinpath(dataset, "datapackage.json").read_text(encoding="utf-8")
        package = json.loads(text)
        parts.append(f"## {dataset}\n\n{package['title']}. {package['description']}\n")
        for resource in package["resources"]:
            fields = resource.get("schema", {}).get("fields", ())
            if not fields:
                continue  # a table of another program's making, with labels of its own
            rows = [(code(x["name"]), x["type"], x.get("description", "")) for x in fields]
            parts.append(f"### {dataset}: {resource['name']}\n")
            parts.append(table(("column", "type", "holds"), rows))
    return "\n".join(parts)


def _csv(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(DATA.joinpath(name).read_text(encoding="utf-8").splitlines()))


PAGES: Mapping[str, Callable[[], str]] = {
    "scenarios": scenarios_page,
    "parameters": parameters_page,
    "constants": constants_page,
    "measures": measures_page,
    "tables": tables_page,
    "python": python_page,
    "api": interface_page,
}
