"""Shapes as grey clay, lit from where they are seen: how all pictures of bare meshes look."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.render.camera import Camera
from latentmapper.render.sampling import Samples
from latentmapper.render.shading import Light, shade

_CLAY = np.array([0.36, 0.41, 0.48], np.float32)
_KEY = Light((-0.42, 0.68, 0.60), (1.15, 1.10, 1.02))
_FILL = Light((0.82, 0.25, 0.51), (0.20, 0.23, 0.28))


def clay(samples: Samples, camera: Camera, sky: NDArray[np.floating]) -> NDArray[np.float32]:
    """(n, 3) linear RGB of the surface at n samples.

    sky : light from everywhere, linear RGB, (3,) or (n, 3)
    """
    # The lights stand beside the camera, so that every view is well lit.
    local = samples.hits.normal @ (camera.axes.T * [1, 1, -1]).astype(np.float32)
    return shade(_CLAY, local, (_KEY, _FILL), sky)
