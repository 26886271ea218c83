"""Draw what a photograph goes through until it is a mesh, a row a photograph: docs/photo-stages.jpg.

    python scripts/photo_stages.py [PHOTO...] [--translator FILE] [--steps 3] [--output docs/photo-stages.jpg]

Columns are the photograph, what the pack's location head leaves of it, that as the translator shows it (where
one is named), the mesh from where the pack takes the photo to be taken, and its outline on the photo once
shape and view have been refined. Table 6 of the 3D-LatentMapper paper shows the first four, and so does
`latentmapper report --photos`. Without photographs those of cars are taken that the project has a license
for.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro
from endings import run
from PIL import Image, ImageDraw, ImageFont

from latentmapper import files
from latentmapper.make.report.stages import Tile, stages
from latentmapper.photo import Photo, read_photo
from latentmapper.photo.located import Located
from latentmapper.photo.translation import Translator
from latentmapper.reconstructor import Reconstructor
from latentmapper.render.preview import fit

ROOT = Path(__file__).parents[1]
CARS = (
    *(f"examples/{name}.jpg" for name in ("sedan", "suv", "wagon", "hatchback")),
    *(f"docs/gallery/{name}.jpg" for name in ("pickup", "van")),
)
PAPER, INK, HEADING = (255, 255, 255), (70, 70, 70), 22


@dataclass(frozen=True)
class Config:
    """What to draw."""

    photos: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Photographs of cars or airplanes."""

    translator: Path | None = None
    """What translates photos to renders."""

    pack: tuple[Path, ...] = ()
    """Folders of packs; those that ship with the package if none is named."""

    steps: int = 3
    """Of refinement."""

    output: Path = ROOT / "docs" / "photo-stages.jpg"
    """The picture to write."""

    tile: int = 168
    """Side of a tile in pixels."""


def main(config: Config) -> None:
    """Go through all stages, draw, save."""
    translator = None if config.translator is None else Translator(config.translator)
    packs, cut = config.pack or None, Located()
    plain = Reconstructor(packs, foreground=cut, translator=translator)
    refining = Reconstructor(packs, foreground=cut)
    photos = [read_photo(path) for path in config.photos or [ROOT / name for name in CARS]]
    rows = [row(photo, plain, refining, config) for photo in photos]
    with files.replacing(config.output) as temporary:
        sheet(rows, config.tile).save(temporary, format="JPEG", quality=88)
    print(f"{config.output}: {len(rows)} photographs")


def row(photo: Photo, plain: Reconstructor, refining: Reconstructor, config: Config) -> dict[str, Tile]:
    """The tiles of one photograph under their headings.

    Parameters
    ----------
    plain : cuts out and translates.
    refining : cuts out.
    """
    seen = stages(plain, photo, resolution=64, force=True)
    tiles = seen.tiles(config.tile)
    assert seen.made is not None
    if seen.made.view is not None:
        refined = refining.reconstruct(photo, resolution=64, force=True, refine=config.steps)
        tiles["refined"] = fit(np.asarray(refined.overlay(photo)), config.tile)
    return tiles


def sheet(rows: list[dict[str, Tile]], tile: int) -> Image.Image:
    """All rows below their headings."""
    drawn = Image.new("RGB", (max(map(len, rows)) * tile, HEADING + len(rows) * tile), PAPER)
    write, font = ImageDraw.Draw(drawn), ImageFont.load_default(size=13)
    for column, heading in enumerate(max(rows, key=len)):
        write.text((column * tile + 6, 3), heading, fill=INK, font=font)
    for number, tiles in enumerate(rows):
        for column, picture in enumerate(tiles.values()):
            drawn.paste(Image.fromarray(picture), (column * tile, HEADING + number * tile))
    return drawn


if __name__ == "__main__":
    run(main, Config, __doc__)
