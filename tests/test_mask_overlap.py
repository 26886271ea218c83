"""How well masks fit: which pictures count, and what of them is told."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import StoreError
from latentmapper.make.dataset.views import View, ViewRecord, Views, write_shard
from latentmapper.photo import read_photo
from latentmapper.photo.foreground import Request
from latentmapper.photo.located import Located
from latentmapper.render.camera import Camera
from tests.half_found import left_half
from tests.tiny_pack import write_tiny_pack

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts" / "mask_overlap.py"
SIDE = 64


@pytest.fixture
def script() -> dict:
    return runpy.run_path(str(SCRIPT))


def view(grey: int = 200, columns: int = SIDE // 2, occlusion: float = 0.0) -> View:
    """A picture whose object is so many columns at the left."""
    mask = np.zeros((SIDE, SIDE), bool)
    mask[:, :columns] = True
    return View(np.full((SIDE, SIDE, 3), grey, np.uint8), mask, Camera(0, 0, 3, 40), occlusion)


def write_views(folder: Path, shapes: dict[tuple[str, str], list[View]]) -> Views:
    """Views of shapes, by their ids and splits."""
    lines = []
    for (shape, split), views in shapes.items():
        digest = write_shard(folder, f"{shape}.safetensors", views)
        record = ViewRecord(
            shape, split, shape, "test", "original", None, len(views), f"{shape}.safetensors", digest
        )
        lines.append(json.dumps(vars(record)) + "\n")
    (folder / "views.json").write_text(json.dumps({"format": 1, "recipe": {}}))
    (folder / "manifest.jsonl").write_text("".join(lines))
    return Views.open(str(folder))


def test_saliency_is_told_of_the_whole_photo(script: dict) -> None:
    photo = read_photo(Image.open(ROOT / "examples" / "airliner.jpg"), "airliner.jpg")
    mask = script["Saliency"]().find(photo, Request(("airplane",))).mask
    assert mask.shape == photo.rgb.shape[:2] and 0 <= mask.min() <= mask.max() <= 1
    middle = mask[mask.shape[0] // 4 : -mask.shape[0] // 4, mask.shape[1] // 4 : -mask.shape[1] // 4]
    assert middle.mean() > 2 * mask[:8].mean()


def test_only_shapes_that_nothing_learned_from_count(script: dict, tmp_path: Path) -> None:
    shapes = {("a", "train"): [view(10)], ("b", "test"): [view(20)], ("c", "validation"): [view(30)] * 2}
    views = write_views(tmp_path, shapes)
    assert [int(each.image.mean()) for each in script["held_out"](views, {"b"})] == [30, 30]


def test_the_table_tells_whole_objects_from_hidden_ones(
    script: dict, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Located, "find", left_half)
    seen = [view(), view(columns=SIDE // 4), view(20), view(columns=SIDE, occlusion=0.4)]
    write_views(tmp_path, {("new", "test"): seen})
    pack = write_tiny_pack(tmp_path / "pack")
    script["main"](script["Config"](tmp_path, pack=(pack,)))
    _, _, whole, hidden = capsys.readouterr().out.splitlines()
    assert whole == "| whole | 3 | 1 | 0.500 | 0.500 | 0.100 |", (
        "IoU of 1, 1/2 and, where nothing is found, 0"
    )
    assert hidden == "| partly hidden | 1 | 0 | 0.500 | 0.500 | 0.500 |"


def test_views_without_a_new_shape_are_refused(script: dict, tmp_path: Path) -> None:
    write_views(tmp_path, {("a", "train"): [view()]})
    pack = write_tiny_pack(tmp_path / "pack")
    with pytest.raises(StoreError, match="shows no shape that is new to the pack; render others"):
        script["main"](script["Config"](tmp_path, pack=(pack,)))
