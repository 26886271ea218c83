"""How well reconstructions keep the proportions of real cars, whose makers publish them.

    python scripts/photo_proportions.py PHOTOS --labels CSV --dimensions CSV [--pack FOLDER...]
        [--foreground NAME...] [--translator FILE]

The labels name each photo's model (columns file and label), the dimensions the proportions of models (label,
height_to_length and width_to_length; width without mirrors). Prints a Markdown table for every pack: mean
absolute error in percent, the same of the best constant, and how answers and truth rank alike (Spearman).
Rows of one pack are about the same photos: those in which every named provider finds a car.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from endings import run
from numpy.typing import NDArray
from scipy.stats import spearmanr
from street_photos import RATIOS, Measured, packs_of_cars, thinned

from latentmapper.cli.foreground import provider
from latentmapper.editing.measuring.cars import BELOW_MIRRORS
from latentmapper.errors import PhotoError, UsageError
from latentmapper.photo.translation import Translator
from latentmapper.reconstructor import Reconstructor

COLUMNS = (
    *("pack", "foreground", "translated", "photos", "ratio"),
    *("mean abs. error %", "best constant %", "rank correlation"),
)


@dataclass(frozen=True)
class Config(Measured):
    """What to measure."""

    pack: tuple[Path, ...] = ()
    """Packs of cars to compare; the bundled one if none is named."""

    foreground: tuple[str, ...] = ("alpha",)
    """What cuts the car out: providers of `reconstruct --foreground` to compare."""

    translator: Path | None = None
    """Compare with photos that this translator.onnx has translated."""

    every: int = 1
    """Take every so manieth photo of a known model."""

    resolution: int = 64
    """Cells along each axis of the lattice."""


def main(config: Config) -> None:
    """Measure and print."""
    photos = thinned(list(_known(config)), config.every)
    if not photos:
        raise UsageError(f"{config.photos} holds no photo of a model whose proportions are published")
    truth = np.array([ratios for _, ratios in photos])
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for pack in packs_of_cars(*config.pack):
        found = {
            way: np.array([_proportions(made, path, config.resolution) for path, _ in photos])
            for way, made in _ways(config, pack)
        }
        told = ~np.any([np.isnan(each).any(axis=1) for each in found.values()], axis=0)
        for way, each in found.items():
            for i, name in enumerate(RATIOS):
                row = _row(each[told, i], truth[told, i])
                print(f"| {pack.name} | {way} | {told.sum()} | {name}_to_length | {row} |")


def _ways(config: Config, pack: Path) -> Iterator[tuple[str, Reconstructor]]:
    """What is compared, and what it is called: "foreground | translated"."""
    for name in config.foreground:
        yield f"{name} | no", Reconstructor([pack], foreground=provider(name, (), ()))
        if config.translator is not None:
            translator = Translator(config.translator)
            yield f"{name} | yes", Reconstructor([pack], None, None, provider(name, (), ()), translator)


def _known(config: Config) -> Iterator[tuple[Path, tuple[float, ...]]]:
    """Photos whose model's proportions are known."""
    published = config.published()
    for file, label in config.rows():
        if label in published and (config.photos / file).is_file():
            yield config.photos / file, published[label]


def _proportions(reconstructor: Reconstructor, photo: Path, resolution: int) -> tuple[float, float]:
    """Height and width without mirrors, for the length; not numbers where no car is found."""
    try:
        vertices = reconstructor.reconstruct(photo, resolution=resolution, force=True).mesh.vertices
    except PhotoError:
        return np.nan, np.nan
    low, size = vertices.min(0), np.ptp(vertices, axis=0)
    body = vertices[vertices[:, 1] < low[1] + BELOW_MIRRORS * size[1]]
    return size[1] / size[2], np.ptp(body[:, 0]) / size[2]


def _row(found: NDArray[np.floating], truth: NDArray[np.floating]) -> str:
    error = 100 * np.mean(np.abs(found / truth - 1))
    constant = 100 * np.mean(np.abs(np.median(truth) / truth - 1))
    return f"{error:.2f} | {constant:.2f} | {spearmanr(found, truth)[0]:.2f}"


if __name__ == "__main__":
    run(main, Config)
