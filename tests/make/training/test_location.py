"""A head learns from masks, and is measured on shapes it has not seen."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.cli.train_location import main  # noqa: E402
from latentmapper.errors import StoreError, UsageError  # noqa: E402
from latentmapper.features.vit import Tokens  # noqa: E402
from latentmapper.make.dataset import describer  # noqa: E402
from latentmapper.make.dataset.views import View, ViewRecord, Views, write_shard  # noqa: E402
from latentmapper.make.training.location import LocationRecipe, train_location  # noqa: E402
from latentmapper.photo.location import Location  # noqa: E402
from latentmapper.render.camera import Camera  # noqa: E402
from tests.make.fake_vit import BoxedColours  # noqa: E402

TINY = LocationRecipe(pictures=12, held_out=6, hidden=16, steps=600, batch=512, neighbours=0.0)


def write_views(path: Path, splits: list[str]) -> Views:
    """Red boxes on noise, three pictures a shape."""
    rng, lines = np.random.default_rng(0), []
    for i, split in enumerate(splits):
        shown = [_red_box(rng) for _ in range(3)]
        digest = write_shard(path, f"{i}.safetensors", shown)
        record = ViewRecord(f"s{i}", split, f"s{i}", "test", "original", None, 3, f"{i}.safetensors", digest)
        lines.append(json.dumps(vars(record)) + "\n")
    (path / "views.json").write_text(json.dumps({"format": 1, "recipe": {}}))
    (path / "manifest.jsonl").write_text("".join(lines))
    return Views.open(path)


def _red_box(rng: np.random.Generator) -> View:
    image = rng.integers(0, 200, (224, 224, 3)).astype(np.uint8)
    top, left = rng.integers(0, 100, 2)
    height, width = rng.integers(50, 110, 2)
    mask = np.zeros((224, 224), bool)
    mask[top : top + height, left : left + width] = True
    image[mask] = 230, 20, 20
    return View(image, mask, Camera(0, 0, 3, 40), 0.0)


def test_the_object_is_found_in_pictures_of_shapes_not_seen(tmp_path: Path) -> None:
    views = write_views(tmp_path, ["train"] * 4 + ["validation"] * 2)
    _, overlap = train_location([views], BoxedColours(), tmp_path / "run", TINY)
    assert overlap is not None
    assert overlap.mask > 0.8
    assert overlap.box > 0.8


class Glances(BoxedColours):
    """Knows the same of smaller pictures, and counts those that it is shown."""

    shown = 0

    def glance(self, images: np.ndarray) -> Tokens:
        self.shown += len(images)
        whole = self.describe(images.repeat(2, 1).repeat(2, 2)).patches
        cells = whole.reshape(len(images), 8, 2, 8, 2, -1).mean((2, 4))
        return Tokens(cells.mean((1, 2)), cells, side=images.shape[1])


def test_a_head_learns_from_smaller_pictures_too(tmp_path: Path) -> None:
    views, eyes = write_views(tmp_path, ["train"] * 4 + ["validation"] * 2), Glances()
    location, overlap = train_location([views], eyes, tmp_path / "run", replace(TINY, side=112))
    assert eyes.shown == 1 + 18  # a blank one tells the width of tokens
    assert overlap is not None and overlap.mask > 0.7 and overlap.box > 0.6  # of patches twice as wide
    small = views.picture(views.records[0], 0)[None, ::2, ::2] / np.float32(255)
    assert location(eyes.glance(small)).shape == (1, 8, 8, 5)


def test_what_sees_whole_pictures_alone_is_refused_for_smaller_ones(tmp_path: Path) -> None:
    views = write_views(tmp_path, ["train"])
    with pytest.raises(UsageError, match="--side 112: --precision bfloat16 sees 224 pixels alone"):
        train_location([views], BoxedColours(), tmp_path / "run", replace(TINY, side=112))


def test_without_held_out_shapes_nothing_is_claimed(tmp_path: Path) -> None:
    brief, views = replace(TINY, steps=2), write_views(tmp_path, ["train"] * 2)
    _, overlap = train_location([views], BoxedColours(), tmp_path / "run", brief)
    assert overlap is None
    held_out = write_views(tmp_path / "two", ["train", "test"])
    _, overlap = train_location([held_out], BoxedColours(), tmp_path / "other", replace(brief, held_out=0))
    assert overlap is None


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder; name the file"):
        main("train location", [str(tmp_path / "views"), "-o", str(tmp_path)])


def test_views_of_held_out_shapes_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match="no views of training shapes; make them with: latentmapper data render"
    ):
        train_location([write_views(tmp_path, ["test"])], BoxedColours(), tmp_path / "run", TINY)


def test_the_command_writes_the_head_and_says_how_good_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_views(tmp_path / "views", ["train", "validation"])
    monkeypatch.setattr(describer, "open_vit", lambda *_: BoxedColours())
    target = tmp_path / "location.safetensors"
    arguments = [str(tmp_path / "views"), "-o", str(target), "--steps", "5", "--hidden", "2"]
    assert main("train location", arguments) == 0
    assert "held-out masks overlap by" in capsys.readouterr().out
    assert Location.read(target, 224).weight1.shape[1] == 2
    with pytest.raises(StoreError, match="was trained on pictures of 224 pixels a side, not 126"):
        Location.read(target, 126)
