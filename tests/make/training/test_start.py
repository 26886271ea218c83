"""Where codes start: at principal components, of all shapes or of those that stand for them."""

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
