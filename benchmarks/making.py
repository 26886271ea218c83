"""What making a pack costs: training, signed distances and pictures, each against the simplest correct way.

    python benchmarks/making.py [--repeats 5] [--source parametric:cars:1] [--json FILE]

Processor time, on one thread; ways that are compared take turns. A step of training is that of the recipe on
spheres: draw, loss, gradients, optimisers. Deep Implicit Templates are held against their plain formulation;
libigl's trees and Embree, with what it takes to build them, against a look at every triangle, which takes
minutes: it gets a share of the samples and rays, and is scaled up. What differs by more than 1e-4 (distances
and depths in canonical units, losses as a share) is counted.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
import tyro
from measuring.spread import NOTE, Spread, alternately
from measuring.steps import begun
from reference.triangles import first_depths, signed_distances

from latentmapper import files
from latentmapper.make.collections.resolve import open_collection
from latentmapper.make.dataset.plan import BuildRecipe
from latentmapper.make.dataset.render_shapes import RenderItem, render_item
from latentmapper.make.dataset.repair import Normalised, normalise
from latentmapper.make.dataset.sampling import on_faces, sample_points
from latentmapper.make.dataset.shape_data import compute
from latentmapper.make.dataset.solid import watertight_solid
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.render.camera import Camera
from latentmapper.render.raycast import raycast

CAMERA = Camera(azimuth=35.0, elevation=18.0, distance=3.0, fov=40.0)
"""The whole unit sphere fits in."""
NEAR = 1e-4


@dataclass(frozen=True)
class Config:
    """What to measure."""

    source: str = "parametric:cars:1"
    """Collection whose first shape, a closed one, is sampled and rendered."""

    samples: int = 50_000
    """Signed distances of it."""

    side: int = 224
    """Pixels along each side of its pictures."""

    views: int = 24
    """Pictures of it."""

    batch: tuple[int, int] | None = None
    """Shapes of a step of training, and points of each; those of the recipe if None."""

    share: float = 1 / 256
    """Share of samples and rays for which every triangle is looked at."""

    repeats: int = 5
    """Runs of each, after one that does not count."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Row:
    """What one kind of work costs; the last three are None where nothing simpler is compared."""

    work: str
    unit: str
    """s or points/s."""
    ours: Spread
    simplest: Spread | None = None
    ratio: Spread | None = None
    """How many times as fast ours is, of the two in each turn."""
    differing: tuple[int, int] | None = None
    """How many results differ, of how many."""

    def line(self) -> str:
        """One line of the table."""
        spec = ".3f" if self.unit == "s" else ",.0f"
        simplest, ratio = (f"{self.simplest:{spec}}", f"{self.ratio:,.1f} x") if self.simplest else ("", "")
        differing = "{} of {:,}".format(*self.differing) if self.differing else ""
        return f"| {self.work} | {self.unit} | {self.ours:{spec}} | {simplest} | {ratio} | {differing} |"


def main(config: Config) -> None:
    """Measure and print a row each."""
    print("| work | unit | LatentMapper | simplest | ratio | differ |\n|---|---|---|---|---|---|")
    rows = []
    for row in chain(training(config), shapes(config)):
        rows.append(row)
        print(row.line(), flush=True)
    print(f"\n{NOTE}")
    if config.json is not None:
        files.write_json(config.json, [asdict(row) for row in rows])


def training(config: Config) -> Iterator[Row]:
    """A step of each base model."""
    with TemporaryDirectory() as folder:
        steps = begun(Path(folder), config.batch)
        seconds = alternately(steps, config.repeats)
    speeds = [[each.points / took for took in taken] for each, taken in zip(steps, seconds, strict=True)]
    yield Row("training step, triplane", "points/s", Spread.of(speeds[0]))
    ratio = Spread.of(fast / slow for fast, slow in zip(*speeds[1:], strict=True))
    losses, truth = (np.array(each.losses) for each in steps[1:])
    apart = differing(losses / truth, np.ones(len(truth)))
    ours, plain = map(Spread.of, speeds[1:])
    yield Row("training step, dit-small", "points/s", ours, plain, ratio, apart)


def shapes(config: Config) -> Iterator[Row]:
    """Distances and rays of a shape, and all that `data build` and `data render` make of it."""
    collection = open_collection(config.source)
    shape = collection.load(next(iter(collection)))
    mesh = normalise(shape)
    yield from by_every_triangle(mesh, config)
    kind = shape.category if shape.category in ("car", "airplane") else "other"
    build, render = BuildRecipe(samples=config.samples).of_shapes, ViewRecipe(kind, views=config.views)
    item = RenderItem(shape.id, mesh.vertices, mesh.faces, mesh.materials)
    with TemporaryDirectory() as folder:
        works = (lambda: compute(shape, 0, build)), (lambda: render_item(item, Path(folder), render))
        seconds = alternately(works, config.repeats)
    for work, taken in zip(
        ("data build of it", f"data render of it, {config.views} pictures"), seconds, strict=True
    ):
        yield Row(work, "s", Spread.of(taken))


def by_every_triangle(mesh: Normalised, config: Config) -> Iterator[Row]:
    """Signed distances and rays, ours and by looking at every triangle."""
    vertices, faces, corners = mesh.vertices, mesh.faces, mesh.vertices[mesh.faces]
    rng, size = np.random.default_rng(0), (config.side, config.side)
    points = sample_points(on_faces(vertices, faces, config.samples, rng)[0], config.samples, rng)
    yield compared(
        f"{len(points):,} signed distances to {len(faces):,} faces",
        lambda: watertight_solid(vertices, faces).distance(points),
        lambda chosen: signed_distances(points[chosen], corners),
        config,
    )
    origins, directions = CAMERA.rays(size)
    yield compared(
        f"{len(origins):,} rays to {len(faces):,} faces",
        lambda: raycast(vertices, faces, CAMERA, size).depth.ravel(),
        lambda chosen: first_depths(origins[chosen], directions[chosen], corners),
        config,
    )


def compared(
    work: str, ours: Callable[[], np.ndarray], simplest: Callable[[np.ndarray], np.ndarray], config: Config
) -> Row:
    """Time both, the simplest way for some of the results (n,), by index; count where these differ."""
    found = ours()
    count = max(1, round(config.share * len(found)))
    chosen = np.sort(np.random.default_rng(0).choice(len(found), count, replace=False))
    truth = simplest(chosen)
    fast, slow = alternately([ours, lambda: simplest(chosen)], config.repeats)
    slow = [each * len(found) / count for each in slow]
    ratio = Spread.of(taken / each for each, taken in zip(fast, slow, strict=True))
    return Row(work, "s", Spread.of(fast), Spread.of(slow), ratio, differing(found[chosen], truth))


def differing(ours: np.ndarray, truth: np.ndarray) -> tuple[int, int]:
    """How many of the results (n,) differ, of how many; infinite ones are alike."""
    return int((~np.isclose(ours, truth, rtol=0, atol=NEAR)).sum()), len(truth)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(tyro.cli(Config, description=__doc__))
