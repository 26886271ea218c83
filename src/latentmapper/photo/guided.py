"""Masks that follow the edges of their picture: the guided filter (He, Sun and Tang, PAMI 2013)."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import uniform_filter

from latentmapper.photo.foreground import Mask

WINDOW = 21
"""Side of the windows in which a mask follows the picture, pixels of the mask: one patch and a half."""
LEAST = 1e-3
"""Variance of the luma, 0..1, below which a window counts as plain, and the mask in it is averaged."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def follow_edges(mask: Mask, rgb: NDArray[np.float32]) -> Mask:
    """A small soft mask in the size of its picture, its edges drawn to those of the picture.

    In every window the mask is fitted by a linear function of the picture's luma. Functions are found at the
    size of the mask and applied at that of the picture (He and Sun, "Fast Guided Filter", 2015).

    Parameters
    ----------
    mask : (h, w) 0..1.
    rgb : (H, W, 3) 0..1, the same picture, of any size.

    Returns
    -------
    (H, W) float32 0..1.
    """
    guide = (rgb @ LUMA).astype(np.float32)
    slope, offset = _functions(resized(guide, mask.shape), mask)
    fitted = resized(slope, guide.shape) * guide + resized(offset, guide.shape)
    return fitted.clip(0, 1).astype(np.float32)


def _functions(guide: NDArray[np.float32], mask: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(h, w) slope and offset of the mask as a function of the guide, each the mean over all windows that
    hold the pixel."""
    mean_guide, mean_mask = _windows(guide), _windows(mask)
    covariance = _windows(guide * mask) - mean_guide * mean_mask
    variance = _windows(guide * guide) - mean_guide * mean_guide
    slope = (covariance / (variance + LEAST)).astype(np.float32)
    return _windows(slope), _windows(mean_mask - slope * mean_guide)


def _windows(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """(h, w) means over the windows around pixels."""
    return np.asarray(uniform_filter(values, WINDOW, mode="nearest"), np.float32)


def resized(values: NDArray[np.float32], size: tuple[int, ...]) -> NDArray[np.float32]:
    """Numbers (h, w), such as a mask, at another height and width."""
    image = Image.fromarray(values).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32)
