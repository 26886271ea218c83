"""One encoded photo to the bytes of its files, and what it is called where that fails."""

import logging
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from latentmapper.errors import LatentMapperError, MissingError, RefusedPhoto
from latentmapper.photo import read_photo
from latentmapper.photo.foreground import ALPHA
from latentmapper.photo.framing import image_of, png_bytes
from latentmapper.reconstruction import Reconstruction
from latentmapper.reconstructor import Reconstructor
from latentmapper.shapes.export import Format, export_bytes
from latentmapper.shapes.mesh import Mesh
from latentmapper.shapes.units import Up
from latentmapper.stopwatch import Stopwatch

logger = logging.getLogger(__name__)

Failure = Literal["refused", "failed"]

_TETRAHEDRON = Mesh(
    np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
    np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32),
)


@dataclass(frozen=True)
class Options:
    """What, besides photo, packs and ViT, decides the bytes of a result."""

    category: str = "auto"
    resolution: int = 128
    faces: int | None = None
    force: bool = False
    format: Format = "glb"
    length: float | None = None
    up: Up = "y"
    preview: bool = False
    foreground: str = ALPHA
    instance: int = 1
    overlay: bool = False
    looks: int = 1
    refine: int = 0
    mask: bool = False
    """Tell also where in the photo the object is, by its mask and a camera: pages show them together."""

    def to_json(self) -> dict[str, Any]:
        """As JSON values, what came later only where it is used: earlier results still count as finished."""
        later = {"foreground": ALPHA, "instance": 1, "overlay": False, "looks": 1, "mask": False, "refine": 0}
        return {name: value for name, value in asdict(self).items() if later.get(name, ...) != value}

    def require_exportable(self) -> None:
        """Raise `UsageError` now rather than after the first photo where no mesh could be written so."""
        export_bytes(_TETRAHEDRON, self.format, {}, up=self.up, length=self.length)


def make(
    reconstructor: Reconstructor, options: Options, data: bytes, name: str
) -> tuple[list[bytes], dict[str, Any]]:
    """The contents of the files, mesh first, and the record of how they came about.

    The overlay, which comes last, is left out with a warning where the photo's pack tells no view.

    Parameters
    ----------
    data : the encoded photo.
    name : what messages call it.

    Raises
    ------
    The errors of `Reconstructor.reconstruct` and `Reconstruction.encode`.
    """
    clock = Stopwatch()
    with clock("read"):
        photo = read_photo(data, name)
    made = reconstructor.reconstruct(
        photo,
        options.category,
        options.resolution,
        options.faces,
        options.force,
        instance=options.instance,
        looks=options.looks,
        refine=options.refine,
    )
    with clock("export"):
        contents = [made.encode(options.format, options.length, options.up)]
    if options.preview:
        with clock("preview"):
            contents.append(png_bytes(made.preview(photo)))
    lacking: list[str] = []
    if options.overlay:
        with clock("overlay"):
            try:
                contents.append(png_bytes(made.overlay(photo)))
            except MissingError as error:
                lacking.append(f"no overlay: {error}")
    if options.mask and made.mask is not None:
        contents.append(png_bytes(image_of(made.mask)))
    result = made.record()
    result["warnings"] += lacking
    if options.mask:
        result |= _placed(made, (photo.rgb.shape[0], photo.rgb.shape[1]))
    for stage, seconds in clock.seconds.items():
        result["timings"][stage] = round(result["timings"].get(stage, 0.0) + seconds, 6)
    return contents, result


def _placed(made: Reconstruction, size: tuple[int, int]) -> dict[str, Any]:
    """The share of the photo that its mask leaves, whoever made it, and the camera that shows the mesh where
    a photo of this size shows the object; each where it is known."""
    masked = {} if made.mask is None else {"masked": round(float(made.mask.mean()), 4)}
    camera = made.camera(size)
    return masked if camera is None else masked | {"camera": asdict(camera) | {"size": size}}


def failure(error: Exception, name: str) -> tuple[Failure, str]:
    """How a photo failed, "refused" (it shows no known category) or "failed", and why, on one line.

    A fault of ours is logged with its traceback.
    """
    if isinstance(error, LatentMapperError):
        return "refused" if isinstance(error, RefusedPhoto) else "failed", str(error)
    logger.error("%s", name, exc_info=error)
    problem = " ".join(f"{type(error).__name__}: {error}".split())
    return "failed", f"{name}: internal error ({problem})"
