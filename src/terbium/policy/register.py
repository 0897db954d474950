"""The register of measures: loaded, checked as a whole, and asked what is in force."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from terbium.base.errors import MeasureError, Problems, suggest
from terbium.policy.authored import Authored, checked, read_yaml_file
from terbium.policy.authored import Path as TextPath
from terbium.policy.cached import read_cache, register_folder, texts_of
from terbium.policy.checks import check_register, placer
from terbium.policy.overlay import Branch, Knowledge, live_windows
from terbium.policy.schema import Measure, Provision, RegisterText, Source


@dataclass(frozen=True)
class Register:
    """Measures by id, with the day up to which there is evidence.

    Parameters
    ----------
    title, version, evidence_date
        From the file.
    sources
        By key.
    measures
        By id, in the order of ids.
    """

    title: str
    version: str
    evidence_date: date
    sources: Mapping[str, Source]
    measures: Mapping[str, Measure]

    def __repr__(self) -> str:
        held = f"{len(self.measures)} measures, evidence to {self.evidence_date}"
        return f"<Register {self.title!r}: {held}>"

    def select(
        self, include: Collection[str] | None, where: str = "measures"
    ) -> tuple[Measure, ...]:
        """The measures named, sorted by id; None = every binding act (no formality).

        Raises
        ------
        MeasureError
            Naming every id that the register does not hold.
        """
        if include is None:
            return tuple(m for m in self.measures.values() if m.formality is None)
        problems = Problems()
        for name in include:
            if name not in self.measures:
                problems.add(*self.missing("include", name))
        problems.raise_if_any(where, MeasureError)
        return tuple(self.measures[name] for name in sorted(set(include)))

    def missing(self, place: str, name: str) -> tuple[str, str, str, str]:
        """The four parts of the problem that a measure is not in the register."""
        return (
            place,
            f"the measure '{name}', which is not in the register (measure missing)",
            ", ".join(self.measures),
            suggest(name, self.measures),
        )

    def knowledge(
        self,
        known_on: date | None = None,
        branch: Branch = "hold",
        include: Collection[str] | None = None,
    ) -> Knowledge:
        """What is known on a day and assumed past the evidence date."""
        return Knowledge(
            evidence_date=self.evidence_date,
            known_on=known_on,
            branch=branch,
            included=None if include is None else frozenset(include),
            registered=frozenset(self.measures),
        )

    def in_force(
        self, on: date, known_on: date | None = None, branch: Branch = "hold"
    ) -> list[tuple[Measure, Provision]]:
        """Paragraphs that bind on a day, as known on a day.

        Parameters
        ----------
        on
            The day asked about.
        known_on
            Nothing announced after it counts; None = the register as it stands.
        branch
            What happens past the evidence date to pauses that end by their text.

        Returns
        -------
        list of (Measure, Provision)
            In the order of ids. A paragraph that is paused for some flows alone is listed; informal
            and political texts are listed with their ``formality``.
        """
        knowledge = self.knowledge(known_on, branch)
        return [
            (measure, provision)
            for measure in self.measures.values()
            for provision in measure.provisions
            if any(w.holds(on) for w in live_windows(measure, provision, knowledge))
        ]


def load_register(path: str | Path | None = None) -> Register:
    """Read and check a register.

    Parameters
    ----------
    path
        A YAML file in the shape of ``schema.RegisterText``, or a folder of such files of which
        one has title, version and evidence date and each may have sources and measures; None = the
        one in the package, as it was checked when the package was made.

    Raises
    ------
    MeasureError
        With every problem, each with its file, line and measure.
    """
    if path is None:
        cached = read_cache(register_folder())
        if cached is not None:
            return _register(RegisterText.model_validate(cached))
        return register_from(read_folder(register_folder()))
    if Path(path).is_dir():
        return register_from(read_folder(Path(path)))
    return register_from(read_yaml_file(Path(path), str(path), MeasureError))


def read_folder(folder: Path) -> Authored:
    """Put the texts of a folder together, each value with its file and line.

    Raises
    ------
    MeasureError
        If a text does not parse, or two of them say the same key.
    """
    data: dict[str, Any] = {"sources": {}, "measures": []}
    lines: dict[TextPath, int] = {}
    parts: dict[TextPath, str] = {}
    problems = Problems()
    for path in texts_of(folder):
        authored = read_yaml_file(path, path.name, MeasureError)
        _put(authored, data, lines, parts, problems)
    problems.raise_if_any(str(folder), MeasureError)
    return Authored(folder.name, data, lines, parts)


def _put(
    authored: Authored,
    data: dict[str, Any],
    lines: dict[TextPath, int],
    parts: dict[TextPath, str],
    problems: Problems,
) -> None:
    """Add one text; its measures are counted on from those before it."""
    content = authored.data if isinstance(authored.data, dict) else {}
    offset = len(data["measures"])
    for key, value in content.items():
        is_list = key == "measures" and isinstance(value, list)
        is_map = key == "sources" and isinstance(value, dict)
        for name in value if is_map else () if is_list else (key,):
            here: TextPath = (key, name) if is_map else (key,)
            if here in parts:
                problems.add(
                    f"{authored.file} {authored.place(here)}",
                    f"'{name}' a second time (first in {parts[here]})",
                    "each of them once in a register",
                    "delete one of the two",
                )
            parts[here] = authored.file
        if is_list:
            data[key].extend(value)
            parts |= {(key, offset + n): authored.file for n in range(len(value))}
        elif is_map:
            data[key].update(value)
        else:
            data[key] = value
    for path, line in authored.lines.items():
        counted = path[:1] == ("measures",) and len(path) > 1 and isinstance(path[1], int)
        lines[(path[0], offset + int(path[1]), *path[2:]) if counted else path] = line


def plain_register(folder: Path) -> dict[str, Any]:
    """Check the register of a folder and give it as plain data, without what is default.

    Raises
    ------
    MeasureError
        As ``load_register`` does.
    """
    text = _checked(read_folder(folder))
    return text.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def register_from(authored: Authored) -> Register:
    """Build a register from a text that was read; raises as ``load_register`` does."""
    return _register(_checked(authored))


def _checked(authored: Authored) -> RegisterText:
    problems = Problems()
    place = placer(authored)
    text = checked(RegisterText, authored.data, place, problems)
    problems.raise_if_any(authored.file, MeasureError)
    assert text is not None
    check_register(text, place, problems)
    problems.raise_if_any(authored.file, MeasureError)
    return text


def _register(text: RegisterText) -> Register:
    by_id = {measure.id: measure for measure in sorted(text.measures, key=lambda m: m.id)}
    return Register(
        text.title,
        text.version,
        text.evidence_date,
        MappingProxyType(text.sources),
        MappingProxyType(by_id),
    )
