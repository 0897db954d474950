"""What pages need and is the same for all is made before somebody waits for it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from terbium.base.speech import LANGUAGES, speaking, tr
from terbium.policy.acts import built_in_book
from terbium.policy.decide import built_in_decider
from terbium.web.api.meta import dataset_hash
from terbium.web.pages.shell import environment
from terbium.web.views import scenarios, search, sources

_LOG = logging.getLogger(__name__)


def warm_templates() -> None:
    """Compile the templates."""
    made = environment()
    for name in made.list_templates():
        made.get_template(name)


def warm_languages() -> None:
    """Read the catalogues."""
    for tag in LANGUAGES:
        with speaking(tag):
            tr("Overview")


# those that the first page needs come first
PARTS: Final[tuple[Callable[[], object], ...]] = (
    scenarios.offers,
    warm_templates,
    built_in_book,
    built_in_decider,
    warm_languages,
    dataset_hash,
    sources.warm,
    search.entries,
)


def warm(is_over: Event) -> None:
    """Make everything, one part after another; a part that fails is told when it is asked for."""
    for part in PARTS:
        if is_over.is_set():
            return
        try:
            part()
        except Exception:
            _LOG.exception("not made ahead: %s", part.__name__)


@contextmanager
def warming() -> Iterator[None]:
    """Make everything beside the answers to who is there already."""
    is_over = Event()
    thread = Thread(target=warm, args=(is_over,), name="warming")
    thread.start()
    try:
        yield
    finally:
        # a thread that the interpreter leaves behind in a library of another language ends in an
        # abort; it is waited for to the end of its part
        is_over.set()
        thread.join()
