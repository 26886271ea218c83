"""The jobs in memory: which wait, which is at work, which are finished. Every method suits any thread."""

import math
import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Literal

from latentmapper.batch import Options
from latentmapper.server.limits import Limits
from latentmapper.server.spool import Finished, Job, Outcome, Spool

Status = Literal["queued", "running"] | Finished

FIRST_PACE = 1.0
"""Seconds that a job is taken to last before one has been done."""
NEWEST = 0.2
"""Weight of the newest job in that estimate."""
ID_BYTES = 16


class FullError(Exception):
    """As many jobs wait as may."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"{retry_after} s")
        self.retry_after = retry_after
        """Seconds after which there should be room."""


class ClosingError(Exception):
    """The server is about to end and takes no more jobs."""


@dataclass(frozen=True)
class State:
    """A job as it stands."""

    job: Job
    status: Status
    ahead: int
    """Jobs that come before it."""
    outcome: Outcome | None


@dataclass
class _Entry:
    job: Job
    outcome: Outcome | None = None


class Desk:
    """Takes jobs in, hands them out one at a time in the order in which they came, keeps what became of them.

    Parameters
    ----------
    spool : where they are kept; jobs that it holds already are taken up where they stood.
    """

    def __init__(self, spool: Spool, limits: Limits) -> None:
        self._spool = spool
        self._limits = limits
        self._accepting = threading.Lock()
        self._change = threading.Condition()
        self._entries = {job.id: _Entry(job, outcome) for job, outcome in spool.load()}
        self._waiting = deque(job_id for job_id, entry in self._entries.items() if entry.outcome is None)
        self._running: str | None = None
        self._pace = FIRST_PACE
        self.closing = False
        """Whether the server is about to end. Signal handlers, which must not wait for locks, set it."""

    @property
    def waiting(self) -> int:
        """Jobs that wait."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """Jobs at work, 0 or 1."""
        return int(self._running is not None)

    def close(self) -> None:
        """Take in and hand out no more jobs; whoever waits in `take` learns it at once."""
        self.closing = True
        with self._change:
            self._change.notify_all()

    def require_room(self) -> None:
        """Raise `FullError` or `ClosingError` where no job can be accepted now."""
        if self.closing:
            raise ClosingError
        if self.waiting >= self._limits.queue:
            raise FullError(max(1, math.ceil(self._pace)))

    def accept(self, name: str, photo: bytes, options: Options, mask: bytes | None = None) -> State:
        """Take a job in; once this returns, it is in the spool and will be done.

        Raises
        ------
        FullError, ClosingError : it was not accepted.
        OutputError : it cannot be written, and was not accepted.
        """
        with self._accepting:
            self.require_room()
            job = Job(secrets.token_hex(ID_BYTES), name, time.time(), options)
            self._spool.add(job, photo, mask)
            with self._change:
                self._entries[job.id] = _Entry(job)
                self._waiting.append(job.id)
                self._change.notify_all()
                return self._state(job.id)

    def find(self, job_id: str) -> State | None:
        """A job as it stands; None where there is none of this id."""
        with self._change:
            return self._state(job_id) if job_id in self._entries else None

    def delete(self, job_id: str) -> bool:
        """Forget a job and remove its files, whatever its state. Returns whether there was one."""
        with self._change:
            if self._entries.pop(job_id, None) is None:
                return False
            if job_id in self._waiting:
                self._waiting.remove(job_id)
        self._spool.remove(job_id)
        return True

    def take(self, seconds: float) -> Job | None:
        """The job that has waited longest, now at work; None where none comes in time, or on closing."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self.closing, seconds)
            if self.closing or not self._waiting:
                return None
            self._running = self._waiting.popleft()
            return self._entries[self._running].job

    def put_back(self, job_id: str) -> None:
        """Let the job at work wait again, before all others."""
        with self._change:
            self._running = None
            if job_id in self._entries:
                self._waiting.appendleft(job_id)
                return
        self._spool.remove(job_id)

    def finish(self, job_id: str, outcome: Outcome, seconds: float) -> None:
        """Note how the job at work ended, and how long it took."""
        with self._change:
            self._running = None
            self._pace += NEWEST * (seconds - self._pace)
            if job_id in self._entries:
                self._entries[job_id].outcome = outcome
                return
        self._spool.remove(job_id)  # deleted meanwhile, but the worker had its folder in use

    def expiry(self, outcome: Outcome) -> float:
        """When a finished job is removed, seconds since 1970, UTC."""
        return outcome.finished + 60 * self._limits.keep

    def expire(self) -> None:
        """Remove finished jobs whose time has come, and the oldest of too many."""
        now = time.time()
        with self._change:
            ends = [
                (e.outcome.finished, job_id, e.outcome) for job_id, e in self._entries.items() if e.outcome
            ]
        ends.sort(reverse=True, key=lambda end: end[:2])
        for place, (_, job_id, outcome) in enumerate(ends):
            if place >= self._limits.results or self.expiry(outcome) <= now:
                self.delete(job_id)

    def _state(self, job_id: str) -> State:
        entry = self._entries[job_id]
        if entry.outcome is not None:
            return State(entry.job, entry.outcome.status, 0, entry.outcome)
        if job_id == self._running:
            return State(entry.job, "running", 0, None)
        return State(entry.job, "queued", self._waiting.index(job_id) + self.running, None)
