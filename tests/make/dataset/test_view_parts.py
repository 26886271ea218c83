"""The parts of a view: noise, light, finishes, occluders, development."""

import numpy as np
import pytest

from latentmapper.errors import RecipeError, UsageError
from latentmapper.make.dataset.airplane_finish import airplane_finish, find_fuselage
from latentmapper.make.dataset.backgrounds import clutter, photo_patch, plain
from latentmapper.make.dataset.car_finish import GLASS, PAINT, TYRE, car_finish, find_wheels, guess_materials
from latentmapper.make.dataset.lighting import Finish, light_surface, random_sky
from latentmapper.make.dataset.occluders import random_occluder
from latentmapper.make.dataset.photometry import Development, develop, jpeg, read_jpeg
from latentmapper.make.dataset.subject import Subject
from latentmapper.make.dataset.textures import SIDE, fractal, lookup
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.render.camera import Camera
from latentmapper.render.sampling import sample
from tests.make.dataset.vehicles import toy_airplane, toy_car


def test_noise_is_uniform_and_tiles():
    tile = fractal(2.0)
    assert (tile < 0.3).mean() == pytest.approx(0.3, abs=0.001)
    step = np.abs(np.diff(tile, axis=0)).mean()
    assert np.abs(tile[0] - tile[-1]).mean() < 1.5 * step
    u = np.array([0.25, 1.25, -0.75])
    assert np.ptp(lookup(tile, u, np.zeros(3))) == 0
    assert lookup(tile, u, np.zeros(3))[0] == tile[0, SIDE // 4]


@pytest.mark.parametrize("share", [0.1, 0.35, 0.5])
def test_occluders_hide_just_the_share(share):
    mask = np.zeros((90, 120), bool)
    mask[20:70, 30:100] = True
    for seed in range(20):
        hidden = random_occluder(mask, share, np.random.default_rng(seed))
        assert hidden[mask].mean() == pytest.approx(share, abs=0.02)
    assert not random_occluder(mask, 0.0, np.random.default_rng(0)).any()


def test_light_comes_from_the_sun():
    sky = random_sky(np.random.default_rng(1))
    matt = Finish(np.full((2, 3), 0.5, np.float32), *np.zeros((2, 2), np.float32))
    normals = np.stack([sky.sun, -sky.sun])
    lit = light_surface(matt, normals, -normals, sky, np.ones(2, bool), np.ones(2, np.float32))
    assert lit[0].min() > 0 and lit[0].mean() > lit[1].mean()
    dark = light_surface(matt, normals, -normals, sky, np.zeros(2, bool), np.zeros(2, np.float32))
    assert dark[0].mean() < lit[0].mean()


def test_wheels_and_fuselage_are_found():
    wheels = find_wheels(Subject(*toy_car()))
    assert wheels is not None and wheels.front == pytest.approx(-wheels.rear, abs=0.05) and wheels.front > 0.4
    tube = find_fuselage(Subject(*toy_airplane()))
    assert tube.radius == pytest.approx(0.1, rel=0.35) and tube.nose > 0.85 and tube.tail < -0.85


def test_materials_are_guessed_where_unknown():
    vertices, faces, materials = toy_car()
    subject = Subject(vertices, faces, np.zeros_like(materials), "car")
    assert subject.known is None
    points = np.array([[0.5, 0.22, -0.1], [0.5, 0.0, 0.1], [0.45, -0.2, 0.5]], np.float32)
    normals = np.array([[1, 0, 0]] * 3, np.float32)
    points[:, 0] = subject.high[0]
    guessed = guess_materials(subject, points, normals)
    assert guessed[0] == GLASS and guessed[1] == PAINT and guessed[2] >= TYRE


def test_known_parts_keep_their_material():
    subject = Subject(*toy_car(), "car")
    samples = sample(subject.scene, Camera(90, 10, 3.0, 40.0), (48, 48))
    assert subject.known is not None
    material = subject.known[samples.hits.face]
    finish = car_finish(subject, samples, np.random.default_rng(0))
    assert finish.albedo[material == TYRE].max() < 0.1
    assert finish.coat[material == GLASS].min() > finish.coat[material == TYRE].max()


@pytest.mark.parametrize("seed", range(12))
def test_liveries_stay_within_physical_albedo(seed):
    subject = Subject(*toy_airplane(), "airplane")
    samples = sample(subject.scene, Camera(70, 10, 3.0, 40.0), (48, 48))
    finish = airplane_finish(subject, samples, np.random.default_rng(seed))
    assert finish.albedo.min() >= 0 and finish.albedo.max() <= 1
    assert np.isfinite(finish.coat).all() and 0 <= finish.metal.min() <= finish.metal.max() <= 1


def test_backgrounds_have_the_asked_size(tmp_path):
    from PIL import Image

    rng = np.random.default_rng(0)
    Image.new("RGB", (300, 200), (200, 0, 0)).save(tmp_path / "red.png")
    for picture in (plain((50, 80), rng), clutter((50, 80), rng), photo_patch(tmp_path, (50, 80), rng)):
        assert picture.shape == (50, 80, 3) and picture.min() >= 0 and picture.max() <= 1
    assert picture[..., 0].min() > 0.5 and picture[..., 1].max() < 0.01


def test_a_photo_that_cannot_be_read_is_named(tmp_path):
    from PIL import Image

    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "cut.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "cut.jpg").read_bytes()[:2000])
    with pytest.raises(UsageError, match=r"cut\.jpg cannot be read \(.*truncated.*\); remove it, and run"):
        photo_patch(tmp_path, (8, 8), np.random.default_rng(0))


def test_a_folder_without_photos_is_refused(tmp_path):
    (tmp_path / "._photo.jpg").write_bytes(b"of another system")
    with pytest.raises(UsageError, match=r"no \.jpg, \.png or \.webp there"):
        photo_patch(tmp_path, (8, 8), np.random.default_rng(0))


def test_development_without_faults_is_the_srgb_curve_and_grey_is_grey():
    plain_one = Development(0.3, (1.0, 1.0, 1.0), 1.0, 1.0, 1e-3, 0.0, 0.0, 95)
    ramp = np.broadcast_to(np.linspace(0, 1, 64, dtype=np.float32)[None, :, None], (8, 64, 3)) * [1, 0.5, 0.2]
    picture = develop(ramp.astype(np.float32), plain_one, np.random.default_rng(0))
    assert (np.diff(picture[0, :, 0].astype(int)) >= 0).all() and picture[0, -1, 0] == 255
    grey = Development(0.3, (1.0, 1.0, 1.0), 1.0, 0.0, 0.5, 0.0, 0.0, 95)
    assert np.ptp(develop(ramp.astype(np.float32), grey, np.random.default_rng(0)), axis=-1).max() <= 1


def test_exposure_reaches_the_brightness():
    how = Development(0.3, (1.0, 1.0, 1.0), 1.0, 1.0, 0.5, 0.0, 0.0, 95)
    dim = np.full((4, 4, 3), 0.1, np.float32)
    assert how.exposure(dim, np.ones((4, 4), bool)) == pytest.approx(3)


def test_jpeg_comes_back():
    picture = np.full((16, 16, 3), 77, np.uint8)
    assert np.abs(read_jpeg(jpeg(picture, 95)).astype(int) - 77).max() <= 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"category": "boat"}, "category must be car, airplane or other, not 'boat'"),
        ({"views": 0}, "views must be at least 1, not 0"),
        ({"occluded": 1.5}, "occluded must lie between 0 and 1, not 1.5"),
        ({"fill": (0.9, 0.5)}, "fill must be two rising numbers from 0.2 to 1, not 0.9 0.5"),
        ({"zoom": (0.9, 1.1)}, "zoom needs yaws, for a camera that stands still"),
        ({"size": (224, 312)}, "size needs yaws, for a camera that stands still"),
        ({"yaws": (0.0, 90.0)}, "views must be 2, one for each of the yaws, not 24"),
        ({"roll": -1.0}, "roll must be at least 0, not -1.0"),
        ({"rotation": -5.0}, "rotation must be at least 0, not -5.0"),
        ({"roll": float("inf")}, "roll must be at most 180, not inf"),
        ({"yaws": (float("nan"),), "views": 1}, "yaws must be finite, not nan"),
        ({"seed": -1}, "seed must be at least 0, not -1"),
        ({"elevation": (-95, 0)}, "elevation must be two rising numbers from -89 to 89, not -95 0"),
    ],
)
def test_recipes_out_of_range_are_refused(fields, message):
    with pytest.raises(RecipeError) as caught:
        ViewRecipe(**fields)
    assert str(caught.value) == message


def test_airplanes_are_seen_from_below_by_default():
    assert ViewRecipe("airplane").elevations == (-30, 50)
    assert ViewRecipe("car").elevations == ViewRecipe().elevations == (-10, 50)
    assert ViewRecipe("airplane", elevation=(0, 5)).elevations == (0, 5)
