"""A server of Terbium from Python: runs, checks and articles elsewhere, tables here.

::

    import terbium as tb

    server = tb.connect("http://127.0.0.1:8765")
    print(server.run("april-2025", draws=50).first_stops())
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote

import httpx
import pandas as pd

from terbium.base.errors import InputError, TerbiumError
from terbium.base.files import atomic_dir
from terbium.web.client_answers import TOKEN, checked, content, input_error, part, parts_of

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""

_V1 = "/api/v1"
_SECONDS = 60.0
# a server answers within this when it is asked to wait for a job
_WAIT = 2
_OVER = ("done", "failed", "cancelled", "broken")
_MANIFEST = "manifest.json"


def connect(address: str = "http://127.0.0.1:8765", token: str = "") -> Server:
    """Connect to a server that ``terbium serve`` runs.

    Parameters
    ----------
    address
        As the server has printed it.
    token
        Access token; without it the environment variable ``TERBIUM_TOKEN``, or none.

    Raises
    ------
    InputError
        If nobody answers there, or the token is not known.
    """
    held = token or os.environ.get(TOKEN, "")
    headers = {"authorization": f"Bearer {held}"} if held else {}
    # a proxy that is set for the web has no business between this machine and a token
    http = httpx.Client(base_url=address, headers=headers, timeout=_SECONDS, trust_env=False)
    server = Server(http)
    server.meta()
    return server


@dataclass(frozen=True)
class Server:
    """A server of Terbium; close it, or use it in a ``with`` block."""

    http: httpx.Client = field(repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def meta(self) -> dict[str, Any]:
        """Version, dataset, evidence date, licences and limits of the server."""
        return cast(dict[str, Any], self.get("/meta"))

    def scenarios(self) -> pd.DataFrame:
        """The built-in scenarios."""
        return pd.DataFrame(self.get("/scenarios"))

    def runs(self) -> pd.DataFrame:
        """Your runs on the server, the latest first."""
        return pd.DataFrame(self.get("/runs"))

    def run(
        self,
        scenario: str = "",
        *,
        mixes: Sequence[str] = (),
        overrides: Mapping[str, Any] | None = None,
        draws: int | None = None,
        seed: int | None = None,
        branch: str | None = None,
        text: str = "",
        progress: Progress | None = None,
    ) -> RemoteRun:
        """Run a scenario on the server; an equal run that was computed before comes at once.

        Parameters
        ----------
        scenario, mixes, overrides, draws, seed
            As `terbium.open_study` takes them; built-in scenarios alone.
        branch
            ``hold`` or ``lapse``, past the evidence date.
        text
            A scenario of your own, in YAML, instead of a name.
        progress
            Called with draws done and draws in all.

        Raises
        ------
        InputError
            With every problem of the request.
        TerbiumError
            If the run ended without a result.
        """
        asked = {
            "scenario": scenario, "mixes": list(mixes), "overrides": dict(overrides or {}),
            "draws": draws, "seed": seed, "branch": branch, "text": text,
        }  # fmt: skip
        job = self._ended(self._send("/runs", json=asked), progress)
        return self.open_run(job["result"])

    def open_run(self, key: str) -> RemoteRun:
        """One of your runs by its key."""
        return RemoteRun(self, cast(dict[str, Any], self.get(f"/runs/{part(key)}")))

    def what_if(
        self,
        scenario: str,
        levers: Mapping[str, Any],
        *,
        mixes: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Run a scenario with levers moved; gives the content of its ``summary.json``."""
        asked = {"scenario": scenario, "levers": dict(levers), "mixes": list(mixes)}
        job = self._ended(self._send("/what-if", json=asked), progress)
        return cast(dict[str, Any], self.get(_file(job["result"], "summary.json")))

    def levers(self, scenario: str) -> pd.DataFrame:
        """What of a scenario can be moved, and how far."""
        return pd.DataFrame(self.get("/levers", scenario=scenario))

    def check(self, item: str = "", on: str | date = "", **facts: Any) -> dict[str, Any]:
        """Ask which licence an item needs; facts are those of `terbium.check`."""
        asked = {"item": item, "on": str(on), **{k: _plain(v) for k, v in facts.items()}}
        return cast(dict[str, Any], self._send("/check", json=asked))

    def check_file(self, cases: Path | str, progress: Progress | None = None) -> pd.DataFrame:
        """Answer a CSV file of cases; one row per case."""
        job = self._ended(self._upload("/batches", Path(cases)), progress)
        text = self._ask("GET", _file(job["result"], "answers.csv")).text
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)

    def verify(self, article: Path | str, progress: Progress | None = None) -> Verified:
        """Check every figure of an article: text, Markdown, HTML or PDF."""
        job = self._ended(self._upload("/articles", Path(article)), progress)
        return Verified(cast(dict[str, Any], self.get(f"/articles/{part(job['result'])}")))

    def source(self, name: str) -> dict[str, Any]:
        """An estimate with its range, grade, claims and sources."""
        return cast(dict[str, Any], self.get(f"/sources/{quote(name)}"))

    def get(self, path: str, **query: Any) -> Any:
        """Content of an endpoint of the JSON API."""
        return content(self._ask("GET", path, params=query))

    def _send(self, path: str, json: Mapping[str, Any]) -> Any:
        told = {name: value for name, value in json.items() if value is not None}
        return content(self._ask("POST", path, json=told))

    def _upload(self, path: str, place: Path) -> Any:
        try:
            with place.open("rb") as file:
                return content(self._ask("POST", path, files={"file": (place.name, file)}))
        except OSError as error:
            raise InputError.of(
                "upload", str(place), error.strerror or str(error), "a file that can be read",
                "check the path",
            ) from error  # fmt: skip

    def _ended(self, job: Mapping[str, Any], progress: Progress | None) -> Mapping[str, Any]:
        while job["state"] not in _OVER:
            job = cast(dict[str, Any], self.get(f"/jobs/{part(job['id'])}", wait=_WAIT))
            if progress is not None and job["total"]:
                progress(job["done"], job["total"])
        if job["problems"]:
            raise input_error(job["title"] or job["kind"], job["problems"])
        if job["state"] != "done":
            why = job["message"] or job["state"]
            raise TerbiumError(f"the server gave no result: {why}")
        return job

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        while True:
            try:
                answer = self.http.request(method, _V1 + path, **options)
            except httpx.TransportError as error:
                raise InputError.of(
                    "server", str(self.http.base_url), "nobody who answers",
                    "the address that `terbium serve` has printed",
                    "start the server, or mend the address",
                ) from error  # fmt: skip
            wait = answer.headers.get("retry-after", "")
            if answer.status_code == 429 and wait.isdecimal() and method == "GET":
                time.sleep(int(wait))
                continue
            return checked(answer)


@dataclass(frozen=True)
class RemoteRun:
    """A run on a server.

    Parameters
    ----------
    server
        Where it lies.
    told
        What the server told of it.
    """

    server: Server
    told: Mapping[str, Any] = field(repr=False)

    @property
    def key(self) -> str:
        """Its address."""
        return str(self.told["key"])

    @property
    def summary(self) -> dict[str, Any]:
        """The content of ``summary.json``."""
        return cast(dict[str, Any], self.told["summary"])

    @property
    def page(self) -> str:
        """Where a person reads it."""
        return str(self.server.http.base_url).rstrip("/") + str(self.told["page"])

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        return tuple(self.told["tables"])

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run; an empty cell is NaN."""
        found = self.server.get(f"/runs/{part(self.key)}/tables/{part(name)}")
        return pd.DataFrame(found["rows"], columns=found["columns"]).replace("inf", float("inf"))

    def first_stops(self) -> pd.DataFrame:
        """First line stop per region and industry [weeks], earliest first."""
        return self.table("first_stops")

    def monthly_exports(
        self, material: str = "RE_magnet", destination: str | None = None
    ) -> pd.DataFrame:
        """Exports by calendar month [t] with intervals and the recorded figure beside them."""
        rows = self.table("monthly_exports")
        wanted = rows["material"] == material
        if destination is not None:
            wanted &= rows["destination"] == destination
        return rows.loc[wanted].reset_index(drop=True)

    def download(self, folder: Path | str) -> Path:
        """Write all files of the run but its series; the folder appears complete or not at all.

        Raises
        ------
        OutputError
            If the place holds something that is not a run, or cannot be written.
        """
        target = Path(folder)
        with atomic_dir(target, replaces=_MANIFEST) as place:
            for file in self.told["files"]:
                to = place.joinpath(*parts_of(file["name"]))
                to.parent.mkdir(parents=True, exist_ok=True)
                with self.server.http.stream("GET", file["path"]) as answer:
                    if answer.status_code != httpx.codes.OK:
                        answer.read()
                        checked(answer)
                    with to.open("wb") as out:
                        for chunk in answer.iter_bytes():
                            out.write(chunk)
        return target

    def share(self) -> str:
        """Address under which whoever reaches the server may read the run."""
        told = self.server._send(f"/results/{part(self.key)}/share", json={})
        return str(self.server.http.base_url).rstrip("/") + str(told["path"])


@dataclass(frozen=True)
class Verified:
    """An article with its figures checked, as the server told it."""

    told: Mapping[str, Any] = field(repr=False)

    def figures(self) -> pd.DataFrame:
        """Every figure of the article with its place and its verdict."""
        return pd.DataFrame(self.told["rows"])

    def findings(self) -> pd.DataFrame:
        """What was found, one row each."""
        return pd.DataFrame(self.told["findings"])


def _file(key: str, name: str) -> str:
    return f"/results/{part(key)}/files/{quote(name)}"


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | list | tuple) else str(value)
