"""Whether a region is among those that a scope names."""

from collections.abc import Collection
from functools import cache

from terbium.base.gazetteer import bloc_members, blocs
from terbium.policy.truth import Truth

_ANY_NON = "ANY_NON_"
# regions of a dataset that stand for the members of a bloc it does not list
_REST_OF_BLOC = {"EU27": "XEU"}


@cache
def _members(bloc: str) -> frozenset[str]:
    rest = _REST_OF_BLOC.get(bloc)
    return frozenset(bloc_members(bloc)) | ({rest} if rest else frozenset())


def region_matches(region: str, wanted: Collection[str]) -> bool:
    """Whether a region is among those a scope names; an empty scope means any.

    ``XEU`` counts as the EU: it is the rest of it. No other composite region is taken for a member.
    """
    if not wanted:
        return True
    for word in wanted:
        if word in ("ALL", region):
            return True
        if word.startswith(_ANY_NON) and region != word.removeprefix(_ANY_NON):
            return True
        if word in _REST_OF_BLOC and region in _members(word):
            return True
    return False


def region_truth(region: str | None, wanted: tuple[str, ...]) -> Truth:
    """As ``region_matches``, for a region that may be unknown, or a bloc that is in part meant."""
    return _region_truth(region, wanted)


@cache
def _region_truth(region: str | None, wanted: tuple[str, ...]) -> Truth:
    if not wanted or "ALL" in wanted:
        return Truth.YES
    if region is None:
        return Truth.UNKNOWN
    if region_matches(region, wanted):
        return Truth.YES
    if region in blocs() and any(region_matches(one, wanted) for one in bloc_members(region)):
        return Truth.UNKNOWN
    return Truth.NO
