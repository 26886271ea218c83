"""A sheet of masks shows each photograph beside what is left of it."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.photo.located import Located
from tests.half_found import left_half
from tests.tiny_pack import write_tiny_pack

SCRIPTS = Path(__file__).parents[1] / "scripts"


def test_what_a_mask_leaves_stands_beside_its_photograph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Located, "find", left_half)
    monkeypatch.syspath_prepend(str(SCRIPTS))
    (tmp_path / "photos").mkdir()
    for name, grey in (("a", 200), ("b", 20)):
        Image.fromarray(np.full((64, 64, 3), grey, np.uint8)).save(tmp_path / "photos" / f"{name}.png")
    script = runpy.run_path(str(SCRIPTS / "mask_sheet.py"))
    pack = write_tiny_pack(tmp_path / "pack")
    script["main"](
        script["Config"]((tmp_path / "photos",), tmp_path / "sheet.png", pack=(pack,), columns=2, tile=48)
    )
    with Image.open(tmp_path / "sheet.png") as sheet:
        pixels = np.asarray(sheet)
    assert pixels.shape == (48 + 20 + 2 * 10, 2 * (2 * 48 + 10) + 10, 3)
    assert (pixels[12:56, 14:54] == 200).all(), "the first photograph"
    assert (pixels[12:56, 62:78] == 200).all() and (pixels[12:56, 86:102] == 128).all()
    assert (pixels[12:56, 120:160] == 20).all() and (pixels[12:56, 168:208] == 235).all()
