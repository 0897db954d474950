"""The manual, where it was built and where it was not."""

from pathlib import Path

import pytest
from tests.web.clients import TestClient

from terbium.web import app
from terbium.web.services import Services


def test_a_manual_that_was_not_built_says_how_it_is_had(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MANUAL", tmp_path / "manual")
    with TestClient(app.create_app(services), base_url="http://127.0.0.1:8765") as client:
        for path in ("/manual/", "/manual/cli.html"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert "make docs" in answer.text
            assert "<h1>The manual is not built here</h1>" in answer.text


def test_a_manual_is_served_as_it_was_built(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index.html").write_text("<p>read me</p>", encoding="utf-8")
    monkeypatch.setattr(app, "MANUAL", tmp_path)
    with TestClient(app.create_app(services), base_url="http://127.0.0.1:8765") as client:
        assert client.get("/manual/").text == "<p>read me</p>"
