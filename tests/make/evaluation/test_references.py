"""The reference rows."""

import numpy as np
import pytest

from latentmapper.errors import MeshError, StoreError
from latentmapper.make.evaluation.methods import Decoder, Description, Mapped
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.references import Ceiling, MeanShape, Retrieval
from latentmapper.make.evaluation.surface import Surface
from latentmapper.pack import Pack
from tests.tiny_pack import HALF_AXES, write_tiny_pack

RULES = Rules(points=300, viewpoints=8, resolution=96, cells=32)
NOTHING = Description(np.zeros(6912, np.float32), np.zeros(6912, np.float32))


def place(x: float) -> Surface:
    """A surface that is one point."""
    points = np.full((1, 3), x, np.float32)
    return Surface(points, points, lambda: np.zeros(8, bool))


@pytest.fixture(scope="module")
def decoder(tmp_path_factory) -> Decoder:
    return Decoder(Pack.open(write_tiny_pack(tmp_path_factory.mktemp("pack"))), RULES)


def test_pack_mean_and_ceiling_decode_to_the_ellipsoid_in_the_unit_radius_frame(decoder):
    codes = {"ball": np.zeros(4, np.float32)}
    for method in (Mapped(decoder), MeanShape(decoder), Ceiling(decoder, codes)):
        surface = method.surface(method.answer("ball", NOTHING))
        points = surface.points
        assert points.shape == surface.normals.shape == (300, 3)
        half = np.array(HALF_AXES) / max(HALF_AXES)
        np.testing.assert_allclose(((points / half) ** 2).sum(1), 1, atol=0.15)
        volume = 4 / 3 * np.pi * np.prod(half)
        assert 8 * surface.occupied.mean() == pytest.approx(volume, rel=0.02)


def test_ceiling_without_a_fitted_code_fails(decoder):
    with pytest.raises(MeshError, match="no code was fitted to boat"):
        Ceiling(decoder, {}).answer("boat", NOTHING)


def test_retrieval_finds_the_picture_that_is_nearest_whatever_its_brightness():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(30, 384)).astype(np.float32)
    names = [f"shape-{i // 3}" for i in range(30)]
    retrieval = Retrieval(features, names, lambda name: place(float(name[6:])))
    for i in (0, 13, 29):
        descriptor = np.concatenate([features[i] + 0.1 * rng.normal(size=384), rng.normal(size=6528)])
        answer = retrieval.answer("any", Description(descriptor.astype(np.float32), NOTHING.overview))
        assert answer == names[i]
        assert retrieval.surface(answer).points[0, 0] == i // 3


def test_retrieval_reads_what_its_features_are_of():
    features = np.eye(3, 384, dtype=np.float32)
    picture = Description(features[0], np.stack([features[1], features[2]]))
    names = ["a", "b", "c"]
    assert Retrieval(features, names, lambda _: place(0)).answer("any", picture) == "a"
    assert Retrieval(features, names, lambda _: place(0), "descriptor").answer("any", picture) == "b"


def test_retrieval_needs_a_name_for_every_picture():
    with pytest.raises(StoreError, match="one name a picture, got 1 for 2"):
        Retrieval(np.zeros((2, 384), np.float32), ["a"], lambda name: place(0))
