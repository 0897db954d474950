"""Files of a run: tables, all draws, and each figure as SVG, PNG or PDF."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from terbium.base.speech import language, tr
from terbium.base.version import __version__
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import NotFound
from terbium.web.pages.overview import tables_of
from terbium.web.pages.shell import answer
from terbium.web.store.records import Result
from terbium.web.views.archive import zipped
from terbium.web.views.chain import chain_page
from terbium.web.views.figures import Drawn
from terbium.web.views.overview import overview_of
from terbium.web.views.region import region_page
from terbium.web.views.run import Shelf, view_of
from terbium.web.views.standalone import foot_of, pdf, png, standalone

router = APIRouter(include_in_schema=False)

Form = Literal["svg", "png", "pdf"]

_KIND = "run"
_TYPES: Final[Mapping[str, str]] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}
_PLAIN: Final[Mapping[str, tuple[str, str]]] = {
    "workbook.xlsx": (
        "tables.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "summary.json": ("summary.json", "application/json"),
    "manifest.json": ("manifest.json", "application/json"),
    "report.html": ("report.html", "text/html; charset=utf-8"),
}
_ARCHIVE: Final = "results.zarr"
_FIGURE = re.compile(r"(?P<name>[\w-]+)(?:\.(?P<first>[\w+-]+))?(?:\.(?P<second>[\w-]+))?")
_MOST_DRAWN = 64

_drawn: Shelf[bytes] = Shelf(_MOST_DRAWN)


def own_run(services: TheServices, owner: Owner, key: str) -> Result:
    """A run of whoever asks."""
    return _run(services.jobs.result(key, owner))


def shared_run(services: TheServices, slug: str) -> Result:
    """A run that somebody has given out a link for."""
    return _run(services.jobs.shared(slug))


OwnRun = Annotated[Result, Depends(own_run)]
SharedRun = Annotated[Result, Depends(shared_run)]


@router.get("/runs/{key}/figures/{name}.{form}")
def figure(request: Request, result: OwnRun, name: str, form: Form) -> Response:
    """A figure of a run, in the reader's language, light."""
    return _figure(request, result, name, form)


@router.get("/s/{slug}/figures/{name}.{form}")
def shared_figure(request: Request, result: SharedRun, name: str, form: Form) -> Response:
    """A figure of a shared run."""
    return _figure(request, result, name, form)


@router.get("/runs/{key}/files/{name}")
def file(result: OwnRun, name: str) -> Response:
    """A file of a run."""
    return _file(result, name)


@router.get("/s/{slug}/files/{name}")
def shared_file(result: SharedRun, name: str) -> Response:
    """A file of a shared run."""
    return _file(result, name)


def figure_of(folder: Path, name: str) -> Drawn | None:
    """A figure of a run by the name of its files; parts after a dot choose what it shows."""
    found = _FIGURE.fullmatch(name)
    if found is None:
        return None
    if found["name"].startswith("chain-"):
        page = chain_page(folder, "", found["first"] or "", found["second"] or "")
        return page.figures.get(found["name"])
    if found["name"] == "region-fan":
        region = region_page(folder, found["first"] or "")
        return region.exports if region else None
    return overview_of(folder).figures.get(name)


def _figure(request: Request, result: Result, name: str, form: Form) -> Response:
    made = _drawn.get(
        (result.key, name, form, language()), lambda: _drawing(result.folder, name, form)
    )
    response = answer(request, made)
    if response.status_code == 200:
        response.headers["content-type"] = _TYPES[form]
        response.headers["content-disposition"] = _attached(result, f"{name}.{form}")
    return response


def _drawing(folder: Path, name: str, form: Form) -> bytes:
    found = figure_of(folder, name)
    if found is None:
        raise NotFound(tr("This run has no such figure."))
    run = view_of(folder).run
    svg = standalone(found, foot_of(run["scenario"], run["draws"], __version__))
    makers: Mapping[str, Callable[[str], bytes]] = {"svg": str.encode, "png": png, "pdf": pdf}
    return makers[form](svg)


def _file(result: Result, name: str) -> Response:
    folder = result.folder
    headers = {"Content-Disposition": _attached(result, name), "Cache-Control": "private, no-cache"}
    if name in _PLAIN:
        inside, kind = _PLAIN[name]
        return _sent(folder / inside, kind, headers)
    if name == f"{_ARCHIVE}.zip" and (folder / _ARCHIVE).is_dir():
        return StreamingResponse(
            zipped(folder / _ARCHIVE), media_type="application/zip", headers=headers
        )
    # only names that the folder itself lists are looked up in it
    if name in {f"{table}.csv" for table in tables_of(folder)}:
        return _sent(folder / "tables" / name, "text/csv; charset=utf-8", headers)
    raise NotFound(tr("This run has no such file."))


def _sent(place: Path, kind: str, headers: dict[str, str]) -> Response:
    if not place.is_file():
        raise NotFound(tr("This run has no such file."))
    return FileResponse(place, media_type=kind, headers=headers)


def _attached(result: Result, name: str) -> str:
    safe = re.sub(r"[^A-Za-z0-9_.+-]+", "-", f"{result.request.get('scenario', 'run')}-{name}")
    return f'attachment; filename="{safe}"'


def _run(result: Result) -> Result:
    if result.kind != _KIND:
        raise NotFound(tr("This result is no run."))
    return result
