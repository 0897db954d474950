import pickle

import pytest

from terbium.base import errors
from terbium.base.errors import (
    DatasetError,
    InputError,
    Problem,
    Problems,
    TerbiumError,
    suggest,
)


def test_text_names_place_finding_permitted_values_and_remedy() -> None:
    problem = Problem("line 12, stage", "'seperate'", "mine, separate", "did you mean 'separate'?")
    error = DatasetError("links.csv", [problem])
    assert str(error) == (
        "links.csv: 1 problem(s).\n"
        "  - line 12, stage: seen 'seperate'. Allowed: mine, separate. Did you mean 'separate'?"
    )


def test_all_problems_are_raised_at_once() -> None:
    problems = Problems()
    problems.raise_if_any("scenario.yaml")
    problems.add("horizon.end", "'2025-02-30'", "a day that exists", "write 2025-02-28")
    problems.extend([Problem("draws", "-1", "1 or more", "raise it")])
    with pytest.raises(InputError, match=r"scenario\.yaml: 2 problem\(s\)") as caught:
        problems.raise_if_any("scenario.yaml")
    assert [problem.place for problem in caught.value.problems] == ["horizon.end", "draws"]
    assert caught.value.where == "scenario.yaml"


@pytest.mark.parametrize("blank", ["place", "seen", "allowed", "remedy"])
def test_a_problem_fills_every_field(blank: str) -> None:
    fields = dict.fromkeys(("place", "seen", "allowed", "remedy"), "x") | {blank: " "}
    with pytest.raises(ValueError, match=f"blank: {blank}"):
        Problem(**fields)


def test_an_input_error_without_a_problem_is_our_fault() -> None:
    with pytest.raises(ValueError, match="without a problem"):
        InputError("x", [])


def test_exit_codes() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    inputs = [kind for kind in kinds if issubclass(kind, InputError)]
    assert {kind.exit_code for kind in inputs} == {2}
    assert len(inputs) == 10
    assert TerbiumError.exit_code == 1


def test_errors_cross_process_borders() -> None:
    error = DatasetError.of("a.csv", "line 2", "nothing", "a source", "name one")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DatasetError
    assert str(again) == str(error)
    assert again.problems == error.problems


def test_suggestions() -> None:
    assert suggest("dy_Oxide", ["Nd_oxide", "Dy_oxide"]) == "did you mean 'Dy_oxide'?"
    assert suggest("q", []) == "nothing is defined here"
    listed = suggest("qqq", [f"label{i}" for i in range(20)])
    assert listed.endswith("label11, and 8 more")
