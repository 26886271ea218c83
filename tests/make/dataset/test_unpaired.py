"""Photos and renders for a translator: framed alike, kept once, and not mixed with others."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import StoreError
from latentmapper.make.dataset.unpaired import PHOTOS, keep_unpaired
from latentmapper.make.dataset.views import Views
from tests.make.tiny_photos import write_tiny_photos
from tests.make.tiny_store import write_tiny_store
from tests.make.tiny_views import write_tiny_views


@pytest.fixture
def views(tmp_path: Path) -> Views:
    return write_tiny_views(tmp_path / "views", write_tiny_store(tmp_path / "store"))


def test_both_sides_stand_on_grey(views: Views, tmp_path: Path) -> None:
    photos = write_tiny_photos(tmp_path / "photos", 1)
    cut = Image.new("RGBA", (80, 80), (0, 0, 255, 0))
    cut.paste((255, 0, 0, 255), (10, 20, 70, 60))
    cut.save(photos / "cut.png")
    kept = keep_unpaired(photos, [views], tmp_path / "run", 36)
    assert kept.skipped == 1 and kept.photos.shape == (2, 36, 36, 3)
    assert len(kept.renders) == sum(record.views for record in views.records if record.split == "train")
    red_on_grey = kept.photos[1]
    assert red_on_grey[18, 18].tolist() == [255, 0, 0] and red_on_grey[0, 0].tolist() == [128, 128, 128]
    for render in kept.renders:
        # The tiny views show a red ellipse before noise, of which nothing is left.
        assert np.abs(render[18, 18].astype(int) - (230, 20, 20)).max() < 12
        assert np.abs(render[[0, 0, -1, -1], [0, -1, 0, -1]].astype(int) - 128).max() <= 1


def test_pictures_are_framed_once(views: Views, tmp_path: Path) -> None:
    photos, run = write_tiny_photos(tmp_path / "photos"), tmp_path / "run"
    first = keep_unpaired(photos, [views], run, 36)
    written = (run / PHOTOS).stat().st_mtime_ns
    again = keep_unpaired(photos, [views], run, 36)
    assert (run / PHOTOS).stat().st_mtime_ns == written and again.sha256 == first.sha256
    np.testing.assert_array_equal(again.photos, first.photos)


def test_other_pictures_do_not_join_a_run(views: Views, tmp_path: Path) -> None:
    photos, run = write_tiny_photos(tmp_path / "photos"), tmp_path / "run"
    keep_unpaired(photos, [views], run, 36)
    Image.new("RGB", (40, 40)).save(photos / "new.png")
    with pytest.raises(StoreError, match="run has learned from other pictures; choose another folder"):
        keep_unpaired(photos, [views], run, 36)


def test_a_damaged_array_is_told(views: Views, tmp_path: Path) -> None:
    photos, run = write_tiny_photos(tmp_path / "photos"), tmp_path / "run"
    keep_unpaired(photos, [views], run, 36)
    (run / PHOTOS).write_bytes(b"no array")
    with pytest.raises(StoreError, match=r"the pictures in .*run cannot be read"):
        keep_unpaired(photos, [views], run, 36)


def test_one_side_alone_is_refused(views: Views, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(StoreError, match=r"no readable photo in .*none"):
        keep_unpaired(tmp_path / "none", [views], tmp_path / "run", 36)
    held_out = Views(views.path, views.header, [r for r in views.records if r.split != "train"])
    with pytest.raises(StoreError, match="no views of training shapes; make them with: latentmapper data re"):
        keep_unpaired(write_tiny_photos(tmp_path / "photos"), [held_out], tmp_path / "run", 36)
