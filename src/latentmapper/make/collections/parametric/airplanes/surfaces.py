"""Wings, stabilisers, fins and canards: planform to airfoil loft."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentmapper.make.collections.parametric.airplanes.lofts import Part, lifting_surface
from latentmapper.make.collections.parametric.airplanes.plan import Surface

STATIONS = np.array([0.0, 0.04, 0.1, 0.17, 0.25, 0.34, 0.45, 0.57, 0.7, 0.82, 0.91, 0.96, 0.985, 1.0])


@dataclass(frozen=True)
class Half:
    """Half a lifting surface from root to tip: leading edge, chord, absolute thickness and normal."""

    points: NDArray[np.float64]
    """(n, 3) leading edge."""
    chords: NDArray[np.float64]
    """(n,)"""
    thickness: NDArray[np.float64]
    """(n,)"""
    normals: NDArray[np.float64]
    """(n, 3)"""
    span: NDArray[np.float64]
    """(n,) distance from the root along the surface, over the half span without winglets."""

    def at(self, share: float) -> tuple[NDArray[np.float64], float]:
        """Leading edge (3,) and chord at a share of the half span."""
        point = np.array([np.interp(share, self.span, self.points[:, i]) for i in range(3)])
        return point, float(np.interp(share, self.span, self.chords))

    def part(self, camber: float, material: str = "paint") -> Part:
        """This half alone, such as a fin."""
        return lifting_surface(self.points, self.chords, self.thickness, self.normals, material, camber)

    def whole(self, camber: float) -> Part:
        """This half (the left one) and its mirror image as one part through the middle."""
        flip = np.array([-1.0, 1.0, 1.0])
        start = 1 if abs(self.points[0, 0]) < 1e-9 else 0

        def both(
            array: NDArray[np.float64], factor: NDArray[np.float64] | float = 1.0
        ) -> NDArray[np.float64]:
            return np.concatenate([array[start:][::-1] * factor, array])

        normals = both(self.normals, flip)
        return lifting_surface(
            both(self.points, flip), both(self.chords), both(self.thickness), normals, camber=camber
        )


def reference(surface: Surface, sides: int = 2) -> tuple[float, float, float]:
    """Root chord, tangent of the leading edge's sweep and half span of the reference trapezoid."""
    half = surface.span / sides
    root = 2 * surface.span / (surface.aspect * (1 + surface.taper))
    slope = np.tan(np.radians(surface.sweep)) + 0.25 * root * (1 - surface.taper) / half
    return root, float(slope), half


def half_surface(
    surface: Surface, root: ArrayLike, angle: float = 0.0, sides: int = 2, least: float = 0.0
) -> Half:
    """Half a surface that leaves `root` (3,) at `angle` degrees over the horizon, plus its dihedral.

    `root` names the reference leading edge; `sides` is 1 for a fin, whose span is its height. No
    thickness falls below `least`.
    """
    chord, slope, half = reference(surface, sides)
    share = np.unique(np.concatenate([STATIONS, [surface.crank, surface.glove_end]]))
    lead = slope * half * share
    chords = chord * (1 + (surface.taper - 1) * share)
    lead, chords = _rounded(surface, share, lead, chords, half)
    lead, chords = _extended(surface, share, lead, chords, chord)
    dihedral = np.where(share[1:] <= surface.crank + 1e-9, 0.0, surface.outer_dihedral)
    lean = np.radians(angle + surface.dihedral + dihedral)
    lean = np.concatenate([lean[:1], lean])
    steps = np.diff(share, prepend=0.0) * half
    points = np.stack(
        [np.cumsum(steps * np.cos(lean)), np.cumsum(steps * np.sin(lean)), -lead], axis=1
    ) + np.asarray(root)
    ratio = surface.thickness * (1 - 0.2 * share)
    # A long glove is a thin strake: it does not thicken the root.
    body_chord = np.minimum(chords, 1.35 * chord)
    thickness = np.maximum(ratio * body_chord, least)
    normals = np.stack([-np.sin(lean), np.cos(lean), np.zeros_like(lean)], axis=1)
    plain = Half(points, chords, thickness, normals, share)
    return _winglet(surface, plain, half, least) if surface.winglet > 0 else plain


def _rounded(
    surface: Surface,
    share: NDArray[np.float64],
    lead: NDArray[np.float64],
    chords: NDArray[np.float64],
    half: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shrink chords towards an ellipse and round the tip off, about 40 % of the chord."""
    oval = 2 / np.pi * np.sqrt(np.clip(1 - share**2, 0.004, 1)) * (chords[0] + chords[-1])
    wanted = (1 - surface.ellipse) * chords + surface.ellipse * oval
    reach = np.clip(surface.rounding * chords[-1] / half, 1e-3, 0.5)
    u = np.clip((share - (1 - reach)) / reach, 0, 1)
    wanted = wanted * np.sqrt(1 - 0.85 * u**2)
    return lead + 0.4 * (chords - wanted), wanted


def _extended(
    surface: Surface,
    share: NDArray[np.float64],
    lead: NDArray[np.float64],
    chords: NDArray[np.float64],
    root: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add the kink behind the trailing edge and the glove before the leading edge."""
    behind = surface.kink * root * np.clip(1 - share / surface.crank, 0, 1)
    before = surface.glove * root * np.clip(1 - share / surface.glove_end, 0, 1) ** surface.ogive
    return lead - before, chords + behind + before


def _winglet(surface: Surface, plain: Half, half: float, least: float) -> Half:
    """Bend a swept, tapering winglet up from the tip."""
    tip, chord = plain.points[-1], plain.chords[-1]
    height = surface.winglet * half
    lean = np.radians(np.array([0.5, 1.0, 1.0]) * surface.cant)
    along = np.array([0.12, 0.3, 1.0]) * height
    steps = np.diff(along, prepend=0.0)
    offset = np.stack([np.cumsum(steps * np.cos(lean)), np.cumsum(steps * np.sin(lean))], axis=1)
    points = tip + np.concatenate([offset, -0.6 * along[:, None] - 0.05 * chord], axis=1)
    normals = np.stack([-np.sin(lean), np.cos(lean), np.zeros(3)], axis=1)
    chords = chord * np.array([0.92, 0.8, 0.45])
    thickness = np.maximum(0.1 * chords, least)
    return Half(
        np.concatenate([plain.points, points]),
        np.concatenate([plain.chords, chords]),
        np.concatenate([plain.thickness, thickness]),
        np.concatenate([plain.normals, normals]),
        np.concatenate([plain.span, 1 + along / half]),
    )


def root_of(surface: Surface, height: float, sides: int = 2) -> NDArray[np.float64]:
    """The reference leading edge at the root (3,) of a surface placed by its `centre`, at `height`."""
    chord, slope, half = reference(surface, sides)
    if surface.flush:
        return np.array([0.0, height, -(surface.centre - chord)])
    taper = surface.taper
    mean = 2 / 3 * chord * (1 + taper + taper**2) / (1 + taper)
    share = (1 + 2 * taper) / (3 * (1 + taper))
    return np.array([0.0, height, -(surface.centre - 0.25 * mean - slope * half * share)])
