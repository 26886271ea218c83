"""What a network itself knows of car bodies: a linear classifier on what it says of real photographs.

    python scripts/body_probe.py PHOTOS --labels CSV [--network FILE] [--every 1]

No mesh is made. Photos are described as a whole, by the class token and the mean of all others of the ViT
that `reconstruct` looks with, or by the first output (1, n) of another network's ONNX file. What
`body_types.py` learns from meshes is learned from that instead, from the same photos of two thirds of the
models, and tested on those of the others: no mapper that learns from renders alone should tell more. Prints
recall of every body and their mean, for each of several penalties of the classifier.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from body_types import recalls
from endings import run
from numpy.typing import NDArray
from PIL import Image
from street_photos import Labelled, classifier

from latentmapper.errors import MissingError, PackError
from latentmapper.features import graph
from latentmapper.features.vit import MEAN, STD, ViT
from latentmapper.pace import paced
from latentmapper.photo import read_photo
from latentmapper.photo.framing import frame, image_of
from latentmapper.runtime import Session

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)
"""Inverse strengths of the classifier's penalty: features are many more than what is measured on meshes."""

Describe = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A framed photo (224, 224, 3) float32 RGB 0..1 -> its features (n,)."""


@dataclass(frozen=True)
class Config(Labelled):
    """What to describe, and by what."""

    network: Path | None = None
    """ONNX file of another network, from one picture (1, 3, s, s) to features (1, n)."""

    centred: bool = False
    """Whether it takes 0..1 as -1..1, as EfficientNet-Lite does, not by ImageNet's mean and deviation."""

    every: int = 1
    """Take every so manieth photo."""


def main(config: Config) -> None:
    """Describe, learn and print."""
    photos = config.with_bodies(config.every)
    describe = of_vit() if config.network is None else of_network(config.network, config.centred)
    features = np.stack(
        [described(describe, config.photos / each.file) for each in paced(photos, len(photos), "photos")]
    )
    print(f"{len(photos)} photos, {features.shape[1]} features\n")
    rows = {penalty: list(recalls(features, photos, classifier(penalty))) for penalty in PENALTIES}
    bodies = [(name, count) for name, count, _ in rows[PENALTIES[0]]]
    print(f"| body | photos of test models | {' | '.join(f'C = {each:g}' for each in rows)} |")
    print("|---" * (2 + len(rows)) + "|")
    for number, (name, count) in enumerate(bodies):
        shares = " | ".join(f"{row[number][2]:.1%}" for row in rows.values())
        print(f"| {name} | {count} | {shares} |")


def described(describe: Describe, path: Path) -> NDArray[np.float32]:
    """Features (n,) of a photo as a whole."""
    return describe(frame(read_photo(path, path.name), None))


def of_vit() -> Describe:
    """The bundled ViT: class token and mean of the others, (768,)."""
    vit = ViT.bundled()

    def describe(square: NDArray[np.float32]) -> NDArray[np.float32]:
        tokens = vit.describe(square[None])
        return np.concatenate([tokens.cls[0], tokens.patches.mean(axis=(1, 2))[0]])

    return describe


def of_network(path: Path, centred: bool) -> Describe:
    """Another network: its first output for a picture of the size that it takes.

    Raises
    ------
    MissingError : there is no such file.
    PackError : it is no ONNX graph, or takes no square picture.
    """
    if not path.is_file():
        raise MissingError(f"no network at {path}; name another --network")
    takes = graph.load(path).graph.input[0].type.tensor_type.shape.dim
    side = takes[-1].dim_value if len(takes) == 4 else 0
    if not side or takes[-2].dim_value != side:
        raise PackError(f"{path} does not take a square picture of one size (1, 3, s, s)")
    session = Session(path)
    name, output = session.inputs[0], session.outputs[0]
    mean, deviation = (np.float32(0.5), np.float32(0.5)) if centred else (MEAN, STD)

    def describe(square: NDArray[np.float32]) -> NDArray[np.float32]:
        picture = ((resized(square, side) - mean) / deviation).transpose(2, 0, 1)[None]
        return session.run([output], **{name: picture})[0].reshape(-1)

    return describe


def resized(square: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """A picture (s, s, 3) in another size."""
    image = image_of(square).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32) / np.float32(255)


if __name__ == "__main__":
    run(main, Config, __doc__)
