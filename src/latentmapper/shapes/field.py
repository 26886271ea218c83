"""Signed distance fields, and the triplane that a decoded latent code is."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from latentmapper.errors import MeshError
from latentmapper.shapes.lattice import BOUND
from latentmapper.shapes.perceptron import BLOCK, Perceptron
from latentmapper.shapes.threads import buffer, in_threads

Axes = tuple[np.ndarray, np.ndarray, np.ndarray]
LatticeSampler = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Signed distances (n,) float32 at lattice points given by their indices (n,) along x, y and z."""

Texels = tuple[np.ndarray, np.ndarray]
"""Lower texel (n,) int and the part of the way to the next one (n,) float32."""

PLANES = ((0, 1), (0, 2), (1, 2))
"""Axes of the three planes: the first runs along a plane's columns, the second along its rows."""


class Field(Protocol):
    """A solid as the signed distance to its surface, negative inside."""

    @property
    def symmetric(self) -> bool:
        """Whether the field at (-x, y, z) is the field at (x, y, z)."""
        ...

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        """Signed distance at points.

        Parameters
        ----------
        points : (n, 3) float32, canonical frame

        Returns
        -------
        (n,) float32 signed distances, canonical units
        """
        ...


@runtime_checkable
class LatticeField(Field, Protocol):
    """A field with a faster way to the points of a lattice."""

    def on_lattice(self, axes: Axes) -> LatticeSampler:
        """A sampler of the points whose coordinates along x, y, z are in `axes` (canonical frame)."""
        ...


@runtime_checkable
class CorrespondingField(Field, Protocol):
    """A field whose every point has its place on a template that the whole category shares."""

    def template_coordinates(self, points: np.ndarray) -> np.ndarray:
        """Where points (n, 3) lie on the template (n, 3), float32, canonical frame."""
        ...


def lattice_sampler(field: Field, axes: Axes) -> LatticeSampler:
    """The field's own lattice sampler, or one that evaluates it point by point."""
    if isinstance(field, LatticeField):
        return field.on_lattice(axes)

    def sample(i: np.ndarray, j: np.ndarray, k: np.ndarray) -> np.ndarray:
        points = np.stack([axis[at] for axis, at in zip(axes, (i, j, k), strict=True)], axis=-1)
        return field.evaluate(points.astype(np.float32))

    return sample


class TriplaneField:
    """Three feature planes and a small SiLU network (EG3D's triplane, Chan et al. 2022, as a distance field).

    Network coordinates are q = p / 1.03. A plane's texel j lies at -1 + 2 j / (R - 1), features are bilinear
    between texels and clamped at the borders; the features of the three planes, concatenated, enter the
    network, whose output times 1.03 is the signed distance.

    The first layer is linear, so each plane is multiplied with its share of that layer's weights once, and
    what is interpolated and summed are the products.

    Parameters
    ----------
    planes : (3, C, R, R) float32
        Planes (x, y), (x, z), (y, z); the last index runs along the first axis named.
    weights : sequence of (W (out, in), b (out,)) float32
        Linear layers with SiLU between them; the first takes 3 C features, the last gives one value.
    symmetric : bool
        The field is its own mirror image: x enters as 2 |x| - 1.

    Raises
    ------
    MeshError
        If shapes do not fit together.
    """

    def __init__(self, planes: np.ndarray, weights: Sequence[tuple[np.ndarray, np.ndarray]], symmetric: bool):
        _check_shapes(planes, weights)
        self.symmetric = symmetric
        self._texels = planes.shape[-1]
        self._tables = _first_layer_tables(planes, *weights[0])
        self._network = Perceptron(weights[1:])

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        """Signed distances (n,) float32 at points (n, 3), canonical frame."""
        points = np.asarray(points)
        texel = [self._texel(points[:, axis], axis) for axis in range(3)]

        def gather(rows: slice, out: np.ndarray, scratch: np.ndarray) -> None:
            for number, (a, b) in enumerate(PLANES):
                first, second = ((low[rows], part[rows]) for low, part in (texel[a], texel[b]))
                _bilinear(self._tables[number], self._texels, first, second, scratch if number else out)
                if number:
                    out += scratch

        return self._network.run(len(points), gather) * np.float32(BOUND)

    def on_lattice(self, axes: Axes) -> LatticeSampler:
        """A sampler of lattice points: each pair of indices of a plane is interpolated once."""
        texel = [self._texel(axis, number) for number, axis in enumerate(axes)]

        def sample(i: np.ndarray, j: np.ndarray, k: np.ndarray) -> np.ndarray:
            lookups = [
                self._pairs(number, texel[a], texel[b], (i, j, k)[a], (i, j, k)[b])
                for number, (a, b) in enumerate(PLANES)
            ]

            def gather(rows: slice, out: np.ndarray, scratch: np.ndarray) -> None:
                for number, (table, row) in enumerate(lookups):
                    np.take(table, row[rows], axis=0, out=scratch if number else out, mode="clip")
                    if number:
                        out += scratch

            return self._network.run(len(i), gather) * np.float32(BOUND)

        return sample

    def _texel(self, coordinate: np.ndarray, axis: int) -> Texels:
        """Where canonical coordinates (n,) along an axis lie between the texels."""
        q = coordinate.astype(np.float64) / BOUND
        if self.symmetric and axis == 0:
            q = 2 * np.abs(q) - 1
        position = np.clip((q + 1) / 2 * (self._texels - 1), 0, self._texels - 1)
        low = np.minimum(position.astype(np.int64), self._texels - 2)
        return low, (position - low).astype(np.float32)

    def _pairs(
        self, plane: int, texel_a: Texels, texel_b: Texels, a: np.ndarray, b: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Interpolated rows of one plane for the index pairs in use, and the row of each point (n,)."""
        size = len(texel_b[0])
        pair = a * size + b
        row_of = np.zeros(len(texel_a[0]) * size, np.int32)
        row_of[pair] = 1
        used = np.flatnonzero(row_of)
        row_of[used] = np.arange(len(used), dtype=np.int32)
        at_a, at_b = np.divmod(used, size)
        rows = np.empty((len(used), self._tables[plane].shape[1]), np.float32)

        def block(start: int) -> None:
            span = slice(start, start + BLOCK)
            first, second = (
                (low[at[span]], part[at[span]]) for (low, part), at in ((texel_a, at_a), (texel_b, at_b))
            )
            _bilinear(self._tables[plane], self._texels, first, second, rows[span])

        in_threads(block, range(0, len(used), BLOCK))
        return rows, row_of[pair]


def _bilinear(table: np.ndarray, texels: int, first: Texels, second: Texels, out: np.ndarray) -> None:
    """Write (n, H) rows of a (R R, H) table, between four texels; `first` runs along a row, `second` down."""
    (column, right), (row, down) = first, second
    corner = row * texels + column
    right, down = right[:, None], down[:, None]
    lower, step = buffer("lower", *out.shape), buffer("step", *out.shape)
    for start, along in ((corner, out), (corner + texels, lower)):
        np.take(table, start, axis=0, out=along, mode="clip")
        np.take(table, start + 1, axis=0, out=step, mode="clip")
        step -= along
        step *= right
        along += step
    lower -= out
    lower *= down
    out += lower


def _first_layer_tables(planes: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> list[np.ndarray]:
    """Each plane times its share of the first layer, halved for the SiLU: three (R R, H) float32 arrays."""
    shares = np.split(weight.astype(np.float32) / 2, 3, axis=1)
    # Row by row of texels: products this small leave BLAS no work for threads, which cost more than they do.
    rows = np.ascontiguousarray(planes.transpose(0, 2, 3, 1), np.float32)
    tables = [plane @ share.T for plane, share in zip(rows, shares, strict=True)]
    tables[0] += bias / 2
    return [np.ascontiguousarray(table.reshape(-1, table.shape[-1]), np.float32) for table in tables]


def _check_shapes(planes: np.ndarray, weights: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
    if planes.ndim != 4 or planes.shape[0] != 3 or planes.shape[2] != planes.shape[3] or planes.shape[2] < 2:
        raise MeshError(f"planes must be (3, C, R, R), not {planes.shape}")
    width = 3 * planes.shape[1]
    for number, (weight, bias) in enumerate(weights):
        if weight.shape != (len(bias), width):
            raise MeshError(
                f"layer {number} of the field takes {weight.shape}, its input has {width} channels"
            )
        width = len(bias)
    if len(weights) < 2 or width != 1:
        raise MeshError("the field's network needs two layers or more, the last with one output")
