"""Jobs on disk, cut off at every moment."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from latentmapper import cache
from latentmapper.batch import Options
from latentmapper.errors import UsageError
from latentmapper.server.desk import Desk
from latentmapper.server.limits import Limits
from latentmapper.server.service import spool_folder
from latentmapper.server.spool import Job, Outcome, Spool, unmade
from latentmapper.writing import OutputError

from .conftest import Running
from .fakes import fake_service


def _job(number: int, **options: Any) -> Job:
    return Job(f"{number:032x}", f"photo {number}.jpg", 1000.0 + number, Options(**options))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "deep" / "spool")


def test_what_was_accepted_comes_back_oldest_first(spool: Spool) -> None:
    jobs = [_job(2, category="car"), _job(1)]
    for job in jobs:
        spool.add(job, b"photo of " + job.id.encode())
    assert [job for job, _ in Spool(spool.folder).load()] == jobs[::-1]
    assert spool.photo(jobs[0].id) == b"photo of " + jobs[0].id.encode()
    assert spool.outcome(jobs[0].id) is None


def test_an_outcome_comes_back_with_its_mesh_and_without_the_photo(spool: Spool) -> None:
    job, made = _job(1), Outcome("made", time.time(), None, {"category": "car"}, 4, "0" * 64)
    spool.add(job, b"photo")
    spool.finish(job.id, made, b"mesh")
    assert Spool(spool.folder).load() == [(job, made)]
    assert spool.mesh(job.id) == b"mesh"
    with pytest.raises(FileNotFoundError):
        spool.photo(job.id)


def test_the_photo_of_a_finished_job_goes_though_a_kill_came_first(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, folder = _job(1), spool.folder / "jobs" / _job(1).id
    spool.add(job, b"photo", b"mask")
    with monkeypatch.context() as killed:
        killed.setattr(Spool, "forget_sent", lambda *_: None)
        spool.finish(job.id, unmade("failed", "why"))
    (folder / ".mesh.0123456789abcdef.partial").write_bytes(b"half")
    assert (folder / "photo").is_file()
    assert [found for found, _ in Spool(spool.folder).load()] == [job]
    assert {path.name for path in folder.iterdir()} == {"job.json", "outcome.json"}


def test_half_accepted_and_half_deleted_jobs_are_swept(spool: Spool) -> None:
    """A kill between the photo and job.json, or between removing job.json and the rest."""
    jobs = spool.folder / "jobs"
    for number in (1, 2):
        spool.add(_job(number), b"photo", b"mask")
        spool.begin(_job(number).id)
        (jobs / _job(number).id / "job.json").unlink()
    (jobs / _job(1).id / ".job.json.0123456789abcdef.partial").write_bytes(b"{")
    spool.finish(_job(2).id, unmade("failed", "why"), b"mesh", b"found")
    assert spool.load() == []
    assert list(jobs.iterdir()) == []


def test_what_is_no_job_is_left_alone(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody named a folder that has a folder of jobs of its own."""
    jobs = spool.folder / "jobs"
    named = [jobs / _job(number).id for number in range(4)]
    for thesis in (
        jobs / "thesis" / "text.tex",
        named[1] / "deep" / "text.tex",
        named[2],
        named[3] / "text.tex",
    ):
        thesis.parent.mkdir(parents=True, exist_ok=True)
        thesis.write_text("years of work")
    assert spool.load() == []
    assert len(list(jobs.rglob("*"))) == 8
    assert caplog.text.count("is left alone: no job") == 4


def test_a_count_of_starts_that_a_power_cut_emptied_begins_anew(spool: Spool) -> None:
    spool.add(_job(1), b"photo")
    spool.begin(_job(1).id)
    (spool.folder / "jobs" / _job(1).id / "starts").write_text("")
    assert spool.begin(_job(1).id) == 1
    spool.forget_start(_job(1).id)
    assert spool.begin(_job(1).id) == 1


def test_a_mesh_without_an_outcome_is_not_finished(spool: Spool) -> None:
    spool.add(_job(1), b"photo")
    (spool.folder / "jobs" / _job(1).id / "mesh").write_bytes(b"cut off before the outcome")
    assert spool.load() == [(_job(1), None)]


def test_files_of_another_version_are_left_alone(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    for number in (1, 2):
        spool.add(_job(number), b"photo")
    path = spool.folder / "jobs" / _job(1).id / "job.json"
    for text in ('{"schema": "latentmapper.job/9"}', "[]", "{", "5"):
        path.write_text(text)
        assert [job.id for job, _ in spool.load()] == [_job(2).id]
    assert "not a job of this version" in caplog.text and path.is_file()


def test_starts_are_counted_over_restarts(spool: Spool) -> None:
    spool.add(_job(1), b"photo")
    assert [spool.begin(_job(1).id), Spool(spool.folder).begin(_job(1).id)] == [1, 2]
    spool.forget_start(_job(1).id)
    assert spool.begin(_job(1).id) == 2


def test_what_cannot_be_written_was_not_accepted(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    from latentmapper.server import spool as module

    real = module.write_result

    def full(path: Path, data: bytes, durable: bool = False) -> None:
        if path.name == "job.json":
            raise OutputError(f"cannot write {path}: No space left on device")
        real(path, data, durable)

    monkeypatch.setattr(module, "write_result", full)
    desk = Desk(spool, Limits())
    with pytest.raises(OutputError):
        desk.accept("taxi.jpg", b"photo", Options())
    assert desk.waiting == 0 and list((spool.folder / "jobs").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be opened")
def test_jobs_are_on_the_disk_before_they_count(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are synced through their folder: that of a job's file, and that of its folder."""
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name.strip(".").split(".")[0])
        real(handle)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("the system does not tell what a handle stands for")
    monkeypatch.setattr(os, "fsync", fsync)
    job = _job(1)
    spool.add(job, b"photo")
    assert synced == ["photo", job.id, "job", job.id, "jobs"]
    synced.clear()
    spool.finish(job.id, unmade("failed", "why"), b"mesh")
    assert synced == ["mesh", job.id, "outcome", job.id]


def test_clearing_the_cache_takes_no_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert cache.cache_folder() not in spool_folder().parents
    if sys.platform == "linux":
        assert spool_folder() == tmp_path / "state" / "latentmapper" / "jobs"


def test_photos_are_private(spool: Spool) -> None:
    assert (spool.folder / "jobs").stat().st_mode & 0o077 == 0


def test_one_server_at_a_time(spool: Spool) -> None:
    lock = spool.lock("server", 0)
    with pytest.raises(UsageError) as caught:
        Spool(spool.folder).lock("server", 0)
    assert str(caught.value) == f"--spool {spool.folder}: another server uses it; name another folder"
    lock.release()
    Spool(spool.folder).lock("server", 0).release()


def test_a_server_keeps_its_spool_until_it_ends(tmp_path: Path) -> None:
    with Running(tmp_path).client, pytest.raises(UsageError, match="another server uses it"):
        fake_service(tmp_path)
    service, _ = fake_service(tmp_path)
    assert service.lock.is_locked
