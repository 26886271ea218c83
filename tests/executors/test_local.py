"""Processes of this machine: all items once, past dying workers, and none outlives its parent."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from latentmapper.errors import MeshError, UsageError, WorkerError
from latentmapper.executors import ALONE, LocalExecutor, local
from latentmapper.executors.base import THREAD_VARIABLES
from latentmapper.processor import available_cores
from tests.executors.tasks import Dying, Loading, refuse, square, threads

TWO = LocalExecutor(2)
needs_sigkill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")


@pytest.mark.parametrize("executor", [ALONE, TWO])
def test_every_item_comes_back_once_with_its_result(executor: LocalExecutor) -> None:
    made = list(executor.map(square, range(20)))
    assert sorted(made) == [(number, number**2) for number in range(20)]
    assert list(executor.map(square, [])) == []


def test_one_worker_is_this_very_process_and_goes_item_by_item(tmp_path: Path) -> None:
    asked: list[int] = []
    items = (asked.append(number) or number for number in range(5))
    made = ALONE.map(Loading(tmp_path), items)
    assert next(made) == (0, (os.getpid(), 0)) and asked == [0]


def test_a_worker_loads_once_and_items_are_asked_for_as_they_are_needed(tmp_path: Path) -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(12):
            asked.append(number)
            yield number

    made = TWO.map(Loading(tmp_path), items())
    first = next(made)
    assert len(asked) == 4
    rest = [first, *made]
    workers = {pid for _, (pid, _) in rest}
    assert len(workers) <= 2 and os.getpid() not in workers
    assert {loaded for _, (_, loaded) in rest} == {0}


def test_what_a_task_raises_ends_the_run() -> None:
    with pytest.raises(MeshError, match="three cannot be used"):
        list(TWO.map(refuse, range(100)))


def test_workers_take_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("IGL_NUM_THREADS", "3")  # the user has said so
    ((_, seen),) = TWO.map(threads, [0])
    assert seen == {"OMP_NUM_THREADS": "1", "IGL_NUM_THREADS": "3"}
    assert TWO.threads == 1 and ALONE.threads == available_cores()


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="this system does not bind processes to cores"
)
def test_cores_that_are_for_others_are_left_alone() -> None:
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(own)})
    try:
        assert available_cores() == 1 and LocalExecutor().threads == 1
        ((_, worker),) = LocalExecutor().map(lambda _: os.getpid(), [0])  # no lambda reaches another process
    finally:
        os.sched_setaffinity(0, own)
    assert worker == os.getpid()


def test_what_comes_after_workers_has_all_threads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IGL_NUM_THREADS", "3")
    before = dict(os.environ)
    for item, _ in TWO.map(square, range(6)):
        assert dict(os.environ) == before, item  # also between the items of a run that goes on
    assert dict(os.environ) == before


@needs_sigkill
def test_what_a_killed_worker_was_at_is_done_again(tmp_path: Path) -> None:
    made = sorted(TWO.map(Dying(tmp_path, deaths=2, on=(1, 7)), range(10)))
    assert made == [(number, number) for number in range(10)]
    assert len(list(tmp_path.iterdir())) == 4


@needs_sigkill
def test_what_always_kills_its_worker_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(WorkerError) as caught:
        list(TWO.map(Dying(tmp_path, deaths=99, on=(0,)), [0]))
    assert str(caught.value) == (
        "a worker process died, 4 times in a row; run the same command again to go on, with fewer --workers"
        " if memory is short"
    )


@needs_sigkill
def test_the_item_that_kills_is_told_after_all_others_before_it_are_done(tmp_path: Path) -> None:
    made = []
    with pytest.raises(WorkerError) as caught:
        for item, _ in TWO.map(Dying(tmp_path, deaths=99, on=(2,)), range(8)):
            made.append(item)
    assert caught.value.item == 2
    assert sorted(made) == sorted(set(made)) and {0, 1} <= set(made)


@needs_sigkill
def test_what_kills_as_long_as_others_are_at_work_is_done_alone(tmp_path: Path) -> None:
    made = sorted(TWO.map(Dying(tmp_path, deaths=3, on=(0,)), range(8)))
    assert made == [(number, number) for number in range(8)]


@pytest.mark.parametrize("error", [BrokenPipeError(errno.EPIPE, "Broken pipe"), OSError("handle is closed")])
def test_workers_that_die_while_they_are_started_end_the_run(error: OSError, monkeypatch) -> None:
    """As what ends a program whose reader has gone, a broken pipe would pass for success."""

    def submit(*_: object) -> None:
        raise error

    monkeypatch.setattr(local.ProcessPoolExecutor, "submit", submit)
    with pytest.raises(WorkerError, match="a worker process died, 4 times in a row"):
        list(TWO.map(square, range(4)))


def test_less_than_one_worker_is_refused() -> None:
    with pytest.raises(UsageError, match="--workers must be at least 1, not 0"):
        LocalExecutor(0)


PARENT = """
import os, time
from latentmapper.executors import LocalExecutor
from tests.executors.tasks import Loading
from pathlib import Path
import sys
if __name__ == "__main__":
    for _, (pid, _) in LocalExecutor(2).map(Loading(Path(sys.argv[1])), range(4)):
        print(pid, flush=True)
        time.sleep(60)
"""


@needs_sigkill
def test_a_worker_ends_with_its_parent(tmp_path: Path) -> None:
    parent = _started(PARENT, tmp_path)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 20
    while _alive(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _alive(worker)


INTERRUPTED = """
import signal, sys
from pathlib import Path
from latentmapper.executors import LocalExecutor
from tests.executors.tasks import Lasting
def items():
    for number in range(9):
        print(number, flush=True)
        yield number
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what starts the tests may ignore it
    try:
        list(LocalExecutor(2).map(Lasting(Path(sys.argv[1])), items()))
    except KeyboardInterrupt:
        print("stopped")
"""


@needs_sigkill
@pytest.mark.parametrize("begun", [0, 2])
def test_an_interrupt_ends_all_workers_at_once_and_quietly(tmp_path: Path, begun: int) -> None:
    items = tmp_path / "items"
    items.mkdir()
    parent = _started(INTERRUPTED, tmp_path, str(items))
    assert parent.stdout is not None
    [parent.stdout.readline() for _ in range(2)]  # the first item has started a worker by now
    while len(list(items.iterdir())) < begun:
        time.sleep(0.01)
    os.killpg(parent.pid, signal.SIGINT)  # as a terminal does: to the parent and its workers
    printed, errors = parent.communicate(timeout=60)
    assert printed.endswith("stopped\n") and errors == ""
    assert len(list(items.iterdir())) <= 2  # what waited was not begun


def _started(script: str, folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """A script that runs in a process group of its own."""
    (folder / "parent.py").write_text(script)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    command = [sys.executable, str(folder / "parent.py"), *(arguments or [str(folder)])]
    out, errors = subprocess.PIPE, subprocess.PIPE
    return subprocess.Popen(
        command, stdout=out, stderr=errors, text=True, env=environment, start_new_session=True
    )


def _alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")  # where there is such a thing
    return not status.is_file() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
