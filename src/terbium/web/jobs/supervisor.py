"""The thread of a server that hands jobs to processes, and minds limits and deaths."""

import atexit
import logging
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from threading import Lock, Thread
from typing import Any, Final

from terbium.web.jobs.bench import Bench
from terbium.web.jobs.hand import Hand
from terbium.web.jobs.performing import Outcome, told
from terbium.web.jobs.worker import Ended, Kinds, Moved, Ready, Trouble
from terbium.web.settings import Limits
from terbium.web.store.records import Pending
from terbium.web.work.task import Lane

_LOG: Final = logging.getLogger(__name__)
_LOOK: Final = 0.25
_REST: Final = 2.0
_GRACE: Final = 3.0
_BACKOFF: Final = 60.0
_JOIN: Final = 30.0


class _Desk:
    """A place for one worker, which is filled again when it falls vacant."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.hand: Hand | None = None
        self.deaths = 0
        self.not_before = 0.0


class Supervisor:
    """Keeps one worker for quick jobs and some for long ones, and hands them what is queued.

    Parameters
    ----------
    bench
        Rows and folders.
    kinds
        Gives the kinds of jobs; handed to the workers.
    workers
        Processes for long jobs.
    limits
        Time and memory of one job.
    """

    def __init__(self, bench: Bench, kinds: Kinds, workers: int, limits: Limits) -> None:
        self._bench, self._kinds, self._limits = bench, kinds, limits
        self._desks = [_Desk("quick"), *(_Desk("long") for _ in range(workers))]
        self._ear, self._bell = Pipe(duplex=False)
        self._lock = Lock()
        self._has_rung = self._is_over = False
        self._is_news, self._must_look = True, False
        self._stopping: set[str] = set()
        self._ended: list[tuple[Pending, Outcome]] = []
        self._thread = Thread(target=self._run, name="terbium-supervisor", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        # whoever leaves without a word would wait for workers that wait for him
        atexit.register(self.stop)

    def ring(self) -> None:
        """Say that something was queued or cancelled."""
        with self._lock:
            if not self._has_rung and not self._is_over:
                self._has_rung = True
                self._bell.send_bytes(b"!")

    def stop(self) -> None:
        """End the workers; what they were at is queued again."""
        atexit.unregister(self.stop)
        self.ring()
        with self._lock:
            self._is_over = True
        self._thread.join(_JOIN)

    def pids(self) -> dict[int, str]:
        """Numbers of the workers that are ready, and the job that each is at, or nothing."""
        hands = [desk.hand for desk in self._desks]
        return {
            hand.pid: hand.job.id if hand.job is not None else ""
            for hand in hands
            if hand is not None and hand.is_ready
        }

    def _run(self) -> None:
        while not self._is_over:
            try:
                self._settle()
                self._hire()
                self._assign()
                self._hear()
                self._mind()
            except Exception as error:
                # the store may be away for a while; what has ended is kept until it is back
                _LOG.error("supervisor: %s", told(error))
                self._is_news = True
                time.sleep(_REST)
        self._close()

    def _hire(self) -> None:
        for desk in self._desks:
            if desk.hand is None and time.monotonic() >= desk.not_before:
                desk.hand = Hand(desk.lane, self._kinds, self._bench.places.work)

    def _assign(self) -> None:
        if not self._is_news:
            return
        self._is_news = False
        self._assign_in("quick")
        self._assign_in("long")

    def _assign_in(self, lane: Lane) -> None:
        idle = [
            desk.hand for desk in self._desks
            if desk.lane == lane and desk.hand is not None
            and desk.hand.is_ready and desk.hand.job is None
        ]  # fmt: skip
        if not idle:
            return
        hands = [desk.hand for desk in self._desks]
        at = {hand.job.key for hand in hands if hand is not None and hand.job is not None}
        for job in self._bench.store.line(lane):
            if not idle:
                return
            # its equal is being computed, and answers for it
            if job.key in at:
                continue
            assignment = self._bench.begin(job)
            if assignment is not None:
                idle.pop().give(job, assignment)
                at.add(job.key)

    def _hear(self) -> None:
        lines: dict[Connection, _Desk | None] = {self._ear: None}
        lines |= {desk.hand.line: desk for desk in self._desks if desk.hand is not None}
        busy = any(desk.hand is not None and desk.hand.job is not None for desk in self._desks)
        for line in wait(list(lines), _LOOK if busy or self._is_news else _REST):
            desk = lines[line]  # type: ignore[index]
            if desk is None:
                with self._lock:
                    self._ear.recv_bytes()
                    self._has_rung = False
                self._is_news = self._must_look = True
            else:
                self._hear_one(desk)

    def _hear_one(self, desk: _Desk) -> None:
        hand = desk.hand
        assert hand is not None
        try:
            said = hand.line.recv()
        except (EOFError, OSError):
            self._bury(desk, hand)
            return
        self._take(desk, hand, said)

    def _take(self, desk: _Desk, hand: Hand, said: Any) -> None:
        job = hand.job
        if isinstance(said, Ready):
            hand.is_ready, self._is_news = True, True
        elif isinstance(said, Trouble):
            _LOG.error("worker (%s): %s", hand.lane, said.text)
        elif job is None or said.job != job.id:
            return
        elif isinstance(said, Moved):
            self._bench.store.advance(job.id, said.done, said.total)
        elif isinstance(said, Ended):
            desk.deaths, hand.job = 0, None
            self._ended.append((job, said.outcome))
            if hand.memory() > self._limits.memory // 2:
                # the next job is not to be charged with what this one has left
                self._let_go(desk, hand, said.outcome)

    def _bury(self, desk: _Desk, hand: Hand) -> None:
        """Note that a worker has died by itself, and when to try with another."""
        _LOG.error("worker (%s) ended unexpectedly", hand.lane)
        self._let_go(desk, hand, Outcome("broken", reason="died"))
        desk.deaths += 1
        if desk.deaths > 1:
            desk.not_before = time.monotonic() + min(_BACKOFF, 2.0 ** (desk.deaths - 1))

    def _let_go(self, desk: _Desk, hand: Hand, outcome: Outcome) -> None:
        """End a worker, and what it is at."""
        hand.end()
        desk.hand, self._is_news = None, True
        if hand.job is not None:
            self._ended.append((hand.job, outcome))

    def _settle(self) -> None:
        """Store what has ended; what the store does not take is kept for the next round."""
        while self._ended:
            self._bench.settle(*self._ended[0])
            del self._ended[0]
            self._is_news = True

    def _mind(self) -> None:
        """Stop what was cancelled or takes too much."""
        if self._must_look:
            self._stopping = set(self._bench.store.stopping())
            self._must_look = False
        for desk in self._desks:
            hand = desk.hand
            if hand is None or hand.job is None:
                continue
            if hand.job.id in self._stopping:
                hand.ask_to_stop()
            verdict = self._verdict(hand)
            if verdict is not None:
                self._let_go(desk, hand, verdict)

    def _verdict(self, hand: Hand) -> Outcome | None:
        """What a job ends with that has to be ended from outside."""
        moment = time.monotonic()
        if hand.asked is not None:
            return Outcome("cancelled") if moment > hand.asked + _GRACE else None
        if moment > hand.since + self._limits.seconds:
            return Outcome("failed", reason="time")
        if hand.memory() > self._limits.memory:
            return Outcome("failed", reason="memory")
        return None

    def _close(self) -> None:
        """End the workers; the next start finds what could not be stored as jobs that ran."""
        for desk in self._desks:
            if desk.hand is not None:
                desk.hand.end()
        try:
            self._settle()
            for desk in self._desks:
                if desk.hand is not None and desk.hand.job is not None:
                    self._bench.store.requeue(desk.hand.job.id)
        except Exception as error:
            _LOG.error("supervisor: %s", told(error))
        self._ear.close()
        self._bell.close()
