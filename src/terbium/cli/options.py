"""Options that need more than a type: assignments, numbers with a bound, places to write."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from terbium.base.errors import Problems

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
SupposedScenario = Annotated[
    str, typer.Option(metavar="NAME", help="With acts that a scenario leaves out or overlays.")
]
SupposedMix = Annotated[
    list[str] | None, typer.Option(help="A mix of that scenario; may be given again.")
]


def assignments(texts: Sequence[str], option: str, problems: Problems) -> dict[str, str]:
    """Split ``name=value`` texts; note what is not one, or says the same name twice.

    Parameters
    ----------
    texts
        As typed.
    option
        Its name, for messages: ``--set``.
    problems
        Receives what is wrong.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            problems.add(
                f"{option} {text}",
                f"'{text}'",
                "name=value, such as horizon.end=2025-12-31 or licensing/weight/USA=1",
                "write a name, an equals sign and a value, without spaces or in quotes",
            )
        elif name in found:
            problems.add(
                f"{option} {text}",
                f"'{name}' a second time (before: {found[name]})",
                "each name once",
                "take one of the two away",
            )
        else:
            found[name] = value
    return found


def at_least(value: int | None, least: int, option: str, problems: Problems) -> int | None:
    """Return a number that is not below its bound; note it and return None otherwise."""
    if value is None or value >= least:
        return value
    problems.add(option, str(value), f"a whole number, {least} or more", "raise it or leave it out")
    return None


def check_one_of(options: Mapping[str, object], problems: Problems) -> None:
    """Note options that were given together and exclude one another; None was not given."""
    given = [name for name, value in options.items() if value is not None]
    if given[1:]:
        problems.add(
            " and ".join(given),
            f"{len(given)} of them at once",
            f"one of {', '.join(options)}",
            "leave the others out",
        )


def check_folder(place: Path, marker: str, problems: Problems) -> None:
    """Note why a folder could not be written, before an hour of work is lost on it.

    Parameters
    ----------
    place
        The folder that is to appear.
    marker
        The file that marks an earlier folder of the same kind, which may be replaced.
    problems
        Receives what is wrong.
    """
    allowed = (
        f"a folder that does not exist yet, or is empty, or an earlier one with {marker} in it"
    )
    if place.is_dir():
        held = sorted(entry.name for entry in place.iterdir())
        if held and marker not in held:
            seen = f"a folder that holds {', '.join(held[:3])}" + (" and more" if held[3:] else "")
            problems.add(f"--out {place}", seen, allowed, "choose another folder")
            return
    elif place.exists() or place.is_symlink():
        problems.add(f"--out {place}", "a file or a link", allowed, "choose another folder")
        return
    check_parent(place, problems)


def check_parent(place: Path, problems: Problems) -> None:
    """Note that the nearest folder above a place cannot take it."""
    above = next(p for p in place.absolute().parents if p.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        kind = "a folder that this user may not write" if above.is_dir() else "a file"
        problems.add(
            f"--out {place}", f"{above}, {kind}", "a place inside a writable folder",
            "choose another place, or mend the permissions",
        )  # fmt: skip
