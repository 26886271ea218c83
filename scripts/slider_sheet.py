"""A picture of what sliders do: a row a slider, from its lower to its upper end.

    python scripts/slider_sheet.py car -o sheet.png --sliders height sporty [--shape sedan.glb]

Without --shape, the mean shape of the pack is moved.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from endings import run
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from latentmapper import files
from latentmapper.cli.packs import find_pack
from latentmapper.editing import STEPS, Editor
from latentmapper.editing.code_files import read_code
from latentmapper.render.preview import Studio

CAPTION = 16
"""Height of the words over each row in pixels."""


@dataclass(frozen=True)
class Config:
    """What to draw."""

    pack: tyro.conf.Positional[str]
    """Folder of a pack, or the id or category of a bundled one."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
    """The picture to write."""
    sliders: tuple[str, ...] = ()
    """Which ones; all if none is named."""
    shape: Path | None = None
    """The shape to move, as latentmapper edit takes it."""
    steps: tuple[float, ...] = STEPS
    """Where along each slider."""
    size: int = 160
    """Side of a tile in pixels."""
    resolution: int = 96
    """Cells along each axis of the lattice."""
    azimuth: float = 60.0
    """Degrees: 0 looks at the front, 90 at the left side."""
    elevation: float = 12.0
    """Degrees."""


def main(config: Config) -> None:
    """Draw and write."""
    editor = Editor(find_pack(config.pack))
    code = editor.distribution.mean if config.shape is None else read_code(config.shape).code
    names = config.sliders or tuple(editor.directions.numbers)
    rows = [_row(editor, code, name, config) for name in names]
    picture = Image.fromarray(np.concatenate(rows))
    with files.replacing(config.output) as temporary:
        picture.quantize(128, dither=Image.Dither.NONE).save(temporary, format="PNG", optimize=True)
    print(f"{config.output}: {len(names)} sliders, {config.output.stat().st_size // 1000} kB")


def _row(editor: Editor, code: NDArray[np.floating], name: str, config: Config) -> NDArray[np.uint8]:
    """One slider's tiles under its caption."""
    tiles = []
    for step in config.steps:
        mesh = editor.mesh(editor.move(code, {name: step}).code, config.resolution)
        tiles.append(Studio(mesh.vertices, mesh.faces).view(config.azimuth, config.elevation, config.size))
    strip = np.concatenate(tiles, axis=1)
    slider = editor.directions.slider(name)
    caption = Image.new("RGB", (strip.shape[1], CAPTION), "white")
    ends = f"{name}: {slider.less} <- {config.steps[0]:+g} ... {config.steps[-1]:+g} -> {slider.more}"
    ImageDraw.Draw(caption).text((4, 2), ends, fill="black")
    return np.concatenate([np.asarray(caption), strip])


if __name__ == "__main__":
    run(main, Config)
