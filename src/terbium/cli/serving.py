"""The work of ``terbium serve``: options into settings, then a server until it is told to end."""

import errno
import logging
import os
import re
import socket
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

import uvicorn

from terbium.base.errors import CommandError, Problems, suggest
from terbium.cli.options import assignments, at_least
from terbium.cli.output import note, say
from terbium.web.app import check_is_guarded, create_app
from terbium.web.assets import has_asset
from terbium.web.services import Services
from terbium.web.settings import MEBIBYTE, Limits, Settings
from terbium.web.warming import warming

_WHERE: Final = "terbium serve"
TOKENS: Final = "TERBIUM_TOKENS"
"""Environment variable with access tokens, parted by white space."""

# so many signs of a good token hold 128 random bits with plenty to spare
_LEAST_TOKEN = 32
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
_MOST_PORT = 65535
_BY_MEBIBYTE = ("upload", "memory")
_SECONDS_TO_END = 3
_SECONDS_TO_THINK = 75
_MOST_AT_ONCE = 512
_REMEDY = "put a token of `terbium serve --new-token` there"


@dataclass(frozen=True)
class Asked:
    """Options as they were typed."""

    host: str
    port: int
    database: str
    folder: Path | None
    tokens: Path | None
    workers: int
    limits: Sequence[str]
    names: Sequence[str]
    certificate: Path | None
    key: Path | None


def serve(asked: Asked) -> None:
    """Serve until a signal ends it.

    Raises
    ------
    CommandError
        With everything that is wrong with the options, before anything is started.
    """
    settings = settings_of(asked, os.environ)
    listening = _listen(settings)
    with listening:
        if settings.port == 0:
            settings = replace(settings, port=listening.getsockname()[1])
        services = Services.open(settings)
        try:
            services.start()
            _run(services, listening, asked)
        finally:
            services.close()


def settings_of(asked: Asked, environment: Mapping[str, str]) -> Settings:
    """Settings out of options; all problems are told at once.

    Parameters
    ----------
    asked
        Options as they were typed.
    environment
        Where further tokens may stand.

    Raises
    ------
    CommandError
        With every problem.
    """
    problems = Problems()
    at_least(asked.workers, 1, "--workers", problems)
    if not 0 <= asked.port <= _MOST_PORT:
        problems.add("--port", str(asked.port), f"0 to {_MOST_PORT}", "choose another port")
    tokens = [*_tokens_of_file(asked.tokens, problems), *_of_environment(environment, problems)]
    limits = _limits(asked.limits, problems)
    _check_tls(asked, problems)
    problems.raise_if_any(_WHERE, CommandError)
    told = {"folder": asked.folder.absolute()} if asked.folder is not None else {}
    settings = Settings(
        host=asked.host,
        port=asked.port,
        database=asked.database,
        tokens=tuple(dict.fromkeys(tokens)),
        workers=asked.workers,
        names=tuple(name.lower() for name in asked.names),
        limits=limits,
        **told,
    )
    check_is_guarded(settings)
    return settings


def _tokens_of_file(place: Path | None, problems: Problems) -> Iterator[str]:
    if place is None:
        return
    where = f"--tokens {place}"
    try:
        with place.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        seen = getattr(error, "strerror", None) or "text that is not UTF-8"
        problems.add(where, seen, "a text file that can be read", "check the path")
        return
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        problems.add(
            where, f"a file that others may read or write ({stat.filemode(mode)})",
            "a file for its owner alone (-rw-------)", f"run: chmod 600 {place}",
        )  # fmt: skip
    found = [(number, line.split()[-1]) for number, line in enumerate(lines, 1) if _says(line)]
    if not found:
        problems.add(where, "no token", "one per line, a name before it if you like", _REMEDY)
    for number, token in found:
        yield from _checked(token, f"{where}, line {number}", problems)


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _of_environment(environment: Mapping[str, str], problems: Problems) -> Iterator[str]:
    for number, token in enumerate(environment.get(TOKENS, "").split(), 1):
        yield from _checked(token, f"{TOKENS}, token {number}", problems)


def _checked(token: str, where: str, problems: Problems) -> Iterator[str]:
    """The token, if it is long enough to be random; it is never shown."""
    if len(token) < _LEAST_TOKEN or not _TOKEN.fullmatch(token):
        problems.add(
            where, f"a token of {len(token)} characters, or with signs that a header cannot hold",
            f"{_LEAST_TOKEN} characters or more out of A-Z a-z 0-9 . _ ~ + / = -", _REMEDY,
        )  # fmt: skip
        return
    yield token


def _limits(texts: Sequence[str], problems: Problems) -> Limits:
    known = [field.name for field in fields(Limits)]
    found: dict[str, int] = {}
    for name, text in assignments(texts, "--limit", problems).items():
        place = f"--limit {name}={text}"
        if name not in known:
            problems.add(place, f"the unknown limit '{name}'", ", ".join(known),
                         suggest(name, known))  # fmt: skip
        elif not (text.isascii() and text.isdecimal() and int(text) > 0):
            problems.add(place, f"'{text}'", "a whole number, 1 or more", "write it without a unit")
        else:
            found[name] = int(text) * (MEBIBYTE if name in _BY_MEBIBYTE else 1)
    return Limits(**found)


def _check_tls(asked: Asked, problems: Problems) -> None:
    given = {"--certificate": asked.certificate, "--key": asked.key}
    missing = [option for option, place in given.items() if place is None]
    if len(missing) == 1:
        problems.add(missing[0], "nothing", "--certificate and --key together", "give both")
    for option, place in given.items():
        if place is not None and not os.access(place, os.R_OK):
            problems.add(f"{option} {place}", "no file that can be read", "a file in PEM",
                         "check the path and its permissions")  # fmt: skip


def _listen(settings: Settings) -> socket.socket:
    """A socket that listens, so that a port that is taken is told before anything starts."""
    host, place = settings.host.strip("[]"), f"--host {settings.host} --port {settings.port}"
    try:
        known = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM)[0]
        family, kind, protocol, _, address = known
        # without its protocol asyncio would let each answer wait 40 ms for more to send with it
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise CommandError.of(
            _WHERE, place, "an address that this machine does not know",
            "127.0.0.1, localhost, ::1, or an address of this machine", "choose another address",
        ) from error  # fmt: skip
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_MOST_AT_ONCE)
    except OSError as error:
        listening.close()
        is_taken = error.errno == errno.EADDRINUSE
        seen = "a port that another program has" if is_taken else str(error.strerror or error)
        raise CommandError.of(
            _WHERE, place, seen, "an address of this machine with a port that is free",
            "choose another with --port, or 0 for any that is free",
        ) from error  # fmt: skip
    listening.set_inheritable(False)
    return listening


def _run(services: Services, listening: socket.socket, asked: Asked) -> None:
    settings = services.settings
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    for name in ("uvicorn", "uvicorn.error", "alembic", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)
    config = uvicorn.Config(
        create_app(services),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        # a proxy on this machine may say for whom it asks
        proxy_headers=bool(settings.names),
        limit_concurrency=_MOST_AT_ONCE,
        # a reader who thinks for some seconds does not find the line cut as he asks
        timeout_keep_alive=_SECONDS_TO_THINK,
        timeout_graceful_shutdown=_SECONDS_TO_END,
        ssl_certfile=asked.certificate,
        ssl_keyfile=asked.key,
    )
    scheme = "https" if asked.certificate else "http"
    host = f"[{settings.host.strip('[]')}]" if ":" in settings.host else settings.host
    say(f"Terbium serves {scheme}://{host}:{settings.port}/ (Ctrl-C ends it)")
    sys.stdout.flush()
    if settings.tokens:
        note(f"{len(settings.tokens)} access token(s); results lie in {settings.folder}")
    if not has_asset("vendor/htmx/htmx.min.js"):
        note("Scripts of others are missing: pages work without them, less smoothly. They are made "
             "by `make assets`, and every wheel holds them.")  # fmt: skip
    with warming():
        # ends on SIGINT and SIGTERM, then lets the signal have its way
        uvicorn.Server(config).run(sockets=[listening])
