import tracemalloc

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import PhotoError
from latentmapper.photo import read_photo
from latentmapper.photo.pixels import check_size, eight_bit

RAMP = np.linspace(0, 1, 64 * 48).reshape(48, 64)


@pytest.mark.parametrize(
    "array",
    [
        RAMP,
        RAMP[..., None].astype(np.float32),
        np.rint(RAMP * 255).astype(np.uint8),
        np.rint(RAMP * 65535).astype(np.uint16),
        np.rint(RAMP * 65535).astype(">u2"),
        np.repeat(RAMP[..., None], 3, axis=2),
    ],
)
def test_arrays_of_every_kind_agree_to_a_grey_level(array: np.ndarray) -> None:
    rgb = read_photo(array).rgb
    assert np.abs(rgb - RAMP[..., None]).max() <= 0.51 / 255


@pytest.mark.parametrize("mode", ["L", "LA", "CMYK", "YCbCr", "HSV", "RGBX"])
def test_pil_modes_become_rgb(mode: str) -> None:
    grey = Image.fromarray(np.rint(RAMP * 255).astype(np.uint8)).convert("RGB")
    rgb = read_photo(grey.convert("L").convert(mode) if mode == "LA" else grey.convert(mode)).rgb
    assert np.abs(rgb - RAMP[..., None]).max() < 2.5 / 255


@pytest.mark.parametrize(("mode", "white"), [("I;16", 65535), ("I", 65535), ("I", 255), ("F", 1), ("F", 255)])
def test_deep_grey_images_keep_their_levels(mode: str, white: float) -> None:
    dtype = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
    image = Image.fromarray((RAMP * white).astype(dtype))
    assert image.mode == mode
    assert np.abs(read_photo(image).rgb - RAMP[..., None]).max() < 1.1 / 255


@pytest.mark.parametrize("dtype", [np.uint16, np.int32])
def test_a_deep_grey_scan_takes_no_more_than_its_levels(dtype: type) -> None:
    scan = Image.fromarray(np.full((3000, 4000), 0.2 * 65535, dtype))
    tracemalloc.start()
    levels = eight_bit(scan, "scan.png")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12e6 * 12  # its numbers as 64 bits would take 8 each, and their copies as much again
    assert levels.getextrema() == ((51, 51),) * 3


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 64, 64), np.uint8), r"shape \(3, 64, 64\) is no picture; give \(h, w\), \(h, w, 1\)"),
        (np.zeros(64, np.uint8), r"shape \(64, 1\)|shape \(64,\) is no picture"),
        (np.zeros((64, 64, 3), np.int64), "array of int64 is no picture; use uint8, uint16 or floats"),
        (np.full((64, 64, 3), 255.0), "within 0..1; this one spans 255 to 255"),
        (np.full((64, 64, 3), np.nan), "within 0..1; this one spans nan to nan"),
        (np.zeros((8, 64, 3), np.uint8), "64 x 8 pixels is too small"),
    ],
)
def test_arrays_that_are_no_pictures_are_refused(array: np.ndarray, message: str) -> None:
    with pytest.raises(PhotoError, match=message):
        read_photo(array)


def test_what_cannot_be_converted_is_refused(monkeypatch) -> None:
    def refuse(*_arguments):
        raise ValueError("conversion from LAB to RGB not supported")

    monkeypatch.setattr(Image.Image, "convert", refuse)
    with pytest.raises(PhotoError, match="conversion from LAB to RGB not supported; save it as RGB first"):
        read_photo(Image.new("LAB", (64, 64)))


def test_the_size_limits() -> None:
    check_size((32, 32), "a.png")
    check_size((10_000, 10_000), "a.png")
    with pytest.raises(
        PhotoError, match=r"a\.png: 10001 x 10000 pixels is too large; at most 100 megapixels"
    ):
        check_size((10_001, 10_000), "a.png")
    with pytest.raises(
        PhotoError, match=r"a\.png: 500 x 31 pixels is too small; at least 32 x 32 are needed"
    ):
        check_size((500, 31), "a.png")
