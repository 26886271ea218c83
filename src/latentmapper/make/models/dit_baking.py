"""A template's distances baked into the grid that packs carry (`shapes.template_grid.TemplateGrid`)."""

from collections.abc import Callable
from itertools import product

import numpy as np
import torch

REACH = 1.25
"""How far from the centre along an axis a template may have surface, network units: warps move points out."""
SPACING = 1 / 64
"""Of the grid, network units: a cell of a 128^3 lattice."""
COARSER = 4
"""Points of a first, coarser look along an axis, each this many of the grid's apart."""
NEAR = 0.12
"""Distance beyond which the first look is good enough."""
TOLERANCE = 0.03 * SPACING
"""Error of a trilinear distance in the middle of a cell from which on the cell is marked as too coarse."""
ROWS = 16384

Distances = Callable[[torch.Tensor], torch.Tensor]


def bake(template: Distances) -> dict[str, np.ndarray]:
    """The arrays of a `TemplateGrid`, from a template's exact distances (n,) at points (n, 3)."""
    from scipy.ndimage import zoom

    steps = round(REACH / SPACING / COARSER) * 2
    line = np.linspace(-REACH, REACH, steps + 1)
    first = _exact(template, _points(line, line, line)).reshape((steps + 1,) * 3)
    low, high = _box(np.abs(first) < NEAR + COARSER * SPACING)
    first = first[tuple(slice(a, b + 1) for a, b in zip(low, high, strict=True))]
    shape = tuple(int(side) for side in (high - low) * COARSER + 1)
    values = np.asarray(zoom(first, np.array(shape) / first.shape, order=1), np.float32)
    origin = line[low]
    near = np.flatnonzero(np.abs(values) < NEAR)
    index = np.stack(np.unravel_index(near, shape), axis=-1)
    values.reshape(-1)[near] = _exact(template, origin + index * SPACING)
    values = values.astype(np.float16)
    coarse = _coarse(template, values.astype(np.float32), origin)
    return {
        "values": values,
        "coarse": np.packbits(coarse.reshape(-1)),
        "origin": origin.astype(np.float32),
        "spacing": np.array([SPACING], np.float32),
    }


def _box(wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last index (3,) along each axis of what is wanted; everything if nothing is."""
    if not wanted.any():
        return np.zeros(3, int), np.array(wanted.shape) - 1
    found = [np.flatnonzero(wanted.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    low = np.array([max(0, each[0] - 1) for each in found])
    return low, np.array([min(n - 1, each[-1] + 1) for each, n in zip(found, wanted.shape, strict=True)])


def _coarse(template: Distances, values: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Which cells err more than `TOLERANCE` at their centre, looking where surface may run through."""
    corners = np.stack([values[_part(x), _part(y), _part(z)] for x, y, z in product((0, 1), repeat=3)])
    margin = 2 * SPACING
    near = np.argwhere((corners.min(0) < margin) & (corners.max(0) > -margin))
    truth = _exact(template, origin + (near + 0.5) * SPACING)
    coarse = np.zeros(corners.shape[1:], bool)
    found = corners.mean(0)[tuple(near.T)]
    coarse[tuple(near.T)] = np.abs(found - truth) > TOLERANCE
    return coarse


def _part(side: int) -> slice:
    return slice(1, None) if side else slice(None, -1)


def _points(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return np.stack(np.meshgrid(x, y, z, indexing="ij"), axis=-1).reshape(-1, 3)


def _exact(template: Distances, points: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        parts = torch.from_numpy(points.astype(np.float32)).split(ROWS)
        return np.concatenate([template(part).numpy() for part in parts] or [np.zeros(0, np.float32)])
