"""Descriptors of views on disk: what is kept, what is known of each picture, and what is done twice."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from latentmapper.errors import PackError, StoreError
from latentmapper.make.dataset import looks
from latentmapper.make.dataset.describing import describe_views
from latentmapper.make.dataset.feature_recipe import FeatureRecipe
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.views import View, ViewRecord, Views, write_shard
from latentmapper.make.training.pictures import check_alike
from latentmapper.render.camera import Camera
from tests.full_disk import fill_up, unfinished
from tests.make.fake_vit import MeanColours, head_for

TOKENS = FeatureRecipe(kind="tokens")


class Counting(MeanColours):
    """Hidden tokens are the colours of the patches, after their mean."""

    def __init__(self) -> None:
        self.seen = 0

    def hidden(self, images: np.ndarray) -> np.ndarray:
        self.seen += len(images)
        tokens = self.describe(images)
        return np.concatenate([tokens.cls[:, None], tokens.patches.reshape(len(images), 256, 3)], 1)


@pytest.fixture
def views(tmp_path: Path) -> Views:
    """Four bright boxes a shape, on black, seen from four sides."""
    return write_views(
        tmp_path, [[_box(20 * i + 30, azimuth) for azimuth in (0, 90, 180, 270)] for i in range(3)]
    )


def write_views(folder: Path, shown: list[list[View]]) -> Views:
    """A folder of views, of one training shape each."""
    lines = []
    for i, views in enumerate(shown):
        digest = write_shard(folder, f"{i}.safetensors", views)
        file, count = f"{i}.safetensors", len(views)
        record = ViewRecord(f"s{i}", "train", f"s{i}", "test", "original", None, count, file, digest)
        lines.append(json.dumps(vars(record)) + "\n")
    (folder / "views.json").write_text(json.dumps({"format": 1, "recipe": {}}))
    (folder / "manifest.jsonl").write_text("".join(lines))
    return Views.open(folder)


def _box(left: int, azimuth: float) -> View:
    image, mask = np.zeros((224, 224, 3), np.uint8), np.zeros((224, 224), bool)
    mask[100:140, left : left + 80] = True
    image[mask] = 230
    return View(image, mask, Camera(azimuth, 30, 3, 40), 0.0)


def test_hidden_tokens_are_of_the_object_alone(views: Views, tmp_path: Path) -> None:
    describe_views(views, tmp_path / "out", Counting(), TOKENS)
    features = Features(tmp_path / "out")
    assert features.layout == (257, 3)
    for record in features.records:
        bright = features.load(record).reshape(4, 257, 3)[:, 0, 0]
        assert (bright > 0.25).all()  # of the whole picture it would be 0.06


def test_pooled_tokens_of_a_closer_look_are_no_wholes(views: Views, tmp_path: Path) -> None:
    """The box fills the window. One pair learns from both; a mapper would read what photos do not show."""
    for name in ("whole", "closer"):
        recipe = FeatureRecipe(grid=1, closer=name == "closer")
        describe_views(views, tmp_path / name, MeanColours(), recipe)
    whole, closer = Features(tmp_path / "whole"), Features(tmp_path / "closer")
    means = [features.load(features.records[0])[:, 3:6].mean() for features in (whole, closer)]
    assert means[0] < 0.1 < 0.2 < means[1]
    whole.require_whole()
    with pytest.raises(StoreError, match="closer shows closer looks, which only train clip reads pooled"):
        check_alike([closer])
    with pytest.raises(StoreError, match="whole holds features of another closer; choose another folder"):
        describe_views(views, tmp_path / "whole", MeanColours(), FeatureRecipe(grid=1, closer=True))
    header = json.loads((tmp_path / "whole" / "features.json").read_text())
    del header["closer"]  # as before there were others
    (tmp_path / "whole" / "features.json").write_text(json.dumps(header))
    describe_views(views, tmp_path / "whole", MeanColours(), FeatureRecipe(grid=1))


def test_descriptors_of_two_precisions_are_not_mixed(views: Views, tmp_path: Path) -> None:
    exact, short = FeatureRecipe(grid=1), FeatureRecipe(grid=1, precision="int8")
    describe_views(views, tmp_path / "out", MeanColours(), short)
    with pytest.raises(StoreError, match="out holds features of another precision"):
        describe_views(views, tmp_path / "out", MeanColours(), exact)
    header = json.loads((tmp_path / "out" / "features.json").read_text())
    del header["precision"]  # as before it was told
    (tmp_path / "out" / "features.json").write_text(json.dumps(header))
    describe_views(views, tmp_path / "out", MeanColours(), exact)


def test_each_picture_knows_from_where_it_was_taken(views: Views, tmp_path: Path) -> None:
    describe_views(views, tmp_path / "out", Counting(), TOKENS)
    features = Features(tmp_path / "out")
    up, level = np.sin(np.radians(30)), np.cos(np.radians(30))
    truth = [(0, up, level), (level, up, 0), (0, up, -level), (-level, up, 0)]
    np.testing.assert_allclose(features.directions(features.records[0]), truth, atol=1e-6)


def test_features_from_before_directions_were_kept_have_none(views: Views, tmp_path: Path) -> None:
    describe_views(views, tmp_path / "out", Counting(), TOKENS)
    features = Features(tmp_path / "out")
    path = tmp_path / "out" / features.records[0].file
    arrays = load_file(path)
    del arrays["directions"], arrays["rolls"]
    save_file(arrays, path)
    assert np.isnan(features.directions(features.records[0])).all()
    assert features.directions(features.records[0]).shape == (4, 3)
    assert (
        np.isnan(features.rolls(features.records[0])).all() and len(features.rolls(features.records[0])) == 4
    )


def test_the_cameras_roll_is_kept(tmp_path: Path) -> None:
    turned = [replace(_box(40, 0), camera=Camera(0, 30, 3, 40, roll)) for roll in (0, -7.5, 12)]
    describe_views(write_views(tmp_path / "v", [turned]), tmp_path / "out", Counting(), TOKENS)
    features = Features(tmp_path / "out")
    np.testing.assert_allclose(features.rolls(features.records[0]), (0, -7.5, 12))


def test_only_what_is_missing_is_described_again(views: Views, tmp_path: Path) -> None:
    describe_views(views, tmp_path / "out", Counting(), TOKENS)
    (tmp_path / "out" / Features(tmp_path / "out").records[1].file).unlink()
    again = Counting()
    describe_views(views, tmp_path / "out", again, TOKENS)
    assert again.seen == 4


def test_a_grid_that_does_not_fit_leaves_the_folder_free(views: Views, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="16 x 16 patches cannot be averaged over 5 x 5 cells"):
        describe_views(views, tmp_path / "out", MeanColours(), FeatureRecipe(grid=5))
    describe_views(views, tmp_path / "out", MeanColours(), FeatureRecipe(grid=8))
    assert Features(tmp_path / "out").grid == 8


def test_what_two_heads_have_found_is_not_mixed(views: Views, tmp_path: Path) -> None:
    head = head_for((0.2, 0.2, 0.8, 0.8), channels=3)
    other = replace(head, bias2=head.bias2 + np.float32(0.01))
    describe_views(views, tmp_path / "out", Counting(), TOKENS, head)
    with pytest.raises(StoreError, match="holds features of another location"):
        describe_views(views, tmp_path / "out", Counting(), TOKENS, other)
    header = json.loads((tmp_path / "out" / "features.json").read_text())
    del header["location"]  # as before it was kept
    (tmp_path / "out" / "features.json").write_text(json.dumps(header))
    describe_views(views, tmp_path / "out", again := Counting(), TOKENS, head)
    assert again.seen == 0


def test_a_full_disk_ends_with_the_file_and_describing_goes_on(
    views: Views, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fill_up(patch, room=2)  # the header and the first shape
        with pytest.raises(OSError, match=r"No space left on device: .*safetensors"):
            describe_views(views, tmp_path / "out", Counting(), TOKENS)
    assert not unfinished(tmp_path)
    again = Counting()
    describe_views(views, tmp_path / "out", again, TOKENS)
    assert again.seen == 8


@pytest.mark.parametrize("content", ["{", "[]", '{"kind": "\xff"}'])
def test_a_damaged_header_is_told(views: Views, tmp_path: Path, content: str) -> None:
    describe_views(views, tmp_path / "out", Counting(), TOKENS)
    (tmp_path / "out" / "features.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(StoreError, match=r"features\.json cannot be read"):
        Features(tmp_path / "out")
    with pytest.raises(StoreError, match=r"features\.json cannot be read"):
        describe_views(views, tmp_path / "out", Counting(), TOKENS)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"vit_sha256": 5}, '"vit_sha256" is missing or damaged'),
        ({"grid": None}, '"grid" is missing or damaged'),
        ({"records": {}}, '"records" is missing or damaged'),
        ({"records": [5]}, "argument after"),
        ({"records": [dict.fromkeys(("shape", "group", "split", "mesh", "file"))]}, '"shape" is None'),
    ],
)
def test_a_header_of_something_else_is_told(views: Views, tmp_path: Path, damage: dict, message: str) -> None:
    describe_views(views, tmp_path / "out", Counting(), TOKENS)
    path = tmp_path / "out" / "features.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | damage))
    with pytest.raises(StoreError, match=rf"features\.json cannot be read \(.*{message}"):
        Features(tmp_path / "out")


def test_neighbours_are_part_of_the_pictures_and_not_mixed_with_others(views: Views, tmp_path: Path) -> None:
    describe_views(views, tmp_path / "out", Counting(), TOKENS)
    crowded = FeatureRecipe(kind="tokens", neighbours=1.0)
    describe_views(views, tmp_path / "crowded", Counting(), crowded)
    alone, among = Features(tmp_path / "out"), Features(tmp_path / "crowded")
    brighter = [among.load(r).mean() - alone.load(r).mean() for r in alone.records]
    assert max(brighter) > 0.01
    with pytest.raises(StoreError, match="holds features of another neighbours"):
        describe_views(views, tmp_path / "out", Counting(), crowded)


def test_pictures_that_are_no_squares_are_fitted_into_one(tmp_path: Path) -> None:
    """As a photo is; but what cuts pictures into patches of its own takes them as they are."""
    wide = View(np.full((224, 312, 3), 255, np.uint8), np.ones((224, 312), bool), Camera(0, 30, 3, 40), 0.0)
    (tmp_path / "views").mkdir()
    views, rng = write_views(tmp_path / "views", [[wide]]), np.random.default_rng(0)
    (shown,) = looks.squares([wide], rng)
    assert shown.shape == (224, 224, 3)
    assert (shown[:30] == 0.5).all() and (shown[40:180] == 1).all() and (shown[-30:] == 0.5).all()
    assert looks.whole([wide], rng).shape == (1, 224, 312, 3)
    describe_views(views, tmp_path / "pooled", Counting(), FeatureRecipe(grid=1))
    features = Features(tmp_path / "pooled")
    mean = features.load(features.records[0])[0][3:6]
    np.testing.assert_allclose(mean, shown.mean((0, 1)), atol=1e-2)
