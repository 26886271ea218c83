"""Every kind of pixel to 8 bits a channel: RGB, or RGBA where something is transparent."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentmapper.errors import PhotoError

MIN_SIDE = 32
MAX_PIXELS = 100_000_000
BLOCK = 1 << 20
"""Pixels of a deep grey picture that are converted at once, about."""
SHAPES = "(h, w), (h, w, 1), (h, w, 3) or (h, w, 4)"


def check_size(size: tuple[int, int], name: str) -> None:
    """Raise `PhotoError` unless (width, height) in pixels is within what can be read and used."""
    width, height = size
    if min(size) < MIN_SIDE:
        problem, limit = "small", f"at least {MIN_SIDE} x {MIN_SIDE} are needed"
    elif width * height > MAX_PIXELS:
        problem, limit = "large", f"at most {MAX_PIXELS // 10**6} megapixels are read"
    else:
        return
    raise PhotoError(f"{name}: {width} x {height} pixels is too {problem}; {limit}")


def eight_bit(image: Image.Image, name: str) -> Image.Image:
    """Convert any PIL mode to RGB, or to RGBA where the image has transparency."""
    try:
        if image.mode.startswith("I") or image.mode == "F":
            image = _eight_bit_grey(image)
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    except ValueError as error:
        raise PhotoError(f"{name}: {error}; save it as RGB first") from None


def image_of_array(array: NDArray[Any], name: str) -> Image.Image:
    """A PIL image of a uint8, uint16 or float (0..1) array, row 0 on top, RGB order.

    Raises
    ------
    PhotoError : another shape or dtype, floats outside 0..1 or not finite.
    """
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise PhotoError(f"{name}: an array of shape {array.shape} is no picture; give {SHAPES}")
    check_size((array.shape[1], array.shape[0]), name)
    array = _array_levels(array, name)
    return Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)


def _array_levels(array: NDArray[Any], name: str) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype.newbyteorder("=") == np.uint16:  # TIFF readers give either byte order
        return _scaled(array, 65535)
    if not np.issubdtype(array.dtype, np.floating):
        raise PhotoError(f"{name}: an array of {array.dtype} is no picture; use uint8, uint16 or floats")
    # Resampling filters overshoot a little; that much is clipped without a word.
    low, high = float(array.min()), float(array.max())
    if not (low >= -0.1 and high <= 1.1):
        raise PhotoError(f"{name}: a float picture lies within 0..1; this one spans {low:g} to {high:g}")
    return _scaled(array, 1)


def _eight_bit_grey(image: Image.Image) -> Image.Image:
    """Deep grey to L, or to LA where the file calls one value transparent, as the tRNS of a PNG does."""
    values, clear = np.asarray(image), image.info.get("transparency")
    levels = Image.fromarray(_grey_levels(values, image.mode))
    if isinstance(clear, int):  # Pillow would look for it among the 8-bit levels
        levels.putalpha(Image.fromarray((values != clear) * np.uint8(255)))
    return levels


def scale_clear(image: Image.Image, bits: int) -> None:
    """Say in 8 bits, as its pixels come, which colour of a PNG of so many bits is transparent, if any."""
    clear = image.info.get("transparency")
    if bits == 8 or image.mode not in ("L", "RGB") or not isinstance(clear, int | tuple):
        return
    levels = [v >> 8 if bits == 16 else v * 255 // (2**bits - 1) for v in np.atleast_1d(clear).tolist()]
    image.info["transparency"] = tuple(levels) if isinstance(clear, tuple) else levels[0]


def _grey_levels(values: NDArray[Any], mode: str) -> NDArray[np.uint8]:
    """16-bit, 32-bit and float grey to 8 bits; what counts as white follows from the mode and the values."""
    # The whole of a large scan would take gigabytes as 64-bit numbers.
    blocks = np.array_split(values, min(len(values), -(-values.size // BLOCK)))
    white = 65535.0
    if not mode.startswith("I;16"):
        brightest = max(float(_finite(block).max()) for block in blocks)
        white = next((each for each in (1.0, 255.0, 65535.0) if brightest <= each), brightest)
    return np.concatenate([_scaled(_finite(block), white) for block in blocks])


def _finite(values: NDArray[Any]) -> NDArray[np.float64]:
    return np.nan_to_num(values.astype(np.float64), nan=0, posinf=0, neginf=0)


def _scaled(values: NDArray[Any], white: float) -> NDArray[np.uint8]:
    return np.clip(np.rint(values * (255 / white)), 0, 255).astype(np.uint8)
