"""The kinds of jobs that there are."""

from collections.abc import Mapping
from types import MappingProxyType

from terbium.web.work.article import ARTICLE
from terbium.web.work.batch import BATCH
from terbium.web.work.run import RUN
from terbium.web.work.task import Task
from terbium.web.work.what_if import WHAT_IF

KINDS: Mapping[str, Task] = MappingProxyType(
    {
        task.kind: task
        for task in (
            RUN,  # one line for each kind
            ARTICLE,
            BATCH,
            WHAT_IF,
        )
    }
)


def kinds() -> Mapping[str, Task]:
    """The kinds by name; worker processes get at them through this function."""
    return KINDS
