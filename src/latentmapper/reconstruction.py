"""What comes of one photo: a mesh, and everything known about how it came about."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MissingError
from latentmapper.photo import Source, read_photo
from latentmapper.photo.framing import over_grey
from latentmapper.shapes.checks import Checks
from latentmapper.shapes.components import Dropped
from latentmapper.shapes.export import Format, export_bytes, format_of
from latentmapper.shapes.mesh import Mesh
from latentmapper.shapes.provenance import generator
from latentmapper.shapes.units import Up
from latentmapper.view import View, no_view, not_found
from latentmapper.writing import write_result

if TYPE_CHECKING:
    from PIL import Image

    from latentmapper.refinement import Refined
    from latentmapper.render.camera import Camera


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """The 3D shape that one photo shows."""

    mesh: Mesh
    """One closed, outward-oriented shell in the canonical frame: +Y up, front +Z, +X to the object's left,
    bounding box about centred on the origin, radius about 1."""
    code: NDArray[np.float32]
    """(d,) latent code in the pack's space."""
    category: str
    """What the photo was reconstructed as."""
    confidence: float
    """0..1, that the photo shows this category."""
    checks: Checks
    """Whether the mesh is watertight, its components, genus, volume and area."""
    warnings: tuple[str, ...]
    """What the user should know: an animation's frame taken, little confidence, bits dropped."""
    timings: dict[str, float]
    """Stage -> seconds, in order."""
    nearest: tuple[tuple[str, float], ...]
    """The known shapes that the code leans on most: name and weight 0..1, heaviest first."""
    pack_id: str
    pack_hash: str
    """SHA-256 of the pack."""
    vit_sha256: str
    """SHA-256 of the ViT's ONNX file."""
    photo_sha256: str
    """SHA-256 of the photo's file, or of its pixels where there was no file."""
    template_coordinates: NDArray[np.float32] | None = None
    """(v, 3) where each vertex of the mesh lies on the category's template, canonical frame: vertices of two
    reconstructions at one place correspond. None where the pack's base model knows no correspondence."""

    foreground: dict[str, Any] | None = None
    """Which provider cut the object out and which of several objects it is, as JSON values; None where the
    photo's own transparency decided, as it does unless another provider is asked for."""

    mask: NDArray[np.float32] | None = None
    """(h, w) what of the photo, reduced to the size that is looked at, is the object, 0..1; None where all
    of it was looked at."""

    view: View | None = None
    """From where the photo was taken; None where the pack does not tell it."""
    box: tuple[float, float, float, float] | None = None
    """Top, left, bottom and right of the object, in heights and widths of the photo; None where not known."""
    nearest_names: tuple[str, ...] = ()
    """What to call the shapes of `nearest` before people; none where the pack does not tell."""
    precision: str = "float32"
    """How exactly the photo was looked at: float32, glance or int8, see `latentmapper.quantising.Way`."""
    translator_sha256: str | None = None
    """Hash of what translated the photo before it was mapped to the code; None where nothing did."""
    looks_apart: float | None = None
    """How far several looks are of different minds, see `Mapping`; None of a single one."""
    refined: "Refined | None" = None
    """How code and view were adjusted to the mask; None where they were not."""
    dropped: Dropped | None = None
    """How many pieces clean-up left out of the mesh, and what share of the volume; None where not known."""

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What every saved file says of its origin; the same photo, pack and version give the same."""
        cut_out = {} if self.foreground is None else {"foreground": self.foreground}
        digest = self.translator_sha256
        translated = {} if digest is None else {"translator_sha256": digest}
        refined = {} if self.refined is None else {"refined": self.refined.to_json()}
        dropped = {} if self.dropped is None else {"dropped": self.dropped.to_json()}
        return {
            "generator": generator(),
            "category": self.category,
            "confidence": round(self.confidence, 6),
            "pack": {"id": self.pack_id, "sha256": self.pack_hash},
            "vit_sha256": self.vit_sha256,
            "photo_sha256": self.photo_sha256,
            "nearest": [{"shape": name, "weight": round(weight, 6)} for name, weight in self.nearest],
            **cut_out,
            **translated,
            **refined,
            **dropped,
            "code": [float(value) for value in self.code],
        }

    def record(self) -> dict[str, Any]:
        """Everything but the mesh and the code, as JSON values."""
        known = {name: value for name, value in self.provenance.items() if name not in ("generator", "code")}
        if self.nearest_names:
            pairs = zip(known["nearest"], self.nearest_names, strict=True)
            known["nearest"] = [each | {"name": name} for each, name in pairs]
        seen: dict[str, Any] = {} if self.view is None else {"view": self.view.to_json()}
        if self.looks_apart is not None:
            seen["looks_apart"] = round(self.looks_apart, 4)
        return (
            known
            | seen
            | {"precision": self.precision}
            | {
                "checks": self.checks.as_dict(),
                "warnings": list(self.warnings),
                "timings": {stage: round(seconds, 6) for stage, seconds in self.timings.items()},
            }
        )

    def encode(self, format: Format, length: float | None = None, up: Up = "y") -> bytes:  # noqa: A002
        """The bytes of a mesh file.

        Parameters
        ----------
        format : "glb", "obj", "ply" or "stl".
        length : metres from the object's front to its rear; None keeps the canonical unit.
        up : the axis that points up; GLB knows "y" only.

        Raises
        ------
        UsageError : an unknown format, an axis that does not fit it, a length that is not positive.
        """
        return export_bytes(self.mesh, format, self.provenance, up=up, length=length)

    def save(
        self,
        path: str | os.PathLike[str],
        format: Format | None = None,  # noqa: A002
        length: float | None = None,
        up: Up = "y",
    ) -> Path:
        """Write a mesh file, whole or not at all, and return its path.

        Parameters
        ----------
        path : folders on the way are made.
        format : as in `encode`; None takes the path's suffix.
        length, up : as in `encode`.

        Raises
        ------
        UsageError : as `encode`.
        OutputError : the file cannot be written.
        """
        path = Path(path)
        write_result(path, self.encode(format or format_of(path), length, up))
        return path

    def preview(self, photo: Source | None = None) -> "Image.Image":
        """A picture to judge the mesh by: the photo, where one is given, beside four shaded views."""
        from PIL import Image

        from latentmapper.render.preview import preview

        return Image.fromarray(preview(_pixels(photo), self.mesh.vertices, self.mesh.faces))

    def camera(self, size: tuple[int, int]) -> "Camera | None":
        """The camera that shows the mesh where a photo of this size (height, width) shows the object.

        None where the pack does not tell from where photos are taken, or where in them the object is.
        """
        if self.refined is not None:
            return self.refined.camera
        if self.view is None or self.box is None:
            return None
        from latentmapper.render.overlay import camera_for

        return camera_for(self.mesh.vertices, self.view, self.box, size)

    def overlay(self, photo: Source) -> "Image.Image":
        """The photo, reduced to the size that is looked at, with the mesh's outline on it.

        Raises
        ------
        MissingError : the pack does not tell from where photos are taken, or it was not found where in this
            one the object is.
        """
        from PIL import Image

        from latentmapper.render.overlay import overlay, silhouette

        pixels = _pixels(photo)
        assert pixels is not None
        size = pixels.shape[0], pixels.shape[1]
        camera = self.camera(size)
        if camera is None:
            raise MissingError(no_view(self.pack_id) if self.view is None else not_found())
        covered = silhouette(self.mesh.vertices, self.mesh.faces, camera, size)
        return Image.fromarray(overlay(pixels, covered))


def _pixels(photo: Source | None) -> NDArray[np.float32] | None:
    """(h, w, 3) colours, 0..1, with grey behind what is transparent."""
    if photo is None:
        return None
    read = read_photo(photo)
    return read.rgb if read.alpha is None else over_grey(read.rgb, read.alpha)
