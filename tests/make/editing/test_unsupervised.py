"""Closed-form directions of graphs whose weights are known, and what directions are called."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from latentmapper.distribution import Distribution
from latentmapper.editing.measuring import measures_of
from latentmapper.make.editing.unsupervised import closed_form, first_weights, named, principal
from tests.tiny_pack import CODE_SIZE, write_tiny_pack

WEIGHTS = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)


def _write_graph(path: Path, half: bool) -> None:
    """A layer that reads the code, its weights transposed or as halves that are cast first."""
    stored = WEIGHTS.astype(np.float16) if half else WEIGHTS.T.copy()
    initializers = [numpy_helper.from_array(stored, "stored")]
    nodes = [helper.make_node("Cast", ["stored"], ["weight"], to=TensorProto.FLOAT)] if half else []
    kind = {"op_type": "Gemm", "transB": 1} if half else {"op_type": "MatMul"}
    kind = dict(kind)
    nodes.append(
        helper.make_node(kind.pop("op_type"), ["code", "weight" if half else "stored"], ["out"], **kind)
    )
    inputs = [helper.make_tensor_value_info("code", TensorProto.FLOAT, ["b", 4])]
    outputs = [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["b", 7])]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))


@pytest.mark.parametrize("half", [False, True])
def test_weights_are_found_however_they_are_stored(tmp_path: Path, half: bool) -> None:
    _write_graph(tmp_path / "graph.onnx", half)
    np.testing.assert_allclose(first_weights(tmp_path / "graph.onnx"), WEIGHTS, atol=2e-3 if half else 0)


def test_packs_have_them(tmp_path: Path) -> None:
    weights = first_weights(write_tiny_pack(tmp_path / "pack") / "planes.onnx")
    assert weights.shape[1] == CODE_SIZE and not weights.any()


def test_the_first_closed_form_direction_changes_most() -> None:
    codes = np.random.default_rng(1).normal(size=(200, 4)) * [3.0, 1.0, 1.0, 0.2]
    spread = Distribution.of(codes)
    found = closed_form(WEIGHTS, spread, 4)
    answers = np.linalg.norm(spread.step(found) @ WEIGHTS.T, axis=1)
    assert (np.diff(answers) < 0).all()
    tries = np.random.default_rng(2).normal(size=(500, 4))
    tries /= np.linalg.norm(tries, axis=1, keepdims=True)
    assert answers[0] >= np.linalg.norm(spread.step(tries) @ WEIGHTS.T, axis=1).max()


def test_principal_directions_are_those_of_the_codes() -> None:
    codes = np.random.default_rng(1).normal(size=(400, 3)) * [0.1, 2.0, 0.5]
    spread = Distribution.of(codes)
    first = spread.step(principal(spread, 1))[0]
    np.testing.assert_allclose(np.abs(first), [0, 2.0, 0], atol=0.2)


def test_directions_are_called_by_what_they_do() -> None:
    measures = measures_of("chair")
    effect = np.array([-0.9, 0.1, 0.0, 0.0, 0.5, 0.2])
    assert named(effect, measures, []) == (
        "height-and-upper_width",
        "taller and a narrower top",
        "lower and a wider top",
    )
    name, *_ = named(effect, measures, ["height-and-upper_width"])
    assert name == "height-and-upper_width-and-length"
