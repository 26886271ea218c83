"""Descriptors of loose photos, past what is none."""

import logging
from pathlib import Path

import pytest

from latentmapper.errors import PackError, StoreError
from latentmapper.make.dataset.feature_recipe import FeatureRecipe
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.photo_features import describe_photos
from tests.make.fake_vit import MeanColours
from tests.make.tiny_photos import write_tiny_photos


def test_what_cannot_be_read_is_told_and_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    photos = write_tiny_photos(tmp_path / "photos")
    with caplog.at_level(logging.WARNING, "latentmapper"):
        describe_photos(photos, tmp_path / "features", MeanColours(), FeatureRecipe())
    features = Features(tmp_path / "features")
    assert [features.pictures(record) for record in features.records] == [5]
    assert f"skipped: {photos / 'damaged.png'}: damaged or cut short" in caplog.text


def test_a_grid_that_does_not_fit_leaves_the_folder_free(tmp_path: Path) -> None:
    photos = write_tiny_photos(tmp_path / "photos")
    with pytest.raises(PackError, match="16 x 16 patches cannot be averaged over 5 x 5 cells"):
        describe_photos(photos, tmp_path / "features", MeanColours(), FeatureRecipe(grid=5))
    describe_photos(photos, tmp_path / "features", MeanColours(), FeatureRecipe(grid=4))
    assert Features(tmp_path / "features").grid == 4


def test_a_folder_of_nothing_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    with pytest.raises(StoreError, match=r"no readable photo in .*photos"):
        describe_photos(tmp_path / "photos", tmp_path / "features", MeanColours(), FeatureRecipe())
