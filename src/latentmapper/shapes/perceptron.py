"""The small network behind a triplane, evaluated in NumPy as fast as a processor allows."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from latentmapper.shapes.threads import buffer, in_threads

BLOCK = 2048
"""Rows worked on at once: with 64 channels the buffers of a block stay in a core's L2 cache."""

PANELS = 64, 8
"""Rows per matrix product, most welcome first: few enough that BLAS starts no threads of its own. Taken is
the first that lets no row's result depend on where it stands, so that every order and number of threads gives
the same bytes: with AVX2, OpenBLAS adds up the rows of 64 in three ways."""

TRIALS = 16
"""Products by which that is found out."""

Gather = Callable[[slice, np.ndarray, np.ndarray], None]
"""Writes the first layer's sums, halved, of some rows into a (rows, H) buffer; a second one is scratch."""


class Perceptron:
    """Layers after the first of a SiLU network with one output.

    SiLU(x) = x / (1 + exp(-x)) = h + h tanh(h) with h = x / 2: the halves are folded into the weights, which
    leaves one vectorised tanh, one sum and one product per element.

    Parameters
    ----------
    layers : sequence of (W (out, in), b (out,))
        Hidden layers and the last one, whose output is a single number.
    """

    def __init__(self, layers: Sequence[tuple[np.ndarray, np.ndarray]]):
        *hidden, (last, last_bias) = layers
        self._hidden = [
            (np.ascontiguousarray(weight.T / 2, np.float32), (bias / 2).astype(np.float32))
            for weight, bias in hidden
        ]
        self._last = np.ascontiguousarray(last.T, np.float32)
        self._last_bias = np.float32(last_bias[0])
        self._width = layers[0][0].shape[1]
        self._panel = _panel_for([*(weight for weight, _ in self._hidden), self._last])

    def run(self, count: int, gather: Gather) -> np.ndarray:
        """(count,) float32 outputs for `count` rows whose first-layer sums `gather` provides."""
        out = np.empty(count, np.float32)

        def block(start: int) -> None:
            rows = slice(start, min(start + BLOCK, count))
            out[rows] = self._block(rows, gather)

        in_threads(block, range(0, count, BLOCK))
        return out

    def _block(self, rows: slice, gather: Gather) -> np.ndarray:
        """Outputs of one block; rows are padded to whole panels, so that each meets the same BLAS kernel."""
        count = rows.stop - rows.start
        padded = -(-count // self._panel) * self._panel
        x, scratch = buffer("layer0", padded, self._width), buffer("scratch", padded, self._width)
        gather(rows, x[:count], scratch[:count])
        x[count:] = 0
        _silu_of_half(x, scratch)
        for number, (weight, bias) in enumerate(self._hidden, 1):
            x = self._product(x, weight, buffer(f"layer{number}", padded, len(bias)))
            x += bias
            _silu_of_half(x, buffer("scratch", padded, len(bias)))
        return self._product(x, self._last, buffer("last", padded, 1))[:count, 0] + self._last_bias

    def _product(self, x: np.ndarray, weight: np.ndarray, out: np.ndarray) -> np.ndarray:
        """x @ weight, panel by panel; x holds whole panels."""
        panels = x.reshape(-1, self._panel, x.shape[1])
        np.matmul(panels, weight, out=out.reshape(-1, self._panel, weight.shape[1]))
        return out


def _silu_of_half(h: np.ndarray, scratch: np.ndarray) -> None:
    """Turn h = x / 2 into SiLU(x), in place."""
    np.tanh(h, out=scratch)
    scratch += 1
    h *= scratch


def _panel_for(weights: Sequence[np.ndarray]) -> int:
    """Rows per product with these weights (in, out)."""
    return next((rows for rows in PANELS if all(_alike(rows, *each.shape) for each in weights)), PANELS[-1])


@cache
def _alike(rows: int, inner: int, outer: int) -> bool:
    """Whether this machine's BLAS gives equal rows equal products wherever they stand in a panel."""
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(TRIALS, 1, inner)).astype(np.float32), rows, axis=1)
    products = np.matmul(x, rng.normal(size=(inner, outer)).astype(np.float32))
    return bool((products == products[:, :1]).all())
