"""The network behind a triplane gives a row the same bytes wherever it stands, on every kind of processor."""

import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from latentmapper.processor import features
from latentmapper.shapes import perceptron
from latentmapper.shapes.perceptron import PANELS, Perceptron

KERNELS = {"Prescott": None, "Haswell": "AVX2", "SkylakeX": "AVX512F"}
"""Ways of OpenBLAS to multiply on x86, and what a processor needs for them."""
PROGRAM = "from tests.shapes.test_perceptron import rows_differ; print(rows_differ())"


def rows_differ() -> int:
    """How many of 200 rows get other bytes in other company."""
    rng = np.random.default_rng(5)
    sizes = (64, 64, 32, 1)
    layers = [(rng.normal(size=(o, i)), rng.normal(size=o)) for i, o in pairwise(sizes)]
    network, sums = Perceptron(layers), rng.normal(size=(200, 64)).astype(np.float32)

    def run(rows: np.ndarray) -> np.ndarray:
        def gather(span: slice, out: np.ndarray, scratch: np.ndarray) -> None:
            out[:] = rows[span]

        return network.run(len(rows), gather)

    together = run(sums)
    return sum(run(sums[number : number + 3])[0] != together[number] for number in range(len(sums)))


@pytest.mark.parametrize("kernel", KERNELS)
def test_company_does_not_matter(kernel: str) -> None:
    need = KERNELS[kernel]
    if "NEON" in features() or (need and need not in features()):
        pytest.skip(f"this processor does not multiply as {kernel} does")
    given = {**os.environ, "OPENBLAS_CORETYPE": kernel, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=given, capture_output=True, text=True)
    assert done.stdout.strip() == "0", done.stderr


def test_panels_are_as_large_as_rows_stay_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = [(np.ones((4, 4), np.float32), np.zeros(4)), (np.ones((1, 4), np.float32), np.zeros(1))]
    for known in PANELS:
        monkeypatch.setattr(perceptron, "_alike", lambda rows, *_, known=known: rows <= known)
        assert Perceptron(layers)._panel == known
