"""How well the CLIP filter tells photos of cars from others, some of them parts of cars.

    python scripts/filter_trial.py CARS --others AIRPLANES [--clip bundled:FOLDER] [--sheet FOLDER]

Mixes the photos of cars with pictures that are none: photos of airplanes, crops of car photos that show a
wheel or a door alone (cut where the location head of a car pack finds the car), and textures made here.
Prints Markdown: precision and recall of what is kept, by sigma, and how much of each kind is dropped.
"""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import tyro
from endings import run
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import rankdata
from street_photos import thinned

from latentmapper import files
from latentmapper.batch.filtering import judge
from latentmapper.batch.inputs import Input, expand
from latentmapper.batch.looking import look
from latentmapper.errors import UsageError
from latentmapper.features.clip.kept import KeptEmbeddings
from latentmapper.features.vit import ViT
from latentmapper.make.clip import load_clip
from latentmapper.make.dataset.textures import fractal
from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs, read_metadata
from latentmapper.photo import read_photo
from latentmapper.photo.filtering import Threshold
from latentmapper.photo.framing import SIDE, letterbox
from latentmapper.photo.location import Location, box

SIGMAS = (0.5, 1.0, 1.5, 2.0, 3.0)
PART = 0.3
"""Side of a crop, in lengths of the car in the picture."""
PARTS = {"wheel": ((0.2, 0.75), (0.8, 0.75)), "door": ((0.45, 0.5), (0.55, 0.5))}
"""Where parts lie in the box of a car seen from the side or a corner: across and down."""


@dataclass(frozen=True)
class Config:
    """What to mix."""

    cars: tyro.conf.Positional[Path]
    """Folder of photos of cars."""

    others: Path
    """Folder of photos of something else."""

    category: str = "car"
    """What the photos of the first folder show."""

    clip: str = "bundled"
    """Which contrastive pair, as for `latentmapper photos filter`."""

    every: int = 1
    """Take every so manieth car."""

    counts: tuple[int, int, int, int] = (80, 40, 40, 40)
    """Photos of something else, crops of wheels, crops of doors, textures."""

    pack: Path | None = None
    """A car pack with a location head, where the bundled one has none."""

    sheet: Path | None = None
    """Write the added pictures into this folder, to look at."""


def main(config: Config) -> None:
    """Mix, filter, print."""
    clip = load_clip(config.clip)
    inputs = {"car": thinned(expand([str(config.cars)]), config.every), **_added(config)}
    if config.sheet:
        _write(inputs, config.sheet)
    began, cpu = time.perf_counter(), time.process_time()
    with KeptEmbeddings(clip.sha256) as kept:
        before = len(kept)
        seen = {kind: list(look(some, clip, kept)) for kind, some in inputs.items()}
        new = len(kept) - before
    took = time.perf_counter() - began, time.process_time() - cpu
    kinds = np.array([kind for kind, some in seen.items() for _ in some])
    filtered = judge([each for some in seen.values() for each in some], clip, config.category, 2.0)
    distances = np.array([each.distance for each in filtered.photos], float)
    print("\n".join(tables(kinds, distances)))
    print(f"\n{new} of {len(kinds)} pictures described anew in {took[0]:.0f} s, {took[1]:.0f} s of processor")


def tables(kinds: NDArray[np.str_], distances: NDArray[np.float64]) -> Iterator[str]:
    """Lines of Markdown: verdicts by sigma, and where the kinds lie."""
    car = kinds == "car"
    others = [kind for kind in dict.fromkeys(kinds.tolist()) if kind != "car"]
    heads = [f"{kind} dropped" for kind in others]
    yield f"| sigma | kept | precision | recall | {' | '.join(heads)} |"
    yield "|---" * (4 + len(others)) + "|"
    for sigma in SIGMAS:
        kept = Threshold.of(distances, sigma).kept(distances)
        dropped = [f"{np.mean(~kept[kinds == kind]):.2f}" for kind in others]
        precision, recall = np.mean(car[kept]), np.mean(kept[car])
        yield f"| {sigma:g} | {kept.sum()} | {precision:.3f} | {recall:.3f} | {' | '.join(dropped)} |"
    yield ""
    yield "| kind | pictures | mean distance | deviation | told from cars (area under ROC) |"
    yield "|---|---|---|---|---|"
    for kind in ["car", *others]:
        these = distances[kinds == kind]
        area = "" if kind == "car" else f"{area_under_roc(distances[car], these):.3f}"
        yield f"| {kind} | {len(these)} | {these.mean():.3f} | {these.std():.3f} | {area} |"


def area_under_roc(near: NDArray[np.float64], far: NDArray[np.float64]) -> float:
    """How often one of `far` lies farther than one of `near`, ties counted half (Mann and Whitney)."""
    ranks = rankdata(np.concatenate([near, far]))[len(near) :]
    return float((ranks.sum() - len(far) * (len(far) + 1) / 2) / (len(near) * len(far)))


def _added(config: Config) -> dict[str, list[Input]]:
    """The pictures that are no cars, by kind."""
    others, wheels, doors, textures = config.counts
    head = _head(config.pack)
    photos, cars = (expand([str(folder)]) for folder in (config.others, config.cars))
    return {
        "something else": _thinned(photos, others),
        "wheel": list(_crops(_thinned(cars, wheels), "wheel", head)),
        # Other cars than those whose wheels are shown.
        "door": list(_crops(_thinned(cars[1:], doors), "door", head)),
        "texture": [_input(f"texture-{i}", _texture(i)) for i in range(textures)],
    }


def _thinned(inputs: list[Input], count: int) -> list[Input]:
    if count and not inputs:
        raise UsageError("--counts: there are too few cars for crops of wheels and of doors")
    chosen = np.linspace(0, len(inputs) - 1, count).astype(int)
    return [inputs[i] for i in chosen]


def _crops(inputs: list[Input], part: str, head: Location) -> Iterator[Input]:
    """A square of each car photo around one part of the car."""
    vit = ViT.bundled()
    for number, each in enumerate(inputs):
        square = letterbox(read_photo(each.read(), each.name).rgb)
        found = box(head(vit.describe(square[None]))[0]) or (0.0, 0.0, float(SIDE), float(SIDE))
        top, left, bottom, right = found
        across, down = PARTS[part][number % 2]
        half = PART * max(right - left, bottom - top) / 2
        y, x = top + down * (bottom - top), left + across * (right - left)
        yield _input(f"{part}-{number}", _window(each, (x - half, y - half, x + half, y + half)))


def _window(photo: Input, corners: tuple[float, float, float, float]) -> Image.Image:
    """Part of a photo, by corners in pixels of the square that holds all of it."""
    image = Image.fromarray(np.rint(read_photo(photo.read()).rgb * 255).astype(np.uint8))
    scale = max(image.size) / SIDE
    left, top = ((SIDE * scale - side) / 2 for side in image.size)
    x, y, right, bottom = (value * scale for value in corners)
    side = max(SIDE // 2, round(right - x))
    extent = (x - left, y - top, right - left, bottom - top)
    return image.transform((side, side), Image.Transform.EXTENT, extent, Image.Resampling.BICUBIC)


def _head(pack: Path | None) -> Location:
    for folder in [pack] if pack else bundled_packs():
        arrays = Pack.open(folder).arrays
        if read_metadata(folder)["category"] == "car" and "location_weight1" in arrays:
            return Location.from_arrays(arrays)
    raise UsageError("--pack: name a car pack that finds where the car is; the bundled one does not")


def _texture(index: int) -> Image.Image:
    """Noise between two colours: asphalt, plaster, leaves, cloth, as far as noise looks like them."""
    rng = np.random.default_rng([7, index])
    share = fractal(float(rng.choice([0.5, 1.0, 1.5, 2.0])), index)[:SIDE, :SIDE, None]
    low, high = rng.random((2, 3), np.float32)
    return Image.fromarray(np.rint(255 * (low + (high - low) * share)).astype(np.uint8))


def _input(name: str, image: Image.Image) -> Input:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return Input(name, PurePosixPath(name), data=buffer.getvalue())


def _write(inputs: dict[str, list[Input]], folder: Path) -> None:
    for kind, some in inputs.items():
        for number, each in enumerate(some if kind != "car" else []):
            suffix = each.path.suffix if each.path else ".png"
            files.write_bytes(folder / kind / f"{number}{suffix}", each.read())


if __name__ == "__main__":
    run(main, Config)
