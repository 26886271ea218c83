"""The thread that keeps the worker busy, and an eye on the clock."""

import logging
import threading
import time
from contextlib import suppress
from typing import Protocol

from latentmapper.errors import LatentMapperError
from latentmapper.server.desk import Desk
from latentmapper.server.limits import Limits
from latentmapper.server.metrics import Metrics
from latentmapper.server.process import WorkerEnded, WorkerLate
from latentmapper.server.spool import Job, Outcome, Spool, unmade
from latentmapper.writing import OutputError

logger = logging.getLogger(__name__)

TICK = 0.5
"""Seconds between looks at what has expired, and at whether the server is about to end."""
STARTS = 3
"""Times that a job is begun: one that ends its process, or the whole server, so often will do so again."""
LONGEST_PAUSE = 30.0
"""Seconds between attempts to start a worker that does not start."""


class Worker(Protocol):
    """What the foreman needs of `WorkerProcess`."""

    @property
    def alive(self) -> bool: ...
    def start(self) -> list[str]: ...
    def do(self, job_id: str, seconds: float) -> str | None: ...
    def stop(self) -> None: ...


class Foreman:
    """Hands jobs to the worker one by one, starts it again where it ended, removes what has expired."""

    def __init__(self, desk: Desk, spool: Spool, worker: Worker, limits: Limits, metrics: Metrics) -> None:
        self._desk, self._spool, self._worker = desk, spool, worker
        self._limits, self._metrics = limits, metrics
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="latentmapper-foreman", daemon=True)
        self.problem: str | None = None
        """Why the worker does not start; None while all is well."""

    def start(self) -> None:
        """Begin; the worker has been started already, or is started now."""
        self._thread.start()

    def stop(self) -> None:
        """Let the job at work finish within the grace period, else leave it in the spool; end the worker."""
        self._desk.close()
        self._thread.join(self._limits.grace)
        self._ending.set()
        self._worker.stop()
        self._thread.join()

    @property
    def healthy(self) -> bool:
        """Whether accepted jobs are being done."""
        return self._thread.is_alive() and self.problem is None

    def _run(self) -> None:
        while not self._desk.closing:
            try:
                self._look()
            except Exception:  # what the disk or the system refuses now must not end all later work
                logger.exception("the foreman goes on")
                self._ending.wait(TICK)

    def _look(self) -> None:
        self._desk.expire()
        if self._ready() and (job := self._desk.take(TICK)) is not None:
            self._do(job)

    def _ready(self) -> bool:
        """Whether the worker can be given a job; a dead one is started again, with growing pauses."""
        pause = TICK
        while not self._worker.alive:
            if self._desk.closing:
                return False
            self._metrics.worker_restarts.inc()
            try:
                self._worker.start()
            except (LatentMapperError, OSError) as error:  # the system may have no process left to give
                self.problem = str(error)
                logger.error("the worker does not start: %s", error)
                self._ending.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        self.problem = None
        return True

    def _do(self, job: Job) -> None:
        began = time.perf_counter()
        try:
            outcome = self._attempt(job)
        except Exception as error:  # one job must not cost the others
            logger.exception("%s", job.id)
            outcome = self._unmade(job, f"internal error ({type(error).__name__}: {error})")
        if outcome is None:
            self._desk.put_back(job.id)
            return
        seconds = time.perf_counter() - began
        self._desk.finish(job.id, outcome, seconds)
        self._metrics.finished(outcome, seconds, outcome.finished - job.created)
        logger.info("%s %s in %.2f s%s", job.id, outcome.status, seconds, _reason(outcome))

    def _attempt(self, job: Job) -> Outcome | None:
        """How the job ended; None where it has to be begun again."""
        try:
            if self._spool.begin(job.id) > STARTS:
                return self._unmade(job, f"given up: begun {STARTS} times, and each time the process ended")
            problem = self._worker.do(job.id, self._limits.timeout)
        except WorkerLate:
            problem = f"{job.name}: took longer than {self._limits.timeout:g} s"
        except WorkerEnded:
            problem = None
            if self._ending.is_set():
                self._spool.forget_start(job.id)
        except OutputError as error:
            problem = str(error)
        # Whatever happened to the worker, an outcome that it left counts.
        outcome = self._spool.outcome(job.id)
        if outcome is None and problem is not None:
            return self._keep(job, unmade("failed", problem))
        with suppress(OSError):  # the job is finished all the same
            if outcome is not None:
                self._spool.forget_sent(job.id)  # the worker may have been ended before it did
        return outcome

    def _unmade(self, job: Job, problem: str) -> Outcome:
        return self._keep(job, unmade("failed", f"{job.name}: {problem}"))

    def _keep(self, job: Job, outcome: Outcome) -> Outcome:
        """Write an outcome that is the foreman's; where that fails it is known to this server alone."""
        try:
            self._spool.finish(job.id, outcome)
        except (OutputError, OSError) as error:
            logger.error("%s", error)
        return outcome


def _reason(outcome: Outcome) -> str:
    return f" ({outcome.message})" if outcome.message else ""
