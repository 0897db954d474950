"""Labels that a scenario may use: those of its dataset."""

import csv
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from terbium.base.errors import Problems, suggest
from terbium.scenario.layers import Layers

_STAGES = ("mine", "concentrate", "separate", "metal", "magnet", "assembly", "industry")
_EXPOSURES = "exposures.csv"


@dataclass(frozen=True)
class Vocabulary:
    """Labels of a dataset.

    Parameters
    ----------
    materials
        Materials and groups of materials.
    regions
        Regions and blocs.
    stages
        Stages and industries.
    parameters
        Names of estimates; None if they are not known here.
    """

    materials: frozenset[str]
    regions: frozenset[str]
    stages: frozenset[str]
    parameters: frozenset[str] | None = None


def data_dir() -> Path:
    """Folder of the datasets that travel with the package."""
    return Path(str(files("terbium") / "data"))


def vocabulary_of(dataset: str, place: str, problems: Problems) -> Vocabulary | None:
    """Read the labels of a dataset, named as ``load_dataset`` takes it.

    Notes one problem and returns None if there is no such dataset.
    """
    path = data_dir() / dataset if (data_dir() / dataset).is_dir() else Path(dataset)
    if not (path / "materials.csv").is_file():
        known = sorted(found.parent.name for found in data_dir().glob("*/materials.csv"))
        known = [name for name in known if name != "gazetteer"]
        problems.add(
            place,
            f"the dataset '{dataset}', which does not exist",
            ", ".join([*known, "the path of a dataset's folder"]),
            suggest(dataset, known),
        )
        return None
    try:
        return _vocabulary(path)
    except (OSError, UnicodeDecodeError, csv.Error):
        # whoever loads the dataset says what is wrong with its tables, each with its line
        return None


def with_economy(
    words: Vocabulary | None, table: str | None, layers: Layers, problems: Problems
) -> Vocabulary | None:
    """Add the parameters of the world table that a scenario names; note if there is no such table.

    A package with flows has a table of exposures beside its estimates.
    """
    if table is None:
        return words
    path = data_dir() / table if (data_dir() / table).is_dir() else Path(table)
    if not (path / _EXPOSURES).is_file():
        known = sorted(found.parent.name for found in data_dir().glob(f"*/{_EXPOSURES}"))
        problems.add(
            layers.place(("economy", "table")),
            f"the world table '{table}', which does not exist",
            ", ".join([*known, "the path of a package with flows and exposures"]),
            suggest(table, known),
        )
        return words
    if words is None or words.parameters is None:
        return words
    return replace(words, parameters=words.parameters | _column(path / "estimates.csv", "name"))


def _vocabulary(path: Path) -> Vocabulary:
    regions = _column(path / "regions.csv", "region") | _column(path / "regions.csv", "bloc")
    return Vocabulary(
        materials=frozenset(
            _column(path / "materials.csv", "material") | _column(path / "groups.csv", "group")
        ),
        regions=frozenset(regions - {""}),
        stages=frozenset(_column(path / "industries.csv", "industry") | set(_STAGES)),
        parameters=frozenset(_column(path / "estimates.csv", "name")) or None,
    )


def _column(path: Path, name: str) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[name] for row in csv.DictReader(file) if row.get(name)}
