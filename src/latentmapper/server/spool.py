"""Accepted jobs on disk, so that a killed server loses none and does none twice.

Each job has a folder. `photo`, `mask` if one was sent, and then `job.json` accept it; `mesh` and then
`outcome.json` finish it; to delete it, `job.json` goes first. Every file appears whole or not at all, so
that at any moment a job is there or not, and finished or not. What accepts and finishes a job is on the
disk itself before anybody hears of it, so that neither a killed process nor a power cut takes it back.
"""

import json
import logging
import re
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from latentmapper.batch import Options
from latentmapper.errors import UsageError
from latentmapper.extras import require
from latentmapper.files import remove_unfinished, sync_folder
from latentmapper.writing import write_result

logger = logging.getLogger(__name__)

SCHEMA = "latentmapper.job/1"
JOB, OUTCOME, PHOTO, MASK, MESH = "job.json", "outcome.json", "photo", "mask", "mesh"
FOUND, STARTS = "found", "starts"
SERVER = "server"
"""Role that one process has in a folder as long as it serves what is there: see `Spool.lock`."""
PARTS = {PHOTO, MASK, STARTS, MESH, FOUND, OUTCOME}
"""Files that a job can have without `job.json`."""
ID = re.compile(r"[0-9a-f]{32}")

Finished = Literal["made", "refused", "failed"]


@dataclass(frozen=True)
class Job:
    """What was accepted."""

    id: str
    """32 hexadecimal digits that nobody can guess: who knows them may see the job."""
    name: str
    """What messages call the photo."""
    created: float
    """Seconds since 1970, UTC."""
    options: Options


@dataclass(frozen=True)
class Outcome:
    """How a job ended."""

    status: Finished
    finished: float
    """Seconds since 1970, UTC."""
    message: str | None = None
    """Why there is no mesh, on one line."""
    result: dict[str, Any] = field(default_factory=dict)
    """`Reconstruction.record()` where there is a mesh."""
    size: int = 0
    """Bytes of the mesh file."""
    sha256: str | None = None
    """Of the mesh file."""


def unmade(status: Finished, message: str) -> Outcome:
    """The outcome of a job that ends now, without a mesh."""
    return Outcome(status, time.time(), message)


class Spool:
    """The jobs in one folder.

    Parameters
    ----------
    folder : made if missing, readable by its owner alone: photos are private.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._jobs = folder / "jobs"
        folder.mkdir(parents=True, exist_ok=True)
        self._jobs.mkdir(mode=0o700, exist_ok=True)

    def lock(self, name: str, seconds: float) -> Any:
        """Hold the folder for one role of one process; the system releases it however the process ends.

        Raises
        ------
        UsageError : another process holds it for longer than `seconds`.
        """
        filelock = require("filelock")
        lock = filelock.FileLock(self.folder / f"{name}.lock", thread_local=False)
        try:
            lock.acquire(timeout=seconds, poll_interval=0.05)
        except filelock.Timeout:
            raise UsageError(f"--spool {self.folder}: another server uses it; name another folder") from None
        return lock

    def load(self) -> list[tuple[Job, Outcome | None]]:
        """All jobs, oldest first; what a killed server left half accepted or half deleted is removed."""
        found = []
        for folder in self._jobs.iterdir():
            if not (folder / JOB).is_file():
                if _is_half(folder):
                    shutil.rmtree(folder, ignore_errors=True)
                else:
                    logger.warning("%s is left alone: no job", folder)
                continue
            try:
                job, outcome = self.job(folder.name), self.outcome(folder.name)
                if outcome is not None:
                    with suppress(OSError):
                        self.forget_sent(job.id)  # a kill came between the two
                found.append((job, outcome))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                logger.warning("%s is left alone: not a job of this version (%r)", folder, error)
        return sorted(found, key=lambda each: (each[0].created, each[0].id))

    def add(self, job: Job, photo: bytes, mask: bytes | None = None) -> None:
        """Accept a job. Raises `OutputError` where it cannot be written; there is then no job."""
        folder = self._jobs / job.id
        try:
            write_result(folder / PHOTO, photo, durable=True)
            if mask is not None:
                write_result(folder / MASK, mask, durable=True)
            write_result(folder / JOB, _json({"schema": SCHEMA, **asdict(job)}), durable=True)
            sync_folder(self._jobs)
        except Exception:
            self.remove(job.id)
            raise

    def job(self, job_id: str) -> Job:
        """What was accepted. Raises `FileNotFoundError`, or a `ValueError` for a file of another version."""
        value = json.loads((self._jobs / job_id / JOB).read_bytes())
        if value.pop("schema") != SCHEMA:
            raise ValueError("another schema")
        return Job(**value | {"options": Options(**value["options"])})

    def photo(self, job_id: str) -> bytes:
        """The encoded photo of a job that is not finished."""
        return (self._jobs / job_id / PHOTO).read_bytes()

    def mask(self, job_id: str) -> bytes | None:
        """The encoded mask of a job that is not finished; None where none was sent."""
        try:
            return (self._jobs / job_id / MASK).read_bytes()
        except FileNotFoundError:
            return None

    def begin(self, job_id: str) -> int:
        """Count a start of the work on a job. Returns how many there were, this one included."""
        starts = 1 + self._starts(job_id)
        write_result(self._jobs / job_id / STARTS, str(starts).encode(), durable=True)
        return starts

    def forget_start(self, job_id: str) -> None:
        """Take back the last start: the work was stopped through no fault of the job."""
        starts = max(0, self._starts(job_id) - 1)
        write_result(self._jobs / job_id / STARTS, str(starts).encode(), durable=True)

    def _starts(self, job_id: str) -> int:
        try:
            return int((self._jobs / job_id / STARTS).read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def finish(
        self, job_id: str, outcome: Outcome, mesh: bytes | None = None, found: bytes | None = None
    ) -> None:
        """Keep how a job ended, its mesh and the mask that was found; photo and mask are removed.

        Raises
        ------
        OutputError : it cannot be written; the job is then not finished.
        """
        folder = self._jobs / job_id
        for name, data in ((MESH, mesh), (FOUND, found)):
            if data is not None:
                write_result(folder / name, data, durable=True)
        write_result(folder / OUTCOME, _json(asdict(outcome)), durable=True)
        self.forget_sent(job_id)

    def forget_sent(self, job_id: str) -> None:
        """Remove photo and mask of a finished job, and what a killed worker has left half-written of it."""
        folder = self._jobs / job_id
        for sent in (PHOTO, MASK):
            (folder / sent).unlink(missing_ok=True)
        remove_unfinished(folder)

    def outcome(self, job_id: str) -> Outcome | None:
        """How a job ended; None where it has not."""
        try:
            return Outcome(**json.loads((self._jobs / job_id / OUTCOME).read_bytes()))
        except FileNotFoundError:
            return None

    def mesh(self, job_id: str) -> bytes:
        """The mesh file of a job that was made. Raises `FileNotFoundError`."""
        return (self._jobs / job_id / MESH).read_bytes()

    def found(self, job_id: str) -> bytes:
        """The mask that was found, PNG. Raises `FileNotFoundError` where there is none."""
        return (self._jobs / job_id / FOUND).read_bytes()

    def remove(self, job_id: str) -> None:
        """Remove whatever there is of a job."""
        folder = self._jobs / job_id
        (folder / JOB).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _is_half(folder: Path) -> bool:
    """Whether a folder can be what is left of a job: by its name, and those of all that is in it."""
    return bool(ID.fullmatch(folder.name)) and folder.is_dir() and all(map(_is_part, folder.iterdir()))


def _is_part(path: Path) -> bool:
    return path.is_file() and (path.name in PARTS or path.match(".*.partial"))


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, allow_nan=False).encode()
