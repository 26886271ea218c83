"""One photograph of a car or an airplane becomes a clean, watertight 3D mesh.

>>> import latentmapper
>>> made = latentmapper.reconstruct("car.jpg")
>>> made.save("car.glb")
"""

import functools
from typing import TYPE_CHECKING, Any

from latentmapper import telemetry

if TYPE_CHECKING:
    from latentmapper.photo import Source
    from latentmapper.reconstruction import Reconstruction
    from latentmapper.reconstructor import Reconstructor

__all__ = ["Reconstruction", "Reconstructor", "reconstruct"]

telemetry.switch_off()


def reconstruct(
    image: "Source",
    category: str = "auto",
    resolution: int = 128,
    faces: int | None = None,
    force: bool = False,
) -> "Reconstruction":
    """Reconstruct the object that a photo shows, with the packs that ship with the package.

    The arguments and errors are those of `Reconstructor.reconstruct`; the first call loads the ViT and the
    packs, which later calls share.
    """
    return _default().reconstruct(image, category, resolution, faces, force)


@functools.cache
def _default() -> "Reconstructor":
    from latentmapper.reconstructor import Reconstructor

    return Reconstructor()


def __getattr__(name: str) -> Any:
    """Import the two classes when first asked for: `import latentmapper` alone stays quick."""
    if name == "Reconstructor":
        from latentmapper.reconstructor import Reconstructor

        return Reconstructor
    if name == "Reconstruction":
        from latentmapper.reconstruction import Reconstruction

        return Reconstruction
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
