"""What a camera does to light: exposure, colour cast, blur, noise, contrast, grey scale, JPEG."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.render.shading import to_srgb

_LEVELS = 4096


@dataclass(frozen=True)
class Development:
    """How one photo was taken and stored."""

    brightness: float
    """Mean linear light of the picture after exposure, half of it measured on the subject."""
    cast: tuple[float, float, float]
    """Factor of each channel."""
    contrast: float
    """Exponent about the middle: 1 leaves the picture as it is."""
    saturation: float
    """0 for grey-scale, 1 for none."""
    blur: float
    """Standard deviation, pixels."""
    noise: float
    """Standard deviation at full white, linear light."""
    fade: float
    """How much the blacks are lifted."""
    quality: int
    """Of the JPEG, 1 to 95."""

    def exposure(self, linear: NDArray[np.floating], subject: NDArray[np.bool_]) -> np.float32:
        """The factor for a picture (h, w, 3) in which a mask (h, w) tells the subject."""
        mean = float(linear.mean())
        if subject.any():
            mean = 0.5 * mean + 0.5 * float(linear[subject].mean())
        return np.float32(np.clip(self.brightness / max(mean, 1e-4), 0.3, 4))


def random_development(rng: Generator, grey: bool) -> Development:
    """The faults of an ordinary photo."""
    cast = np.exp(rng.normal(0, 0.06, 3) + rng.normal(0, 0.08) * np.array([1, 0, -1]))
    return Development(
        brightness=float(np.exp(rng.normal(np.log(0.26), 0.3))),
        cast=(float(cast[0]), float(cast[1]), float(cast[2])),
        contrast=float(rng.uniform(0.85, 1.45)),
        saturation=0.0 if grey else float(rng.uniform(0.6, 1.35)),
        blur=float(rng.choice([rng.uniform(0.35, 0.6), rng.uniform(0.6, 1.6)], p=[0.7, 0.3])),
        noise=float(rng.choice([0.0, rng.uniform(0.005, 0.05)], p=[0.4, 0.6])),
        fade=float(rng.choice([0.0, rng.uniform(0, 0.06)])),
        quality=int(rng.integers(40, 96)),
    )


def develop(linear: NDArray[np.floating], how: Development, rng: Generator) -> NDArray[np.uint8]:
    """(h, w, 3) linear light to the (h, w, 3) uint8 picture that comes out of the camera."""
    from scipy.ndimage import gaussian_filter

    light = gaussian_filter(linear, (how.blur, how.blur, 0), output=np.float32, truncate=2.5)
    light *= np.asarray(how.cast, np.float32)
    if how.noise:
        grain = rng.standard_normal(light.shape, np.float32)
        light += grain * (how.noise * np.sqrt(np.maximum(light, 0.02)))
    if how.saturation != 1:
        luminance = light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        light = luminance[..., None] + np.float32(how.saturation) * (light - luminance[..., None])
    index = np.clip(light * (_LEVELS - 1), 0, _LEVELS - 1).astype(np.int16)
    return _curve(how)[index]


def _curve(how: Development) -> NDArray[np.uint8]:
    """(levels,) from linear light to the stored byte: sRGB, a soft shoulder, contrast and fading."""
    light = np.linspace(0, 1, _LEVELS)
    tone = to_srgb(1.25 * light / (1 + 0.25 * light))
    low, high = 0.5 * (2 * tone) ** how.contrast, 1 - 0.5 * (2 * (1 - tone)) ** how.contrast
    tone = how.fade + (1 - how.fade) * np.where(tone < 0.5, low, high)
    return np.round(tone * 255).astype(np.uint8)


def jpeg(picture: NDArray[np.uint8], quality: int) -> bytes:
    """The picture as a JPEG file's bytes."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def read_jpeg(data: bytes) -> NDArray[np.uint8]:
    """(h, w, 3) uint8 RGB of a JPEG file's bytes."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
