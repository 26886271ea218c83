"""What baselines learn from: how shapes and pictures are drawn, and occupancies of voxels."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.dataset.kept_voxels import Solids  # noqa: E402
from latentmapper.make.models.baseline import look  # noqa: E402
from latentmapper.make.training.baseline_data import BaselineData, Shapes, mean_over  # noqa: E402
from latentmapper.make.training.imnet import draw_occupancies, resolution_at  # noqa: E402
from latentmapper.make.training.imnet_recipe import ImNetRecipe  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.tiny_views import write_tiny_views  # noqa: E402


@pytest.fixture
def data(tmp_path: Path) -> BaselineData:
    store = write_tiny_store(tmp_path / "store")
    views = [write_tiny_views(tmp_path / str(seed), store, 2, seed=seed) for seed in (0, 1)]
    return BaselineData(JoinedStore([store]), views, 0.5, 32, False, True, tmp_path / "voxels", 1)


def test_parametric_shapes_have_their_share_of_the_draws(data: BaselineData) -> None:
    records = data.store.records
    mixed = [replace(records[0], origin="parametric"), *records[1:]]
    shapes = Shapes.of(data.store, mixed, 0.8)
    np.testing.assert_allclose(shapes.chance, [0.8, 0.2 / 3, 0.2 / 3, 0.2 / 3])
    drawn = shapes.draw(np.random.default_rng(0), 2000)
    assert np.mean(drawn == 0) == pytest.approx(0.8, abs=0.03)
    np.testing.assert_allclose(Shapes.of(data.store, records, 0.8).chance, 0.25)


def test_surface_points_are_those_of_the_shapes(data: BaselineData) -> None:
    shapes = data.shapes("train")
    points = shapes.surface([2, 0], 300, np.random.default_rng(0)).numpy()
    assert points.shape == (2, 300, 3)
    for cloud, row in zip(points, (2, 0), strict=True):
        known = {tuple(point) for point in data.store.load(shapes.records[row]).surface_points}
        assert len({tuple(point) for point in cloud}) == 300  # no point twice where there are enough
        assert {tuple(point) for point in cloud} <= known
    assert shapes.surface([0], 1000, np.random.default_rng(0)).shape == (1, 1000, 3)


def test_pictures_of_all_folders_show_their_shape_turned_or_not(data: BaselineData) -> None:
    shown = data.shown("train")
    assert [len(places) for places in shown.pictures] == [4, 4, 4]
    row = 1
    known = [look(views.picture(record, i), 32, False) for views, record, i in shown.pictures[row]]
    known += [each[..., ::-1] for each in known]
    found = shown.draw(np.full(200, row), np.random.default_rng(0)).numpy()
    which = {min(range(8), key=lambda i: np.abs(known[i] - one).max()) for one in found}
    assert which == set(range(8))
    assert max(min(np.abs(each - one).max() for each in known) for one in found) == 0


def test_held_out_pictures_and_those_of_lopsided_shapes_are_not_turned(data: BaselineData) -> None:
    assert data.shown("train").mirror and not data.shown("validation").mirror
    data.store.header["symmetric"] = False
    assert not data.shown("train").mirror


def test_the_mean_over_held_out_shapes_counts_each_once() -> None:
    seen: list[int] = []

    def error(rows: np.ndarray, rng: np.random.Generator) -> Any:
        seen.extend(rows)
        return torch.tensor(float(rows.mean()))

    assert mean_over(37, error) == pytest.approx(18)
    assert seen == list(range(37))
    assert mean_over(0, error) is None


def test_solids_are_made_once_and_have_the_volume_of_their_shape(data: BaselineData, monkeypatch) -> None:
    records = data.store.records
    solids = data.solids(records)
    for i, record in enumerate(records):
        volume = 8 * solids[record].mean()
        assert volume == pytest.approx(4 / 3 * np.pi * 0.4 * (0.3 + 0.1 * i), rel=0.12)
    monkeypatch.setattr("latentmapper.make.dataset.kept_voxels.voxelise", None)
    again = data.solids(records)
    assert all((again[record] == solids[record]).all() for record in records)


def test_two_workers_make_what_one_makes(data: BaselineData, tmp_path: Path) -> None:
    records = data.store.records[:2]
    two = Solids(data.store, records, tmp_path / "two", workers=2)
    one = data.solids(records)
    assert all((one[record] == two[record]).all() for record in records)


def test_a_half_written_solid_is_made_again(data: BaselineData, tmp_path: Path) -> None:
    record = data.store.records[0]
    solid = data.solids([record])[record]
    (file,) = (tmp_path / "voxels").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert (data.solids([record])[record] == solid).all()


@pytest.mark.parametrize("resolution", [16, 32, 64])
def test_occupancies_are_those_of_the_voxels_half_of_them_at_the_surface(resolution: int) -> None:
    line = (2 * np.arange(64) + 1) / 64 - 1
    x, y, z = np.meshgrid(line, line, line, indexing="ij")
    ball = x**2 + y**2 + z**2 < 0.6**2
    points, values = draw_occupancies(ball, resolution, 2000, np.random.default_rng(0))
    assert points.dtype == values.dtype == np.float32
    radius = np.linalg.norm(points, axis=1)
    assert values[radius < 0.6 - 1 / resolution].all()
    assert not values[radius > 0.6 + 2 * np.sqrt(3) / resolution].any()
    assert (np.abs(radius[:1000] - 0.6) < 5 / resolution).all()
    assert np.abs(points[1000:].mean(0)).max() < 0.1 and np.abs(points).max() == 1 - 1 / resolution


def test_a_solid_without_surface_has_occupancies_all_the_same() -> None:
    _, values = draw_occupancies(np.zeros((64,) * 3, bool), 16, 50, np.random.default_rng(0))
    assert values.shape == (50,) and not values.any()


def test_resolutions_follow_one_another_in_equal_parts() -> None:
    recipe = ImNetRecipe(auto_steps=9)
    assert [resolution_at(step, recipe) for step in range(9)] == [16, 16, 16, 32, 32, 32, 64, 64, 64]
