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
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from tests.soak._web import API, TINY, client, ended, submit
from tests.web.server import serving

from terbium.web.app import PAGES
from terbium.web.security.owner import owner_of

METHODS = ("GET", "POST", "PUT", "DELETE")
# what stands in places that hold no id
NAMES = {
    "name": ("summary.json", "exports", "first_stops"),
    "form": ("svg", "png"),
    "ending": ("csv",),
    "event": ("any",),
    "measure": ("CN-REE-2025-18",),
    "code": ("JPN",),
}
_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
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
    user.post("/rules/watch/add", data={"kind": "measure", "text": "CN-REE-2025-18"})
    user.post(f"{API}/results/{estate.ids['own run, result']}/share").raise_for_status()
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
            if inside.startswith(("/feeds/", "/s/")):
                estate.secret_links.append(inside)
            if not found.netloc and estate.is_private(inside) and inside not in estate.seen:
                paths.append(inside)


def routes(user: httpx.Client) -> list[str]:
    """Every route: those that the API describes, and those of pages."""
    described = user.get(f"{API}/openapi.json").json()["paths"]
    pages = [route.path for page in PAGES for route in page.router.routes]
    return [*described, *pages]


def addresses(user: httpx.Client, estate: Estate) -> Iterator[str]:
    """Every route with the owner's ids in its places, and in the queries of those without any."""
    for path in routes(user):
        places = _PLACE.findall(path)
        ways = [NAMES.get(place, tuple(estate.ids.values())) for place in places]
        for values in itertools.product(*ways):
            told = iter(values)
            yield _PLACE.sub(lambda _, told=told: next(told), path)
        if not places:
            yield path
            ids = estate.ids.values()
            yield from (f"{path}?{name}={v}" for name in ("run", "left", "job") for v in ids)


def leaks(answer: httpx.Response, estate: Estate) -> list[str]:
    """Words of the owner in an answer, less those that the question held."""
    told = answer.text + str(dict(answer.headers))
    asked = str(answer.request.url)
    words = [*estate.marks, *estate.ids.values(), *(link for link in estate.secret_links)]
    return [word for word in words if word in told and word not in asked]


def attack(user: httpx.Client, estate: Estate, seen: Counter[int]) -> list[str]:
    """Ask for everything of the owner in every way; what came back that should not."""
    wrong = []
    seen_by_owner = [path for path in estate.seen if estate.is_private(path)]
    paths = dict.fromkeys([*seen_by_owner, *addresses(user, estate)])
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


def opened(user: httpx.Client, estate: Estate) -> list[str]:
    """Secret links: they open what was shared and nothing else, and only the owner ends them."""
    wrong = [] if estate.secret_links else ["the owner has no secret link"]
    for link in dict.fromkeys(estate.secret_links):
        answer = user.get(link)
        told = [word for word in estate.marks if word in answer.text]
        if answer.status_code != 200:
            wrong.append(f"a secret link is answered with {answer.status_code}")
        # the title of the shared scenario stands in it, by the will of its owner
        if set(told) - {estate.marks[0]}:
            wrong.append(f"a secret link tells {told}")
        if user.get(f"{link[:-1]}{'A' if link[-1] != 'A' else 'B'}").status_code != 404:
            wrong.append("a link that differs in one letter is answered")
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
            wrong += opened(user, estate)
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
