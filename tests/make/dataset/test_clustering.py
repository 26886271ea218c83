"""Clusters are found in training pictures, kept beside the features, and taken over as they are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.clustering import BagRecipe, dense_of, find_clusters
from latentmapper.make.dataset.describing import describe_views
from latentmapper.make.dataset.feature_recipe import DESCRIPTOR_PAPER, FeatureRecipe
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.looks import whole
from latentmapper.make.dataset.views import View, Views
from latentmapper.render.camera import Camera
from tests.make.dataset.test_features import write_views
from tests.make.fake_vit import DenseColours

COLOURS = np.array([[230, 30, 30], [30, 230, 30], [30, 30, 230], [240, 240, 240]], np.uint8)
FOUR = BagRecipe(clusters=4, pictures=6, share=0.5)


def quartered(order: tuple[int, ...]) -> View:
    """Four quarters of four colours; the middle lies between patches."""
    image = np.repeat(np.repeat(COLOURS[list(order)].reshape(2, 2, 3), 112, 0), 112, 1)
    return View(image, np.ones((224, 224), bool), Camera(0, 0, 3, 40), 0.0)


@pytest.fixture
def views(tmp_path: Path) -> Views:
    shown = [[quartered((0, 1, 2, 3)), quartered((3, 2, 1, 0))] for _ in range(3)]
    return write_views(tmp_path / "views", shown)


def test_the_clusters_of_four_colours_are_these(views: Views) -> None:
    vit = DenseColours()
    found = find_clusters(views, vit, dense_of(vit, FOUR), FOUR, whole)
    truth = np.concatenate([COLOURS / 255 * (block + 1) for block in range(3)], 1)
    apart = np.linalg.norm(found.centroids[:, None] - truth, axis=-1)
    assert sorted(apart.argmin(1)) == [0, 1, 2, 3] and apart.min(1).max() < 0.05  # of 4; JPEG


def test_labels_of_views_are_kept_as_bytes(views: Views, tmp_path: Path) -> None:
    describe_views(views, tmp_path / "out", DenseColours(), FeatureRecipe(kind="labels", bag=FOUR))
    features = Features(tmp_path / "out")
    labels = features.load(features.records[0])
    assert labels.dtype == np.uint8 and labels.shape == (2, 256) and features.layout == (256, 1)
    first, second = labels.reshape(2, 16, 16)
    assert len(np.unique(first)) == 4 and (first[:8, :8] == first[0, 0]).all()
    np.testing.assert_array_equal(first, second[::-1, ::-1])


def test_other_views_take_the_clusters_over(views: Views, tmp_path: Path) -> None:
    recipe = FeatureRecipe(kind="soft", bag=FOUR)
    describe_views(views, tmp_path / "first", DenseColours(), recipe)
    describe_views(views, tmp_path / "second", DenseColours(), recipe, clusters=tmp_path / "first")
    first, second = Features(tmp_path / "first").bag, Features(tmp_path / "second").bag
    assert first and second and first.clusters.sha256 == second.clusters.sha256
    shallow = FeatureRecipe(kind="soft", bag=BagRecipe(clusters=4, blocks="shallow"))
    with pytest.raises(StoreError, match=r"first holds clusters of another blocks"):
        describe_views(views, tmp_path / "third", DenseColours(), shallow, clusters=tmp_path / "first")


def test_a_folder_keeps_to_one_recipe(views: Views, tmp_path: Path) -> None:
    recipe = FeatureRecipe(kind="labels", bag=FOUR)
    describe_views(views, tmp_path / "out", DenseColours(), recipe)
    kept = (tmp_path / "out" / "clusters.safetensors").read_bytes()
    other = FeatureRecipe(kind="labels", bag=BagRecipe(clusters=3))
    with pytest.raises(StoreError, match="holds features of another bag_recipe"):
        describe_views(views, tmp_path / "out", DenseColours(), other)
    describe_views(views, tmp_path / "out", DenseColours(), recipe)
    assert (tmp_path / "out" / "clusters.safetensors").read_bytes() == kept


def test_other_clusters_than_a_folder_holds_are_refused(views: Views, tmp_path: Path) -> None:
    for name, seed in (("first", 0), ("second", 1)):
        recipe = FeatureRecipe(kind="labels", bag=replace(FOUR, seed=seed))
        describe_views(views, tmp_path / name, DenseColours(), recipe)
    recipe = FeatureRecipe(kind="labels", bag=FOUR)
    with pytest.raises(StoreError, match=r"first holds other clusters than .*second; choose another folder"):
        describe_views(views, tmp_path / "first", DenseColours(), recipe, clusters=tmp_path / "second")


def test_clusters_of_a_refused_recipe_are_not_kept(views: Views, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="--grid"):
        describe_views(views, tmp_path, DenseColours(), FeatureRecipe(kind="histogram", bag=FOUR, grid=17))
    recipe = FeatureRecipe(kind="histogram", bag=replace(FOUR, clusters=3), grid=8)
    describe_views(views, tmp_path, DenseColours(), recipe)
    bag = Features(tmp_path).bag
    assert bag is not None and len(bag.clusters.centroids) == 3


def test_the_papers_recipe_has_the_papers_length() -> None:
    class Small(DenseColours):
        blocks, patch = 12, 8

    dense = dense_of(Small(), DESCRIPTOR_PAPER.bag)
    assert (dense.patches, dense.blocks, dense.facet) == (4235, tuple(range(12)), "keys")


def test_shallow_and_deep_are_a_third_of_the_blocks() -> None:
    class Twelve(DenseColours):
        blocks = 12

    found = [dense_of(Twelve(), BagRecipe(blocks=blocks)).blocks for blocks in ("shallow", "deep")]
    assert found == [(0, 1, 2, 3), (8, 9, 10, 11)]


@pytest.mark.parametrize(
    ("recipe", "grid", "message"),
    [
        (BagRecipe(stride=15), 8, "--bag.stride 15: choose 1 to 14, the side of a patch"),
        (BagRecipe(size=(8, 224)), 8, "a picture must be at least one patch, 14 pixels, a side"),
        (BagRecipe(clusters=300, pictures=6), 8, "--bag.clusters 300: choose 2 to 256"),
        (BagRecipe(clusters=5, pictures=1, share=0.001), 8, "--bag.clusters 5: choose 2 to 1"),
        (FOUR, 17, "--grid: a grid of 17 cells a side, but 16 patches"),
    ],
)
def test_recipes_out_of_range_are_refused(
    views: Views, tmp_path: Path, recipe: BagRecipe, grid: int, message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        describe_views(
            views, tmp_path / "out", DenseColours(), FeatureRecipe(kind="histogram", bag=recipe, grid=grid)
        )
