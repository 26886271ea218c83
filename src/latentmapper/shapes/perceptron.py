"""The small network behind a triplane, evaluated in NumPy as fast as a processor allows."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

BLOCK = 2048
"""Rows worked on at once: with 64 channels the three buffers of a block stay in a core's L2 cache."""

PANEL = 64
"""Rows per matrix product: small enough that BLAS neither starts threads of its own nor lets the result of
a row depend on its neighbours, so that every order and number of threads gives the same bytes."""

Gather = Callable[[slice, np.ndarray, np.ndarray], None]
"""Writes the first layer's sums, halved, of some rows into a (rows, H) buffer; the other is for its own use."""


class Perceptron:
    """Layers after the first of a SiLU network with one output.

    SiLU(x) = x / (1 + exp(-x)) = h + h tanh(h) with h = x / 2: the halves are folded into the weights, which
    leaves one vectorised tanh, one product and one sum per element.

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
        self._last_bias = float(last_bias[0])
        self._widths = [last.shape[1] if not hidden else hidden[0][0].shape[1]]
        self._widths += [weight.shape[0] for weight, _ in hidden]

    def run(self, count: int, gather: Gather) -> np.ndarray:
        """(count,) float32 outputs for `count` rows whose first-layer sums `gather` provides."""
        out = np.empty(count, np.float32)

        def block(start: int) -> None:
            rows = slice(start, min(start + BLOCK, count))
            out[rows] = self._block(rows, gather)

        in_threads(block, range(0, count, BLOCK))
        return out

    def _block(self, rows: slice, gather: Gather) -> np.ndarray:
        """Outputs of one block; rows are padded to whole panels, so that each sees the same BLAS kernel."""
        count = rows.stop - rows.start
        padded = -(-count // PANEL) * PANEL
        x, spare = (np.zeros((padded, self._widths[0]), np.float32) for _ in range(2))
        gather(rows, x[:count], spare[:count])
        _silu_of_half(x, spare)
        for weight, bias in self._hidden:
            y = _panel_product(x, weight, out=spare if spare.shape[1] == weight.shape[1] else None)
            y += bias
            x, spare = y, (x if x.shape == y.shape else np.empty_like(y))
            _silu_of_half(x, spare)
        return _panel_product(x, self._last)[:count, 0] + np.float32(self._last_bias)


def in_threads(work: Callable[[int], None], items: Sequence[int]) -> None:
    """Call `work` on every item, on all cores where there is more than one item."""
    workers = min(available_cores(), len(items))
    if workers < 2:
        for item in items:
            work(item)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, items))


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _silu_of_half(h: np.ndarray, spare: np.ndarray) -> None:
    """Turn h = x / 2 into SiLU(x), in place."""
    np.tanh(h, out=spare)
    spare += 1
    h *= spare


def _panel_product(x: np.ndarray, weight: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """x @ weight, panel by panel; x holds whole panels."""
    if out is None:
        out = np.empty((len(x), weight.shape[1]), np.float32)
    np.matmul(x.reshape(-1, PANEL, x.shape[1]), weight, out=out.reshape(-1, PANEL, weight.shape[1]))
    return out
