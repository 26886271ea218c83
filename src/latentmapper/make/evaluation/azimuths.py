"""Error over azimuth and elevation: whether a method answers alike from every side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.evaluation.evaluate import ANY

SIDE = (270.0, 330.0)
"""Azimuths, both ends included, that are held against all others."""


@dataclass(frozen=True)
class Curve:
    """Chamfer distance of one method under one condition, by the side that the picture shows."""

    origin: str
    condition: str
    method: str
    azimuths: list[float]
    """Degrees, those on which there are samples."""
    chamfer: list[float]
    """Mean at each of them."""
    samples: list[int]
    """How many at each of them."""
    elevations: list[float | None]
    """Mean at each of the protocol's elevations, None where there are no samples."""
    side_ratio: float | None
    """Mean over the azimuths 270 to 330 by the mean over all others; None where either has no samples."""


def curves(protocol: dict[str, Any], results: Sequence[dict[str, Any]]) -> list[Curve]:
    """The curves of all methods that look at the picture, by origin, condition and method.

    protocol : the record of the rules, which tells the azimuth of a view.
    """
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for result in results:
        for method, cells in result["samples"].items():
            for condition, cell in cells.items():
                if condition != ANY:
                    found.setdefault((result["origin"], condition, method), []).append(cell)
    return [_curve(key, protocol, cells) for key, cells in found.items()]


def _curve(key: tuple[str, str, str], protocol: dict[str, Any], cells: Sequence[dict[str, Any]]) -> Curve:
    views = np.concatenate([cell["view"] for cell in cells]).astype(int)
    errors = np.concatenate([cell["chamfer"] for cell in cells])
    azimuths = views // len(protocol["elevations"]) * (360.0 / protocol["azimuths"])
    levels = [errors[views % len(protocol["elevations"]) == i] for i in range(len(protocol["elevations"]))]
    places, index, counts = np.unique(azimuths, return_inverse=True, return_counts=True)
    means = np.bincount(index, weights=errors) / counts
    return Curve(
        *key,
        azimuths=places.tolist(),
        chamfer=means.round(3).tolist(),
        samples=counts.tolist(),
        elevations=[round(float(level.mean()), 3) if len(level) else None for level in levels],
        side_ratio=side_ratio(azimuths, errors),
    )


def side_ratio(azimuths: NDArray[np.float64], errors: NDArray[np.float64]) -> float | None:
    """Mean error at azimuths 270 to 330 (degrees) by the mean error at all others, samples (n,) each."""
    side = (azimuths >= SIDE[0]) & (azimuths <= SIDE[1])
    if side.all() or not side.any() or not errors[~side].any():
        return None
    return round(float(errors[side].mean() / errors[~side].mean()), 4)


def sectors(curve: Curve, count: int = 8) -> list[float | None]:
    """Mean error in equal sectors around the object, the first about azimuth 0; None where nothing is."""
    sector = np.round(np.array(curve.azimuths) * count / 360).astype(int) % count
    errors, samples = np.array(curve.chamfer), np.array(curve.samples)
    parts = [sector == i for i in range(count)]
    return [float(np.average(errors[part], weights=samples[part])) if part.any() else None for part in parts]
