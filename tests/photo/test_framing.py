import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import PhotoError
from latentmapper.photo import read_photo
from latentmapper.photo.framing import FILL, SIDE, closer, frame, letterbox

from .pictures import QUARTERS, corners, quarters


def test_a_square_picture_fills_the_square() -> None:
    square = frame(read_photo(quarters(500, 500)), None)
    assert square.shape == (224, 224, 3) and square.dtype == np.float32
    assert corners(square) == QUARTERS


@pytest.mark.parametrize(("width", "height"), [(448, 224), (224, 448), (64, 32)])
def test_other_pictures_keep_their_proportions_between_grey_bars(width: int, height: int) -> None:
    square = frame(read_photo(quarters(width, height)), None)
    if height > width:
        square = square.transpose(1, 0, 2)
    assert (square[:56] == 0.5).all() and (square[-56:] == 0.5).all()
    inner = square[56:-56]
    assert (inner != 0.5).any(axis=2).all()
    assert corners(inner)[0] == (1, 0, 0) and corners(inner)[3] == (1, 1, 1)


def test_a_sliver_still_frames() -> None:
    assert frame(read_photo(np.zeros((32, 20_000), np.uint8)), None).shape == (224, 224, 3)


def test_reduction_is_antialiased() -> None:
    stripes = np.zeros((896, 896, 3), np.float32)
    stripes[:, ::2] = 1
    assert np.abs(letterbox(stripes)[20:-20, 20:-20] - 0.5).max() < 0.02


def test_a_cut_out_is_cropped_centred_and_laid_on_grey() -> None:
    rgba = np.zeros((300, 400, 4), np.uint8)
    rgba[..., 1] = 255  # green lies hidden under the transparency
    rgba[200:280, 300:380] = 255, 0, 0, 255
    photo = read_photo(rgba)
    square = frame(photo, photo.alpha)
    red = (square - np.array([1, 0, 0])).__abs__().max(axis=2) < 0.02
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    for found in (rows, columns):
        assert abs(len(found) - FILL * SIDE) <= 2 and abs(found.mean() - (SIDE - 1) / 2) <= 1
    assert np.allclose(square[~red], 0.5, atol=0.02)


def test_without_a_foreground_transparency_is_only_laid_on_grey() -> None:
    rgba = np.zeros((200, 200, 4), np.uint8)
    rgba[150:190, 150:190] = 255, 255, 255, 255
    square = frame(read_photo(rgba), None)
    assert np.allclose(square[:150, :150], 0.5, atol=0.02) and np.allclose(square[190, 190], 1, atol=0.02)


def test_a_cut_out_too_small_to_see_is_refused() -> None:
    image = Image.new("RGBA", (100, 100))
    image.paste((255, 0, 0, 255), (10, 10, 30, 20))
    photo = read_photo(image, "dot.png")
    with pytest.raises(PhotoError, match=r"dot\.png: what is not transparent is smaller than 32 pixels"):
        frame(photo, photo.alpha)


def test_a_closer_look_is_an_enlarged_window() -> None:
    square = np.zeros((224, 224, 3), np.float32)
    square[56:112, 56:168] = 1
    near = closer(square, (56, 56, 112, 168), scale=1.0)
    assert near.shape == square.shape
    inside = near[..., 0] > 0.5
    np.testing.assert_array_equal(np.flatnonzero(inside.all(1)), np.arange(56, 168))


def test_beyond_the_picture_a_closer_look_is_grey() -> None:
    near = closer(np.ones((224, 224, 3), np.float32), (0, 0, 100, 100), scale=1.0, shift=(-0.5, 0))
    np.testing.assert_allclose(near[:110], 0.5, atol=0.01)
    np.testing.assert_allclose(near[114:], 1, atol=0.01)
