"""Error over azimuth and elevation: whether a method answers alike from every side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentmapper.make.evaluation.evaluate import ANY
from latentmapper.make.evaluation.statistics import ratio

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
    side_interval: tuple[float, float] | None = None
    """Of that, 95 %, bootstrapped over groups."""


def curves(protocol: dict[str, Any], results: Sequence[dict[str, Any]]) -> list[Curve]:
    """The curves of all methods that look at the picture, by origin, condition and method.

    protocol : the record of the rules, which tells the azimuth of a view.
    """
    found: dict[tuple[str, str, str], list[tuple[str, dict[str, Any]]]] = {}
    for result in results:
        for method, cells in result["samples"].items():
            for condition, cell in cells.items():
                if condition != ANY:
                    found.setdefault((result["origin"], condition, method), []).append(
                        (result["group"], cell)
                    )
    return [_curve(key, protocol, cells) for key, cells in found.items()]


def _curve(
    key: tuple[str, str, str], protocol: dict[str, Any], cells: Sequence[tuple[str, dict[str, Any]]]
) -> Curve:
    views = np.concatenate([cell["view"] for _, cell in cells]).astype(int)
    errors = np.concatenate([cell["chamfer"] for _, cell in cells]).astype(np.float64)
    groups = [group for group, cell in cells for _ in cell["view"]]
    azimuths = views // len(protocol["elevations"]) * (360.0 / protocol["azimuths"])
    levels = [errors[views % len(protocol["elevations"]) == i] for i in range(len(protocol["elevations"]))]
    places, index, counts = np.unique(azimuths, return_inverse=True, return_counts=True)
    means = np.bincount(index, weights=errors) / counts
    side = ratio(errors, groups, (azimuths >= SIDE[0]) & (azimuths <= SIDE[1]))
    return Curve(
        *key,
        azimuths=places.tolist(),
        chamfer=means.round(3).tolist(),
        samples=counts.tolist(),
        elevations=[round(float(level.mean()), 3) if len(level) else None for level in levels],
        side_ratio=round(side.value, 4) if side else None,
        side_interval=(round(side.low, 4), round(side.high, 4)) if side else None,
    )


def sectors(curve: Curve, count: int = 8) -> list[float | None]:
    """Mean error in equal sectors around the object, the first about azimuth 0; None where nothing is."""
    sector = np.round(np.array(curve.azimuths) * count / 360).astype(int) % count
    errors, samples = np.array(curve.chamfer), np.array(curve.samples)
    parts = [sector == i for i in range(count)]
    return [float(np.average(errors[part], weights=samples[part])) if part.any() else None for part in parts]
