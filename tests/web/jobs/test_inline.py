"""Addresses, owners, uploads and links, with jobs that are done where they are submitted."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.jobs.tiny import SECRET, STEP, kinds

from terbium.base.errors import InputError
from terbium.web.errors import Busy, NotFound
from terbium.web.jobs.addresses import address
from terbium.web.jobs.queue import Jobs
from terbium.web.settings import Limits, Settings
from terbium.web.store.store import Store


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    settings = Settings(folder=tmp_path / "server", limits=Limits(waiting=3, draws=50))
    store = Store.open(settings)
    opened = Jobs(settings, store, kinds, inline=True)
    opened.start()
    yield opened
    opened.stop()
    store.close()


def waiting(jobs: Jobs) -> Jobs:
    """The same server as long as nobody works."""
    return Jobs(jobs.settings, jobs.store, kinds)


def upload(jobs: Jobs, content: bytes = b"figures", suffix: str = ".csv") -> Path:
    path = jobs.new_upload(suffix)
    path.write_bytes(content)
    return path


def left(jobs: Jobs) -> list[str]:
    """What lies about that is no result."""
    places = jobs.places
    return [path.name for folder in (places.work, places.uploads) for path in folder.iterdir()]


def test_an_equal_request_is_computed_once(jobs: Jobs, tmp_path: Path) -> None:
    request = {"name": "a", "tally": str(tmp_path / "tally")}
    first = jobs.submit("sleep", request, "ann")
    again = jobs.submit("sleep", dict(reversed(request.items())), "ann")
    other = jobs.submit("sleep", request, "bob")
    assert (first.state, other.state) == ("done", "done")
    assert again.id == first.id
    assert other.id != first.id
    assert other.result == first.result
    assert (tmp_path / "tally").read_text() == "a\n"
    assert (jobs.result(first.result, "ann").folder / "answer.json").is_file()
    assert left(jobs) == []


def test_what_was_not_asked_for_is_not_found(jobs: Jobs) -> None:
    job = jobs.submit("sleep", {"name": "a"}, "ann")
    for look in (jobs.result, jobs.share, jobs.unshare):
        with pytest.raises(NotFound) as known:
            look(job.result, "bob")
        with pytest.raises(NotFound) as unknown:
            look("0" * 40, "bob")
        assert str(known.value) == str(unknown.value)
    for ask in (jobs.job, jobs.cancel):
        with pytest.raises(NotFound):
            ask(job.id, "bob")
    assert jobs.list("bob") == []
    assert jobs.results("bob") == []


def test_whoever_brings_the_same_request_finds_its_answer(jobs: Jobs) -> None:
    request = {"name": "a"}
    assert jobs.find("sleep", request, "bob") is None
    job = jobs.submit("sleep", request, "ann")
    found = jobs.find("sleep", request, "bob")
    assert found is not None
    assert found.key == job.result
    assert jobs.result(job.result, "bob") == found


@pytest.mark.parametrize("own", [{"text": "name: mine"}, {"supposed": {"measure": "X"}}])
def test_what_a_user_has_written_is_theirs(jobs: Jobs, own: dict[str, Any]) -> None:
    mine = jobs.submit("sleep", own, "ann")
    assert jobs.find("sleep", own, "bob") is None
    theirs = jobs.submit("sleep", own, "bob")
    assert mine.result != theirs.result


def test_an_upload_is_its_owners_and_goes_when_it_is_read(jobs: Jobs) -> None:
    mine = jobs.submit("sleep", {}, "ann", upload(jobs))
    again = jobs.submit("sleep", {}, "ann", upload(jobs))
    changed = jobs.submit("sleep", {}, "ann", upload(jobs, b"other"))
    theirs = jobs.submit("sleep", {}, "bob", upload(jobs))
    without = jobs.submit("sleep", {}, "ann")
    assert again.id == mine.id
    assert len({mine.result, changed.result, theirs.result, without.result}) == 4
    folder = jobs.result(mine.result, "ann").folder
    assert (folder / "answer.json").read_text() == '{"size": 7}'
    assert left(jobs) == []


def test_an_upload_goes_too_if_nothing_comes_of_it(jobs: Jobs) -> None:
    queue = waiting(jobs)
    for number in range(3):
        queue.submit("sleep", {"name": str(number)}, "ann")
    with pytest.raises(Busy):
        queue.submit("sleep", {}, "ann", upload(jobs))
    for kind, request in (("sleep", {"wrong": 1}), ("nothing", {}), ("sleep", {"draws": 51})):
        with pytest.raises(InputError):
            queue.submit(kind, request, "ann", upload(jobs))
    assert list(jobs.places.uploads.iterdir()) == []
    assert len(list(jobs.places.work.iterdir())) == 3
    cancelled = queue.submit("sleep", {}, "bob", upload(jobs))
    assert len(list(jobs.places.work.iterdir())) == 4
    assert queue.cancel(cancelled.id, "bob").state == "cancelled"
    assert len(list(jobs.places.work.iterdir())) == 3


@pytest.mark.parametrize("suffix", ["/../../x", ".a/b", "..", ".csv;x", "." + "x" * 99])
def test_a_suffix_makes_no_path(jobs: Jobs, suffix: str) -> None:
    assert jobs.new_upload(suffix).parent == jobs.places.uploads
    assert "." not in jobs.new_upload(suffix).name
    assert jobs.new_upload(".PDF").suffix == ".pdf"


def test_those_who_wait_know_their_place_and_their_limit(jobs: Jobs) -> None:
    queue = waiting(jobs)
    first, second, slow, third = (
        queue.submit(kind, {"name": name}, owner)
        for kind, name, owner in [
            ("sleep", "1", "ann"), ("sleep", "2", "bob"),
            ("slow", "3", "ann"), ("sleep", "4", "ann"),
        ]
    )  # fmt: skip
    assert [job.position for job in (first, second, slow, third)] == [0, 1, 0, 2]
    assert queue.submit("sleep", {"name": "1"}, "ann").id == first.id
    with pytest.raises(Busy, match="3 jobs"):
        queue.submit("sleep", {"name": "5"}, "ann")
    queue.cancel(first.id, "ann")
    assert queue.job(third.id, "ann").position == 1
    assert queue.submit("sleep", {"name": "5"}, "ann").state == "queued"
    assert queue.wait(third.id, "ann", timeout=0.01).state == "queued"


def test_owners_take_turns(jobs: Jobs) -> None:
    queue = waiting(jobs)
    order = [("1", "ann"), ("2", "ann"), ("3", "ann"), ("4", "bob"), ("5", "cem"), ("6", "bob")]
    made = {name: queue.submit("sleep", {"name": name}, owner) for name, owner in order}
    assert [job.request["name"] for job in jobs.store.line("quick")] == [*"145263"]
    # whoever has one running has had a turn
    jobs.store.begin(made["1"].id)
    assert [job.request["name"] for job in jobs.store.line("quick")] == [*"45263"]
    assert queue.job(made["3"].id, "ann").position == 4


def test_a_link_opens_a_result_until_it_is_ended(jobs: Jobs) -> None:
    key = jobs.submit("sleep", {"name": "a"}, "ann").result
    jobs.submit("sleep", {"name": "a"}, "bob")
    assert jobs.link(key, "ann") == ""
    slug = jobs.share(key, "ann")
    assert len(slug) >= 22
    assert jobs.share(key, "ann") == slug == jobs.link(key, "ann")
    assert jobs.shared(slug).key == key
    assert jobs.share(key, "bob") != slug
    jobs.unshare(key, "ann")
    with pytest.raises(NotFound):
        jobs.shared(slug)
    assert jobs.share(key, "ann") != slug


def test_a_fault_is_told_without_what_the_user_has_sent(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        job = jobs.submit("fault", {"name": "also private"}, "ann")
    assert job.state == "failed"
    assert "inside Terbium" in job.message
    assert "ValueError at tiny.py" in caplog.text
    for private in (SECRET, "also private", "ann"):
        assert private not in caplog.text
        assert private not in job.message


def test_problems_name_no_folder_of_the_server(jobs: Jobs) -> None:
    job = jobs.submit("unfit", {}, "ann")
    assert job.state == "failed"
    assert job.problems[0]["place"] == "input"
    assert str(jobs.settings.folder) not in str(job)
    assert left(jobs) == []


def test_a_result_that_someone_removed_is_made_again(jobs: Jobs, tmp_path: Path) -> None:
    request = {"name": "a", "tally": str(tmp_path / "tally")}
    first = jobs.submit("sleep", request, "ann")
    folder = jobs.result(first.result, "ann").folder
    folder.rename(tmp_path / "away")
    with pytest.raises(NotFound):
        jobs.result(first.result, "ann")
    again = jobs.submit("sleep", request, "ann")
    assert (again.state, again.result) == ("done", first.result)
    assert (tmp_path / "tally").read_text() == "a\na\n"


def test_one_server_for_a_folder(jobs: Jobs) -> None:
    with pytest.raises(InputError, match="running on it"):
        waiting(jobs).start()


def test_only_this_user_may_read_the_folder(jobs: Jobs) -> None:
    assert [f"{path.stat().st_mode & 0o777:o}" for path in (
        jobs.places.folder, jobs.places.results, jobs.places.work, jobs.places.uploads
    )] == ["700"] * 4  # fmt: skip
    for path in jobs.places.folder.glob("terbium.sqlite*"):
        assert path.stat().st_mode & 0o077 == 0


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), plain, max_size=4), st.text(), st.text())
def test_an_address_is_of_the_content_alone(request: dict[str, Any], a: str, b: str) -> None:
    turned = dict(reversed(request.items()))
    same = address("run", request, a)
    assert same == address("run", turned, b) or request.get("text") or request.get("supposed")
    assert same != address("what_if", request, a)
    assert same != address("run", {**request, "more": 1}, a)
    private = {**request, "text": "x"}
    assert (address("run", private, a) == address("run", private, b)) == (a == b)


def test_what_json_cannot_say_has_no_address() -> None:
    with pytest.raises(InputError):
        address("run", {"value": float("nan")}, "ann")


def test_a_job_keeps_its_progress(jobs: Jobs) -> None:
    job = jobs.submit("sleep", {"steps": 3}, "ann")
    assert (job.done, job.total) == (3, 3)
    assert job.started is not None
    assert job.ended is not None
    assert (job.ended - job.started).total_seconds() >= 3 * STEP
