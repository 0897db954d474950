"""The dataset: tables, sources, claims and estimates of a data package, checked as a whole."""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from terbium.base.errors import DatasetError, LabelError, Problems, suggest
from terbium.base.files import sha256_of_files
from terbium.evidence.parameters import Parameters
from terbium.evidence.references import check_references
from terbium.evidence.schema import Claim, Estimate, Row, Source
from terbium.evidence.tables import DESCRIPTOR, Table, attachments, parse_rows, read_package

if TYPE_CHECKING:
    import pandas as pd

SHIPPED = Path(__file__).resolve().parents[1] / "data"
_R = TypeVar("_R", bound=Row)

_EVIDENCE = ("sources", "claims", "estimates")


class Dataset:
    """A data package whose every number has a claim, a source, a date and a licence mark.

    Parameters
    ----------
    path
        Folder of the package.
    descriptor
        Its descriptor.
    tables
        All tables, as text.
    sources, claims, estimates
        The parsed evidence, by key; estimates are sorted by name.
    """

    def __init__(
        self,
        path: Path,
        descriptor: Mapping[str, object],
        tables: Mapping[str, Table],
        sources: Mapping[str, Source],
        claims: Mapping[str, Claim],
        estimates: Mapping[str, Estimate],
    ) -> None:
        self.path = path
        self.name = str(descriptor.get("name", path.name))
        self.title = str(descriptor.get("title", self.name))
        self.base_year = int(str(descriptor["base_year"]))
        self.attachments = attachments(descriptor)
        self.sources = dict(sources)
        self.claims = dict(claims)
        self.estimates = {name: estimates[name] for name in sorted(estimates)}
        self._tables = dict(tables)

    def __repr__(self) -> str:
        return (
            f"Dataset('{self.name}', base year {self.base_year}: {len(self.estimates)} estimates, "
            f"{len(self.claims)} claims, {len(self.sources)} sources, {len(self._tables)} tables)"
        )

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the names and bytes of all files of the package."""
        files = [self.path / DESCRIPTOR]
        files += [self.path / table.file for table in self._tables.values()]
        files += [self.path / name for name in self.attachments]
        return sha256_of_files(files, self.path)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(self._tables)

    def table(self, name: str) -> "pd.DataFrame":
        """A table; columns declared as numbers are float64, an empty cell of these is NaN.

        Raises
        ------
        LabelError
            If there is no such table.
        """
        # a command that prints no table need not wait for pandas
        import pandas as pd

        if name not in self._tables:
            raise LabelError.of(
                self.name,
                "table",
                f"'{name}'",
                "a table of the dataset",
                suggest(name, self._tables),
            )
        table = self._tables[name]
        frame = pd.DataFrame([row for _, row in table.rows], columns=list(table.columns), dtype=str)
        for column in table.numeric:
            frame[column] = pd.to_numeric(frame[column].replace("", None)).astype("float64")
        return frame

    def estimate(self, name: str) -> Estimate:
        """The estimate of that name.

        Raises
        ------
        LabelError
            If there is none; names near it are suggested.
        """
        if name not in self.estimates:
            raise LabelError.of(
                self.name,
                "estimate",
                f"'{name}'",
                "the name of an estimate",
                suggest(name, self.estimates),
            )
        return self.estimates[name]

    def central(self, name: str) -> float:
        """Median of an estimate, in its unit."""
        return self.estimate(name).central

    def names(self, prefix: str = "") -> list[str]:
        """Names of estimates that start with `prefix`, sorted."""
        return [name for name in self.estimates if name.startswith(prefix)]

    @cached_property
    def parameters(self) -> Parameters:
        """All estimates as one flat, named vector."""
        return Parameters.from_estimates(self.estimates.values())


def list_datasets() -> list[str]:
    """Names of the datasets that are shipped."""
    return sorted(p.parent.name for p in SHIPPED.glob(f"*/{DESCRIPTOR}"))


def load_dataset(name_or_path: str | Path = "ree-2024") -> Dataset:
    """Load and check a dataset.

    Parameters
    ----------
    name_or_path
        Name of a shipped dataset, or the folder of a data package.

    Raises
    ------
    DatasetError
        With every problem at once, each with file and line.
    """
    path = _folder(name_or_path)
    return _load(path, _state(path))


@lru_cache(maxsize=2)
def _load(path: Path, state: tuple[tuple[str, int, int], ...]) -> Dataset:
    """Read a package; what is read again and has not changed is the same object."""
    problems = Problems()
    descriptor, tables = read_package(path, problems)
    if not str(descriptor.get("base_year", "")).isdigit():
        seen = f"'{descriptor.get('base_year', '')}'"
        problems.add(f"{DESCRIPTOR}, base_year", seen, "a year", "add base_year to the descriptor")
    missing = [name for name in _EVIDENCE if name not in tables]
    for name in missing:
        problems.add(DESCRIPTOR, f"no table {name}", ", ".join(_EVIDENCE), "restore the table")
    if missing:
        problems.raise_if_any(str(path), DatasetError)
    sources = parse_rows(tables["sources"], Source, "id", problems)
    claims = parse_rows(tables["claims"], Claim, "id", problems)
    estimates = parse_rows(tables["estimates"], Estimate, "name", problems)
    check_references(tables, sources, claims, estimates, problems)
    problems.raise_if_any(str(path), DatasetError)
    return Dataset(path, descriptor, tables, _plain(sources), _plain(claims), _plain(estimates))


def _state(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of change [ns] of each file of a package, those of its folders too."""
    files = (p for p in sorted(path.rglob("*")) if p.is_file())
    found = ((p.relative_to(path).as_posix(), p.stat()) for p in files)
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)


def _plain(rows: Mapping[str, tuple[int, _R]]) -> dict[str, _R]:
    return {key: row for key, (_, row) in rows.items()}


def _folder(name_or_path: str | Path) -> Path:
    text = str(name_or_path)
    known: Iterable[str] = list_datasets()
    if text in known:
        return SHIPPED / text
    path = Path(name_or_path)
    if path.is_dir():
        return path
    raise DatasetError.of(
        "dataset",
        "name or folder",
        f"'{text}'",
        f"a shipped dataset ({', '.join(known)}) or the folder of a data package",
        suggest(text, known),
    )
