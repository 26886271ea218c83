"""Long thin triangles cut across, as CAD exports have them along every cylinder."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
THIN = 0.5
"""A triangle is a needle where it is longer than what is asked for, and lower than this share of that."""
FLAT = 1e-9
"""What is lower has no area."""


def cut_needles(vertices: Points, faces: NDArray, longest: float) -> tuple[Points, NDArray[np.int64]]:
    """Needles cut into pieces about as long as `longest`; other triangles stay as they are.

    Halving edges until none is longer makes 3^k triangles of a needle, cutting it across 2^k.

    Parameters
    ----------
    vertices : (v, 3) in any frame.
    faces : (f, 3)
    longest : in the units of the vertices.

    Returns
    -------
    vertices : (u, 3), those given first.
    faces : (g, 3), turned as they were; those that were kept first.
    """
    triangles = _longest_first(vertices[faces])
    length, height = _length_and_height(triangles)
    thin = (length > longest) & (height < THIN * longest)
    if not thin.any():
        return vertices, faces
    pieces = _cut(triangles[thin], longest)
    added = len(vertices) + np.arange(3 * len(pieces)).reshape(-1, 3)
    return np.concatenate([vertices, pieces.reshape(-1, 3)]), np.concatenate([faces[~thin], added])


def _longest_first(triangles: Points) -> Points:
    """The same triangles (n, 3, 3), beginning at the start of their longest edges."""
    edges = np.linalg.norm(np.roll(triangles, -1, axis=1) - triangles, axis=2)
    order = (edges.argmax(axis=1)[:, None] + np.arange(3)) % 3
    return np.take_along_axis(triangles, order[..., None], axis=1)


def _length_and_height(triangles: Points) -> tuple[Points, Points]:
    """Of each triangle (n, 3, 3), its longest edge first: how long that is, and how high the other corner."""
    along, aside = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    length = np.linalg.norm(along, axis=1)
    return length, np.linalg.norm(np.cross(along, aside), axis=1) / np.maximum(length, 1e-12)


def _cut(needles: Points, longest: float) -> Points:
    """Pieces (m, 3, 3) of needles (n, 3, 3): each is parted below its third corner, then cut across."""
    a, b, c = np.moveaxis(needles, 1, 0)
    along = b - a
    share = np.einsum("ij,ij->i", c - a, along) / np.einsum("ij,ij->i", along, along)
    foot = a + share[:, None] * along
    halves = np.concatenate([np.stack([a, foot, c], axis=1), np.stack([b, c, foot], axis=1)])
    halves = halves[_length_and_height(halves)[1] > FLAT]  # a right angle leaves nothing on one side
    lengths = np.linalg.norm(halves[:, 1:] - halves[:, :1], axis=2).max(axis=1)
    counts = np.ceil(lengths / (longest * np.sqrt(1 - THIN**2))).astype(int)  # their diagonals are longer
    return np.concatenate([_across(halves[counts == count], count) for count in np.unique(counts)])


def _across(needles: Points, count: int) -> Points:
    """Pieces (m, 3, 3) of needles (n, 3, 3) whose points come first, cut across into so many parts."""
    tip, left, right = (corner[:, None] for corner in np.moveaxis(needles, 1, 0))
    at = (np.arange(count + 1) / count)[:, None]
    one, other = tip + at * (left - tip), tip + at * (right - tip)
    near = np.stack([one[:, :-1], one[:, 1:], other[:, 1:]], axis=2)
    far = np.stack([one[:, 1:-1], other[:, 2:], other[:, 1:-1]], axis=2)  # none at the tip
    return np.concatenate([near.reshape(-1, 3, 3), far.reshape(-1, 3, 3)])
