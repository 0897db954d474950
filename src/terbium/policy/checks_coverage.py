"""What makes the coverage of a duty wrong: codes that are none, goods it is not on, no duty."""

import re
from collections.abc import Callable

from terbium.base.errors import Problems
from terbium.policy.authored import Path as TextPath
from terbium.policy.schema import Coverage

DUTIES = ("duty", "duty_range")
_CODE = re.compile(r"[0-9]{2,10}")


def check_coverage(
    coverage: Coverage | None,
    effect: str,
    at: TextPath,
    place: Callable[[TextPath], str],
    problems: Problems,
) -> None:
    """Note what is wrong with a coverage.

    Parameters
    ----------
    coverage
        What was authored; None = nothing to check.
    effect
        Of the paragraph that it belongs to.
    at
        Where it stands.
    place
        Says so in words.
    problems
        Receives what is found.
    """
    if coverage is None:
        return
    if effect not in DUTIES:
        problems.add(
            place(at), f"a coverage beside effect '{effect}'", " or ".join(DUTIES),
            "say what a control is on by its scope",
        )  # fmt: skip
    codes = [("hs", coverage.hs), ("exempt_hs", coverage.exempt_hs)]
    for field, words in (*codes, ("unsettled", tuple(coverage.unsettled))):
        for word in words:
            if not _CODE.fullmatch(word):
                problems.add(
                    place((*at, field)), f"'{word}'", "2 to 10 digits in quotes, without dots",
                    "write the customs code or its beginning",
                )  # fmt: skip
    if not (coverage.all_goods or coverage.hs or coverage.others):
        problems.add(
            place(at), "a duty on no goods", "all_goods, hs or others", "say what it is on"
        )
    for word in sorted(set(coverage.hs) & set(coverage.exempt_hs)):
        problems.add(
            place((*at, "exempt_hs")), f"'{word}', which `hs` names too", "in one of the two",
            "delete it in one of the two",
        )  # fmt: skip
