"""From anything a user may call a picture to a `Photo`."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentmapper.errors import PhotoError
from latentmapper.files import is_folder, sha256_of_bytes
from latentmapper.photo.encoded import decode, upright
from latentmapper.photo.pixels import check_size, eight_bit, image_of_array

MAX_BYTES = 512 << 20
WORKING_SIDE = 640
"""Longest side, in pixels, that is kept: well above the ViT's 224, quickly decoded from a phone's JPEG."""


@dataclass(frozen=True)
class Photo:
    """A picture as the rest of the package sees it: upright, at most `WORKING_SIDE` pixels long."""

    name: str
    """What messages call it: the path as the user gave it, or "picture"."""
    rgb: NDArray[np.float32]
    """(h, w, 3), 0..1, row 0 on top."""
    alpha: NDArray[np.float32] | None
    """(h, w), 0 transparent to 1 opaque; None where the whole picture is opaque."""
    sha256: str
    """Of the encoded file, or of the upright 8-bit pixels where there is no file."""
    warnings: tuple[str, ...] = ()
    size: tuple[int, int] = (0, 0)
    """Height and width, pixels, of the whole picture: what a mask drawn for it measures."""


Source = str | os.PathLike[str] | bytes | Image.Image | NDArray[Any] | Photo


def read_photo(source: Source, name: str | None = None) -> Photo:
    """Read one picture.

    Parameters
    ----------
    source : a path, the bytes of an encoded file, a PIL image, a `Photo`, or an array (h, w), (h, w, 1),
        (h, w, 3) or (h, w, 4) of uint8, uint16 or floats 0..1. EXIF rotation is applied; CMYK, palette, grey
        and 16-bit pictures become 8-bit RGB; of an animation the first frame is taken, with a warning.
    name : what messages call it; the path or "picture" if None.

    Raises
    ------
    PhotoError : it cannot be read, is below 32 pixels a side, above 100 megapixels, or wholly transparent.
    """
    if isinstance(source, Photo):
        return source if name is None else replace(source, name=name)
    if isinstance(source, str | os.PathLike):
        return _from_encoded(read_bytes(Path(source)), name or os.fspath(source))
    name = name or "picture"
    if isinstance(source, bytes | bytearray | memoryview):
        return _from_encoded(bytes(source), name)
    if isinstance(source, Image.Image):
        check_size(source.size, name)
        return _from_pixels(upright(source, name), name)
    return _from_pixels(image_of_array(source, name), name)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; `PhotoError` where it is missing, a folder, unreadable or absurdly large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise PhotoError(f"{path}: no such file") from None
    except OSError as error:
        # Windows answers "permission denied" where a folder is opened.
        problem = "a folder, not a picture" if is_folder(path) else f"cannot be read ({error.strerror})"
        raise PhotoError(f"{path}: {problem}") from None
    if len(data) > MAX_BYTES:
        raise too_large(str(path), MAX_BYTES)
    return data


def too_large(name: str, limit: int) -> PhotoError:
    """The error that says that a file holds more than `limit` bytes."""
    return PhotoError(f"{name}: larger than {limit >> 20} MB, the most that is read of one picture")


def _from_encoded(data: bytes, name: str) -> Photo:
    image, (width, height), warnings = decode(data, name, WORKING_SIDE)
    return _photo(eight_bit(image, name), name, sha256_of_bytes(data), (height, width), warnings)


def _from_pixels(image: Image.Image, name: str) -> Photo:
    image = eight_bit(image, name)
    digest = sha256_of_bytes(f"{image.mode} {image.size}".encode(), image.tobytes())
    return _photo(image, name, digest, (image.height, image.width), ())


def _photo(
    image: Image.Image, name: str, digest: str, size: tuple[int, int], warnings: tuple[str, ...]
) -> Photo:
    """Reduce an upright 8-bit RGB or RGBA image to the working size and take it apart."""
    if max(image.size) > WORKING_SIDE:
        # Not `ImageOps.contain`, which leaves no pixel of a strip's short side.
        width, height = (max(1, round(side / max(image.size) * WORKING_SIDE)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    pixels = np.asarray(image, np.float32) / np.float32(255)
    alpha = pixels[..., 3] if pixels.shape[2] == 4 and pixels[..., 3].min() < 1 else None
    if alpha is not None and alpha.max() < 0.5:
        raise PhotoError(f"{name}: wholly transparent; there is nothing to see")
    return Photo(name, np.ascontiguousarray(pixels[..., :3]), alpha, digest, warnings, size)
