"""Any order of requests, ends and cancellations, against a model of what each owner may see."""

import shutil

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.web.store.conftest import clear

from terbium.web.errors import Busy
from terbium.web.store.records import Pending
from terbium.web.store.rows import new_id
from terbium.web.store.store import Store

OWNERS = ("ann", "bob")
KEYS = ("k1", "k2", "k3")
MOST = 2
WAITING = ("queued", "running")

owners = st.sampled_from(OWNERS)
keys = st.sampled_from(KEYS)
places = st.integers(0, 9)


class Machine(RuleBasedStateMachine):
    """`states` holds what each job should be; `grants` and `links` who may see which result."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        clear(self.store)
        shutil.rmtree(self.store.results_folder, ignore_errors=True)
        self.store.results_folder.mkdir(parents=True)
        self.jobs: dict[str, tuple[str, str]] = {}
        self.states: dict[str, str] = {}
        self.done: set[str] = set()
        self.grants: set[tuple[str, str]] = set()
        self.links: dict[tuple[str, str], str] = {}

    def of(self, owner: str, key: str, *states: str) -> list[str]:
        return [
            i for i, who in self.jobs.items() if who == (owner, key) and self.states[i] in states
        ]

    def pick(self, place: int, *states: str) -> str | None:
        found = [i for i in self.jobs if self.states[i] in states]
        return found[place % len(found)] if found else None

    @rule(owner=owners, key=keys)
    def ask(self, owner: str, key: str) -> None:
        job = Pending(new_id(), owner, "run", "long", key, {"key": key})
        held = [i for k in KEYS for i in self.of(owner, k, *WAITING)]
        equal = self.of(owner, key, "done") if key in self.done else self.of(owner, key, *WAITING)
        if key not in self.done and not equal and len(held) >= MOST:
            with pytest.raises(Busy):
                self.store.enqueue(job, "", MOST)
            return
        found = self.store.enqueue(job, "", MOST)
        if key in self.done:
            self.grants.add((owner, key))
        if equal:
            assert found.id in equal
            return
        assert found.id == job.id
        self.jobs[job.id] = (owner, key)
        self.states[job.id] = "done" if key in self.done else "queued"

    @rule(place=places)
    def begin(self, place: int) -> None:
        job = self.pick(place, "queued", "running", "cancelled")
        if job is not None:
            assert self.store.begin(job) == (self.states[job] == "queued")
            if self.states[job] == "queued":
                self.states[job] = "running"

    @rule(place=places)
    def complete(self, place: int) -> None:
        job = self.pick(place, "running")
        if job is None:
            return
        key = self.jobs[job][1]
        (self.store.results_folder / key).mkdir(exist_ok=True)
        ended = set(self.store.complete(key, 1))
        expected = {i for owner in OWNERS for i in self.of(owner, key, *WAITING)}
        assert ended == expected
        self.done.add(key)
        for i in expected:
            self.states[i] = "done"
            self.grants.add(self.jobs[i])

    @rule(place=places, state=st.sampled_from(["failed", "cancelled", "broken"]))
    def end(self, place: int, state: str) -> None:
        job = self.pick(place, "running", "done", "failed")
        if job is not None:
            self.store.end(job, state, "fault")  # type: ignore[arg-type]
            if self.states[job] == "running":
                self.states[job] = state

    @rule(place=places, owner=owners)
    def stop(self, place: int, owner: str) -> None:
        job = self.pick(place, "queued", "running", "done", "failed")
        if job is None:
            return
        found = self.store.stop(job, owner)
        assert (found is not None) == (self.jobs[job][0] == owner)
        if found is not None and self.states[job] == "queued":
            self.states[job] = "cancelled"

    @rule(owner=owners, key=keys)
    def share(self, owner: str, key: str) -> None:
        slug = self.store.share(key, owner)
        assert (slug is not None) == ((owner, key) in self.grants)
        if slug is not None:
            assert self.links.setdefault((owner, key), slug) == slug

    @rule(owner=owners, key=keys)
    def unshare(self, owner: str, key: str) -> None:
        assert self.store.unshare(key, owner) == ((owner, key) in self.grants)
        slug = self.links.pop((owner, key), None)
        if slug is not None:
            assert self.store.shared(slug) is None

    @rule(key=keys)
    def lose(self, key: str) -> None:
        """Somebody removes the folder: the result is gone for all, and may be made again."""
        shutil.rmtree(self.store.results_folder / key, ignore_errors=True)
        self.done.discard(key)

    @invariant()
    def everyone_sees_their_own_and_no_more(self) -> None:
        for owner in OWNERS:
            own = {i for i, (who, _) in self.jobs.items() if who == owner}
            seen = self.store.jobs(owner, 1000)
            assert {job.id for job in seen} == own
            assert {job.id: job.state for job in seen} == {i: self.states[i] for i in own}
            for key in KEYS:
                may = (owner, key) in self.grants and key in self.done
                assert (self.store.result(key, owner) is not None) == may
        for i, (owner, _) in [*self.jobs.items()][-2:]:
            other = OWNERS[1 - OWNERS.index(owner)]
            assert self.store.job(i, other) is None

    @invariant()
    def links_open_what_is_there(self) -> None:
        for (_, key), slug in self.links.items():
            found = self.store.shared(slug)
            assert (found is not None) == (key in self.done)
            assert found is None or found.key == key

    @invariant()
    def those_that_wait_stand_in_line(self) -> None:
        waiting = [i for i in self.jobs if self.states[i] == "queued"]
        assert [job.id for job in self.store.pending("queued")] == waiting
        queue = [job.id for job in self.store.line("long")]
        assert sorted(queue) == sorted(waiting)
        for owner in OWNERS:
            own = [i for i in waiting if self.jobs[i][0] == owner]
            assert [i for i in queue if i in own] == own
        for place, i in enumerate(queue):
            job = self.store.job(i, self.jobs[i][0])
            assert job is not None
            assert job.position == place


def test_any_order_of_events(store: Store, database: str) -> None:
    machine = type("OnStore", (Machine,), {"store": store})
    examples = 8 if database.startswith("sqlite") else 2
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=20)
    )
