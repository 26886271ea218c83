"""A sheet of photographs, each beside what is left of it once the object is cut out: to look at masks.

    python scripts/mask_sheet.py PHOTO... --output masks.png [--count 60] [--foreground bundled]

Of files, and of what folders hold, so many are taken evenly. Beside a photo in which nothing was found the
place is empty.
"""

from dataclasses import dataclass
from pathlib import Path

import tyro
from endings import run
from gallery import Entry, blank, draw, require_room, some_of

from latentmapper import files
from latentmapper.abilities import require_category
from latentmapper.cli.foreground import provider
from latentmapper.errors import PhotoError
from latentmapper.observer import Observer
from latentmapper.photo import read_photo
from latentmapper.photo.framing import over_grey
from latentmapper.render.preview import fit


@dataclass(frozen=True)
class Config:
    """What to draw."""

    photos: tyro.conf.Positional[tuple[Path, ...]]
    """Pictures, or folders of pictures."""

    output: Path
    """The picture to write."""

    count: int = 60
    """Photographs that are shown, evenly from all of them."""

    foreground: str = "bundled"
    """What cuts the object out: a provider of `reconstruct --foreground`."""

    pack: tuple[Path, ...] = ()
    """Folders of packs; those that ship with the package if none is named."""

    category: str = "auto"
    """What the photos show; auto decides for each photo."""

    columns: int = 5
    """Photographs side by side."""

    tile: int = 192
    """Side of a tile in pixels."""


def main(config: Config) -> None:
    """Cut out, draw, save."""
    require_room(config.columns, config.tile)
    cutting = Observer(config.pack or None, foreground=provider(config.foreground, (), ()))
    require_category(cutting.packs, config.category)
    entries = [entry(cutting, path, config) for path in some_of(config.photos, config.count)]
    with files.replacing(config.output) as temporary:
        draw(entries, config.columns, config.tile).save(temporary, format="PNG", optimize=True)
    print(f"{config.output}: {len(entries)} photographs")


def entry(cutting: Observer, path: Path, config: Config) -> Entry:
    """One photograph and what is left of it."""
    photo = read_photo(path)
    whole = fit(photo.rgb, config.tile)
    try:
        mask = cutting.find(photo, config.category).mask
    except PhotoError:
        return Entry(f"{path.stem} (nothing found)", False, "", [whole, blank(config.tile)])
    left = photo.rgb if mask is None else over_grey(photo.rgb, mask)
    return Entry(path.stem, False, "", [whole, fit(left, config.tile)])


if __name__ == "__main__":
    run(main, Config, __doc__)
