"""Weights that are stored small: graph and module agree, and the files shrink as they should."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.make.models.export import export_onnx  # noqa: E402
from latentmapper.make.models.half import (  # noqa: E402
    large_matrices,
    round_to_int8,
    round_weights,
    store_small,
)
from latentmapper.runtime import Session  # noqa: E402


class Products(torch.nn.Module):
    """A dense layer and a plain product: exporters keep the one matrix as it is and turn the other."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.dense = torch.nn.Linear(64, 48)
        self.projection = torch.nn.Parameter(torch.randn(48, 40))

    def forward(self, x):
        return torch.relu(self.dense(x)) @ self.projection


@pytest.mark.parametrize(("int8", "bytes_a_weight"), [(False, 2), (True, 1)])
def test_the_graph_agrees_with_the_module(tmp_path: Path, int8: bool, bytes_a_weight: int) -> None:
    module = Products().eval()
    x = torch.randn(3, 64)
    with torch.no_grad():
        exact = module(x)
    round_weights(module)
    if int8:
        round_to_int8([module.dense.weight, module.projection.T])
    path = tmp_path / "products.onnx"
    export_onnx(module, x[:1], path, "x", ["y"])
    store_small(path)
    (found,) = Session(path).run(["y"], x=x.numpy())
    with torch.no_grad():
        rounded = module(x)
    np.testing.assert_allclose(found, rounded.numpy(), atol=1e-4)
    assert 0 < (rounded - exact).norm() / exact.norm() < 0.02
    weights = module.dense.weight.numel() + module.projection.numel()
    assert path.stat().st_size < weights * bytes_a_weight + 4000


def test_rows_keep_their_largest_weight() -> None:
    matrix = torch.tensor([[0.5, -2.0, 0.013], [0.0, 0.0, 0.0]])
    rounded = matrix.clone()
    round_to_int8([rounded])
    torch.testing.assert_close(rounded[:, 1], matrix[:, 1])
    torch.testing.assert_close(rounded, matrix, atol=2.0 / 127 / 2, rtol=0)


def test_small_matrices_are_not_worth_it() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(256, 256), torch.nn.Linear(256, 8))
    assert [matrix.shape for matrix in large_matrices(module)] == [(256, 256)]
