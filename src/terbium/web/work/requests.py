"""Requests for scenarios as they come over HTTP: shapes, sizes, and no path of the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from terbium.base.errors import InputError, Problems, ScenarioError, suggest
from terbium.policy.authored import read_yaml
from terbium.scenario import list_scenarios
from terbium.web.work.texts import check_names, check_text, names_no_path

FIELDS: Final = ("scenario", "mixes", "overrides", "draws", "seed", "branch", "text")
BRANCHES: Final = ("hold", "lapse")
MOST_TEXT: Final = 32768
MOST_WORD: Final = 200
MOST_VALUE: Final = 2000
MOST_ENTRIES: Final = 500
_WHERE: Final = "request"


@dataclass(frozen=True)
class RunRequest:
    """A request for a scenario; None leaves a field to the scenario.

    Attributes
    ----------
    text
        A scenario of the user's own, in YAML; empty for the built-in `scenario`.
    """

    scenario: str
    mixes: tuple[str, ...]
    overrides: Mapping[str, Any]
    draws: int | None
    seed: int | None
    branch: str | None
    text: str


def read_request(request: Mapping[str, Any]) -> RunRequest:
    """Check the shape of a request, and that nothing in it names a place on the server.

    Raises
    ------
    InputError
        With every problem of shape; what is wrong with the content is told by the scenario.
    """
    problems = Problems()
    check_fields(request, FIELDS, problems)
    found = RunRequest(
        word(request, "scenario", problems),
        mixes(request, problems),
        overrides(request, problems),
        whole_number(request, "draws", 1, problems),
        whole_number(request, "seed", 0, problems),
        word(request, "branch", problems) or None,
        word(request, "text", problems, MOST_TEXT),
    )
    if found.branch not in (None, *BRANCHES):
        _add(problems, "branch", found.branch, " or ".join(BRANCHES), "choose one of the two")
    if found.text:
        check_text(found.text, problems)
    elif isinstance(request.get("scenario", ""), str):
        check_scenario(found.scenario, problems)
    problems.raise_if_any(_WHERE, InputError)
    return found


def check_fields(request: Mapping[str, Any], known: tuple[str, ...], problems: Problems) -> None:
    """Note fields that nobody reads."""
    for name in request:
        if name not in known:
            shown = str(name)[:MOST_WORD]
            problems.add("request", f"the field '{shown}'", ", ".join(known), suggest(shown, known))


def check_scenario(name: str, problems: Problems) -> None:
    """Note a scenario that is not built in; over HTTP no other has a name."""
    known = _built_in()
    if name not in known:
        seen = f"'{name}'" if name else "nothing"
        problems.add("scenario", seen, ", ".join(known), suggest(name, known))


def word(request: Mapping[str, Any], field: str, problems: Problems, most: int = MOST_WORD) -> str:
    """A field that is text; empty where it is missing or wrong, which is noted."""
    given = request.get(field)
    if given is None:
        return ""
    if not isinstance(given, str):
        _add(problems, field, given, "text", "write it in quotation marks")
        return ""
    if len(given) > most:
        problems.add(field, f"{len(given)} characters", f"at most {most}", "shorten it")
        return ""
    return given


def whole_number(
    request: Mapping[str, Any], field: str, least: int, problems: Problems
) -> int | None:
    """A field that is a whole number; None where it is missing or wrong, which is noted."""
    given = request.get(field)
    if given is None:
        return None
    # numbers of a browser may come as 50.0
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given < _INT64:
        _add(problems, field, given, f"a whole number from {least}", "write such a number")
        return None
    return given


_INT64: Final = 2**63


@cache
def _built_in() -> dict[str, str]:
    return list_scenarios()


def mixes(request: Mapping[str, Any], problems: Problems) -> tuple[str, ...]:
    """Names of mixes; what they mean is checked by the scenario."""
    given = request.get("mixes") or []
    is_list = isinstance(given, list | tuple) and len(given) <= MOST_ENTRIES
    if not is_list or not all(isinstance(name, str) and len(name) <= MOST_WORD for name in given):
        _add(problems, "mixes", given, "a list of names of mixes", "name mixes of the scenario")
        return ()
    return tuple(given)


def overrides(request: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """Values by path; text is YAML, as after ``--set`` on the command line."""
    given = request.get("overrides") or {}
    if not isinstance(given, Mapping) or len(given) > MOST_ENTRIES:
        _add(problems, "overrides", given, "a mapping from path to value", "write {path: value}")
        return {}
    found = {path: value for path, value in given.items() if _is_sound(path, value, problems)}
    parameters = [path.removeprefix("set.") for path in found if "/" in path]
    check_names(parameters, "overrides", problems)
    return found


def _is_sound(path: object, value: object, problems: Problems) -> bool:
    before = len(problems)
    place = f"overrides {str(path)[:MOST_WORD]}"
    if not isinstance(path, str) or not path or len(path) > MOST_WORD:
        _add(problems, "overrides", path, f"a path of at most {MOST_WORD} characters",
             "name a parameter or a field of the scenario")  # fmt: skip
        return False
    if isinstance(value, str):
        if len(value) > MOST_VALUE:
            problems.add(place, f"{len(value)} characters", f"at most {MOST_VALUE}", "shorten it")
            return False
        value = _read(value, place, problems)
    for key in reversed(path.split(".")):
        value = {key: value}
    names_no_path(value, place, problems)
    return len(problems) == before


def _read(text: str, place: str, problems: Problems) -> Any:
    """The value that a text says; one that does not parse is told of where it is applied."""
    before = len(problems)
    check_text(text, problems, place)
    if len(problems) > before:
        return text
    try:
        return read_yaml(text, place, ScenarioError).data
    except ScenarioError:
        return text


def _add(problems: Problems, place: str, seen: object, allowed: str, remedy: str) -> None:
    problems.add(place, repr(seen)[:MOST_WORD], allowed, remedy)
