"""Photos to learn from, and what is none."""

from pathlib import Path

import numpy as np
from PIL import Image


def write_tiny_photos(folder: Path, count: int = 4) -> Path:
    """Photos of noise, one cut out, beside a damaged one and a text."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(count):
        pixels = rng.integers(0, 255, (40, 60, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    Image.new("RGBA", (40, 40), (255, 0, 0, 255)).save(folder / "cut.png")
    (folder / "damaged.png").write_bytes(b"\x89PNG")
    (folder / "notes.txt").write_text("no photo")
    return folder
