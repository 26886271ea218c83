"""A folder of photos to a folder of pictures, one for each: cut out, or translated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from latentmapper.batch.journal import Journal
from latentmapper.batch.naming import Job
from latentmapper.batch.running import Made, Maker, Run
from latentmapper.files import sha256_of_bytes, sha256_of_json
from latentmapper.photo import Photo, read_photo
from latentmapper.photo.framing import png_bytes


@dataclass(frozen=True)
class PictureRun(Run):
    """A run that makes STEM.png of every photo."""

    draw: Callable[[Photo], Image.Image]
    """What becomes of a photo."""
    identity: Any
    """What decides the picture, beside the photo: a JSON value."""
    journal: Journal
    overwrite: bool = False

    def names(self, job: Job) -> list[str]:
        """See `Run`."""
        return [f"{job.stem}.png"]

    def key(self, data: bytes, name: str) -> str:
        """See `Run`."""
        return sha256_of_json([sha256_of_bytes(data), self.identity])

    @property
    def maker(self) -> Maker:
        """See `Run`."""
        return self._make

    def _make(self, data: bytes, name: str) -> Made:
        photo = read_photo(data, name)
        return [png_bytes(self.draw(photo))], {"warnings": list(photo.warnings)}
