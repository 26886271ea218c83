"""What every stage between a street photo and a mesh does to the car that comes out of it.

    python scripts/photo_ablation.py PHOTOS --labels CSV --dimensions CSV --keep FOLDER [--every 7]
        [--translator FILE] [--plain PACK] [--renders VIEWS] [--steps 3]

Prints a Markdown table. A row is a way to reconstruct: the photo as it is, cut out by the pack's location
head, cut out and translated, cut out and refined; with `--plain` the photo by a pack that learned from plain
renders; with `--renders` the photo after its tokens were moved to where those of renders lie, by what was
fitted on photos of other models (`alignment.py`, `adapter.py`). Rows are about the same photos: those in
which every way finds a car.

Bodies are recognised as `body_types.py` does, except that each fifth of the models is told by a classifier
that learned from the others. Proportions are compared with what makers publish, as in
`photo_proportions.py`. In brackets 95 % intervals, bootstrapped over models; "to the photo" are differences
to the first row, paired.

What was measured is kept in the folder, a file a way: a run that was stopped goes on, and one of other packs
or options is refused.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from adapter import Adversarial
from aligned_photos import AlignedPhotos, Fit
from alignment import ByMoments
from body_types import Kept, mesh_of, require_bodies, way_of
from endings import run
from numpy.typing import NDArray
from street_photos import CAR, GROUPS, RATIOS, Measured, Photo, classifier, group_of, packs_of_cars

from latentmapper.cli.foreground import provider
from latentmapper.editing.measuring import measures_of
from latentmapper.errors import UsageError
from latentmapper.files import sha256_of_file, sha256_of_json
from latentmapper.make.dataset.views import MANIFEST, Views
from latentmapper.photo.translation import Translator
from latentmapper.reconstructor import Reconstructor
from latentmapper.shapes.mesh import Mesh

RESOLUTION = 64
"""Cells along each axis of the lattice."""
FOLDS = 5
DRAWS = 2000
"""Resampled sets of models that an interval is read from."""
COLUMNS = (
    *("way", "photos", "mean recall of bodies %", "to the photo", "with dimensions"),
    *("height: median error %", "mean %", "to the photo", "width: median error %", "mean %", "to the photo"),
)


@dataclass(frozen=True)
class Config(Measured):
    """What to measure."""

    keep: Path
    """Folder that keeps what was measured."""

    pack: Path | None = None
    """The pack of cars; the bundled one by default."""

    plain: Path | None = None
    """A pack of cars that learned from renders without backgrounds, paint and light of the street."""

    translator: Path | None = None
    """What translates photos to renders."""

    renders: Path | None = None
    """Views of `latentmapper data render`, to align photos with."""

    shrinkages: tuple[float, ...] = (1.0, 0.1)
    """How far covariances are drawn to their diagonals for that, 0 to 1: a row each."""

    adapter: int = 1500
    """Steps of training of a small adapter between photos and renders, a row as well; 0 leaves it out."""

    pictures: int = 300
    """Renders that are looked at for that."""

    steps: int = 3
    """Of refinement; 0 leaves that row out."""

    every: int = 7
    """Take every so manieth photo."""


Values = NDArray[np.floating]


@dataclass(frozen=True)
class Sample:
    """The photos of a table."""

    photos: list[Photo]
    truth: Values
    """(n, 2) published `RATIOS`; not numbers where none are known."""

    @classmethod
    def of(cls, photos: list[Photo], published: dict[str, tuple[float, ...]]) -> "Sample":
        """Photos, and what is published of their models."""
        unknown = (np.nan,) * len(RATIOS)
        return cls(photos, np.array([published.get(photo.label, unknown) for photo in photos]))

    def models(self) -> NDArray[np.int64]:
        """(n,) which model each photo shows."""
        return np.unique([photo.label for photo in self.photos], return_inverse=True)[1]

    def draws(self) -> NDArray[np.int64]:
        """(DRAWS, n) how often each photo is drawn: its model as often as by chance."""
        models, rng = self.models(), np.random.default_rng(0)
        count = int(models.max()) + 1
        drawn = rng.multinomial(count, np.full(count, 1 / count), size=DRAWS)
        return drawn[:, models]


def main(config: Config) -> None:
    """Measure photo by photo, in every way, and print."""
    photos = config.with_bodies(config.every)
    config.keep.mkdir(parents=True, exist_ok=True)
    ways = {
        name: (partial(mesh_of, made, steps, RESOLUTION), way_of(made, steps, RESOLUTION))
        for name, made, steps in _ways(config)
    }
    ways |= _aligned(config, photos)
    kept = {name: Kept(config.keep / f"{name}.jsonl", *each) for name, each in ways.items()}
    taken = {name: [each.measures(config.photos / p.file) for p in photos] for name, each in kept.items()}
    whole = [i for i in range(len(photos)) if all(values[i] for values in taken.values())]
    if not whole:
        raise UsageError(f"no way finds a car in all: none of {len(photos)} photos is left to compare")
    sample = Sample.of([photos[i] for i in whole], config.published())
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for row in rows({name: [values[i] or {} for i in whole] for name, values in taken.items()}, sample):
        print(f"| {' | '.join(row)} |")


def _ways(config: Config) -> Iterator[tuple[str, Reconstructor, int]]:
    """Names, what reconstructs, and steps of refinement."""
    packs, cut = packs_of_cars(config.pack), provider("bundled", (), ())
    yield "photo", Reconstructor(packs), 0
    if config.plain is not None:
        yield "photo, plain renders", Reconstructor([config.plain]), 0
    yield "cut out", Reconstructor(packs, foreground=cut), 0
    if config.translator is not None:
        translator = Translator(config.translator)
        yield "cut out, translated", Reconstructor(packs, foreground=cut, translator=translator), 0
    if config.steps:
        yield "cut out, refined", Reconstructor(packs, foreground=cut), config.steps


def _aligned(config: Config, photos: list[Photo]) -> dict[str, tuple[Callable[[Path], Mesh], dict[str, Any]]]:
    """Names, what makes meshes of photos that are aligned with renders, and what these depend on."""
    if config.renders is None:
        return {}
    folds = [[config.photos / p.file for p in photos if fold(p.label) == each] for each in range(FOLDS)]
    made, views = Reconstructor(packs_of_cars(config.pack)), Views.open(str(config.renders))
    aligned = AlignedPhotos(made, views, [some for some in folds if some], config.pictures)
    way = way_of(made, 0, RESOLUTION) | {
        "renders": sha256_of_file(config.renders / MANIFEST),
        "pictures": config.pictures,
        "photos": sha256_of_json([photo.file for photo in photos]),
    }
    fits: dict[str, Fit] = {f"shrinkage {each:g}": ByMoments(each) for each in config.shrinkages}
    if config.adapter:
        fits["adapter"] = Adversarial(steps=config.adapter)
    return {
        f"photo, aligned, {name}": (partial(aligned.mesh, fit, RESOLUTION), way | {"fit": repr(fit)})
        for name, fit in fits.items()
    }


def rows(taken: dict[str, list[dict[str, float]]], sample: Sample) -> Iterator[list[str]]:
    """The cells of every row.

    Parameters
    ----------
    taken : way -> what was measured on the mesh of every photo.
    """
    bodies = np.array([group_of(photo) for photo in sample.photos])
    draws = sample.draws()
    measured = np.isfinite(sample.truth[:, 0])
    first: list[Values] = []
    for name, values in taken.items():
        right = told(values, sample, bodies) == bodies
        found = np.array([[each[ratio] for ratio in RATIOS] for each in values])
        error = 100 * np.abs(found / np.where(measured[:, None], sample.truth, 1) - 1)
        drawn = [100 * recall(right, bodies, draws), *(_mean(error[:, i], measured * draws) for i in (0, 1))]
        first = first or drawn
        apart = ["" if drawn is first else _between(a - b, "+") for a, b in zip(drawn, first, strict=True)]
        mean = 100 * float(recall(right, bodies, np.ones((1, len(bodies)), int))[0])
        cells = [name, str(len(values)), f"{mean:.1f} {_between(drawn[0])}", apart[0], str(measured.sum())]
        for i in range(len(RATIOS)):
            some = error[measured, i]
            cells += [f"{np.median(some):.2f}", f"{some.mean():.2f} {_between(drawn[i + 1])}", apart[i + 1]]
        yield cells


def told(values: list[dict[str, float]], sample: Sample, bodies: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the body of each photo by its measures, told by what learned from photos of other models."""
    inputs = np.array([[each[measure.name] for measure in measures_of(CAR)] for each in values])
    folds = np.array([fold(photo.label) for photo in sample.photos])
    answers = np.zeros(len(values), np.int64)
    for number in np.unique(folds):
        tested = folds == number
        require_bodies(bodies[~tested])
        learned = classifier().fit(inputs[~tested], bodies[~tested])
        answers[tested] = learned.predict(inputs[tested])
    return answers


def fold(label: str) -> int:
    """Which fifth of the models one belongs to, by a hash of its name."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8], "big") * FOLDS >> 64


def recall(right: NDArray[np.bool_], bodies: NDArray[np.int64], draws: NDArray[np.int64]) -> Values:
    """(d,) mean recall of the bodies that are there, in sets of photos drawn as often as (d, n) says."""
    of = [bodies == number for number in range(len(GROUPS))]
    counts = np.stack([draws[:, each].sum(1) for each in of])
    hits = np.stack([draws[:, each & right].sum(1) for each in of])
    return np.where(counts > 0, hits / np.maximum(counts, 1), 0).sum(0) / (counts > 0).sum(0)


def _mean(values: Values, draws: NDArray[np.int64]) -> Values:
    """(d,) means; not a number where none of the values is drawn."""
    counts = draws.sum(1)
    return np.where(counts > 0, draws @ np.nan_to_num(values) / np.maximum(counts, 1), np.nan)


def _between(drawn: Values, sign: str = "") -> str:
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return f"[{low:{sign}.1f}, {high:{sign}.1f}]"


if __name__ == "__main__":
    run(main, Config)
