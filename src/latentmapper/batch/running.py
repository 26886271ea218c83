"""Photos by whatever does them, past whatever is wrong with any of them."""

import traceback
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from latentmapper.batch.journal import Entry, Journal
from latentmapper.batch.making import Options, failure, make
from latentmapper.batch.naming import Job
from latentmapper.errors import LatentMapperError
from latentmapper.executors import ALONE, Executor
from latentmapper.files import sha256_of_bytes, sha256_of_json
from latentmapper.photo.foreground import ALPHA
from latentmapper.places import Place
from latentmapper.reconstructor import Reconstructor
from latentmapper.writing import OutputError


@dataclass(frozen=True)
class Outcome:
    """What became of one photo."""

    job: Job
    status: str
    """ "made", "finished" (made by an earlier run), "refused" (shows no known category) or "failed"."""
    files: list[Place] = field(default_factory=list)
    """The mesh, then the preview and the overlay if they were asked for."""
    result: dict[str, Any] = field(default_factory=dict)
    """`Reconstruction.record()` with the timings of reading, previewing and writing."""
    message: str | None = None
    """Why it was refused or failed, on one line."""

    @property
    def good(self) -> bool:
        """Whether the result is there."""
        return self.status in ("made", "finished")


class ExistsError(LatentMapperError):
    """A file is in the way that this command did not make, or made for another photo."""


Made = tuple[list[bytes], dict[str, Any]]
"""The contents of the files of a photo, and what is told of them."""
Maker = Callable[[bytes, str], Made]
"""The bytes of a photo and what messages call it -> what is made of it."""


@dataclass(frozen=True)
class Pending:
    """A photo that is to be done."""

    job: Job
    data: bytes
    """Of the photo's file."""
    key: str
    """See `Run.key`."""


class Run(ABC):
    """A run over photos into one folder of results.

    Workers get the bytes of photos and give those of results: this process alone reads, keeps the journal and
    writes.
    """

    journal: Journal
    overwrite: bool

    @abstractmethod
    def names(self, job: Job) -> list[str]:
        """The files to make of a photo, relative to the folder; the last to be written first."""

    @abstractmethod
    def key(self, data: bytes, name: str) -> str:
        """Hash of everything that decides the result of a photo, its bytes and its name given."""

    @property
    @abstractmethod
    def maker(self) -> Maker:
        """Makes the contents of the files, in the order of their names; the last files may be left out."""

    def split(self, jobs: Iterable[Job]) -> tuple[list[Outcome], list[Job]]:
        """What an earlier run has finished, and what is left for `run`, in their order.

        A photo whose place the journal does not know is left without a look at it, so that `run` begins soon.
        """
        finished, left = [], []
        for job in jobs:
            known = self.journal.knows(job.identity) and not self.overwrite
            outcome = self._finished(job) if known else None
            if outcome is None:
                left.append(job)
            else:
                finished.append(outcome)
        return finished, left

    def run(self, jobs: Iterable[Job], executor: Executor = ALONE) -> Iterator[Outcome]:
        """Do each photo that is not finished yet; in order only where one worker does them.

        Raises
        ------
        OutputError : a result cannot be written; neither could the others.
        MissingError, UsageError : what would stop every photo alike.
        WorkerError : as `Executor.map`.
        """
        known: deque[Outcome] = deque()
        for pending, made in executor.map(partial(_attempt, self.maker), self._pending(jobs, known)):
            while known:
                yield known.popleft()
            yield self._filed(pending, made)
        yield from known

    def _finished(self, job: Job) -> Outcome | None:
        try:
            found = self._finished_or_pending(job)
        except Exception:  # `run` says what is wrong
            return None
        return found if isinstance(found, Outcome) else None

    def _pending(self, jobs: Iterable[Job], known: deque[Outcome]) -> Iterator[Pending]:
        """The photos that are to be done; what became of the others goes to `known`."""
        for job in jobs:
            try:
                found = self._finished_or_pending(job)
            except Exception as error:  # one photo must not cost the others
                found = _failed(job, error)
            if isinstance(found, Pending):
                yield found
            else:
                known.append(found)

    def _finished_or_pending(self, job: Job) -> Outcome | Pending:
        names, data = self.names(job), job.input.read()
        key = self.key(data, job.input.name)
        if not self.overwrite:
            self.journal.refresh()
            if entry := self.journal.finished(key, names):
                return Outcome(job, "finished", self._places(names[: len(entry.files)]), entry.result)
        self._require_free(job, names)
        return Pending(job, data, key)

    def _filed(self, pending: Pending, made: Made | Exception) -> Outcome:
        """What became of a photo, with its files in place."""
        job = pending.job
        if isinstance(made, Exception):
            return _failed(job, made)
        contents, result = made
        names = self.names(job)[: len(contents)]
        try:
            self._require_free(job, names)  # another process may have put something there meanwhile
        except ExistsError as error:
            return _failed(job, error)
        digests = dict(zip(names, map(sha256_of_bytes, contents), strict=True))
        self.journal.append(Entry(job.stem, job.identity, pending.key, digests, result))
        # The mesh last: where it is, everything is.
        for name, content in reversed(list(zip(names, contents, strict=True))):
            self.journal.shelf.write(name, content)
        return Outcome(job, "made", self._places(names), result)

    def _places(self, names: Iterable[str]) -> list[Place]:
        return [self.journal.folder / name for name in names]

    def _require_free(self, job: Job, names: list[str]) -> None:
        """Raise `ExistsError` for what is in the way, and may not be overwritten."""
        for name in [] if self.overwrite else names:
            path = self.journal.folder / name
            try:
                free = self.journal.replaceable(name, job.identity)
            except OSError as error:
                problem = f"{path} is in the way and cannot be read ({error.strerror}); move it away"
                raise ExistsError(f"{job.input.name}: {problem}") from None
            if not free:
                raise ExistsError(
                    f"{job.input.name}: {path} exists and was not made from it; --overwrite replaces it"
                )


def _attempt(maker: Maker, pending: Pending) -> Made | Exception:
    """What is made of a photo, or why not; a fault of ours carries the traceback to another process."""
    try:
        return maker(pending.data, pending.job.input.name)
    except LatentMapperError as error:
        return error
    except Exception as error:
        error.add_note(traceback.format_exc())
        return error.with_traceback(None)


def _failed(job: Job, error: Exception) -> Outcome:
    """The outcome of a photo that failed. Raises what would stop every photo alike."""
    stops = isinstance(error, LatentMapperError) and error.exit_code != LatentMapperError.exit_code
    if stops or isinstance(error, OutputError):
        raise error
    status, message = failure(error, job.input.name)
    return Outcome(job, status, message=message)


@dataclass(frozen=True)
class Batch(Run):
    """A run that reconstructs photos, with one reconstructor and one set of options."""

    reconstructor: Reconstructor
    options: Options
    journal: Journal
    overwrite: bool = False

    def names(self, job: Job) -> list[str]:
        """See `Run`: the mesh, the preview, the overlay."""
        return job.names(self.options.format, self.options.preview, self.options.overlay)

    def key(self, data: bytes, name: str) -> str:
        """See `Run`; a pack's hash covers the hash of the ViT it accepts."""
        packs = sorted(pack.hash for pack in self.reconstructor.packs.values())
        parts = [sha256_of_bytes(data), packs, self.options.to_json()]
        if self.options.foreground != ALPHA:
            parts.append(self.reconstructor.foreground.identity(name))
        if self.reconstructor.translator is not None:
            parts.append(["translator", self.reconstructor.translator.sha256])
        if self.reconstructor.precision != "float32":
            parts.append(["precision", self.reconstructor.precision])
        return sha256_of_json(parts)

    @property
    def maker(self) -> Maker:
        """See `Run`."""
        return partial(make, self.reconstructor, self.options)
