"""The web application: pages, the JSON API and what keeps them safe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from terbium.base.version import __version__
from terbium.web.assets import FOLDER, Assets
from terbium.web.security.language import Language
from terbium.web.security.owner import Access
from terbium.web.services import Services

# modules of pages, each with a `router`; whoever adds a page adds it here
PAGES: tuple[ModuleType, ...] = ()


def create_app(services: Services) -> FastAPI:
    """The application of a server.

    Parameters
    ----------
    services
        Settings, store and jobs. The jobs start and end with the application.
    """

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(services.jobs.start)
        try:
            yield
        finally:
            await run_in_threadpool(services.jobs.stop)

    app = FastAPI(
        title="Terbium",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=running,
    )
    app.state.services = services
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    app.mount("/static", Assets(directory=FOLDER, check_dir=False), name="static")
    # added last, met first
    app.add_middleware(Language)
    app.add_middleware(Access, services=services)
    return app
