"""The gallery shows every picture, the refused ones included."""

import runpy
from pathlib import Path

import numpy as np
from PIL import Image

from tests.tiny_pack import write_tiny_pack

SCRIPT = Path(__file__).parents[1] / "scripts" / "gallery.py"


def draw(tmp_path: Path, names: list[str], presence: float) -> Image.Image:
    gallery = runpy.run_path(str(SCRIPT))
    photos = tuple(tmp_path / name for name in names)
    for photo in photos:
        pixels = np.full((64, 96, 3), 200, np.uint8)
        pixels[60:] = 100  # a picture of one colour is refused
        Image.fromarray(pixels).save(photo)
    pack = write_tiny_pack(tmp_path / "pack", presence=presence)
    config = gallery["Config"](tmp_path / "sheet.png", photos, (pack,), columns=2, tile=48)
    gallery["main"](config)
    return Image.open(tmp_path / "sheet.png")


def test_one_entry_a_picture(tmp_path):
    sheet = draw(tmp_path, ["a.png", "render-b.png", "c.png"], presence=4.0)
    assert sheet.size == (2 * (3 * 48 + 10) + 10, 2 * (48 + 20 + 10) + 10)
    pixels = np.asarray(sheet)
    assert pixels[10:58, 58:154].std() > 5, "a mesh is shown beside the first picture"
    assert (pixels[80:, 154:] == 255).all(), "three pictures leave the fourth place empty"


def test_a_refused_picture_keeps_its_place(tmp_path):
    pixels = np.asarray(draw(tmp_path, ["a.png"], presence=-6.0))
    assert (pixels[12:56, 60:150] == 235).all()
    assert (pixels[20:40, 20:40] == 200).all()


def test_folders_are_searched_and_pictures_taken_evenly(tmp_path):
    gallery = runpy.run_path(str(SCRIPT))
    for name in "abcdefgh":
        (tmp_path / f"{name}.png").write_bytes(b"")
    some = [path.stem for path in gallery["some_of"]([tmp_path], 3)]
    assert some == ["a", "c", "f"]
    assert len(gallery["some_of"]([tmp_path], None)) == len(gallery["some_of"]([tmp_path], 99)) == 8
