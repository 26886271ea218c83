"""What becomes of jobs whose worker ends, is late or cannot write."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from latentmapper.batch import Options
from latentmapper.errors import MissingError, UsageError
from latentmapper.server import foreman as module
from latentmapper.server import spool as spool_module
from latentmapper.server.desk import Desk, State
from latentmapper.server.limits import Limits
from latentmapper.server.process import WorkerEnded, WorkerLate
from latentmapper.server.service import Service
from latentmapper.server.spool import Outcome
from latentmapper.writing import OutputError

from .conftest import PNG
from .fakes import FakeWorker, fake_service

T = TypeVar("T")


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Service, FakeWorker]:
    monkeypatch.setattr(module, "TICK", 0.02)
    return fake_service(tmp_path / "spool", timeout=2.5, grace=0.2)


def _accept(service: Service) -> str:
    return service.desk.accept("taxi.png", PNG, Options()).job.id


def _ended(service: Service, job_id: str) -> State:
    def look() -> State | None:
        state = service.desk.find(job_id)
        return state if state is not None and state.outcome is not None else None

    return _until(look)


def _until(look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)
    return found


def _raise(worker: FakeWorker, error: Exception, times: int) -> list[str]:
    """Let the worker's next jobs end so; returns the jobs that were begun, kept up to date."""
    begun: list[str] = []

    def before(job_id: str) -> None:
        begun.append(job_id)
        if len(begun) <= times:
            worker.alive = isinstance(error, OutputError)
            raise error

    worker.before = before
    return begun


def test_a_job_whose_worker_ended_is_done_by_the_next(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    begun = _raise(worker, WorkerEnded(), times=2)
    first, second = _accept(service), _accept(service)
    service.foreman.start()
    assert _ended(service, second).status == _ended(service, first).status == "made"
    assert begun == [first, first, first, second] and worker.starts == 3
    assert "latentmapper_worker_restarts_total 2.0" in service.metrics.text().decode()
    service.foreman.stop()


def test_a_job_that_always_ends_its_worker_is_given_up(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    begun = _raise(worker, WorkerEnded(), times=3)
    first, second = _accept(service), _accept(service)
    service.foreman.start()
    state = _ended(service, first)
    assert state.outcome and (state.status, state.outcome.message) == (
        "failed", "taxi.png: given up: begun 3 times, and each time the process ended",
    )  # fmt: skip
    assert _ended(service, second).status == "made" and begun == [first] * 3 + [second]
    service.foreman.stop()


def test_a_late_job_fails_and_the_next_goes_on(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    begun = _raise(worker, WorkerLate(), times=1)
    first, second = _accept(service), _accept(service)
    service.foreman.start()
    state = _ended(service, first)
    assert state.outcome and state.outcome.message == "taxi.png: took longer than 2.5 s"
    assert service.spool.outcome(first) == state.outcome
    assert _ended(service, second).status == "made" and begun == [first, second]
    service.foreman.stop()


def test_an_outcome_that_a_late_worker_left_counts(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    real = worker.do

    def late(job_id: str, seconds: float) -> str | None:
        real(job_id, seconds)
        (service.spool.folder / "jobs" / job_id / "photo").write_bytes(b"still there")
        raise WorkerLate

    worker.do = late
    service.foreman.start()
    job_id = _accept(service)
    assert _ended(service, job_id).status == "made"
    with pytest.raises(FileNotFoundError):
        service.spool.photo(job_id)
    service.foreman.stop()


def test_a_full_disk_fails_the_job_with_the_reason(
    parts: tuple[Service, FakeWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, _ = parts
    job_id = _accept(service)
    problem = OutputError("cannot write mesh: No space left on device")

    def full(path: Path, data: bytes, durable: bool = False) -> None:
        raise problem

    monkeypatch.setattr(spool_module, "write_result", full)
    service.foreman.start()
    state = _ended(service, job_id)
    assert state.outcome and (state.status, state.outcome.message) == ("failed", str(problem))
    service.foreman.stop()
    assert service.spool.outcome(job_id) is None, "a restart with room on the disk does it"


def test_a_fault_of_ours_costs_one_job(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    _raise(worker, RuntimeError("oh"), times=1)
    first, second = _accept(service), _accept(service)
    service.foreman.start()
    state = _ended(service, first)
    assert state.outcome and state.outcome.message == "taxi.png: internal error (RuntimeError: oh)"
    assert service.spool.outcome(first) == state.outcome, "a restart knows of it"
    assert _ended(service, second).status == "made"
    service.foreman.stop()


def test_a_worker_that_does_not_start_again_shows_in_health(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    real = worker.start

    def missing() -> list[str]:
        raise MissingError("no ViT")

    worker.start, worker.alive = missing, False
    service.foreman.start()
    _until(lambda: not service.foreman.healthy)
    assert service.foreman.problem == "no ViT"
    job_id = _accept(service)
    worker.start = real
    assert _ended(service, job_id).status == "made" and service.foreman.healthy
    service.foreman.stop()
    assert not service.foreman.healthy


def test_a_system_without_a_process_to_give_is_asked_again(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    real = worker.start

    def exhausted() -> list[str]:
        worker.start = real
        raise BlockingIOError(11, "Resource temporarily unavailable")

    worker.start, worker.alive = exhausted, False
    job_id = _accept(service)
    service.foreman.start()
    assert _ended(service, job_id).status == "made" and service.foreman.healthy
    service.foreman.stop()


def test_an_expired_job_that_cannot_be_removed_costs_no_other(
    parts: tuple[Service, FakeWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, _ = parts
    old = _accept(service)
    service.foreman.start()
    _ended(service, old)
    refused: list[str] = []

    def refuse(job_id: str) -> None:
        refused.append(job_id)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(service.spool, "remove", refuse)
    monkeypatch.setattr(service.desk, "expiry", lambda outcome: 0.0 if not refused else math.inf)
    _until(lambda: refused)
    assert _ended(service, _accept(service)).status == "made" and service.foreman.healthy
    service.foreman.stop()


def test_an_outcome_that_cannot_be_kept_ends_its_job(
    parts: tuple[Service, FakeWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, worker = parts
    _raise(worker, RuntimeError("oh"), times=1)

    def refuse(job_id: str, outcome: Outcome) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(service.spool, "finish", refuse)
    job_id = _accept(service)
    service.foreman.start()
    assert _ended(service, job_id).status == "failed" and service.foreman.healthy
    service.foreman.stop()


def test_the_job_at_work_may_finish_and_the_others_stay(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    worker.gate.clear()
    first, second = _accept(service), _accept(service)
    service.foreman.start()
    _until(lambda: service.desk.running)
    service.desk.closing = True
    worker.gate.set()
    service.foreman.stop()
    assert service.spool.outcome(first) is not None and service.spool.outcome(second) is None
    assert Desk(service.spool, Limits()).waiting == 1


def test_a_job_that_does_not_finish_in_time_is_put_back(parts: tuple[Service, FakeWorker]) -> None:
    service, worker = parts
    worker.gate.clear()

    def ended(job_id: str) -> None:
        raise WorkerEnded

    worker.before = ended
    job_id = _accept(service)
    service.foreman.start()
    _until(lambda: service.desk.running)
    service.foreman.stop()  # ends the worker after the grace period
    assert service.spool.outcome(job_id) is None
    assert service.spool.begin(job_id) == 1, "an end that was asked for is not held against the job"


def test_limits_that_make_no_sense_are_named(tmp_path: Path) -> None:
    for limits, sentence in (
        (Limits(queue=0), "--queue 0: choose at least 1"),
        (Limits(upload=-1), "--upload -1: choose at least 1"),
        (Limits(results=0), "--results 0: choose at least 1"),
        (Limits(timeout=0.0), "--timeout 0.0: choose a positive number"),
        (Limits(keep=float("inf")), "--keep inf: choose a positive number"),
        (Limits(grace=-1.0), "--grace -1.0: choose 0 or more seconds"),
        (Limits(timeout=1e10), "--timeout 10000000000.0: choose at most 86400 seconds, a day"),
        (Limits(keep=1e10), "--keep 10000000000.0: choose at most 525600 minutes, a year"),
        (Limits(grace=1e10), "--grace 10000000000.0: choose at most 3600 seconds, an hour"),
    ):
        with pytest.raises(UsageError) as caught:
            limits.require()
        assert str(caught.value) == sentence
