"""Two tokens on one server: the second tries to get at everything of the first.

``make soak SOAK=web_tokens``. The owner makes runs (one of an own scenario), answers, a batch, an
article, a watchlist, and walks through all pages that link to them. The attacker, and somebody
without a token, then ask for every address that the owner has seen, and for every route of the API
and of the pages with each of the owner's ids in each place, by every method. Nothing of the owner
may come back, an id of the owner must be answered like one that does not exist, and in the end
everything of the owner must be there, unchanged.
"""

import itertools
import re
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from fastapi.routing import APIRoute
from tests.soak._web import API, TINY, client, ended, submit
from tests.web.server import serving

from terbium.web.app import create_app
from terbium.web.security.owner import owner_of
from terbium.web.services import Services
from terbium.web.settings import Settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
MOST_PAGES = 400
# an attacker with time is held up by no rate
UNLIMITED = ("--limit", "requests=1000000", "--limit", "writes=1000000")
REFUSALS = frozenset({303, 401, 403, 404, 405, 413, 415, 422})
_LINK = re.compile(r"""(?:href|src|action|hx-get|hx-post|hx-delete)=["']([^"'#]+)""")


@dataclass
class Estate:
    """What belongs to the owner.

    Attributes
    ----------
    ids
        Of jobs, results, uploads and entries.
    secret_links
        Whoever has these may read what is behind them; nobody else may end them.
    marks
        Words that stand in private texts only.
    seen
        Addresses that the owner has opened, with what they answered.
    """

    ids: dict[str, str] = field(default_factory=dict)
    secret_links: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def is_private(self, path: str) -> bool:
        """Whether an address names something of the owner."""
        return any(value in path for value in self.ids.values())


def upload(user: httpx.Client, path: str, name: str, kind: str, text: str) -> dict[str, Any]:
    """Send a file, and wait for its job."""
    answer = user.post(path, files={"file": (name, text.encode(), kind)})
    answer.raise_for_status()
    return ended(user, answer.json())


def furnish(user: httpx.Client, token: str) -> Estate:
    """Make something of every kind, each with a word of its own in it."""
    marks = {name: f"secret{secrets.token_hex(6)}" for name in ("own", "batch", "article")}
    estate = Estate(marks=[*marks.values(), owner_of(token), token])
    own = f"extends: april-2025\ntitle: {marks['own']}\n"
    for label, kind, request in (
        ("run", "run", TINY),
        ("own run", "run", {**TINY, "scenario": "", "text": own}),
        ("what if", "what_if", {"scenario": "april-2025", "overrides": {}, "draws": 4}),
    ):
        job = ended(user, submit(user, kind, request))
        estate.ids |= {f"{label}, job": job["id"], f"{label}, result": job["result"]}
    head = "id,item,origin,exporter,destination,on"
    cases = f"{head}\n{marks['batch']},NdFeB magnet,CN,CN,JP,2025-06-01\n"
    article = f"{marks['article']} said China supplied about 70% of the magnets in 2024."
    for label, path, name, kind, text in (
        ("batch", f"{API}/batches", "cases.csv", "text/csv", cases),
        ("article", f"{API}/articles", "note.txt", "text/plain", article),
    ):
        job = upload(user, path, name, kind, text)
        estate.ids |= {f"{label}, job": job["id"], f"{label}, result": job["result"]}
    return estate


def walk(user: httpx.Client, estate: Estate) -> None:
    """Open everything that links lead to, as the owner."""
    paths = ["/", "/jobs", "/rules", "/rules/watch", "/evidence", "/what-if"]
    paths += [f"{API}/jobs", f"{API}/results"]
    paths += [f"/runs/{estate.ids['run, result']}", f"/runs/{estate.ids['own run, result']}"]
    while paths and len(estate.seen) < MOST_PAGES:
        path = paths.pop(0)
        answer = user.get(path)
        if path in estate.seen or answer.status_code >= 400:
            continue
        estate.seen[path] = answer.text
        if "html" not in answer.headers.get("content-type", ""):
            continue
        for link in _LINK.findall(answer.text):
            found = urlsplit(urljoin(path, unescape(link)))
            inside = found.path + (f"?{found.query}" if found.query else "")
            is_wanted = estate.is_private(inside) or inside.startswith(("/rules", "/feeds", "/s/"))
            if not found.netloc and is_wanted and inside not in estate.seen:
                paths.append(inside)


def routes() -> list[tuple[str, tuple[str, ...]]]:
    """Every route of the application: path, names of its places."""
    with tempfile.TemporaryDirectory() as place:
        services = Services.open(Settings(folder=Path(place)), inline=True)
        app = create_app(services)
        found = [(r.path, tuple(r.param_convertors)) for r in app.routes if isinstance(r, APIRoute)]
        services.close()
    return found


def addresses(estate: Estate, instead: str = "") -> Iterator[str]:
    """Every route with the owner's ids in its places, or with ids that nobody has."""
    others = {"name": ("summary.json", "first_stops"), "kind": ("svg",), "ending": ("svg",)}
    for path, places in routes():
        ways: list[Sequence[str]] = [
            others.get(place) or [instead or value for value in estate.ids.values()]
            for place in places
        ]
        for values in itertools.product(*ways):
            filled = path
            for place, value in zip(places, values, strict=True):
                filled = re.sub(rf"\{{{place}(:\w+)?\}}", value, filled)
            yield filled
            if not instead and not places:
                ids = estate.ids.values()
                yield from (f"{filled}?{name}={v}" for name in ("run", "left", "key") for v in ids)


def leaks(answer: httpx.Response, estate: Estate) -> list[str]:
    """Words of the owner in an answer, less those that the question held."""
    told = answer.text + str(dict(answer.headers))
    asked = str(answer.request.url)
    words = [*estate.marks, *estate.ids.values()]
    return [word for word in words if word in told and word not in asked]


def attack(user: httpx.Client, estate: Estate, seen: Counter[int]) -> list[str]:
    """Ask for everything of the owner in every way; what came back that should not."""
    wrong = []
    paths = dict.fromkeys([*(p for p in estate.seen if estate.is_private(p)), *addresses(estate)])
    for path in paths:
        if path.endswith("/logout"):
            continue
        is_private = estate.is_private(urlsplit(path).path)
        for method in METHODS:
            answer = user.request(method, path, json={} if method in ("POST", "PUT") else None)
            seen[answer.status_code] += 1
            found = leaks(answer, estate)
            if found:
                wrong.append(f"{method} {path}: {answer.status_code} tells {found}")
            if answer.status_code >= 500 or (is_private and answer.status_code not in REFUSALS):
                wrong.append(f"{method} {path}: {answer.status_code}")
    return wrong


def alike(user: httpx.Client, estate: Estate) -> list[str]:
    """Addresses whose answer tells an id that another has from one that nobody has."""
    wrong = []
    for label, value in estate.ids.items():
        nobody = "".join("f" if char.isalnum() else char for char in value)
        for pattern in (f"{API}/jobs/", f"{API}/results/", "/jobs/", "/results/", "/runs/"):
            there, not_there = (user.get(pattern + one) for one in (value, nobody))
            texts = [a.text.replace(one, "ID") for a, one in ((there, value), (not_there, nobody))]
            if there.status_code != not_there.status_code or texts[0] != texts[1]:
                wrong.append(f"{pattern}: {label} is told from an id that nobody has")
    return wrong


def changed(user: httpx.Client, estate: Estate) -> list[str]:
    """Addresses of the owner that no longer answer as before."""
    kept = {path: text for path, text in estate.seen.items() if "/files/" in path or API in path}
    return [path for path, text in kept.items() if user.get(path).text != text]


def main() -> int:
    """Run the soak and print its figures."""
    owner, attacker = (f"token-{name}-{secrets.token_hex(16)}" for name in ("owner", "attacker"))
    wrong, seen = list[str](), Counter[int]()
    with (
        tempfile.TemporaryDirectory() as place,
        serving(Path(place, "data"), tokens=(owner, attacker), options=UNLIMITED) as server,
    ):
        with client(server, owner) as user:
            estate = furnish(user, owner)
            walk(user, estate)
        print(f"{len(estate.ids)} ids, {len(estate.seen)} pages of the owner", flush=True)
        for token in (attacker, ""):
            with client(server, token) as user:
                wrong += attack(user, estate, seen)
        with client(server, attacker) as user:
            wrong += alike(user, estate)
        with client(server, owner) as user:
            wrong += [f"changed: {path}" for path in changed(user, estate)]
        wrong += [
            f"the log tells {mark}" for mark in estate.marks if mark in server.log.read_text()
        ]
    print(f"{sum(seen.values())} requests: {dict(sorted(seen.items()))}")
    for fault in wrong[:20]:
        print(f"FAULT: {fault}")
    print(f"{len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
