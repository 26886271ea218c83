"""Whether reconstructions of real photographs have the body of the car that they show, by the mesh alone.

    python scripts/body_types.py PHOTOS --labels CSV --keep FILE [--pack FOLDER] [--every 1]
        [--foreground NAME] [--steps 0]

The labels (columns file and label) name each photo's model, most with a word for its body. Every photo is
reconstructed once, and what is measured on its mesh (`latentmapper.editing.measuring`) kept in FILE, so that
a run that was stopped goes on; a FILE that was measured in another way is refused. A linear classifier learns
the bodies of two thirds of the models and is tested on the photos of the others. Prints recall of every body,
their mean, and mean height for the length of bodies that differ in it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from endings import run
from numpy.typing import NDArray
from street_photos import CAR, GROUPS, Labelled, Photo, classifier, group_of, packs_of_cars

from latentmapper import files
from latentmapper.cli.foreground import provider
from latentmapper.editing.measuring import measure, measures_of
from latentmapper.errors import MeshError, PhotoError, UsageError
from latentmapper.reconstructor import Reconstructor
from latentmapper.shapes.mesh import Mesh

ORDER = ("Van", "SUV", "Sedan", "Coupe")
"""Bodies by falling height for the length."""
TESTED = 1 / 3
"""Share of the models that the classifier is tested on."""


@dataclass(frozen=True)
class Config(Labelled):
    """What to measure."""

    keep: Path
    """File that keeps what was measured, one photo a line."""

    pack: Path | None = None
    """The pack of cars; the bundled one by default."""

    every: int = 1
    """Take every so manieth photo."""

    foreground: str = "alpha"
    """What cuts the car out: a provider of `reconstruct --foreground`."""

    steps: int = 0
    """Of refinement: see `reconstruct --refine`."""

    resolution: int = 64
    """Cells along each axis of the lattice."""


def main(config: Config) -> None:
    """Measure and print."""
    photos = config.with_bodies(config.every)
    foreground = provider(config.foreground, (), ())
    made = Reconstructor(packs_of_cars(config.pack), foreground=foreground)
    way = way_of(made, config.steps, config.resolution)
    kept = Kept(config.keep, partial(mesh_of, made, config.steps, config.resolution), way)
    every = {photo.file: kept.measures(config.photos / photo.file) for photo in photos}
    measured = {file: taken for file, taken in every.items() if taken}
    found = [photo for photo in photos if photo.file in measured]
    if not found:
        raise UsageError(f"none of {len(photos)} photos has a mesh")
    values = np.array([[measured[photo.file][each.name] for each in measures_of(CAR)] for photo in found])
    print(f"{len(found)} of {len(photos)} photos have a mesh\n")
    print("| body | photos of test models | recall |\n|---|---|---|")
    for group, count, recall in recalls(values, found):
        print(f"| {group} | {count} | {recall:.1%} |")
    heights = values[:, [each.name for each in measures_of(CAR)].index("height")]
    print("\n| body | photos | mean height for the length |\n|---|---|---|")
    for body in ORDER:
        of = np.array([photo.body == body for photo in found])
        if of.any():
            print(f"| {body} | {of.sum()} | {heights[of].mean():.3f} |")


def recalls(
    values: NDArray[np.floating], photos: list[Photo], learner: Any = None
) -> Iterator[tuple[str, int, float]]:
    """Of every body: its name, its test photos, and the share that is recognised; at last their mean.

    Parameters
    ----------
    values : (n, a) what was measured on the meshes of the photos, or is known of them otherwise.
    learner : what learns bodies; `classifier` as it is by default.

    Raises
    ------
    UsageError : there are too few photos to learn from, or none to test on.
    """
    names = list(GROUPS)
    truth = np.array([group_of(photo) for photo in photos])
    tested = np.array([is_tested(photo.label) for photo in photos])
    require_bodies(truth[~tested])
    if not tested.any():
        raise UsageError("none of the photos shows a model to test on: take more photos")
    told = (learner or classifier()).fit(values[~tested], truth[~tested]).predict(values[tested])
    shares = []
    for number, name in enumerate(names):
        of = truth[tested] == number
        if of.any():
            shares.append(float((told[of] == number).mean()))
            yield name, int(of.sum()), shares[-1]
    yield "mean of these", int(tested.sum()), float(np.mean(shares))


def is_tested(label: str) -> bool:
    """Whether a model is one to test on, by a hash of its name."""
    place = int.from_bytes(hashlib.sha256(label.encode()).digest()[:8], "big") / 2**64
    return place < TESTED


def require_bodies(truth: NDArray[np.integer]) -> None:
    """Raise `UsageError` where photos (n,) of these bodies are too few for a classifier to learn from."""
    if len(np.unique(truth)) < 2:
        raise UsageError(f"{len(truth)} photos to learn from show less than two bodies: take more photos")


def mesh_of(reconstructor: Reconstructor, steps: int, resolution: int, photo: Path) -> Mesh:
    """What is made of a photo after so many steps of refinement, whatever it shows."""
    return reconstructor.reconstruct(photo, resolution=resolution, force=True, refine=steps).mesh


def way_of(reconstructor: Reconstructor, steps: int, resolution: int) -> dict[str, Any]:
    """All that the mesh of a photo depends on."""
    translator = reconstructor.translator
    return {
        "packs": [pack.hash for pack in reconstructor.packs.values()],
        "precision": reconstructor.precision,
        "foreground": reconstructor.foreground.name,
        "translator": translator and translator.sha256,
        "steps": steps,
        "resolution": resolution,
    }


class Kept:
    """Measures of each photo's mesh, kept in a file: what is there already is not made again.

    Parameters
    ----------
    path : a line that tells the way, then one photo a line; made where it is missing.
    mesh : makes that of a photo.
    way : what the meshes depend on, as a JSON object.

    Raises
    ------
    UsageError : the file was measured in another way.
    """

    def __init__(self, path: Path, mesh: Callable[[Path], Mesh], way: dict[str, Any]) -> None:
        self._path, self._mesh, self._kept = path, mesh, _kept(path, way)

    def measures(self, photo: Path) -> dict[str, float] | None:
        """Of the mesh of a photo; None where it has none. Raises `UsageError` where there is no photo."""
        if photo.name not in self._kept:
            self._kept[photo.name] = self._of(photo)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([photo.name, self._kept[photo.name]]) + "\n")
        return self._kept[photo.name]

    def _of(self, photo: Path) -> dict[str, float] | None:
        if not photo.is_file():  # to be found another time, which what is kept would hide
            raise UsageError(f"{photo}, which --labels names, does not exist")
        try:
            return measure(CAR, self._mesh(photo))
        except (PhotoError, MeshError):
            return None


def _kept(path: Path, way: dict[str, Any]) -> dict[str, dict[str, float] | None]:
    """What an earlier run kept; a line that was being written when it was stopped is cut off."""
    told = json.dumps(way)
    if not path.is_file():
        files.write_text(path, told + "\n")
        return {}
    first, *lines = path.read_text(encoding="utf-8").rpartition("\n")[0].split("\n")
    if first != told:
        raise UsageError(f"--keep: {path} holds what was measured in another way; name another")
    files.write_text(path, "".join(f"{line}\n" for line in (first, *lines)))
    return dict(json.loads(line) for line in lines)


if __name__ == "__main__":
    run(main, Config)
