"""What a photograph goes through until it is a mesh, a picture a stage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.photo import Photo
from latentmapper.photo.foreground import Mask
from latentmapper.photo.framing import frame, over_grey
from latentmapper.reconstruction import Reconstruction
from latentmapper.reconstructor import Reconstructor
from latentmapper.render.preview import Studio, fit

PHOTOGRAPH, CUT_OUT, TRANSLATED, MESH = "photograph", "cut out", "translated", "mesh"
"""The stages, in their order."""
FRONT = (35.0, 16.0)
"""Azimuth and elevation, degrees, from where meshes are shown of packs that tell no view."""

Tile = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Stages:
    """A photograph, and what became of it as far as it came."""

    name: str
    """What messages call it."""
    photo: Photo | None = None
    """None where it cannot be read."""
    mask: Mask | None = None
    """What of it is the object; None where none was found."""
    translated: NDArray[np.float32] | None = None
    """(s, s, 3) 0..1, what is left of it as a render; None where nothing translates."""
    made: Reconstruction | None = None
    problem: str = ""
    """Why nothing was made of it, on one line."""

    @property
    def seen_from(self) -> tuple[float, float]:
        """Azimuth and elevation, degrees, from where its mesh is shown: that of the photo, or `FRONT`."""
        view = None if self.made is None else self.made.view
        return FRONT if view is None else (view.azimuth, view.elevation)

    def tiles(self, side: int) -> dict[str, Tile]:
        """(side, side, 3) RGB of each stage that was come to."""
        found: dict[str, Tile] = {}
        if self.photo is not None:
            found[PHOTOGRAPH] = fit(_left(self.photo, None), side)
            if self.mask is not None:
                found[CUT_OUT] = fit(_left(self.photo, self.mask), side)
        if self.translated is not None:
            found[TRANSLATED] = fit(self.translated, side)
        if self.made is not None:
            mesh = self.made.mesh
            found[MESH] = Studio(mesh.vertices, mesh.faces).view(*self.seen_from, side)
        return found


def stages(reconstructor: Reconstructor, photo: Photo, resolution: int = 128, force: bool = False) -> Stages:
    """Let a photograph go through all stages; those of the reconstructor decide which there are.

    Parameters and errors are those of `Reconstructor.reconstruct`.
    """
    made = reconstructor.reconstruct(photo, resolution=resolution, force=force)
    translator = reconstructor.translator
    translated = None if translator is None else translator(frame(photo, made.mask))
    return Stages(photo.name, photo, made.mask, translated, made)


def _left(photo: Photo, mask: Mask | None) -> NDArray[np.float32]:
    """(h, w, 3) what a mask and a photo's own transparency leave of it, over grey."""
    masks = [each for each in (mask, photo.alpha) if each is not None]
    return over_grey(photo.rgb, np.minimum.reduce(masks)) if masks else photo.rgb
