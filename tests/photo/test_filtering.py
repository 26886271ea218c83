"""Equations 1 and 2 of the paper against what they say, term by term."""

import numpy as np
import pytest

from latentmapper.features.clip import TEMPLATES, prompts, unit
from latentmapper.photo.filtering import Threshold, mean_distances


def test_a_category_stands_behind_all_templates_of_the_paper() -> None:
    assert len(TEMPLATES) == len(set(TEMPLATES)) == 74
    assert prompts("car")[0] == "a bad photo of a car" and prompts("car")[-1] == "a 3d face of the car"


def test_equation_1_is_the_mean_over_all_sentences() -> None:
    rng = np.random.default_rng(0)
    images, sentences = unit(rng.normal(size=(5, 512))), unit(rng.normal(size=(74, 512)))
    naive = [np.mean([1 - float(image @ sentence) for sentence in sentences]) for image in images]
    np.testing.assert_allclose(mean_distances(images, sentences), naive, atol=1e-6)


def test_the_distance_runs_from_the_same_direction_to_the_opposite() -> None:
    axis = np.eye(512, dtype=np.float32)[:1]
    images = np.concatenate([axis, np.eye(512, dtype=np.float32)[1:2], -axis])
    np.testing.assert_allclose(mean_distances(images, np.repeat(axis, 74, axis=0)), [0, 1, 2], atol=1e-7)


def test_equation_2_drops_what_lies_beyond_the_line() -> None:
    # 98 at 0, 2 at 1: mean 0.02, deviation 0.14, the line at 0.3.
    distances = np.array([0.0] * 98 + [1.0] * 2)
    line = Threshold.of(distances, 2.0)
    assert (line.mean, line.deviation) == pytest.approx((0.02, 0.14))
    assert line.value == pytest.approx(0.3)
    np.testing.assert_array_equal(line.kept(distances), distances < 0.5)
    assert Threshold.of(distances, 8.0).kept(distances).all()


def test_what_lies_on_the_line_is_kept() -> None:
    # 0 and 1: mean 0.5, deviation 0.5, and with sigma 1 the line is at 1 itself.
    assert Threshold.of(np.array([0.0, 1.0]), 1.0).kept(np.array([0.0, 1.0])).all()


def test_photos_that_are_all_alike_are_all_kept() -> None:
    distances = np.full(1000, 0.7341, np.float32)
    assert Threshold.of(distances, 0.0).kept(distances).all()
