"""The stages of a photograph side by side: a column each, and none for what is not there."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.photo.foreground import Found
from tests.tiny_pack import write_tiny_pack
from tests.tiny_translator import write_tiny_translator

SCRIPT = Path(__file__).parents[1] / "scripts" / "photo_stages.py"
TILE = 48


class Left:
    """A provider that takes the left half of a picture for the object."""

    name, several = "left", False

    def find(self, photo, request) -> Found:
        mask = np.zeros((64, 96), np.float32)
        mask[:, :48] = 1
        return Found(mask)


@pytest.mark.parametrize("view", [(), (0.8, 0.0, 0.2)])
@pytest.mark.parametrize("translated", [False, True])
def test_every_stage_that_is_there_has_a_column(tmp_path: Path, view, translated: bool) -> None:
    script = runpy.run_path(str(SCRIPT))
    script["main"].__globals__["Located"] = Left
    photo = tmp_path / "car.png"
    Image.fromarray(np.full((64, 96, 3), 250, np.uint8)).save(photo)
    pack = write_tiny_pack(tmp_path / "pack", view=view)
    translator = write_tiny_translator(tmp_path) if translated else None
    config = script["Config"]((photo,), translator, (pack,), 1, tmp_path / "sheet.jpg", TILE)
    script["main"](config)
    pixels = np.asarray(Image.open(tmp_path / "sheet.jpg"), int)
    columns = 3 + translated + bool(view)
    assert pixels.shape == (script["HEADING"] + TILE, columns * TILE, 3)
    cut_out = pixels[script["HEADING"] :, TILE : 2 * TILE]
    assert abs(cut_out[TILE // 2, TILE // 4] - 250).max() < 8 and abs(cut_out[TILE // 2, -8] - 128).max() < 8


def test_the_projects_own_photographs_are_there() -> None:
    script = runpy.run_path(str(SCRIPT))
    assert all((script["ROOT"] / name).is_file() for name in script["CARS"])
