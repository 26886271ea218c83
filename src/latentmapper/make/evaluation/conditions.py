"""What pictures are taken under: backgrounds, occlusion, and what becomes of the picture afterwards.

A name says all there is to know of its condition, so none may change its meaning; the protocol's id does not
cover them.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.dataset.framing import SIZE
from latentmapper.make.dataset.photometry import jpeg, read_jpeg

Condition = Literal[
    "cluttered",
    "plain",
    "occluded",
    "occluded-25",
    "occluded-50",
    "pixels-64",
    "pixels-128",
    "pixels-512",
    "blur-2",
    "jpeg-10",
]
STANDARD: tuple[Condition, ...] = ("cluttered", "plain", "occluded")
"""Taken where none are named."""


@dataclass(frozen=True)
class Setting:
    """How the pictures of one condition are made."""

    background: Literal["cluttered", "plain"] = "cluttered"
    hidden: float | None = 0.0
    """Share of the object that occluders hide; None for the range of the rules."""
    side: int = SIZE
    """Of the picture as it is taken, in pixels."""
    pixels: int | None = None
    """Side to which the picture is reduced before it is enlarged again, as a photo of that size would be."""
    blur: float = 0.0
    """Standard deviation of a Gaussian, in pixels of the finished picture."""
    quality: int | None = None
    """Of a JPEG file that the picture is stored in once more, 1 to 95."""

    def damage(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture (h, w, 3) RGB after all that happens to it; the same array where nothing does."""
        if self.pixels is not None:
            picture = _resampled(picture, self.pixels)
        if self.blur:
            picture = _blurred(picture, self.blur)
        return picture if self.quality is None else read_jpeg(jpeg(picture, self.quality))


SETTINGS: dict[Condition, Setting] = {
    "cluttered": Setting(),
    "plain": Setting(background="plain"),
    "occluded": Setting(hidden=None),
    "occluded-25": Setting(hidden=0.25),
    "occluded-50": Setting(hidden=0.5),
    "pixels-64": Setting(pixels=64),
    "pixels-128": Setting(pixels=128),
    "pixels-512": Setting(side=512),
    "blur-2": Setting(blur=2.0),
    "jpeg-10": Setting(quality=10),
}
"""Larger pictures than 224 pixels a side are reduced to that by those who look, as photos are."""


def _resampled(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    from PIL import Image

    height, width = picture.shape[:2]
    small = Image.fromarray(picture).resize((side, side), Image.Resampling.BOX)
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


def _blurred(picture: NDArray[np.uint8], deviation: float) -> NDArray[np.uint8]:
    from scipy.ndimage import gaussian_filter

    blurred = gaussian_filter(picture.astype(np.float32), (deviation, deviation, 0))
    return np.round(blurred).clip(0, 255).astype(np.uint8)
