"""How often somebody may ask: buckets that fill again with time."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from terbium.base.errors import Problem
from terbium.base.speech import tr
from terbium.web.security.answers import refusal
from terbium.web.security.origins import READING
from terbium.web.settings import Limits

MINUTE: Final = 60.0
# so many askers are remembered; whoever has been silent longest is forgotten
_MOST_KEYS = 20_000


class Buckets:
    """One bucket per key, which holds a minute's worth and fills evenly.

    Parameters
    ----------
    per_minute
        How many may be taken in a minute.
    clock
        Seconds that only grow.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Take one, or say how long until there is one again [s]; 0 = it was taken."""
        now = self._clock()
        level, since = self._levels.pop(key, (float(self.per_minute), now))
        level = min(self.per_minute, level + (now - since) * self.per_minute / MINUTE)
        is_there = level >= 1
        self._levels[key] = (level - is_there, now)
        if len(self._levels) > _MOST_KEYS:
            self._levels.popitem(last=False)
        return 0.0 if is_there else (1 - level) * MINUTE / self.per_minute


class Rates:
    """Middleware: so many requests and changes a minute per owner and address (429).

    Parameters
    ----------
    app
        What is kept safe.
    limits
        How many.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self._requests, self._writes = Buckets(limits.requests), Buckets(limits.writes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within the limits."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        key = scope["state"]["owner"] or address(scope)
        wait = self._requests.wait(key)
        if not wait and scope.get("method") not in READING:
            wait = self._writes.wait(key)
        if wait:
            await too_often(scope, wait)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def too_often(scope: Scope, wait: float) -> ASGIApp:
    """The refusal of what comes too often, which says when to come again."""
    seconds = max(1, math.ceil(wait))
    problem = Problem(
        tr("requests"),
        tr("more than this server takes in a minute"),
        tr("fewer requests"),
        tr("wait {seconds} s and ask again", seconds=seconds),
    )
    return refusal(scope, 429, [problem], {"retry-after": str(seconds)})


def address(scope: Scope) -> str:
    """Network address of whoever asks."""
    client = scope.get("client")
    return str(client[0]) if client else ""
