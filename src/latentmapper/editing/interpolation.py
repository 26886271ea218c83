"""From one shape to another at a speed that looks constant."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import UsageError
from latentmapper.pack import Pack
from latentmapper.shapes.extraction import extract

SAMPLES = 12
"""Places between two codes at which the change is measured."""
POINTS = 800
"""Points of each shape's surface at which it is measured."""
LOOKED_AT = 32
"""Cells of the lattice that those points come from."""


def interpolate(pack: Pack, codes: Sequence[NDArray[np.floating]], count: int) -> NDArray[np.float32]:
    """Codes on the way along two or more codes, between which the surface moves by equal amounts.

    Parameters
    ----------
    codes : two or more of (d,).
    count : how many to return, the first and the last code among them.

    Returns
    -------
    (count, d) float32.

    Raises
    ------
    UsageError : fewer than two codes, or a count below 2.
    """
    if count < 2:
        raise UsageError(f"{count} codes are no way; take at least 2, the first and the last")
    return along(pack, codes, np.linspace(0.0, 1.0, count))


def along(
    pack: Pack, codes: Sequence[NDArray[np.floating]], places: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Codes at places on the way along two or more codes: 0 is the first, 1 the last.

    Equal steps of a code are no equal steps of the shape. How far the surface moves between two codes is
    taken as the mean change of the signed distance at points of the surfaces of all the codes given; a
    place tells which share of all that lies before it.

    Parameters
    ----------
    codes : two or more of (d,).
    places : (n,) of 0..1.

    Returns
    -------
    (n, d) float32.

    Raises
    ------
    UsageError : fewer than two codes, or a place that is not on the way.
    """
    if len(codes) < 2:
        raise UsageError("interpolating takes two shapes or more")
    if not ((places >= 0) & (places <= 1)).all():
        raise UsageError(f"places on the way are 0 to 1, not {places}")
    path = _path(np.asarray(codes, np.float64))
    points = _surface_points(pack, codes)
    fields = np.stack([pack.field(code.astype(np.float32)).evaluate(points) for code in path])
    moved = np.abs(np.diff(fields, axis=0)).mean(axis=1)
    # Codes that are alike would leave places without an order.
    way = np.concatenate([[0.0], np.cumsum(moved + 1e-9)])
    return np.stack([np.interp(places * way[-1], way, axis) for axis in path.T], axis=-1).astype(np.float32)


def _path(codes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Codes on the straight lines between the given ones, those included."""
    parts = np.arange(SAMPLES) / SAMPLES
    lines = [a + parts[:, None] * (b - a) for a, b in pairwise(codes)]
    return np.concatenate([*lines, codes[-1:]])


def _surface_points(pack: Pack, codes: Sequence[NDArray[np.floating]]) -> NDArray[np.float32]:
    """Points near the surfaces of all codes, evenly thinned."""
    found = []
    for code in codes:
        vertices = extract(pack.field(np.asarray(code, np.float32)), LOOKED_AT).vertices
        found.append(vertices[:: max(1, len(vertices) // POINTS)])
    return np.concatenate(found).astype(np.float32)
