"""From a photo of any size to the square that the ViT looks at."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentmapper.errors import PhotoError
from latentmapper.photo.foreground import Mask
from latentmapper.photo.pixels import MIN_SIDE
from latentmapper.photo.reading import Photo

SIDE = 224
GREY = 0.5
"""Neutral grey: what lies behind a cut-out and beside a picture that is not square."""
FILL = 0.85
"""Share of the square that the longer side of a cut-out object takes."""
CLOSE = 1.14
"""Side of the window that `closer` takes, in longer sides of the object."""

Box = tuple[float, float, float, float]
"""Top, left, bottom, right in pixels of a square, ends exclusive."""


def frame(photo: Photo, mask: Mask | None, size: tuple[int, int] = (SIDE, SIDE)) -> NDArray[np.float32]:
    """Frame what matters of a photo: the whole of it, or its foreground cut out on neutral grey.

    Parameters
    ----------
    mask : of the foreground, such as the photo's own `alpha`; None frames the whole picture.
    size : height and width of the result, pixels.

    Returns
    -------
    framed : (*size, 3) float32 RGB 0..1, row 0 on top.

    Raises
    ------
    PhotoError : the foreground is smaller than 32 pixels.
    """
    if mask is None:
        return letterbox(photo.rgb if photo.alpha is None else over_grey(photo.rgb, photo.alpha), size)
    # What is transparent has no colour to show, whatever a mask says.
    mask = mask if photo.alpha is None else np.minimum(mask, photo.alpha)
    top, left, bottom, right = _box(mask, photo.name)
    return letterbox(over_grey(photo.rgb, mask)[top:bottom, left:right], size, FILL)


def over_grey(rgb: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    """Lay (h, w, 3) colours over neutral grey where (h, w) says so."""
    return GREY + (rgb - np.float32(GREY)) * mask[..., None]


def cut_out(photo: Photo, mask: Mask | None) -> Image.Image:
    """A photo as RGBA, transparent where a mask (h, w) or the photo's own transparency says so."""
    opaque = np.ones(photo.rgb.shape[:2], np.float32)
    alpha = np.minimum(opaque if mask is None else mask, opaque if photo.alpha is None else photo.alpha)
    return image_of(np.concatenate([photo.rgb, alpha[..., None]], axis=2))


def image_of(pixels: NDArray[np.float32]) -> Image.Image:
    """A picture (h, w[, 3 or 4]) 0..1 as one of 8 bits a channel."""
    return Image.fromarray(np.clip(np.rint(pixels * 255), 0, 255).astype(np.uint8))


def png_bytes(image: Image.Image) -> bytes:
    """A picture as a PNG file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def letterbox(
    rgb: NDArray[np.float32], size: tuple[int, int] = (SIDE, SIDE), fill: float = 1.0
) -> NDArray[np.float32]:
    """Fit a picture into the middle of a grey one, antialiased, without changing its proportions.

    Parameters
    ----------
    rgb : (h, w, 3) float32 0..1.
    size : height and width of the grey one, pixels.
    fill : share of its height or width that the picture takes at most.

    Returns
    -------
    fitted : (*size, 3) float32 0..1.
    """
    top, left, height, width = fitted_into((rgb.shape[0], rgb.shape[1]), size, fill)
    resized = image_of(rgb).resize((width, height), Image.Resampling.LANCZOS)
    fitted = np.full((*size, 3), GREY, np.float32)
    fitted[top : top + height, left : left + width] = np.asarray(resized, np.float32) / 255
    return fitted


def fitted_into(
    picture: tuple[int, int], size: tuple[int, int], fill: float = 1.0
) -> tuple[int, int, int, int]:
    """Where a letterboxed picture lies: top, left, height and width in pixels of the larger one.

    Parameters
    ----------
    picture, size : height and width, pixels.
    fill : as in `letterbox`.
    """
    scale = min(fill * size[0] / picture[0], fill * size[1] / picture[1])
    height, width = max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))
    return (size[0] - height) // 2, (size[1] - width) // 2, height, width


def closer(
    square: NDArray[np.float32], box: Box, scale: float = CLOSE, shift: tuple[float, float] = (0.0, 0.0)
) -> NDArray[np.float32]:
    """Look closer at the object in a square: a square window around it, enlarged to the same size.

    Parameters
    ----------
    square : (s, s, 3) float32 0..1.
    box : of the object.
    scale : side of the window, in longer sides of the box.
    shift : down and right, in sides of the window.

    Returns
    -------
    square : (s, s, 3) float32 0..1; neutral grey beyond the picture's edge.
    """
    top, left, bottom, right = box
    side = max(bottom - top, right - left) * scale
    y, x = (top + bottom - side) / 2 + side * shift[0], (left + right - side) / 2 + side * shift[1]
    levels = image_of(square)
    grey = (round(255 * GREY),) * 3
    window = levels.transform(
        levels.size,
        Image.Transform.EXTENT,
        (x, y, x + side, y + side),
        Image.Resampling.BICUBIC,
        fillcolor=grey,
    )
    return np.asarray(window, np.float32) / np.float32(255)


def extent(on: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """Top, left, bottom and right, ends exclusive, of what is set in (h, w); None where nothing is."""
    rows, columns = (np.flatnonzero(on.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _box(mask: Mask, name: str) -> tuple[int, int, int, int]:
    """The extent of what is mostly opaque. Raises `PhotoError` where that is too small."""
    found = extent(mask > 0.5)
    if found is None or max(found[2] - found[0], found[3] - found[1]) < MIN_SIDE:
        raise PhotoError(f"{name}: what is not transparent is smaller than {MIN_SIDE} pixels")
    return found
