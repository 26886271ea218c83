"""One photo after another, past whatever is wrong with any of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latentmapper.batch.journal import Entry, Journal
from latentmapper.batch.making import Options, failure, make
from latentmapper.batch.naming import Job
from latentmapper.errors import LatentMapperError
from latentmapper.files import sha256_of_bytes, sha256_of_json
from latentmapper.photo.foreground import ALPHA
from latentmapper.reconstructor import Reconstructor
from latentmapper.writing import OutputError, write_result


@dataclass(frozen=True)
class Outcome:
    """What became of one photo."""

    job: Job
    status: str
    """ "made", "finished" (made by an earlier run), "refused" (shows no known category) or "failed"."""
    files: list[Path] = field(default_factory=list)
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


class Run(ABC):
    """A run over photos into one folder of results."""

    journal: Journal
    overwrite: bool

    @abstractmethod
    def names(self, job: Job) -> list[str]:
        """The files to make of a photo, relative to the folder; the last to be written first."""

    @abstractmethod
    def key(self, data: bytes, name: str) -> str:
        """Hash of everything that decides the result of a photo, its bytes and its name given."""

    @abstractmethod
    def make(self, data: bytes, name: str) -> tuple[list[bytes], dict[str, Any]]:
        """The contents of the files, and what is told of them; the last files may be left out."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Do each photo that is not finished yet.

        Raises
        ------
        OutputError : a result cannot be written; neither could the others.
        MissingError, UsageError : what would stop every photo alike.
        """
        for job in jobs:
            yield self._attempt(job)

    def _attempt(self, job: Job) -> Outcome:
        try:
            return self._finished_or_made(job)
        except OutputError:
            raise
        except LatentMapperError as error:
            if error.exit_code != LatentMapperError.exit_code:
                raise
            return self._failed(job, error)
        except Exception as error:  # a fault of ours on one photo must not cost the others
            return self._failed(job, error)

    def _failed(self, job: Job, error: Exception) -> Outcome:
        status, message = failure(error, job.input.name)
        return Outcome(job, status, message=message)

    def _finished_or_made(self, job: Job) -> Outcome:
        names = self.names(job)
        files = [self.journal.folder / name for name in names]
        data = job.input.read()
        key = self.key(data, job.input.name)
        if not self.overwrite:
            if entry := self.journal.finished(key, names):
                return Outcome(job, "finished", files[: len(entry.files)], entry.result)
            self._require_free(job, names)
        contents, result = self.make(data, job.input.name)
        names, files = names[: len(contents)], files[: len(contents)]
        digests = dict(zip(names, map(sha256_of_bytes, contents), strict=True))
        self.journal.append(Entry(job.stem, job.identity, key, digests, result))
        # The mesh last: where it is, everything is.
        for path, content in reversed(list(zip(files, contents, strict=True))):
            write_result(path, content)
        return Outcome(job, "made", files, result)

    def _require_free(self, job: Job, names: list[str]) -> None:
        for name in names:
            if not self.journal.replaceable(name, job.identity):
                path = self.journal.folder / name
                raise ExistsError(
                    f"{job.input.name}: {path} exists and was not made from it; --overwrite replaces it"
                )


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
        return sha256_of_json(parts)

    def make(self, data: bytes, name: str) -> tuple[list[bytes], dict[str, Any]]:
        """See `Run`."""
        return make(self.reconstructor, self.options, data, name)
