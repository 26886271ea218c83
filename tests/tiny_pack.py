"""An analytic pack: every photo becomes an ellipsoid whose half-axes the code may scale."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

from latentmapper import files
from latentmapper.features.vit import BUNDLED_SHA256

CODE_SIZE = 4
DESCRIPTOR = 6912
R = 64
C = 2
HALF_AXES = (0.4, 0.3, 0.9)


def write_tiny_pack(
    path: Path,
    category: str = "car",
    presence: float = 4.0,
    vit: str = BUNDLED_SHA256,
    view: tuple[float, ...] = (),
) -> Path:
    """Write a pack of format 1 into `path`; `presence` and `view` are the constants that it answers."""
    path.mkdir(parents=True, exist_ok=True)
    save_file(_mlp(), path / "field.safetensors")
    onnx.save(_planes_graph(), str(path / "planes.onnx"))
    onnx.save(_mapper_graph(view), str(path / "mapper.onnx"))
    save_file(_arrays(presence), path / "arrays.safetensors")
    (path / "LICENSE").write_text("CC0-1.0\n")
    names = ["field.safetensors", "planes.onnx", "mapper.onnx", "arrays.safetensors", "LICENSE"]
    metadata: dict[str, Any] = {
        "format": 1,
        "id": f"tiny-{category}",
        "category": category,
        "base": {"kind": "triplane", "code_size": CODE_SIZE, "symmetric": True},
        "vit": {"sha256": vit, "size": 224},
        "descriptor": {"kind": "pooled", "grid": 4, "length": DESCRIPTOR},
        "training": {},
        "shapes": ["ball", "cigar", "egg"],
        "license": {"spdx": "CC0-1.0"},
        **({"view": ["x", "y", "z", "roll"][: len(view)]} if view else {}),
        "files": {name: files.sha256_of_file(path / name) for name in names},
    }
    files.write_json(path / "pack.json", metadata)
    return path


def ellipsoid_planes() -> NDArray[np.float32]:
    """(3, C, R, R) planes whose channel 0 sums to (x/a)^2 + (y/b)^2 + (z/c)^2 - 1, symmetric in x."""
    a, b, c = (half / 1.03 for half in HALF_AXES)
    line = np.linspace(-1, 1, R)
    x = (line + 1) / 2
    planes = np.zeros((3, C, R, R))
    planes[0, 0] = (x[None, :] / a) ** 2 + (line[:, None] / b) ** 2
    planes[1, 0] = np.broadcast_to((line[:, None] / c) ** 2, (R, R))
    planes[2, 0] = -1.0
    return planes.astype(np.float32)


def _mlp() -> dict[str, NDArray[np.float32]]:
    """SiLU(t) - SiLU(-t) = t passes the sum through; the last layer scales it towards a distance."""
    w0 = np.zeros((2, 3 * C), np.float32)
    w0[0, ::C], w0[1, ::C] = 1, -1
    w1 = np.array([[1, -1], [-1, 1]], np.float32)
    w2 = np.array([[0.45, -0.45]], np.float32)
    zeros = np.zeros(2, np.float32)
    return {"w0": w0, "b0": zeros, "w1": w1, "b1": zeros.copy(), "w2": w2, "b2": np.zeros(1, np.float32)}


def _planes_graph() -> onnx.ModelProto:
    """Planes of the ellipsoid; the code only adds zero, but passes through the graph."""
    zero = numpy_helper.from_array(np.zeros((CODE_SIZE, 3 * C * R * R), np.float32), "zero")
    base = numpy_helper.from_array(ellipsoid_planes().reshape(1, -1), "base")
    shape = numpy_helper.from_array(np.array([-1, 3, C, R, R]), "shape")
    nodes = [
        helper.make_node("MatMul", ["code", "zero"], ["change"]),
        helper.make_node("Add", ["change", "base"], ["flat"]),
        helper.make_node("Reshape", ["flat", "shape"], ["planes"]),
    ]
    inputs = [helper.make_tensor_value_info("code", TensorProto.FLOAT, ["b", CODE_SIZE])]
    outputs = [helper.make_tensor_value_info("planes", TensorProto.FLOAT, ["b", 3, C, R, R])]
    return _model(helper.make_graph(nodes, "planes", inputs, outputs, [zero, base, shape]))


def _mapper_graph(view: tuple[float, ...]) -> onnx.ModelProto:
    """Softmax over three known shapes, and their mixed code; a constant view if there is one."""
    rng = np.random.default_rng(0)
    head = numpy_helper.from_array(rng.normal(0, 0.01, (DESCRIPTOR, 3)).astype(np.float32), "head")
    bank = numpy_helper.from_array(_arrays(0.0)["bank"].astype(np.float32), "bank")
    nodes = [
        helper.make_node("MatMul", ["descriptor", "head"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["weights"], axis=1),
        helper.make_node("MatMul", ["weights", "bank"], ["code"]),
    ]
    inputs = [helper.make_tensor_value_info("descriptor", TensorProto.FLOAT, ["b", DESCRIPTOR])]
    outputs = [
        helper.make_tensor_value_info("code", TensorProto.FLOAT, ["b", CODE_SIZE]),
        helper.make_tensor_value_info("weights", TensorProto.FLOAT, ["b", 3]),
    ]
    weights = [head, bank]
    if view:
        weights.append(numpy_helper.from_array(np.zeros((3, len(view)), np.float32), "blind"))
        weights.append(numpy_helper.from_array(np.array(view, np.float32), "constant"))
        nodes.append(helper.make_node("MatMul", ["weights", "blind"], ["nothing"]))
        nodes.append(helper.make_node("Add", ["nothing", "constant"], ["view"]))
        outputs.append(helper.make_tensor_value_info("view", TensorProto.FLOAT, ["b", len(view)]))
    return _model(helper.make_graph(nodes, "mapper", inputs, outputs, weights))


def _arrays(presence: float) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(1)
    bank = rng.normal(0, 1, (3, CODE_SIZE)).astype(np.float32)
    return {
        "bank": bank,
        "mean_code": bank.mean(axis=0),
        "presence_weight": np.zeros(DESCRIPTOR, np.float32),
        "presence_bias": np.array([presence], np.float32),
    }


def _model(graph: onnx.GraphProto) -> onnx.ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
