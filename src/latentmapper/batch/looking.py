"""Pictures of a folder as CLIP sees them, one after another, past what cannot be read."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentmapper.batch.inputs import Input
from latentmapper.errors import PhotoError
from latentmapper.features.clip import Clip
from latentmapper.features.clip.kept import KeptEmbeddings
from latentmapper.photo import Photo, read_photo
from latentmapper.photo.framing import frame, image_of, over_grey

TOGETHER = 16
"""Pictures that are described at once."""
THUMBNAIL = 128
"""Longest side of a thumbnail, pixels."""


@dataclass(frozen=True)
class Seen:
    """One picture, or why it cannot be read."""

    input: Input
    sha256: str = ""
    """Of its file."""
    embedding: NDArray[np.float32] | None = None
    """(512,) a unit vector; None where it cannot be read."""
    thumbnail: bytes = b""
    """A small JPEG of it."""
    problem: str = ""
    """Why it cannot be read, on one line."""


def look(inputs: Sequence[Input], clip: Clip, kept: KeptEmbeddings) -> Iterator[Seen]:
    """Read each picture, and describe those whose embedding is not kept yet."""
    for start in range(0, len(inputs), TOGETHER):
        yield from _look_at(inputs[start : start + TOGETHER], clip, kept)


def _look_at(some: Iterable[Input], clip: Clip, kept: KeptEmbeddings) -> list[Seen]:
    seen, unknown, squares = [], [], []
    for each in some:
        try:
            photo = read_photo(each.read(), each.name)
        except PhotoError as error:
            seen.append(Seen(each, problem=str(error)))
            continue
        known = kept.get(photo.sha256)
        if known is None:
            unknown.append(len(seen))
            squares.append(frame(photo, None))
        seen.append(Seen(each, photo.sha256, known, thumbnail(photo)))
    if unknown:
        for i, embedding in zip(unknown, clip.images(np.stack(squares)), strict=True):
            kept.add(seen[i].sha256, embedding)
            seen[i] = replace(seen[i], embedding=embedding)
    return seen


def thumbnail(photo: Photo) -> bytes:
    """A JPEG of at most `THUMBNAIL` pixels a side, grey where the photo is transparent."""
    rgb = photo.rgb if photo.alpha is None else over_grey(photo.rgb, photo.alpha)
    image = image_of(rgb)
    image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
