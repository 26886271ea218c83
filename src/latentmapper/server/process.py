"""The server's hold on the worker process: start it, give it a job, end it."""

import json
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any

from latentmapper.errors import LatentMapperError, MissingError, UsageError
from latentmapper.server.worker import Settings

STARTING = 300.0
"""Seconds for the worker to load everything: once, on a slow disk, the ViT is cut in two."""

ERRORS = {kind.exit_code: kind for kind in (LatentMapperError, UsageError, MissingError)}


class WorkerEnded(Exception):
    """The process ended in the middle of a job."""


class WorkerLate(Exception):
    """The job took longer than it may; the process was ended."""


class WorkerProcess:
    """One worker, started again as often as need be.

    Parameters
    ----------
    settings : what it is told when it starts.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    @property
    def alive(self) -> bool:
        """Whether it can be given a job."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> list[str]:
        """Start the process and wait until it has loaded everything; returns the packs' categories.

        Raises
        ------
        LatentMapperError : whatever keeps it from working: a pack, the ViT or an option.
        """
        self.stop()
        # -P: a module in the working directory must not stand in for one of ours.
        command = [
            sys.executable,
            "-P",
            "-m",
            "latentmapper.server.worker",
            json.dumps(asdict(self._settings)),
        ]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8")
        assert self._process.stdout is not None
        self._answers = queue.SimpleQueue()
        reading = threading.Thread(target=_read, args=(self._process.stdout, self._answers), daemon=True)
        reading.start()
        try:
            answer = self._answer(STARTING)
        except (WorkerEnded, WorkerLate):
            raise LatentMapperError("the process that reconstructs ended while it started") from None
        if "problem" in answer:
            self.stop()
            raise ERRORS.get(answer["exit_code"], LatentMapperError)(answer["problem"])
        return answer["categories"]

    def do(self, job_id: str, seconds: float) -> str | None:
        """Have a job done; None when its outcome is in the spool, or why it could not be written.

        Raises
        ------
        WorkerEnded : the process ended first.
        WorkerLate : it took longer than `seconds`, and was ended.
        """
        stdin = None if self._process is None else self._process.stdin
        if stdin is None:
            raise WorkerEnded
        try:
            stdin.write(json.dumps({"job": job_id}) + "\n")
            stdin.flush()
        except OSError:  # a broken pipe
            self.stop()
            raise WorkerEnded from None
        end = time.monotonic() + seconds
        while (answer := self._answer(end - time.monotonic())).get("job") != job_id:
            pass  # of a job that nobody waits for any more
        return answer.get("problem")

    def stop(self) -> None:
        """End the process at once; may be called from another thread than the one that waits for a job."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        assert process.stdin is not None
        with suppress(OSError):  # what was still to be written cannot be any more
            process.stdin.close()

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=max(0.0, seconds))
        except queue.Empty:
            self.stop()
            raise WorkerLate from None
        if answer is None:
            self.stop()
            raise WorkerEnded
        return answer


def _read(stream: IO[str], answers: "queue.SimpleQueue[dict[str, Any] | None]") -> None:
    """Pass on every answer, and None at the end."""
    with stream, suppress(ValueError):  # half a line of a process that was killed
        for line in stream:
            answers.put(json.loads(line))
    answers.put(None)
