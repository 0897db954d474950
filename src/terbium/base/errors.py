"""The exception tree. The text of an error names place, finding, permitted values and remedy.

That text is public, and tests hold it.

::

    TerbiumError            exit code 1: our fault
    └── InputError          exit code 2: the input can be mended by its author
        ├── DatasetError    a table of a dataset
        ├── ScenarioError   a scenario, a mix or an override
        ├── MeasureError    the register of measures
        ├── GraphError      the supply graph, or an input-output table
        ├── LabelError      a label that nobody defined
        ├── UnitError       a unit outside the table, or of another dimension
        ├── CommandError    an option or argument of a command
        ├── WorkerError     worker processes or a cluster that do not do their work
        └── OutputError     a place that cannot be written, or a value that cannot be stored
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Self

from terbium.base.speech import tr

_SHOWN_LABELS = 12


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input. Every field must say something.

    Parameters
    ----------
    place
        Where it stands: ``"line 12, column unit"``, ``"horizon.end"``.
    seen
        What stands there, as a noun phrase: ``"'seperate'"``, ``"nothing"``, ``"-3 t"``.
    allowed
        What may stand there: a list, a range, a form.
    remedy
        What to do now, as a sentence.
    """

    place: str
    seen: str
    allowed: str
    remedy: str

    def __post_init__(self) -> None:
        blank = [name for name, text in vars(self).items() if not text.strip()]
        if blank:
            raise ValueError(f"a Problem must fill every field; blank: {', '.join(blank)}")

    def __str__(self) -> str:
        seen, allowed = self.seen.rstrip("."), self.allowed.rstrip(".")
        return tr(
            "{place}: seen {seen}. Allowed: {allowed}. {remedy}",
            place=self.place, seen=seen, allowed=allowed, remedy=_sentence(self.remedy),
        )  # fmt: skip


class TerbiumError(Exception):
    """Anything that Terbium raises on purpose. On its own it means a fault of ours."""

    exit_code: ClassVar[int] = 1


class InputError(TerbiumError):
    """One or more problems in what the user handed over, all found in one pass.

    Parameters
    ----------
    where
        The file, command or object that holds the problems.
    problems
        At least one.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, where: str, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError(f"{type(self).__name__} for {where!r} was raised without a problem")
        self.where = where
        self.problems = tuple(problems)
        # args carries both, so that the error survives pickling between worker processes
        super().__init__(where, self.problems)

    @classmethod
    def of(cls, where: str, place: str, seen: str, allowed: str, remedy: str) -> Self:
        """Build the error of a single problem."""
        return cls(where, [Problem(place, seen, allowed, remedy)])

    def __str__(self) -> str:
        lines = [f"{self.where}: {len(self.problems)} problem(s)."]
        lines += [f"  - {problem}" for problem in self.problems]
        return "\n".join(lines)


class DatasetError(InputError):
    """A table of a dataset breaks its schema or refers to something that is not there."""


class ScenarioError(InputError):
    """A scenario, a mix or an override cannot be read or contradicts itself."""


class MeasureError(InputError):
    """The register of measures breaks its schema, or a measure that was named is not in it."""


class GraphError(InputError):
    """The supply graph cannot be built or balanced, or an input-output table cannot be used."""


class LabelError(InputError):
    """A label that nobody defined."""


class UnitError(InputError):
    """A unit outside the closed table, or two units of different dimension."""


class CommandError(InputError):
    """An option or argument of a command."""


class WorkerError(InputError):
    """Worker processes or a cluster that cannot be reached, or that end on their own."""


class OutputError(InputError):
    """A place that cannot be written, or a value that cannot be stored faithfully."""


class Problems:
    """Collects problems, so that all of them are reported in one go.

    Examples
    --------
    >>> problems = Problems()
    >>> bool(problems)
    False
    >>> problems.add("line 2", "nothing", "a unit", "fill it in")
    >>> bool(problems), len(problems)
    (True, 1)
    """

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, place: str, seen: str, allowed: str, remedy: str) -> None:
        """Note one problem."""
        self._found.append(Problem(place, seen, allowed, remedy))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note problems that another check collected, for instance those of a caught error."""
        self._found.extend(problems)

    def __len__(self) -> int:
        return len(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def raise_if_any(self, where: str, cls: type[InputError] = InputError) -> None:
        """Raise ``cls`` with all that was noted; do nothing if that is nothing.

        Parameters
        ----------
        where
            The file, command or object that holds the problems.
        cls
            The kind of error.
        """
        if self._found:
            raise cls(where, self._found)


def suggest(word: str, allowed: Iterable[str]) -> str:
    """Name the likeliest intended label, or the labels there are.

    Parameters
    ----------
    word
        What was written.
    allowed
        What could have been meant.

    Returns
    -------
    str
        ``"did you mean 'separate'?"``, a short list, or that nothing is defined.

    Examples
    --------
    >>> suggest("seperate", ["mine", "separate", "magnet"])
    "did you mean 'separate'?"
    >>> suggest("xyz", ["mine", "magnet"])
    'known are: mine, magnet'
    """
    labels = list(dict.fromkeys(allowed))
    by_folded = {label.casefold(): label for label in reversed(labels)}
    close = get_close_matches(word.casefold(), by_folded, n=1)
    if close:
        return tr("did you mean '{label}'?", label=by_folded[close[0]])
    if not labels:
        return tr("nothing is defined here")
    shown = ", ".join(labels[:_SHOWN_LABELS])
    more = len(labels) - _SHOWN_LABELS
    if more > 0:
        return tr("known are: {labels}, and {n} more", labels=shown, n=more)
    return tr("known are: {labels}", labels=shown)


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
