"""`latentmapper serve` as a process of its own: killed, started again, told to end."""

import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from latentmapper import cli, extras
from latentmapper.batch import Options
from latentmapper.cli import serve
from latentmapper.server.process import WorkerEnded, WorkerLate, WorkerProcess
from latentmapper.server.spool import Job, Spool
from latentmapper.server.worker import Settings

from ..photo.pictures import encoded, quarters
from ..tiny_pack import write_tiny_pack
from .conftest import JOBS

ROOT = Path(__file__).parents[2]
PHOTO = encoded(quarters(300, 200), "JPEG")
PATIENCE = 300.0


class Process:
    """A server process on a free port."""

    def __init__(self, folder: Path, *flags: str) -> None:
        code = "from latentmapper.cli import main; main()"
        command = [sys.executable, "-c", code, "serve", "--port", "0", "--spool", str(folder / "spool")]
        command += ["--pack", str(folder / "pack"), "--threads", "1", *flags]
        self.spool = folder / "spool"
        self.errors = folder / "errors.txt"
        with self.errors.open("a") as errors:
            self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.child.stdout is not None
        self.greeting = self.child.stdout.readline()
        found = re.match(r"listening on (http://127\.0\.0\.1:\d+), jobs in ", self.greeting)
        assert found, self.errors.read_text()
        self.url = found[1]
        self.client = httpx2.Client(base_url=self.url, timeout=PATIENCE)

    def post(self, resolution: int = 64) -> str:
        answer = self.client.post(JOBS, files={"photo": PHOTO}, data={"resolution": resolution})
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def status(self, job_id: str, wait: float = 0) -> dict[str, Any]:
        return self.client.get(f"{JOBS}/{job_id}", params={"wait": wait}).json()

    def end(self, how: signal.Signals) -> int:
        self.client.close()
        self.child.send_signal(how)
        return self.child.wait(PATIENCE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    write_tiny_pack(folder / "pack")
    return folder


@pytest.fixture(scope="module")
def restarted(place: Path) -> Iterator[tuple[Process, dict[str, bytes], list[str]]]:
    """A server started after another was killed in the middle of a job.

    With it: the outcomes that the first one left, by job, and the jobs that it did not finish.
    """
    first = Process(place)
    jobs = [first.post() for _ in range(5)]
    _until(lambda: first.status(jobs[0], 1)["status"] == "made")
    _until(lambda: any(first.status(job)["status"] == "running" for job in jobs))
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    Spool(first.spool).lock("worker", PATIENCE).release()  # its worker is gone as well
    paths = {job: first.spool / "jobs" / job / "outcome.json" for job in jobs}
    left = {job: path.read_bytes() for job, path in paths.items() if path.is_file()}
    second = Process(place)
    yield second, left, [job for job in jobs if job not in left]
    if second.child.poll() is None:
        second.end(signal.SIGKILL)


def _until(look: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


def test_no_accepted_job_is_lost_and_none_is_done_twice(restarted: Any) -> None:
    server, left, unfinished = restarted
    assert len(left) >= 1 and len(unfinished) >= 1
    assert server.greeting.endswith(f", {len(unfinished)} jobs waiting\n")
    meshes = set()
    for job in (*left, *unfinished):
        _until(lambda job=job: server.status(job, 30)["status"] not in ("queued", "running"))
        assert server.status(job)["status"] == "made"
        meshes.add(server.client.get(f"{JOBS}/{job}/result").content)
    assert len(meshes) == 1, "the same photo gives the same bytes, before and after"
    for job, outcome in left.items():
        assert (server.spool / "jobs" / job / "outcome.json").read_bytes() == outcome
    figures = server.client.get("/metrics").text.splitlines()
    assert f'latentmapper_jobs_finished_total{{status="made"}} {len(unfinished)}.0' in figures
    assert "latentmapper_jobs_accepted_total 0.0" in figures


def test_one_spool_has_one_server(restarted: Any, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server, _, _ = restarted
    assert cli.run(["serve", "--port", "0", "--spool", str(server.spool)]) == 2
    line = f"latentmapper serve: --spool {server.spool}: another server uses it; name another folder\n"
    assert capsys.readouterr().err.endswith(line)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_commands_of_the_documentation_run(restarted: Any, tmp_path: Path) -> None:
    server, _, _ = restarted
    page = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```bash\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert blocks
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    script = "\n".join(blocks).replace("http://127.0.0.1:8000", server.url)
    bin_folder = str(Path(sys.executable).parent)
    env = os.environ | {"PATH": os.pathsep.join([bin_folder, os.environ["PATH"]])}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sedan.glb").read_bytes().startswith(b"glTF")


def test_the_load_test_loses_nothing(restarted: Any, tmp_path: Path, capsys: Any) -> None:
    server, _, _ = restarted
    benchmark = runpy.run_path(str(ROOT / "benchmarks" / "server_load.py"))
    report = tmp_path / "figures.json"
    benchmark["main"](benchmark["Config"](4, 2, resolution=64, url=server.url, json=report))
    figures = json.loads(report.read_text())
    assert (figures["made"], figures["lost"]) == (4, 0)
    assert 0 < figures["median"] <= figures["p95"] <= figures["slowest"] <= figures["seconds"]
    assert "| photo to mesh, 95th percentile |" in capsys.readouterr().out


def test_told_to_end_it_finishes_the_job_at_work_and_keeps_the_others(restarted: Any) -> None:
    server, _, _ = restarted
    jobs = [server.post(128) for _ in range(4)]
    _until(lambda: server.status(jobs[0])["status"] != "queued")
    assert server.end(signal.SIGTERM) == 0
    outcomes = [Spool(server.spool).outcome(job) for job in jobs]
    assert outcomes[0] is not None and outcomes[0].status == "made"
    assert outcomes[-1] is None and Spool(server.spool).photo(jobs[-1]) == PHOTO
    assert "Traceback" not in server.errors.read_text()


def test_a_worker_process_does_jobs_until_it_is_late(place: Path, tmp_path: Path) -> None:
    spool, job, late = Spool(tmp_path), *(Job(c * 32, "taxi.jpg", 0.0, Options(resolution=64)) for c in "ab")
    worker = WorkerProcess(Settings(str(tmp_path), [str(place / "pack")], threads=1))
    assert worker.start() == ["car"] and worker.alive
    spool.add(job, PHOTO)
    assert worker.do(job.id, PATIENCE) is None
    made = spool.outcome(job.id)
    assert made is not None and made.status == "made" and len(spool.mesh(job.id)) == made.size
    assert worker.do(job.id, PATIENCE) is None and spool.outcome(job.id) == made, "done once"
    spool.add(late, PHOTO)
    with pytest.raises(WorkerLate):
        worker.do(late.id, 0.001)
    assert not worker.alive and spool.outcome(late.id) is None
    with pytest.raises(WorkerEnded):
        worker.do(late.id, PATIENCE)


def test_a_worker_that_lacks_something_says_what(place: Path, tmp_path: Path) -> None:
    worker = WorkerProcess(Settings(str(tmp_path), [str(place / "pack")], vit=str(tmp_path / "gone.onnx")))
    with pytest.raises(Exception) as caught:
        worker.start()
    assert str(caught.value).startswith(f"no ViT at {tmp_path / 'gone.onnx'}")
    assert getattr(caught.value, "exit_code", None) == 3 and not worker.alive


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--token", "short"], "--token: too short to be a secret; at least 16 characters"),
        (["--token", ""], "--token: too short to be a secret; at least 16 characters"),
        (["--queue", "0"], "--queue 0: choose at least 1"),
        (["--port", "70000"], "--port 70000: choose 0 to 65535"),
        (
            ["--host", "0.0.0.0"],
            "--host 0.0.0.0: other machines can reach it, so it needs a token;"
            " give --token or set LATENTMAPPER_TOKEN",
        ),
    ],
)
def test_wrong_options_are_one_line(
    flags: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LATENTMAPPER_TOKEN", raising=False)
    assert cli.run(["serve", *flags]) == 2
    assert capsys.readouterr().err == f"latentmapper serve: {sentence}\n"


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.run(["serve", "--port", str(port)]) == 2
    line = f"latentmapper serve: --host 127.0.0.1 --port {port}: Address already in use\n"
    assert capsys.readouterr().err == line


def test_without_the_extra_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {extras.EXTRA_OF[module] for module in serve.NEEDED} == {"server"}
    monkeypatch.setitem(sys.modules, "fastapi", None)
    assert cli.run(["serve"]) == 3
    assert capsys.readouterr().err == (
        'latentmapper serve: fastapi is not installed; install it with: pip install "latentmapper[server]"\n'
    )
