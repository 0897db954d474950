"""The command ``terbium``. Commands hold no logic, and import what is heavy when they run."""

import sys
from typing import Annotated

import typer

from terbium.base.version import __version__
from terbium.cli.data import data_commands
from terbium.cli.demand import demand
from terbium.cli.guard import Debug, end_on_sigterm, guarded
from terbium.cli.report import report
from terbium.cli.run import run
from terbium.cli.scenarios import scenarios
from terbium.cli.validate import validate

commands = typer.Typer(
    name="terbium",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
commands.command()(run)
commands.command()(scenarios)
commands.command()(report)
commands.command()(demand)
commands.command()(validate)
commands.add_typer(data_commands, name="data")


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
