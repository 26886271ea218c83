"""The foreground provider `file`: masks that somebody drew, one for each photo."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentmapper.errors import PhotoError
from latentmapper.files import sha256_of_bytes
from latentmapper.photo.encoded import decode
from latentmapper.photo.foreground import Found, Mask, Request, cut_off, require_visible
from latentmapper.photo.pixels import eight_bit
from latentmapper.photo.reading import WORKING_SIDE, Photo, read_bytes

AROUND = 0.9
"""Share of the picture's edge from which a mask, if much inside is off, is taken for an inverted one."""
HOLE = 0.1
"""Share of the picture that is off in an inverted mask, at least."""
MIDDLE = 0.25
"""Share of the picture's middle, half as high and wide, that is off in the inverted mask of an object that
touches an edge: one that fills the picture but for a gap at one edge leaves its middle on."""


class FileMasks:
    """Masks from image files: white, or opaque in a file that is transparent somewhere, is the object.

    Parameters
    ----------
    masks : name of a photo -> file of its mask, exactly as large as the photo.
    """

    name = "file"
    several = False

    def __init__(self, masks: Mapping[str, Path]) -> None:
        self._masks = dict(masks)

    def find(self, photo: Photo, request: Request) -> Found:
        """See `Foreground`.

        Raises
        ------
        PhotoError : no mask for this photo, one that cannot be read, has another size, is empty or inverted.
        """
        path = self._of(photo.name)
        return _found(read_bytes(path), str(path), photo)

    def identity(self, photo: str) -> Any:
        """See `Foreground`."""
        return [self.name, sha256_of_bytes(read_bytes(self._of(photo)))]

    def _of(self, photo: str) -> Path:
        if photo not in self._masks:
            raise PhotoError(f"{photo}: no mask was given for it")
        return self._masks[photo]


class SentMask:
    """The mask that was sent along with one photo.

    Parameters
    ----------
    mask : the bytes of an image file, as for `FileMasks`.
    """

    name = "file"
    several = False

    def __init__(self, mask: bytes) -> None:
        self._mask = mask

    def find(self, photo: Photo, request: Request) -> Found:
        """See `Foreground`; raises `PhotoError` as `FileMasks` does."""
        return _found(self._mask, f"the mask of {photo.name}", photo)

    def identity(self, photo: str) -> Any:
        """See `Foreground`."""
        return [self.name, sha256_of_bytes(self._mask)]


def _found(data: bytes, name: str, photo: Photo) -> Found:
    mask = read_mask(data, name, photo)
    require_visible(mask, photo.name)
    return Found(mask, warnings=cut_off(mask))


def read_mask(data: bytes, name: str, photo: Photo) -> Mask:
    """A mask of a photo, reduced as the photo was.

    Parameters
    ----------
    data : the bytes of its image file.
    name : what messages call it.

    Raises
    ------
    PhotoError : it cannot be read, has another size than the photo, is empty or inverted.
    """
    image, (width, height), _ = decode(data, name, WORKING_SIDE)
    if (height, width) != photo.size:
        sizes = f"{width} x {height} pixels, but {photo.name} {photo.size[1]} x {photo.size[0]}"
        raise PhotoError(f"{name}: the mask has {sizes}; draw it on the photo itself")
    image = eight_bit(image, name)
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    # Many programs save an opaque alpha beside the black and white that was drawn.
    grey = alpha if alpha and np.asarray(alpha).min() < 255 else image.convert("L")
    size = photo.rgb.shape[1], photo.rgb.shape[0]
    if grey.size != size:
        grey = grey.resize(size, Image.Resampling.BOX)
    mask = np.asarray(grey, np.float32) / np.float32(255)
    _require_object(mask, name)
    return mask


def _require_object(mask: Mask, name: str) -> None:
    on = mask > 0.5
    if not on.any():
        raise PhotoError(f"{name}: the mask is empty; the object has to be white in it")
    if _is_inverted(on):
        raise PhotoError(f"{name}: the mask is inverted, as it seems; the object has to be white in it")


def _is_inverted(on: NDArray[np.bool_]) -> bool:
    """Whether what is set in (h, w) lies around a hole that is the object: the object may touch one edge."""
    if 1 - on.mean() < HOLE:
        return False
    edges = on[0], on[-1], on[:, 0], on[:, -1]
    if np.concatenate(edges).mean() >= AROUND:
        return True
    height, width = on.shape
    middle = on[height // 4 : -(height // 4), width // 4 : -(width // 4)]
    return sum(edge.mean() >= AROUND for edge in edges) >= 3 and bool(1 - middle.mean() >= MIDDLE)
