"""The register in the package as plain data, for commands that should not wait for a checker."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from terbium.policy.cached import read_cache, register_folder

Data = Mapping[str, Any]


@cache
def built_in_data() -> Data:
    """The register as ``RegisterText`` dumps it, read once.

    Raises
    ------
    MeasureError
        If its texts were changed since they were last checked, and are wrong now.
    """
    cached = read_cache(register_folder())
    if cached is None:
        # the texts were changed since they were last checked; this reads and checks them
        from terbium.policy.register import plain_register

        cached = plain_register(register_folder())
    return cached
