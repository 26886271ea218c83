"""How the HTTP server bears many photos at once: how long each takes, and that none is lost.

    python benchmarks/server_load.py [--requests 200] [--at-once 8] [--pack FOLDER...] [--json FILE]

Starts `latentmapper serve` on a free port of this machine, posts the pictures in turn from several threads,
waits for each mesh, compares it with the hash that the server told, and prints a Markdown table. Seconds
run from posting a photo to holding its mesh; a photo that the server has no room for is posted again after
the time it names, and the wait counts.
"""

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2
import tyro

from latentmapper import files

EXAMPLES = Path(__file__).parents[1] / "examples"
JOBS = "/v1/reconstructions"
PATIENCE = 600.0
"""Seconds for one mesh."""


@dataclass(frozen=True)
class Config:
    """What to ask of the server."""

    requests: int = 200
    """Photos to post."""

    at_once: int = 8
    """Threads that post them."""

    photos: tuple[Path, ...] = ()
    """Pictures, taken in turn; those in examples/ if none is named."""

    pack: tuple[Path, ...] = ()
    """Folders of packs; those that ship with the package if none is named."""

    resolution: int = 128
    """Cells along each axis of the lattice."""

    queue: int = 64
    """Jobs that may wait in the server."""

    url: str | None = None
    """A server that runs already, in place of one of its own."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Figures:
    """What came of it."""

    requests: int
    made: int
    refused_or_failed: int
    lost: int
    """Accepted, but without an answer or with another mesh than was told."""
    turned_away: int
    """Times that a photo had to be posted again for want of room."""
    seconds: float
    """From the first photo to the last mesh."""
    median: float
    p95: float
    slowest: float
    """Seconds from photo to mesh."""


@dataclass(frozen=True)
class Answer:
    """What became of one photo."""

    status: str
    seconds: float
    turned_away: int


def main(config: Config) -> None:
    """Measure and print."""
    photos = config.photos or tuple(sorted(EXAMPLES.glob("*.jpg")))
    with running(config) as url:
        figures = measure(config, url, photos)
    print(table(figures, config))
    if config.json:
        files.write_json(config.json, asdict(figures))
    if figures.lost:
        sys.exit(f"{figures.lost} of {figures.requests} photos were lost")


@contextmanager
def running(config: Config) -> Iterator[str]:
    """The URL of a server, which ends with the block unless it ran before."""
    if config.url is not None:
        yield config.url
        return
    packs = [argument for folder in config.pack for argument in ("--pack", str(folder))]
    with tempfile.TemporaryDirectory() as folder:
        code = "from latentmapper.cli import main; main()"
        command = [sys.executable, "-c", code, "serve", "--port", "0", "--spool", folder, *packs]
        command += ["--queue", str(config.queue)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            words = server.stdout.readline().split()
            if words[:2] != ["listening", "on"]:
                sys.exit("the server does not start; run `latentmapper serve` to see why")
            yield words[2].rstrip(",")
        finally:
            server.terminate()
            server.wait()


def measure(config: Config, url: str, photos: tuple[Path, ...]) -> Figures:
    """Post all photos and wait for all meshes."""
    began = time.perf_counter()
    with httpx2.Client(base_url=url, timeout=PATIENCE) as client, ThreadPoolExecutor(config.at_once) as pool:
        jobs = [
            pool.submit(ask, client, photos[number % len(photos)], config.resolution)
            for number in range(config.requests)
        ]
        answers = [job.result() for job in jobs]
    seconds = sorted(answer.seconds for answer in answers)
    statuses = [answer.status for answer in answers]
    return Figures(
        requests=config.requests,
        made=statuses.count("made"),
        refused_or_failed=statuses.count("refused") + statuses.count("failed"),
        lost=statuses.count("lost"),
        turned_away=sum(answer.turned_away for answer in answers),
        seconds=time.perf_counter() - began,
        median=statistics.median(seconds),
        p95=seconds[round(0.95 * (len(seconds) - 1))],
        slowest=seconds[-1],
    )


def ask(client: httpx2.Client, photo: Path, resolution: int) -> Answer:
    """Post one photo and fetch its mesh."""
    began, turned_away = time.perf_counter(), 0
    form = {"resolution": resolution, "force": True}
    while (accepted := client.post(JOBS, files={"photo": photo.read_bytes()}, data=form)).status_code == 429:
        turned_away += 1
        time.sleep(float(accepted.headers["Retry-After"]))
    accepted.raise_for_status()
    place = accepted.headers["Location"]
    status = fetch(client, place, began + PATIENCE)
    return Answer(status, time.perf_counter() - began, turned_away)


def fetch(client: httpx2.Client, place: str, deadline: float) -> str:
    """Wait for a job and compare its mesh with what the server says of it; returns its status."""
    while time.perf_counter() < deadline:
        answer = client.get(place, params={"wait": 30})
        if answer.status_code != 200:
            return "lost"
        job = answer.json()
        if job["status"] in ("refused", "failed"):
            return job["status"]
        if job["status"] == "made":
            mesh = client.get(f"{place}/result").content
            return "made" if hashlib.sha256(mesh).hexdigest() == job["mesh"]["sha256"] else "lost"
    return "lost"


def table(figures: Figures, config: Config) -> str:
    """The figures as a Markdown table."""
    rows = [
        ("photo to mesh, median", f"{figures.median:.2f} s"),
        ("photo to mesh, 95th percentile", f"{figures.p95:.2f} s"),
        ("photo to mesh, slowest", f"{figures.slowest:.2f} s"),
        ("meshes a minute", f"{60 * figures.made / figures.seconds:.0f}"),
        ("made, refused or failed, lost", f"{figures.made}, {figures.refused_or_failed}, {figures.lost}"),
        ("posted again for want of room", str(figures.turned_away)),
    ]
    head = f"| {figures.requests} photos, {config.at_once} at a time, {config.resolution}^3 | |"
    lines = [head, "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join([*lines, "", f"{os.cpu_count()} processors"])


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
