"""The command ``terbium``. Commands hold no logic; each lives in the module of its name.

The module of a command is imported when the command is called, so that a quick one does not pay for
what the others need.
"""

import sys
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from terbium.base.version import __version__
from terbium.cli.guard import Debug, end_on_sigterm, guarded

# in the order of `terbium --help`; `x` is the function `x` of `terbium/cli/x.py`, or the group
# `x_commands` there
NAMES = (
    "run", "scenarios", "compare", "report", "propagate", "firms", "demand", "validate", "check",
    "measures", "tariff", "evidence", "data", "serve",
)  # fmt: skip


class _Shelf(MutableMapping[str, Any]):
    """Commands by name, each imported when it is first looked up."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = dict.fromkeys(NAMES)

    def __getitem__(self, name: str) -> Any:
        if self._loaded[name] is None:
            self._loaded[name] = _load(name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)


_TEXTS = (str, bool, tuple[str, str], list[str])


class _AsGiven:
    """Hands text over as it was typed; Typer would load pydantic to turn text into text."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value itself; of an option that may be given again, all values."""
        return list(value or ()) if param.multiple else value


def _plain(params: list[Any]) -> list[Any]:
    """Options, those of text and switches left to themselves."""
    for param in params:
        kind = getattr(getattr(param, "type_descriptor", None), "annotation", None)
        if kind in _TEXTS and hasattr(param, "_runtime_param"):
            param._runtime_param = _AsGiven()
    return params


class _Command(TyperCommand):
    """A command of its own."""

    def get_params(self, ctx: Any) -> list[Any]:
        return _plain(super().get_params(ctx))


class _Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Shelf()

    def get_params(self, ctx: Any) -> list[Any]:
        return _plain(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)


def _load(name: str) -> Any:
    module = import_module(f"{__package__}.{name}")
    alone = typer.Typer(add_completion=False)
    group = getattr(module, f"{name}_commands", None)
    if group is None:
        alone.command(name, cls=_Command)(getattr(module, name))
        return get_command(alone)
    alone.add_typer(group, name=name)
    return get_group(alone).commands[name]


commands = typer.Typer(
    name="terbium",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"terbium {__version__}\n")
        raise typer.Exit


@commands.callback()
def terbium(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Who runs short of which rare earths, and when, if a government restricts them."""
    Debug.is_on = debug


def app() -> None:
    """Run the command line and leave with its exit code."""
    end_on_sigterm()
    sys.exit(guarded(commands))
