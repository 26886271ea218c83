"""The small network behind a triplane, evaluated layer by layer as fast as a processor allows."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from latentmapper.runtime import Session
from latentmapper.shapes.threads import buffer, in_threads

BLOCK = 2048
"""Rows worked on at once: with 64 channels the arrays of a block stay in a core's L2 cache."""

PANEL = 64
"""Blocks are filled up to a multiple of it. Products of few rows, or of the last ones, may be added up in
another order; in whole panels no row's result depends on where it stands, so that every order and number of
threads gives the same bytes."""

LAYER = Path(__file__).parent / "layer.onnx"
"""The graph of a layer, weights and bias among its inputs: `scripts/layer_graph.py` makes it."""

Gather = Callable[[slice, np.ndarray, np.ndarray], None]
"""Writes the first layer's sums, halved, of some rows into a (rows, H) buffer; a second one is scratch."""


class Perceptron:
    """Layers after the first of a SiLU network with one output.

    SiLU(x) = x / (1 + exp(-x)) = h + h tanh(h) with h = x / 2: the halves are folded into the weights, which
    leaves one vectorised tanh, one sum and one product per element. ONNX Runtime takes less than half the
    time of NumPy for it (`benchmarks/field_int8.py`).

    Parameters
    ----------
    layers : sequence of (W (out, in), b (out,))
        Hidden layers and the last one, whose output is a single number.
    """

    def __init__(self, layers: Sequence[tuple[np.ndarray, np.ndarray]]):
        *hidden, last = layers
        halved = [(weight / 2, bias / 2) for weight, bias in hidden]
        self.layers = [
            (np.ascontiguousarray(weight.T, np.float32), np.asarray(bias, np.float32))
            for weight, bias in (*halved, last)
        ]
        """(in, out) weights and (out,) biases from the halved sums of one layer to those of the next; the
        last to the output itself."""
        self.width = layers[0][0].shape[1]

    def run(self, count: int, gather: Gather) -> np.ndarray:
        """(count,) float32 outputs for `count` rows whose first-layer sums `gather` provides."""
        out = np.empty(count, np.float32)

        def block(start: int) -> None:
            rows = slice(start, min(start + BLOCK, count))
            out[rows] = self._block(rows, gather)

        in_threads(block, range(0, count, BLOCK))
        return out

    def _block(self, rows: slice, gather: Gather) -> np.ndarray:
        """Outputs of one block."""
        count = rows.stop - rows.start
        padded = -(-count // PANEL) * PANEL
        sums = buffer("sums", padded, self.width)
        gather(rows, sums[:count], buffer("scratch", count, self.width))
        sums[count:] = 0
        return self(sums)[:count]

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """(n,) outputs for the first layer's sums, halved (n, H), of whole panels, on one thread."""
        for weight, bias in self.layers:
            (sums,) = _layer().run(["sums"], halves=sums, weight=weight, bias=bias)
        return sums[:, 0]


@cache
def _layer() -> Session:
    """On the processor, and on one thread: blocks are what others work on."""
    return Session(LAYER, threads=1, on_processor=True)
