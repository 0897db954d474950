"""How a command ends: one exit code and one plain message for each way.

====  =============================================================================
code  means
====  =============================================================================
0     done
1     our fault; ``--debug`` shows the traceback
2     bad input: every problem with place, finding, permitted values and remedy
130   stopped by Ctrl-C
143   stopped by SIGTERM
====  =============================================================================
"""

import logging
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType

from terbium.base.errors import InputError

OUR_FAULT = 1
INTERRUPTED = 130
# what a shell adds to the number of the signal that ended a process
_SIGNALLED = 128

_STOPPED = "terbium: stopped. Nothing half-written bears the name of a result."


class Debug:
    """Whether ``--debug`` was given; the one switch that outlives a command."""

    is_on = False


def guarded(command: Callable[[], object]) -> int:
    """Run a command and turn whatever it raises into a message and an exit code.

    Parameters
    ----------
    command
        Ends by returning, by ``SystemExit`` or by any other exception.

    Returns
    -------
    int
        The exit code.
    """
    try:
        command()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else OUR_FAULT
        return _ended(0 if ended.code is None else code, ended)
    except KeyboardInterrupt as stopped:
        _forget_the_interrupt()
        return _ended(INTERRUPTED, stopped)
    except Exception as error:
        return _failed(error)
    return 0


def end_on_sigterm() -> None:
    """Let SIGTERM unwind the stack, so that temporary folders are removed."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(_SIGNALLED + number)

    signal.signal(signal.SIGTERM, end)


def _forget_the_interrupt() -> None:
    # an interrupt that passed through code held as text (generated methods, compiled kernels) is
    # remembered by the interpreter, which would end the process by the signal and lose the code;
    # running any such text to its end makes it forget
    exec("")


def _ended(code: int, ended: BaseException) -> int:
    if code in (INTERRUPTED, _SIGNALLED + signal.SIGTERM):
        # writes of the store that were under way are dropped with the process; that is no news
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        _say(_STOPPED)
        _say_notes(ended)
    return code


def _failed(error: Exception) -> int:
    if Debug.is_on:
        _say("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, InputError):
        if not Debug.is_on:
            _say(str(error))
            _say_notes(error)
        return error.exit_code
    first = str(error).partition("\n")[0]
    _say(
        f"terbium: this is a fault of Terbium, not of your input ({type(error).__name__}: {first})."
    )
    if not Debug.is_on:
        _say(
            "Please report it: run the same again as `terbium --debug ...` and send what it "
            "prints, with the command and `terbium --version`."
        )
        _say_notes(error)
    return OUR_FAULT


def _say_notes(error: BaseException | None) -> None:
    """What an error knows beside its message: what is kept of the work, and how to go on.

    The framework of the command line may have put an error of its own in front. An error that was
    raised again where it was handled is its own context.
    """
    told: set[int] = set()
    while error is not None and id(error) not in told:
        told.add(id(error))
        for note in getattr(error, "__notes__", ()):
            _say(note)
        error = error.__cause__ or error.__context__


def _say(text: str) -> None:
    # plain text: no markup is read in what an input holds
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
