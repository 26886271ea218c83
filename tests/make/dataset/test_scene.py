"""Views: deterministic, framed, hidden as much as asked, with masks that fit camera and picture."""

from dataclasses import replace

import numpy as np
import pytest

from latentmapper.errors import MeshError, UsageError
from latentmapper.make.dataset.scene import evaluation_view, make_view, photograph
from latentmapper.make.dataset.subject import Subject
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.render.raycast import raycast
from tests.make.dataset.vehicles import toy_airplane, toy_car

CAR = ViewRecipe("car", occluded=0.0, cut=0.0)


@pytest.mark.parametrize(("category", "shape"), [("car", toy_car()), ("airplane", toy_airplane())])
def test_views_of_every_kind_are_well_formed(category, shape):
    subject = Subject(*shape, category=category)
    for seed in range(6):
        view = photograph(subject, np.random.default_rng(seed), ViewRecipe(category, occluded=0.5))
        assert view.image.shape == (224, 224, 3) and view.image.dtype == np.uint8
        assert view.mask.shape == (224, 224) and view.mask.dtype == bool and view.mask.any()
        assert 0 <= view.occlusion <= 0.51
        assert view.image.std() > 1


def test_the_same_seed_gives_the_same_picture():
    first = make_view(*toy_car(), np.random.default_rng(5), CAR)
    again = make_view(*toy_car(), np.random.default_rng(5), CAR)
    other = make_view(*toy_car(), np.random.default_rng(6), CAR)
    np.testing.assert_array_equal(first.image, again.image)
    assert first.camera == again.camera != other.camera


@pytest.mark.parametrize("letterbox", [0.0, 1.0])
def test_the_camera_explains_the_mask(letterbox):
    vertices, faces, materials = toy_car()
    for seed in range(4):
        recipe = replace(CAR, letterbox=letterbox)
        view = make_view(vertices, faces, materials, np.random.default_rng(seed), recipe)
        expected = raycast(vertices, faces, view.camera, (224, 224)).face >= 0
        union = (expected | view.mask).sum()
        assert (expected & view.mask).sum() / union > 0.95


def test_the_subject_fills_the_frame_as_asked():
    recipe = replace(CAR, letterbox=0.0, fill=(0.8, 0.8))
    for seed in range(5):
        rows, columns = np.nonzero(make_view(*toy_car(), np.random.default_rng(seed), recipe).mask)
        assert max(np.ptp(rows), np.ptp(columns)) == pytest.approx(0.8 * 224, rel=0.06)


def test_padding_is_neutral_grey():
    recipe = replace(CAR, letterbox=1.0)
    padded = 0
    for seed in range(6):
        view = make_view(*toy_car(), np.random.default_rng(seed), recipe)
        if (view.image[0] == 128).all():
            padded += 1
            assert (view.image[-1] == 128).all() and not view.mask[0].any()
    assert padded >= 3


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_evaluation_hides_exactly_the_share(share):
    for seed in range(6):
        view = evaluation_view(*toy_car(), 30, 15, "cluttered", share, seed)
        assert view.occlusion == pytest.approx(share, abs=0.02)


def test_evaluation_views_are_the_same_under_every_condition():
    shape = toy_airplane()
    bare = evaluation_view(*shape, 45, 15, "cluttered", 0.0, 3)
    again = evaluation_view(*shape, 45, 15, "cluttered", 0.0, 3)
    plain = evaluation_view(*shape, 45, 15, "plain", 0.0, 3)
    hidden = evaluation_view(*shape, 45, 15, "cluttered", 0.4, 3)
    np.testing.assert_array_equal(bare.image, again.image)
    assert bare.camera == plain.camera == hidden.camera
    np.testing.assert_array_equal(bare.mask, plain.mask)
    assert not (hidden.mask & ~bare.mask).any()
    assert bare.camera.azimuth == 45 and bare.camera.elevation == 15


def test_a_larger_evaluation_view_shows_the_same_more_finely():
    small, large = (
        evaluation_view(*toy_airplane(), 45, 15, "plain", 0.0, 3, side=side) for side in (56, 112)
    )
    assert small.camera == large.camera and large.image.shape == (112, 112, 3)
    shares = large.mask.reshape(56, 2, 56, 2).mean((1, 3))
    assert np.abs(shares - small.mask).mean() < 0.02
    colours = large.image.reshape(56, 2, 56, 2, 3).mean((1, 3))
    assert np.abs(colours - small.image).mean() < 12


def test_evaluation_refuses_unknown_backgrounds():
    with pytest.raises(UsageError, match="background must be plain or cluttered, not 'sky'"):
        evaluation_view(*toy_car(), 0, 0, "sky", 0.0, 0)


def test_a_mesh_without_faces_is_refused():
    with pytest.raises(MeshError, match="no faces"):
        make_view(np.zeros((3, 3)), np.zeros((0, 3), int), None, np.random.default_rng(0), CAR)


def test_category_is_guessed_from_the_shape():
    assert Subject(*toy_car()).kind == "car"
    assert Subject(*toy_airplane()).kind == "airplane"
    assert Subject(*toy_car(), "other").kind == "other"
