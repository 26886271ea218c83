"""How well a foreground provider's masks fit the true ones of renders in front of streets and photos.

    python scripts/mask_overlap.py VIEWS [--foreground bundled] [--pack FOLDER...]

VIEWS is what `latentmapper data render` made; shapes that a pack knows, and those of the training split, are
left out. Prints the intersection over union of masks, pixel by pixel, where the object is whole and where
something hides some of it. `--foreground saliency` measures the saliency map that the package of the bundled
ViT is made for: what masks by the same ViT have to beat.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from endings import run

from latentmapper.abilities import require_category
from latentmapper.cli.foreground import provider
from latentmapper.errors import PhotoError, StoreError
from latentmapper.features.vit import MEAN, STD, bundled_path
from latentmapper.make.dataset.views import View, Views
from latentmapper.observer import Observer
from latentmapper.photo import Photo, read_photo
from latentmapper.photo.foreground import Found, Request
from latentmapper.photo.framing import SIDE, fitted_into, frame
from latentmapper.photo.guided import resized
from latentmapper.runtime import DEFAULT_THREADS, Session

COLUMNS = ("object", "pictures", "nothing found", "mean IoU", "median", "tenth percentile")
HIDDEN = 0.02
"""Share of the object that has to be hidden for a picture to count so."""


@dataclass(frozen=True)
class Config:
    """What to measure."""

    views: tyro.conf.Positional[Path]
    """Folder of the renders."""

    foreground: str = "bundled"
    """What cuts the object out: a provider of `reconstruct --foreground`, or saliency."""

    pack: tuple[Path, ...] = ()
    """Folders of packs; those that ship with the package if none is named."""

    category: str = "car"
    """What the renders show."""


class Saliency:
    """What of a picture catches the eye, by the bundled ViT as it came; 0..1, whatever the category."""

    name = "saliency"
    several = False

    def __init__(self) -> None:
        self._session = Session(bundled_path(), DEFAULT_THREADS)

    def find(self, photo: Photo, request: Request) -> Found:
        """See `Foreground`."""
        square = ((frame(photo, None) - MEAN) / STD).astype(np.float32)
        (seen,) = self._session.run(self._session.outputs, input_image=square.transpose(2, 0, 1)[None])
        rows, columns, _ = photo.rgb.shape
        top, left, height, width = fitted_into((rows, columns), (SIDE, SIDE))
        chances = resized(seen[0, 0].astype(np.float32), (SIDE, SIDE))
        return Found(resized(chances[top : top + height, left : left + width], (rows, columns)))

    def identity(self, photo: str) -> Any:
        """See `Foreground`."""
        return self.name


def main(config: Config) -> None:
    """Measure and print."""
    salient = config.foreground == Saliency.name
    foreground = Saliency() if salient else provider(config.foreground, (), ())
    cutting = Observer(config.pack or None, foreground=foreground)
    require_category(cutting.packs, config.category)
    views = held_out(Views.open(str(config.views)), set(cutting.packs[config.category].shape_names))
    measured = [(view.occlusion > HIDDEN, overlap(cutting, view, config.category)) for view in views]
    if not measured:
        raise StoreError(f"{config.views} shows no shape that is new to the pack; render others")
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for name, wanted in (("whole", False), ("partly hidden", True)):
        print(f"| {name} | {row([each for hidden, each in measured if hidden == wanted])} |")


def held_out(views: Views, known: set[str]) -> Iterator[View]:
    """The pictures of shapes that nothing has learned from."""
    for record in views.records:
        if record.split != "train" and record.shape not in known:
            yield from views.load(record)


def overlap(cutting: Observer, view: View, category: str) -> float:
    """Intersection over union of the mask found and the true one; not a number where none is found."""
    try:
        mask = cutting.find(read_photo(view.image), category).mask
    except PhotoError:
        return np.nan
    found = np.ones(view.mask.shape, bool) if mask is None else mask > 0.5
    return float((found & view.mask).sum() / max((found | view.mask).sum(), 1))


def row(overlaps: list[float]) -> str:
    """The cells of one row; pictures in which nothing is found count as 0."""
    if not overlaps:
        return "0 | | | |"
    values = np.nan_to_num(overlaps)
    cells = f"{values.mean():.3f} | {np.median(values):.3f} | {np.quantile(values, 0.1):.3f}"
    return f"{len(overlaps)} | {np.isnan(overlaps).sum()} | {cells}"


if __name__ == "__main__":
    run(main, Config, __doc__)
