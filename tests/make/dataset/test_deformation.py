"""Smooth, mirror-symmetric random deformation."""

import numpy as np
import pytest

from latentmapper.errors import MeshError
from latentmapper.make.dataset.deformation import deform, require_proportions, stretch_to

POINTS = np.random.default_rng(0).uniform(-0.5, 0.5, (2000, 3))
MIRROR = np.array([-1, 1, 1])


def deformed(points: np.ndarray, seed: int = 1, strength: float = 0.09, stretch: float = 0.07) -> np.ndarray:
    return deform(points, np.random.default_rng(seed), strength, stretch)


def test_mirror_images_stay_mirror_images():
    both = deformed(np.concatenate([POINTS, POINTS * MIRROR]))
    np.testing.assert_allclose(both[:2000] * MIRROR, both[2000:], atol=1e-6)


def test_the_result_is_canonical():
    result = deformed(POINTS)
    np.testing.assert_allclose(result.min(0) + result.max(0), 0, atol=1e-6)
    assert np.linalg.norm(result, axis=1).max() == pytest.approx(1, abs=1e-6)
    assert result.dtype == np.float32


def test_it_is_random_smooth_and_no_more_than_that():
    base = deformed(POINTS, strength=0.0, stretch=0.0)  # canonical, no more
    first, second = deformed(base), deformed(base, seed=2)
    assert 0.01 < np.abs(first - base).mean() < 0.2
    assert np.abs(first - second).mean() > 0.01
    np.testing.assert_array_equal(first, deformed(base))
    # neighbours stay neighbours: no fold between points a hundredth apart
    near = deformed(np.concatenate([base, base + 0.01]))
    assert np.linalg.norm(near[2000:] - near[:2000], axis=1).max() < 0.06


def test_no_strength_no_change():
    canonical = deformed(POINTS, strength=0.0, stretch=0.0)
    np.testing.assert_allclose(deformed(canonical, strength=0.0, stretch=0.0), canonical, atol=1e-6)


def test_shapes_are_stretched_to_the_proportions_asked_for():
    widths = []
    for seed in range(20):
        result = stretch_to(POINTS, (0.3, 0.4), None, np.random.default_rng(seed))
        size = np.ptp(result, axis=0)
        widths.append(size[0] / size[2])
        assert size[1] / size[2] == pytest.approx(np.ptp(POINTS[:, 1]) / np.ptp(POINTS[:, 2]))
        assert np.linalg.norm(result, axis=1).max() == pytest.approx(1, abs=1e-6)
    assert 0.3 <= min(widths) < 0.33 and 0.37 < max(widths) <= 0.4


def test_other_proportions_are_named():
    box = np.array([[-0.4, -0.3, -1], [0.4, 0.3, 1]])
    require_proportions(box, (0.3, 0.4), (0.3, 0.5))
    require_proportions(box, None, None)
    with pytest.raises(MeshError, match=r"its width is 0\.40 of its length, outside 0\.5 to 0\.6"):
        require_proportions(box, (0.5, 0.6), None)
    with pytest.raises(MeshError, match=r"its height is 0\.30 of its length"):
        require_proportions(box, (0.3, 0.4), (0.1, 0.2))
