"""Products of int8: where packs store such weights, and nowhere else."""

import logging
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest

from latentmapper import files, quantising
from latentmapper.errors import PackError, UsageError
from latentmapper.quantising import quantised, resolved
from latentmapper.runtime import Session

torch = pytest.importorskip("torch")

from latentmapper.make.models.export import export_onnx  # noqa: E402
from latentmapper.make.models.half import round_to_int8, round_weights, store_small  # noqa: E402


class Layers(torch.nn.Module):
    """A wide product over tokens that is stored as int8, and a last one that is not."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.body, self.last = torch.nn.Linear(64, 96), torch.nn.Parameter(torch.randn(96, 40))

    def forward(self, x):
        return torch.relu(self.body(x)) @ self.last


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    layers, path = Layers().eval(), tmp_path / "layers.onnx"
    round_weights(layers)
    round_to_int8([layers.body.weight])
    export_onnx(layers, torch.randn(1, 5, 64), path, "x", ["y"])
    store_small(path)
    return path


def naive(graph: Path, x: np.ndarray) -> np.ndarray:
    """The layers in float64, with the body's input rounded to 256 steps between its extremes and 0."""
    weights = {w.name: onnx.numpy_helper.to_array(w) for w in onnx.load(str(graph)).graph.initializer}
    name = next(name for name in weights if name.endswith(".int8"))
    body = weights[name] * weights[name.replace(".int8", ".scale")].astype(np.float64)
    (last,) = (array for array in weights.values() if array.shape == (96, 40))
    (bias,) = (array for array in weights.values() if array.shape == (96,))
    step = (max(x.max(), 0) - min(x.min(), 0)) / 255
    return np.maximum(np.round(x / step) * step @ body + bias, 0) @ last


def test_only_what_is_stored_as_int8_is_multiplied_so(graph: Path) -> None:
    made = quantised(graph, files.sha256_of_file(graph))
    kinds = Counter(node.op_type for node in onnx.load(str(made)).graph.node)
    assert (kinds["MatMulInteger"], kinds["MatMul"]) == (1, 1)
    x = np.random.default_rng(0).normal(size=(1, 5, 64)).astype(np.float32)
    (found,), (exact,) = Session(made).run(["y"], x=x), Session(graph).run(["y"], x=x)
    np.testing.assert_allclose(found, naive(graph, x), atol=0.02)
    assert 0.001 < np.abs(found - exact).max() < 0.05 * np.abs(exact).max()


def test_it_is_made_once_and_says_nothing(graph: Path, caplog: pytest.LogCaptureFixture) -> None:
    digest = files.sha256_of_file(graph)
    with caplog.at_level(logging.WARNING):
        made = quantised(graph, digest)
    before = made.stat().st_mtime_ns
    assert quantised(graph, digest) == made and made.stat().st_mtime_ns == before
    assert caplog.text == ""


def test_a_graph_without_such_weights_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "layers.onnx"
    export_onnx(Layers().eval(), torch.randn(1, 5, 64), path, "x", ["y"])
    assert quantised(path, files.sha256_of_file(path)) == path


def test_what_is_no_graph_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mapper.onnx"
    path.write_bytes(b"no graph")
    with pytest.raises(PackError, match=r"ONNX Runtime cannot load mapper\.onnx"):
        quantised(path, files.sha256_of_file(path))


@pytest.mark.parametrize(("fast", "chosen"), [(True, "int8"), (False, "glance")])
def test_auto_goes_by_the_processor(fast: bool, chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantising, "multiplies_int8", lambda: fast)
    assert resolved("auto") == chosen
    ways = ["float32", "glance", "int8"]
    assert [resolved(way) for way in ways] == ways
    with pytest.raises(UsageError, match=r"^--precision half: unknown; choose auto, float32, glance, int8$"):
        resolved("half")
