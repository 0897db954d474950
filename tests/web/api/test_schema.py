"""Requests generated from the description of the API: nothing breaks, all is as described."""

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from tests.web.clients import TestClient
from tests.web.conftest import put_result

from terbium.web.app import create_app
from terbium.web.security import owner
from terbium.web.security.owner import owner_of
from terbium.web.services import Services
from terbium.web.settings import Limits, Settings
from terbium.web.store.records import Result

TOKEN = "token-of-the-one-who-asks-0123456789"
HELD = {"Authorization": f"Bearer {TOKEN}"}
EXAMPLES = 3
# nobody asks so often
PATIENT = Limits(requests=10_000_000, writes=10_000_000, waiting=100_000)
# whether a label, a scenario or a day can be read is said by the register and the dataset
ACCEPTED = ["2xx", "401", "404", "413", "422"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, tiny_run: Result) -> Iterator[Services]:
    # jobs wait for ever: what they compute is tested elsewhere
    place = tmp_path_factory.mktemp("api")
    told = Settings(host="0.0.0.0", folder=place, tokens=(TOKEN,), limits=PATIENT)
    services = Services.open(told)
    put_result(services, tiny_run, owner_of(TOKEN))
    yield services
    services.close()


def described(services: Services) -> Any:
    config = SchemathesisConfig.from_dict(
        {
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ACCEPTED},
                "negative_data_rejection": {"expected-statuses": ["4xx"]},
            }
        }
    )
    path, app = "/api/v1/openapi.json", create_app(services)
    return schemathesis.openapi.from_asgi(path, app, config=config, headers=HELD)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described(
    served: Services, tiny_run: Result, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "_SECONDS_OF_A_WRONG_ONE", 0.0)
    monkeypatch.setattr(owner, "_WRONG_PER_MINUTE", 10_000_000)
    is_positive = mode is GenerationMode.POSITIVE
    # where a token is asked for, a request that lacks it is refused for that alone
    told = {} if is_positive else {"host": "127.0.0.1", "names": ("testserver",), "tokens": ()}
    services = replace(served, settings=replace(served.settings, **told))
    operations = [found.ok() for found in described(services).get_all_operations()]
    assert len(operations) > 25
    known = {"key": tiny_run.key, "left": tiny_run.key, "right": tiny_run.key}
    asked = 0
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Case) -> None:
            # an address that was made up is there next to never
            for place in (case.path_parameters, case.query):
                for name in set(place or ()) & set(known):
                    if len(str(place)) % 2 and is_positive:
                        place[name] = known[name]
            case.call_and_validate(headers=HELD if is_positive else None)

        # where any text may be asked for, nothing can be asked for wrongly
        with nullcontext() if is_positive else suppress(Unsatisfiable):
            ask()
            asked += 1
    assert asked > 20


def test_the_description_is_complete(served: Services) -> None:
    client = TestClient(create_app(served), headers=HELD)
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        assert path.startswith("/api/v1/")
        for method, told in methods.items():
            where = f"{method} {path}"
            assert told["summary"], where
            assert told["description"].endswith("."), where
            assert {"401", "421", "429"} <= told["responses"].keys(), where
            assert told["security"], where
            problems = [told["responses"][code] for code in told["responses"] if code > "3"]
            assert all("Problems" in str(one["content"]) for one in problems), where
            if "{" in path:
                assert "404" in told["responses"], where
            if method in ("post", "delete"):
                assert "403" in told["responses"], where
            if "requestBody" in told:
                assert {"400", "413", "422"} <= told["responses"].keys(), where
