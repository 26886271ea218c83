"""The solid that a mesh stands for: what no outside ray reaches is inside."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError
from latentmapper.make.dataset.rays import OFFSET, Occluder, fibonacci_sphere
from latentmapper.make.dataset.repair import face_areas, face_normals
from latentmapper.make.dataset.sampling import within_faces

# Half the thickness that a single-sided sheet, or anything thinner, is given (canonical units).
SHEET = 0.006
# A side of a face belongs to the outside where at least this share of its sky is open.
OPEN = 0.10
DIRECTIONS = fibonacci_sphere(96)
SKY_SAMPLES = 24_000


class Solid:
    """Signed distance to the solid inside a mesh.

    Faces are turned towards the side that sees more of the sky, those that see hardly any are dropped, and
    what the rest winds around is inside (generalised winding number, Jacobson et al. 2013, in the fast form of
    Barill et al. 2018). Openings such as windows and missing floors are closed flat by that number.
    """

    def __init__(self, vertices: NDArray, faces: NDArray, sheet: NDArray[np.bool_]) -> None:
        import igl

        self._vertices = np.ascontiguousarray(vertices, np.float64)
        self._faces = np.ascontiguousarray(faces, np.int64)
        self._thicken = np.where(sheet, SHEET, 0.0)
        self._tree, self._winding = igl.AABB(), igl.FastWindingNumberBVH()
        self._tree.init(self._vertices, self._faces)
        self._winding.init(self._vertices, self._faces, 2)

    def distance(self, points: NDArray) -> NDArray[np.float32]:
        """Signed distance, (n,) float32, negative inside, at `points` (n, 3); canonical frame."""
        points = np.ascontiguousarray(points, np.float64)
        squared, nearest, _ = self._tree.squared_distance(self._vertices, self._faces, points)
        inside = self._winding.winding_number(points, 2.0) > 0.5
        distance = np.sqrt(squared.reshape(-1))
        return (np.where(inside, -distance, distance) - self._thicken[nearest.reshape(-1)]).astype(np.float32)


def watertight_solid(vertices: NDArray, faces: NDArray) -> Solid:
    """The solid of a mesh that is closed and oriented outwards: no visibility is looked at."""
    return Solid(vertices, faces, np.zeros(len(faces), bool))


def visible_solid(vertices: NDArray, faces: NDArray, sky: NDArray) -> Solid:
    """The solid of any mesh whose faces are turned outwards and have `openness` sky (f, 2)."""
    outer = sky[:, 0] > OPEN
    if not outer.any():
        raise MeshError("no face is open to the outside")
    return Solid(vertices, faces[outer], sky[outer, 1] > OPEN)


def turn_outwards(faces: NDArray, sky: NDArray) -> tuple[NDArray, NDArray]:
    """Turn each face towards the side that sees more of the sky; `faces` (f, 3) and `sky` (f, 2) so turned."""
    back = sky[:, 1] > sky[:, 0]
    return np.where(back[:, None], faces[:, ::-1], faces), np.where(back[:, None], sky[:, ::-1], sky)


def openness(vertices: NDArray, faces: NDArray, occluder: Occluder, rng: np.random.Generator) -> NDArray:
    """Share of the sky (weighted by the cosine) that each face sees, (f, 2): in front of it and behind it."""
    areas = face_areas(vertices, faces)
    counts = np.ceil(areas / areas.sum() * SKY_SAMPLES).astype(int)
    owners = np.repeat(np.arange(len(faces)), counts)
    points = within_faces(vertices, faces[owners], rng)
    normals = face_normals(vertices, faces)[owners]
    sides = [_open_share(points, side * normals, occluder) for side in (1, -1)]
    return np.stack([np.bincount(owners, share, len(faces)) / counts for share in sides], axis=1)


def _open_share(points: NDArray, normals: NDArray, occluder: Occluder) -> NDArray[np.float64]:
    sky = occluder.sky(points + OFFSET * normals, DIRECTIONS)
    weights = np.maximum(normals @ DIRECTIONS.T, 0)
    return np.einsum("nd,nd->n", sky, weights) / weights.sum(axis=1)
