"""What becomes of pictures."""

import numpy as np
import pytest

from latentmapper.make.evaluation.conditions import SETTINGS, STANDARD, Setting


def noise(side: int = 224) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)


def step() -> np.ndarray:
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[:, 112:] = 240
    return picture


@pytest.mark.parametrize("name", [*STANDARD, "occluded-25", "occluded-50"])
def test_most_conditions_leave_the_picture_as_it_is(name):
    picture = noise()
    assert SETTINGS[name].damage(picture) is picture


@pytest.mark.parametrize(("name", "side"), [("pixels-64", 64), ("pixels-128", 128)])
def test_a_small_picture_holds_no_finer_detail_than_its_pixels(name, side):
    damaged = SETTINGS[name].damage(noise())
    assert damaged.shape == (224, 224, 3) and damaged.dtype == np.uint8
    spectrum = np.abs(np.fft.fft2(damaged[..., 0].astype(float) - damaged[..., 0].mean()))
    frequencies = np.abs(np.fft.fftfreq(224) * 224)
    fine = np.maximum(*np.meshgrid(frequencies, frequencies)) > side
    assert (spectrum[fine] ** 2).sum() < 0.02 * (spectrum**2).sum()


def test_a_blurred_step_has_the_slope_of_its_gaussian():
    row = SETTINGS["blur-2"].damage(step())[100, :, 0].astype(float)
    slope = np.diff(row) / 240
    middle = (slope * (np.arange(223) + 0.5)).sum()
    assert middle == pytest.approx(111.5, abs=0.05)
    assert np.sqrt((slope * (np.arange(223) + 0.5 - middle) ** 2).sum()) == pytest.approx(2, rel=0.1)


def test_jpeg_leaves_blocks_of_eight():
    y, x = np.mgrid[:224, :224]
    ramp = np.repeat((255 * np.hypot(x, y) / 320).astype(np.uint8)[..., None], 3, axis=2)
    jumps = np.abs(np.diff(SETTINGS["jpeg-10"].damage(ramp)[..., 0].astype(float), axis=1)).mean(0)
    assert jumps[7::8].mean() > 2 * np.delete(jumps, np.arange(7, 223, 8)).mean()


def test_a_plain_picture_keeps_its_colour():
    picture = np.full((224, 224, 3), (200, 120, 40), np.uint8)
    setting = Setting(pixels=50, blur=3.0, quality=90)
    np.testing.assert_allclose(setting.damage(picture), picture, atol=3)
