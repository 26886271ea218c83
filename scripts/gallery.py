"""Draw docs/gallery.png: photographs, each beside its mesh from two sides.

    python scripts/gallery.py [--output docs/gallery.png] [--photos PHOTO... [--count 48]] [--pack FOLDER...]

Unless files or folders are named, the pictures are those of examples/ and docs/gallery/, airplanes before
cars, renders last; a picture whose name begins with "render-" is no photograph and is labelled so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from endings import run
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from latentmapper import files
from latentmapper.batch import expand
from latentmapper.errors import LatentMapperError, UsageError
from latentmapper.photo import read_photo
from latentmapper.reconstructor import Reconstructor
from latentmapper.render.preview import Studio, fit

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "examples", ROOT / "docs" / "gallery")
SUFFIXES = (".jpg", ".jpeg", ".png")
SIDES = ((35.0, 16.0), (215.0, 22.0))
"""Azimuth and elevation of the two views: front quarter from the left, rear quarter from the right."""
PAPER, INK, MARK = (255, 255, 255), (70, 70, 70), (176, 58, 46)
GAP, CAPTION = 10, 20

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Config:
    """What to draw."""

    output: Path = ROOT / "docs" / "gallery.png"
    """The picture to write."""

    photos: tuple[Path, ...] = ()
    """Other photographs than those of the project, or folders of them."""

    pack: tuple[Path, ...] = ()
    """Folders of packs; those that ship with the package if none is named."""

    count: int | None = None
    """So many of the photographs, evenly from all that are named; all by default."""

    columns: int = 3
    """Photographs side by side."""

    tile: int = 176
    """Side of a tile in pixels."""


@dataclass(frozen=True)
class Entry:
    """One photograph and what came of it."""

    caption: str
    rendered: bool
    """The input is a render, not a photograph."""
    category: str
    tiles: list[Picture]
    """The input and the views, all of one size."""


def main(config: Config) -> None:
    """Reconstruct, draw, save."""
    require_room(config.columns, config.tile)
    reconstructor = Reconstructor(config.pack or None)
    photos = some_of(config.photos, config.count) if config.photos else project_photos()
    entries = sorted((entry(reconstructor, path, config.tile) for path in photos), key=order)
    sheet = draw(entries, config.columns, config.tile)
    with files.replacing(config.output) as temporary:
        sheet.save(temporary, format="PNG", optimize=True)
    print(f"{config.output}: {len(entries)} pictures")


def project_photos() -> Iterable[Path]:
    """The project's own pictures, sorted by name."""
    for folder in FOLDERS:
        yield from sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES)


def some_of(named: Sequence[Path], count: int | None) -> list[Path]:
    """So many of the pictures that files and folders hold, evenly from all; all of them for None.

    Raises `UsageError` where that is none.
    """
    if count is not None and count < 1:
        raise UsageError(f"--count must be at least 1, not {count}")
    found = [Path(each.name) for each in expand([str(path) for path in named])]
    taken = len(found) if count is None else min(count, len(found))
    return [found[i * len(found) // taken] for i in range(taken)]


def order(item: Entry) -> tuple[bool, str]:
    """Photographs before renders, airplanes before cars."""
    return item.rendered, item.category


def entry(reconstructor: Reconstructor, path: Path, tile: int) -> Entry:
    """Reconstruct one picture; one that is refused shows so instead of being left out."""
    rendered = path.stem.startswith("render-")
    name = path.stem.removeprefix("render-").replace("-", " ")
    photo = fit(read_photo(path).rgb, tile)
    try:
        made = reconstructor.reconstruct(path)
    except LatentMapperError:
        return Entry(f"{name} (refused)", rendered, "", [photo, blank(tile), blank(tile)])
    studio = Studio(made.mesh.vertices, made.mesh.faces)
    views = [studio.view(azimuth, elevation, tile) for azimuth, elevation in SIDES]
    return Entry(name, rendered, made.category, [photo, *views])


def blank(tile: int) -> Picture:
    """An empty tile."""
    return np.full((tile, tile, 3), 235, np.uint8)


def require_room(columns: int, tile: int) -> None:
    """Raise `UsageError` where nothing would be seen of a sheet."""
    if min(columns, tile) < 1:
        raise UsageError("--columns and --tile must be at least 1")


def draw(entries: list[Entry], columns: int, tile: int) -> Image.Image:
    """All entries as a sheet, row by row."""
    width, height = max(len(item.tiles) for item in entries) * tile + GAP, tile + CAPTION + GAP
    rows = -(-len(entries) // columns)
    sheet = Image.new("RGB", (columns * width + GAP, rows * height + GAP), PAPER)
    for number, item in enumerate(entries):
        row, column = divmod(number, columns)
        paste(sheet, item, GAP + column * width, GAP + row * height, tile)
    return sheet


def paste(sheet: Image.Image, item: Entry, left: int, top: int, tile: int) -> None:
    """One entry: its tiles side by side, its caption below."""
    for place, picture in enumerate(item.tiles):
        sheet.paste(Image.fromarray(picture), (left + place * tile, top))
    write = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=13)
    below = top + tile + 2
    write.text((left + 2, below), item.caption, fill=INK, font=font)
    if item.rendered:
        write.text((left + 6 + write.textlength(item.caption, font), below), "(render)", fill=MARK, font=font)


if __name__ == "__main__":
    run(main, Config, __doc__)
