"""Bodies of cars by their meshes: what the classifier is asked, what is kept."""

import json
import runpy
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import UsageError
from latentmapper.reconstructor import Reconstructor
from tests.tiny_pack import write_tiny_pack

pytest.importorskip("sklearn")
SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return runpy.run_path(str(SCRIPTS / "body_types.py"))


def _photos(script: dict) -> list:
    words = ("Sedan", "Wagon", "SUV", "Cab", "Convertible")
    return [script["Photo"](f"{i}.jpg", f"Model{i} {words[i % 5]} 2000", words[i % 5]) for i in range(200)]


def test_bodies_that_measure_differently_are_told_apart_on_models_not_seen(script: dict) -> None:
    photos, rng = _photos(script), np.random.default_rng(0)
    apart = np.eye(5)[np.arange(200) % 5] + rng.normal(0, 0.05, (200, 5))
    rows = list(script["recalls"](apart, photos))
    assert [name for name, *_ in rows] == [*script["GROUPS"], "mean of these"]
    assert rows[-1][1] == sum(script["is_tested"](photo.label) for photo in photos) < 100
    assert rows[-1][2] == 1
    alike = list(script["recalls"](rng.normal(0, 1, (200, 5)), photos))
    assert alike[-1][2] < 0.5


def test_what_was_measured_is_kept_but_for_a_torn_line(script: dict, tmp_path: Path) -> None:
    keep, way = tmp_path / "kept.jsonl", {"steps": 3}
    whole = "\n".join([json.dumps(way), json.dumps(["a.jpg", {"height": 0.3}]), ""])
    keep.write_text(whole + '["b.jpg", {"hei')
    assert script["_kept"](keep, way) == {"a.jpg": {"height": 0.3}}
    assert keep.read_text() == whole
    assert script["_kept"](tmp_path / "none.jsonl", way) == {}


def test_measures_of_another_way_are_not_taken(script: dict, tmp_path: Path) -> None:
    pack, keep = write_tiny_pack(tmp_path / "pack"), tmp_path / "kept.jsonl"
    photo = tmp_path / "a.png"
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(photo)
    made = Reconstructor([pack])
    way = script["way_of"](made, 0, 64)
    mesh = partial(script["mesh_of"], made, 0, 64)
    first = script["Kept"](keep, mesh, way).measures(photo)
    assert first and script["Kept"](keep, lambda _: None, way).measures(photo) == first
    for other in (script["way_of"](made, 3, 64), script["way_of"](made, 0, 96)):
        with pytest.raises(UsageError, match=r"--keep: .*kept\.jsonl holds what was measured in another way"):
            script["Kept"](keep, mesh, other)


def test_a_photo_that_is_not_there_is_not_kept_as_one_without_a_car(script: dict, tmp_path: Path) -> None:
    kept = script["Kept"](tmp_path / "kept.jsonl", lambda _: None, {})
    with pytest.raises(UsageError, match=r"a\.jpg, which --labels names, does not exist"):
        kept.measures(tmp_path / "a.jpg")
    assert script["_kept"](tmp_path / "kept.jsonl", {}) == {}


def test_too_few_photos_to_learn_from_are_told(script: dict) -> None:
    photos = _photos(script)
    with pytest.raises(UsageError, match="1 photos to learn from show less than two bodies"):
        learned = [photo for photo in photos if not script["is_tested"](photo.label)]
        list(script["recalls"](np.zeros((1, 5)), learned[:1]))
    learned = [photo for photo in photos if not script["is_tested"](photo.label)]
    with pytest.raises(UsageError, match="none of the photos shows a model to test on"):
        list(script["recalls"](np.zeros((20, 5)), learned[:20]))
