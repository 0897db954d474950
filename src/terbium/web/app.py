"""The web application: pages, the JSON API and what keeps them safe."""

from types import ModuleType

from fastapi import FastAPI

from terbium.base.errors import CommandError
from terbium.base.version import __version__
from terbium.web.api.depends import V1
from terbium.web.api.v1 import DESCRIPTION, include_api
from terbium.web.assets import FOLDER, MANUAL, Assets
from terbium.web.faults import Faults, install_faults
from terbium.web.pages import (
    api_docs,
    chain,
    compare,
    downloads,
    evidence,
    jobs,
    login,
    manual,
    overview,
    quantities,
    rules,
    rules_batch,
    rules_calendar,
    rules_watch,
    settings,
    sources,
    what_if,
)
from terbium.web.security.bodies import Bodies
from terbium.web.security.headers import SafeHeaders
from terbium.web.security.language import Language
from terbium.web.security.log import AccessLog
from terbium.web.security.origins import LOOPBACK, Hosts, Origins
from terbium.web.security.owner import Access, Tokens
from terbium.web.security.rates import Rates
from terbium.web.services import Services
from terbium.web.settings import Settings

# modules of pages, each with a `router`; whoever adds a page adds it here
PAGES: tuple[ModuleType, ...] = (
    api_docs,
    chain,
    compare,
    downloads,
    evidence,
    jobs,
    login,
    overview,
    quantities,
    rules,
    rules_batch,
    rules_calendar,
    rules_watch,
    settings,
    sources,
    what_if,
)


def create_app(services: Services) -> FastAPI:
    """The application of a server.

    Parameters
    ----------
    services
        Settings, store and jobs; whoever opened them starts and closes them.

    Raises
    ------
    CommandError
        If others could reach it and no token is asked for.
    """
    check_is_guarded(services.settings)
    app = FastAPI(
        title="Terbium",
        summary="Who runs short of which rare earths, and when, if a government restricts them.",
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=f"{V1}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.tokens = Tokens(services.settings.tokens)
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    include_api(app, is_guarded=bool(services.settings.tokens))
    app.mount("/static", Assets(directory=FOLDER, check_dir=False), name="static")
    if MANUAL.is_dir():
        app.mount("/manual", Assets(directory=MANUAL, html=True), name="manual")
    else:
        app.include_router(manual.MISSING, include_in_schema=False)
    install_faults(app)
    _guard(app, services)
    return app


def check_is_guarded(settings: Settings) -> None:
    """Refuse a server that others can reach and that asks for no token."""
    if settings.tokens or settings.is_loopback:
        return
    raise CommandError.of(
        "terbium serve",
        f"--host {settings.host}",
        "an address that others can reach, and no access token",
        "127.0.0.1, localhost or ::1; any other address with tokens",
        "put a token (`terbium serve --new-token` makes one) into a file that only you can read, "
        "and name it with --tokens",
    )


def _guard(app: FastAPI, services: Services) -> None:
    told = services.settings
    # added last, met first
    app.add_middleware(Bodies, upload=told.limits.upload)
    app.add_middleware(Faults)
    app.add_middleware(Origins)
    app.add_middleware(Rates, limits=told.limits)
    app.add_middleware(Access, services=services, tokens=app.state.tokens)
    app.add_middleware(Hosts, names=_names(told))
    app.add_middleware(Language)
    app.add_middleware(SafeHeaders)
    app.add_middleware(AccessLog)


def _names(settings: Settings) -> frozenset[str] | None:
    """Names that are answered to: where a token is asked for, a foreign name finds nothing."""
    if settings.names:
        return frozenset({*settings.names, *LOOPBACK})
    return LOOPBACK if settings.is_loopback else None
