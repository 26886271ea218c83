"""The jobs in memory: order, room, what is taken up after a restart, and what expires."""

import threading
from pathlib import Path

import pytest

from latentmapper.batch import Options
from latentmapper.server import desk as module
from latentmapper.server.desk import ClosingError, Desk, FullError
from latentmapper.server.limits import Limits
from latentmapper.server.spool import Spool, unmade


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def _accept(desk: Desk, count: int) -> list[str]:
    return [desk.accept(f"{number}.jpg", b"photo", Options()).job.id for number in range(count)]


def _end(desk: Desk, spool: Spool, finished: float = 0.0) -> str:
    """Take the next job and end it."""
    job = desk.take(0)
    assert job is not None
    outcome = unmade("failed", "why")
    outcome = type(outcome)("failed", finished or outcome.finished, "why")
    spool.finish(job.id, outcome)
    desk.finish(job.id, outcome, 1.0)
    return job.id


def test_first_come_first_served(spool: Spool) -> None:
    desk = Desk(spool, Limits())
    ids = _accept(desk, 3)
    assert [desk.find(each).ahead for each in ids] == [0, 1, 2]  # type: ignore[union-attr]
    assert _end(desk, spool) == ids[0]
    job = desk.take(0)
    assert job is not None and job.id == ids[1] and desk.running == 1
    desk.put_back(job.id)
    assert [_end(desk, spool), _end(desk, spool)] == ids[1:] and desk.take(0) is None


def test_ids_cannot_be_guessed(spool: Spool) -> None:
    ids = _accept(Desk(spool, Limits()), 20)
    assert len(set(ids)) == 20 and all(len(each) == 32 for each in ids)
    assert len({each[:8] for each in ids}) == 20


def test_a_restart_takes_up_what_is_not_finished(spool: Spool) -> None:
    desk = Desk(spool, Limits())
    ids = _accept(desk, 4)
    _end(desk, spool)
    desk.take(0)  # at work when the server is killed
    desk.delete(ids[3])
    again = Desk(Spool(spool.folder), Limits())
    states = [again.find(each) for each in ids]
    assert [state and state.status for state in states] == ["failed", "queued", "queued", None]
    assert [_end(again, spool), _end(again, spool)] == ids[1:3]


def test_room_is_for_those_that_wait(spool: Spool) -> None:
    desk = Desk(spool, Limits(queue=2))
    _accept(desk, 2)
    desk.take(0)
    _accept(desk, 1)
    with pytest.raises(FullError) as caught:
        _accept(desk, 1)
    assert caught.value.retry_after == 1


def test_the_time_to_come_back_follows_from_how_long_jobs_take(spool: Spool) -> None:
    desk = Desk(spool, Limits(queue=1))
    for _ in range(30):
        _accept(desk, 1)
        job = desk.take(0)
        assert job is not None
        desk.finish(job.id, unmade("failed", "why"), 7.5)
    _accept(desk, 1)
    with pytest.raises(FullError) as caught:
        desk.require_room()
    assert caught.value.retry_after == 8


def test_many_at_once_never_exceed_the_room(spool: Spool) -> None:
    desk = Desk(spool, Limits(queue=5))
    refused = []

    def accept() -> None:
        try:
            _accept(desk, 1)
        except FullError as error:
            refused.append(error)

    threads = [threading.Thread(target=accept) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (desk.waiting, len(refused)) == (5, 11)


def test_closing_hands_out_nothing_more(spool: Spool) -> None:
    desk = Desk(spool, Limits())
    _accept(desk, 1)
    desk.close()
    assert desk.take(10) is None
    with pytest.raises(ClosingError):
        _accept(desk, 1)
    assert Desk(spool, Limits()).waiting == 1


def test_a_job_deleted_at_work_leaves_nothing(spool: Spool) -> None:
    desk = Desk(spool, Limits())
    for end in (desk.put_back, lambda job_id: desk.finish(job_id, unmade("failed", "why"), 1.0)):
        [job_id] = _accept(desk, 1)
        desk.take(0)
        assert desk.delete(job_id) and desk.find(job_id) is None
        spool.finish(job_id, unmade("failed", "why"), b"the worker was not told")
        end(job_id)
        assert list((spool.folder / "jobs").iterdir()) == [] and desk.waiting == desk.running == 0


def test_finished_jobs_expire_and_others_do_not(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(spool, Limits(keep=2))
    ids = _accept(desk, 3)
    for finished in (1000.0, 1100.0):
        _end(desk, spool, finished)
    for now, left in ((1119.0, ids), (1120.0, ids[1:]), (1e9, ids[2:])):
        monkeypatch.setattr(module.time, "time", lambda now=now: now)
        desk.expire()
        assert [each for each in ids if desk.find(each)] == left
        assert {path.name for path in (spool.folder / "jobs").iterdir()} == set(left)


def test_the_oldest_of_too_many_results_go_first(spool: Spool) -> None:
    desk = Desk(spool, Limits(results=2))
    ids = _accept(desk, 5)
    for _ in range(4):
        _end(desk, spool)
    desk.expire()
    assert [each for each in ids if desk.find(each)] == ids[2:]
