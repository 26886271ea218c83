"""Where codes start: at principal components, of all shapes or of some, or beside codes that are known."""

import numpy as np
import pytest

pytest.importorskip("torch")

from latentmapper.make.training import start
from tests.make.tiny_store import ellipsoid


def test_shapes_that_others_stand_for_start_where_they_would(monkeypatch: pytest.MonkeyPatch) -> None:
    surfaces = [ellipsoid(height, 9).surface_points for height in np.linspace(0.3, 0.9, 9)]
    whole = start.principal_codes(surfaces, 2, symmetric=True)
    monkeypatch.setattr(start, "MOST", 5)
    thinned = start.principal_codes(surfaces, 2, symmetric=True)
    # One direction tells these apart; components know no sign.
    assert abs(np.corrcoef(whole[:, 0], thinned[:, 0])[0, 1]) > 0.99
    assert not np.array_equal(abs(whole), abs(thinned))


def test_codes_beside_known_ones_follow_from_the_shapes() -> None:
    heights = np.random.default_rng(0).uniform(0.4, 0.8, 24)
    surfaces = [ellipsoid(height, 9).surface_points for height in heights]
    known = np.stack([heights[4:], 1 - 2 * heights[4:]], 1).astype(np.float32)
    codes = start.codes_beside(surfaces, range(4, 24), known, symmetric=True)
    np.testing.assert_array_equal(codes[4:], known)
    np.testing.assert_allclose(codes[:4, 0], heights[:4], atol=0.03)
    np.testing.assert_allclose(codes[:4, 1], 1 - 2 * heights[:4], atol=0.06)
