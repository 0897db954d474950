"""Kinds of jobs: what is asked, how its result is addressed, who makes it."""

from collections.abc import Mapping
from types import MappingProxyType

from terbium.web.work.run import RUN
from terbium.web.work.task import Task

# one line for each kind
KINDS: Mapping[str, Task] = MappingProxyType({task.kind: task for task in (RUN,)})


def kinds() -> Mapping[str, Task]:
    """The kinds by name; worker processes get at them through this function."""
    return KINDS
