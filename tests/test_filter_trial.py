"""The trial of the CLIP filter: what its tables say, and that crops are cut where they are asked for."""

import runpy
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from PIL import Image

from latentmapper.batch.inputs import Input
from latentmapper.photo import read_photo
from tests.photo.pictures import encoded, quarters


@pytest.fixture(scope="module")
def script() -> dict:
    return runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "filter_trial.py"))


def test_precision_and_recall_are_those_of_what_is_kept(script) -> None:
    # With sigma 2 the line lies at 0.1 + 2 x 0.3: the one far texture is dropped, the near one is not.
    kinds = np.array(["car"] * 18 + ["texture"] * 2)
    distances = np.array([0.0] * 19 + [2.0])
    lines = list(script["tables"](kinds, distances))
    assert lines[0].endswith("| texture dropped |")
    assert "| 2 | 19 | 0.947 | 1.000 | 0.50 |" in lines
    assert any(line.startswith("| texture | 2 | 1.000 | 1.000 | 0.750 |") for line in lines)


def test_the_area_under_the_curve_counts_pairs(script) -> None:
    near, far = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0])
    naive = np.mean([(b > a) + 0.5 * (b == a) for a in near for b in far])
    assert script["area_under_roc"](near, far) == pytest.approx(naive)


@pytest.mark.parametrize("size", [(224, 224), (448, 224), (112, 224)])
def test_a_crop_is_cut_in_the_square_that_the_head_sees(script, size: tuple[int, int]) -> None:
    photo = Input("a.png", PurePosixPath("a"), data=encoded(quarters(*size)))
    # A little window around the middle of the square holds all four colours.
    window = np.asarray(script["_window"](photo, (102, 102, 122, 122)))
    side = len(window)
    corners = [(window[y, x] > 128).tolist() for y in (9, side - 9) for x in (9, side - 9)]
    assert corners == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]


def test_textures_are_pictures_of_their_own(script) -> None:
    first, second = (np.asarray(script["_texture"](i)) for i in (0, 1))
    assert first.shape == (224, 224, 3) and np.abs(first.astype(int) - second).max() > 20
    assert isinstance(script["_texture"](0), Image.Image)
    assert read_photo(script["_input"]("a", script["_texture"](0)).read()).rgb.shape == (224, 224, 3)
