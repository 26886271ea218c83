"""One photo after another, past whatever is wrong with any of them."""

import io
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from latentmapper.batch.journal import Entry, Journal
from latentmapper.batch.naming import Job
from latentmapper.errors import LatentMapperError, RefusedPhoto
from latentmapper.files import sha256_of_bytes, sha256_of_json
from latentmapper.photo import read_photo
from latentmapper.photo.foreground import ALPHA
from latentmapper.reconstructor import Reconstructor
from latentmapper.shapes.export import Format, export_bytes
from latentmapper.shapes.mesh import Mesh
from latentmapper.shapes.units import Up
from latentmapper.stopwatch import Stopwatch
from latentmapper.writing import OutputError, write_result

logger = logging.getLogger(__name__)

_TETRAHEDRON = Mesh(
    np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
    np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32),
)


@dataclass(frozen=True)
class Options:
    """What, besides photo, packs and ViT, decides the bytes of a result."""

    category: str = "auto"
    resolution: int = 128
    faces: int | None = None
    force: bool = False
    format: Format = "glb"
    length: float | None = None
    up: Up = "y"
    preview: bool = False
    foreground: str = ALPHA
    instance: int = 1
    overlay: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values, what came later only where it is used: earlier results still count as finished."""
        later = {"foreground": ALPHA, "instance": 1, "overlay": False}
        return {name: value for name, value in asdict(self).items() if later.get(name, ...) != value}

    def require_exportable(self) -> None:
        """Raise `UsageError` now rather than after the first photo where no mesh could be written so."""
        export_bytes(_TETRAHEDRON, self.format, {}, up=self.up, length=self.length)


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


@dataclass(frozen=True)
class Batch:
    """A run over photos with one reconstructor, one set of options and one folder of results."""

    reconstructor: Reconstructor
    options: Options
    journal: Journal
    overwrite: bool = False

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Reconstruct each photo that is not finished yet.

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
            status = "refused" if isinstance(error, RefusedPhoto) else "failed"
            return Outcome(job, status, message=str(error))
        except Exception as error:  # a fault of ours on one photo must not cost the others
            logger.exception("%s", job.input.name)
            problem = " ".join(f"{type(error).__name__}: {error}".split())
            return Outcome(job, "failed", message=f"{job.input.name}: internal error ({problem})")

    def _finished_or_made(self, job: Job) -> Outcome:
        names = job.names(self.options.format, self.options.preview, self.options.overlay)
        files = [self.journal.folder / name for name in names]
        data = job.input.read()
        key = self._key(data, job.input.name)
        if not self.overwrite:
            if entry := self.journal.finished(key, names):
                return Outcome(job, "finished", files, entry.result)
            self._require_free(job, names)
        contents, result = self._reconstruct(data, job.input.name)
        digests = dict(zip(names, map(sha256_of_bytes, contents), strict=True))
        self.journal.append(Entry(job.stem, job.identity, key, digests, result))
        # The mesh last: where it is, everything is.
        for path, content in reversed(list(zip(files, contents, strict=True))):
            write_result(path, content)
        return Outcome(job, "made", files, result)

    def _key(self, data: bytes, name: str) -> str:
        """Hash of what decides the result; a pack's hash covers the hash of the ViT it accepts."""
        packs = sorted(pack.hash for pack in self.reconstructor.packs.values())
        parts = [sha256_of_bytes(data), packs, self.options.to_json()]
        if self.options.foreground != ALPHA:
            parts.append(self.reconstructor.foreground.identity(name))
        return sha256_of_json(parts)

    def _require_free(self, job: Job, names: list[str]) -> None:
        for name in names:
            if not self.journal.replaceable(name, job.identity):
                path = self.journal.folder / name
                raise ExistsError(
                    f"{job.input.name}: {path} exists and was not made from it; --overwrite replaces it"
                )

    def _reconstruct(self, data: bytes, name: str) -> tuple[list[bytes], dict[str, Any]]:
        """The contents of the files, mesh first, and the record of how they came about."""
        options, clock = self.options, Stopwatch()
        with clock("read"):
            photo = read_photo(data, name)
        made = self.reconstructor.reconstruct(
            photo,
            options.category,
            options.resolution,
            options.faces,
            options.force,
            instance=options.instance,
        )
        with clock("export"):
            contents = [made.encode(options.format, options.length, options.up)]
        if options.preview:
            with clock("preview"):
                contents.append(_png(made.preview(photo)))
        if options.overlay:
            with clock("overlay"):
                contents.append(_png(made.overlay(photo)))
        result = made.record()
        for stage, seconds in clock.seconds.items():
            result["timings"][stage] = round(result["timings"].get(stage, 0.0) + seconds, 6)
        return contents, result


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
