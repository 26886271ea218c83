"""The network behind a triplane computes what it says, and gives a row the same bytes wherever it stands."""

from itertools import pairwise

import numpy as np
import pytest

from latentmapper.shapes.perceptron import BLOCK, LAYER, Perceptron

RNG = np.random.default_rng(5)
SIZES = (64, 64, 32, 1)
LAYERS = [(RNG.normal(size=(o, i)) / 8, RNG.normal(size=o)) for i, o in pairwise(SIZES)]


def outputs(halves: np.ndarray) -> np.ndarray:
    """Of rows whose halved sums are given."""

    def gather(span: slice, out: np.ndarray, scratch: np.ndarray) -> None:
        assert scratch.shape == out.shape
        out[:] = halves[span]

    return Perceptron(LAYERS).run(len(halves), gather)


def naive(halves: np.ndarray) -> np.ndarray:
    """The same by the definition of SiLU."""
    sums = 2 * halves.astype(np.float64)
    for weight, bias in LAYERS:
        sums = sums / (1 + np.exp(-sums)) @ weight.T + bias
    return sums[:, 0]


@pytest.mark.parametrize("count", [0, 1, 63, 64, BLOCK + 1, 2 * BLOCK + 65])
def test_it_is_the_network_by_definition(count: int) -> None:
    halves = RNG.normal(size=(count, 64)).astype(np.float32)
    np.testing.assert_allclose(outputs(halves), naive(halves), rtol=1e-5, atol=1e-5)


def test_company_does_not_matter() -> None:
    """Alone, in threes, in another order, and among more than a block, every row has the same bytes."""
    halves = RNG.normal(size=(BLOCK + 200, 64)).astype(np.float32)
    together = outputs(halves)
    order = RNG.permutation(len(halves))
    np.testing.assert_array_equal(outputs(halves[order]), together[order])
    for number in range(0, len(halves), 97):
        for more in (1, 3, 70):
            few = halves[number : number + more]
            np.testing.assert_array_equal(outputs(few), together[number : number + more])


def test_the_graph_that_ships_is_the_one_that_is_made() -> None:
    onnx = pytest.importorskip("onnx")
    from layer_graph import layer

    assert onnx.load(str(LAYER)) == layer()
