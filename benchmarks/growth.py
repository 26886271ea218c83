"""How the cost of a mesh grows with the lattice, with its faces, and with the number of photos.

    python benchmarks/growth.py [--pack FOLDER] [--repeats 5] [--plot FILE.svg] [--json FILE]

Times are processor seconds, median [least, most]. Exponents are slopes of the medians on log-log axes: 1 is
what grows in proportion. The cells of a surface grow with the square of the lattice's side, those of the
whole lattice with its cube. How a store's cost grows with its shapes is printed by benchmarks/store.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import tyro
from measuring.curves import Curve, drawn
from measuring.spread import NOTE, Spread, timed

from latentmapper import files
from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.reconstructor import Reconstructor
from latentmapper.shapes.checks import checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.export import export_bytes
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.mesh import Mesh

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.jpg"))


@dataclass(frozen=True)
class Config:
    """What to measure."""

    pack: Path | None = None
    """A pack's folder; the first that ships with the package if None."""

    resolutions: tuple[int, ...] = (64, 96, 128, 192, 256)
    """Cells along each axis."""

    photos: tuple[int, ...] = (1, 2, 4, 8)
    """Photos in one process that is warm."""

    repeats: int = 5
    """Runs of each."""

    plot: Path | None = None
    """SVG file to draw the figures to."""

    json: Path | None = None
    """File to write the figures to."""


def main(config: Config) -> None:
    """Measure the curves and print a row each."""
    folder = config.pack or bundled_packs()[0]
    made = [*surfaces(Pack.open(folder), config), photos(folder, config)]
    print("| what | by | from | to | seconds | exponent |\n|---|---|---|---|---|---|")
    for curve in made:
        first, last = curve.seconds[0], curve.seconds[-1]
        sizes = f"{curve.sizes[0]} | {curve.sizes[-1]}"
        print(f"| {curve.name} | {curve.unit} | {sizes} | {first:.4f} to {last:.4f} | {curve.exponent:.2f} |")
    print(f"\n{NOTE}")
    if config.plot:
        files.write_text(config.plot, drawn(made))
    if config.json:
        files.write_json(config.json, [asdict(curve) | {"exponent": curve.exponent} for curve in made])


def surfaces(pack: Pack, config: Config) -> list[Curve]:
    """The surface of the mean shape by lattice, and what becomes of it by faces."""
    field, sizes = pack.field(pack.mean_code), list(config.resolutions)
    found = [extract(field, size) for size in sizes]
    counts = [len(surface.faces) for surface in found]
    meshes = [clean(surface)[0] for surface in found]
    by_cells = [lambda n=n: extract(field, n) for n in sizes]
    by_faces: dict[str, list[Callable[[], object]]] = {
        "clean-up": [lambda s=s: clean(s) for s in found],
        "checks": [lambda m=m: checks(fresh(m)) for m in meshes],
        "GLB": [lambda m=m: export_bytes(m, "glb", {}) for m in meshes],
    }
    return [
        Curve("surface", "cells a side", sizes, times(config, by_cells)),
        *(Curve(name, "faces", counts, times(config, works)) for name, works in by_faces.items()),
    ]


def fresh(mesh: Mesh) -> Mesh:
    """The same mesh, of which nothing is known yet."""
    return Mesh(mesh.vertices, mesh.faces)


def photos(folder: Path, config: Config) -> Curve:
    """Photo to GLB by the number of photos."""
    reconstructor = Reconstructor([folder], threads=1)

    def make(count: int) -> None:
        for number in range(count):
            reconstructor.reconstruct(EXAMPLES[number % len(EXAMPLES)], force=True).encode("glb")

    make(len(EXAMPLES))
    sizes = list(config.photos)
    return Curve("photo to GLB", "photos", sizes, times(config, [lambda n=n: make(n) for n in sizes]))


def times(config: Config, works: Sequence[Callable[[], object]]) -> list[Spread]:
    """Processor seconds of each."""
    return [Spread.of(timed(work)[1].processor for _ in range(config.repeats)) for work in works]


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
