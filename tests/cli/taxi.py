"""A grey photo, a mask of what it shows, and `latentmapper reconstruct` on it."""

from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from latentmapper import cli
from latentmapper.features.vit import BUNDLED_SHA256, ViT, bundled_path


def park(folder: Path, monkeypatch: pytest.MonkeyPatch, box: tuple[int, int, int, int]) -> Path:
    """Make a folder the working directory, with `taxi.png`, 300 x 200, and `mask.png`, white in a box.

    box : left, top, right and bottom, pixels.
    """
    monkeypatch.chdir(folder)
    monkeypatch.setattr(ViT, "bundled", lambda threads: _vit())
    taxi = Image.new("RGB", (300, 200), (128, 128, 128))
    taxi.paste((140, 140, 140), (0, 100, 300, 200))  # a picture of one colour shows nothing
    taxi.save(folder / "taxi.png")
    mask = Image.new("L", (300, 200))
    mask.paste(255, box)
    mask.save(folder / "mask.png")
    return folder


@cache
def _vit() -> ViT:
    return ViT(bundled_path(), BUNDLED_SHA256, threads=1)


def run(*arguments: str) -> int:
    """Exit code of `latentmapper reconstruct taxi.png ARGUMENTS`, coarsely."""
    return cli.run(["reconstruct", "taxi.png", "--resolution", "64", *arguments])
