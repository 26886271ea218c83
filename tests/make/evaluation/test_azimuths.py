"""Error over azimuth."""

import pytest

from latentmapper.make.evaluation.azimuths import curves, sectors
from latentmapper.make.evaluation.protocol import Rules

PROTOCOL = Rules().record()


def result(name: str, cells: dict) -> dict:
    return {"id": name, "group": name, "origin": "mesh", "samples": cells}


def whole_circle(error) -> dict:
    """A sample of every view; its error by the azimuth."""
    views = list(range(72))
    return {"view": views, "chamfer": [error(15 * (view // 3)) for view in views]}


def test_means_by_azimuth_are_those_of_the_views_there():
    first = {"pack": {"plain": {"view": [0, 2, 3], "chamfer": [1.0, 3.0, 7.0]}}}
    second = {
        "pack": {"plain": {"view": [1], "chamfer": [5.0]}},
        "mean shape": {"any": {"view": [0], "chamfer": [9]}},
    }
    (curve,) = curves(PROTOCOL, [result("a", first), result("b", second)])
    assert (curve.origin, curve.condition, curve.method) == ("mesh", "plain", "pack")
    assert (curve.azimuths, curve.chamfer, curve.samples) == ([0.0, 15.0], [3.0, 7.0], [3, 1])
    assert curve.elevations == [4.0, 5.0, 3.0]
    assert curve.side_ratio is None


def test_the_ratio_holds_270_to_330_against_the_rest():
    cell = whole_circle(lambda azimuth: 3.0 if 270 <= azimuth <= 330 else 2.0)
    (curve,) = curves(PROTOCOL, [result("a", {"pack": {"cluttered": cell}})])
    assert curve.side_ratio == 1.5 and curve.side_interval == (1.5, 1.5)
    assert len(curve.azimuths) == 24 and set(curve.samples) == {3}


def test_sectors_lie_about_their_azimuths_and_weigh_by_samples():
    (curve,) = curves(PROTOCOL, [result("a", {"pack": {"plain": whole_circle(float)}})])
    assert sectors(curve) == pytest.approx([(0 + 15 + 345) / 3, *(45.0 * i for i in range(1, 8))])
    few = {"view": [0, 0, 0, 3], "chamfer": [1.0, 1.0, 1.0, 5.0]}
    (curve,) = curves(PROTOCOL, [result("a", {"pack": {"plain": few}})])
    assert sectors(curve) == [2.0, *[None] * 7]
