"""Small storage: weights kept as float16 or int8 in an ONNX graph, computed with as float32.

Weights are rounded in the module before it is exported, so that graph and module agree to the last digits.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch.nn.utils import parametrize

from latentmapper import files

SMALLEST = 1024
STEPS = 127
LARGE = 1 << 16
# A value counts as rounded to int8 when it is this close, in steps; float32 keeps them closer.
ON_GRID = 1e-3


def plain_weights(module: torch.nn.Module) -> None:
    """Replace weights that are computed from others (weight normalisation) by what they come to, in place."""
    for part in list(module.modules()):
        if parametrize.is_parametrized(part):
            for name in list(cast(Any, part).parametrizations):
                parametrize.remove_parametrizations(part, name)


def round_weights(module: torch.nn.Module) -> None:
    """Round all large float32 parameters and buffers to what float16 holds, in place."""
    with torch.no_grad():
        for tensor in [*module.parameters(), *module.buffers()]:
            if tensor.dtype == torch.float32 and tensor.numel() >= SMALLEST:
                tensor.copy_(tensor.half().float())


def round_to_int8(matrices: Iterable[torch.Tensor]) -> None:
    """Round each row of matrices (rows, n) to 255 evenly spaced values around 0, in place."""
    with torch.no_grad():
        for matrix in matrices:
            scale = (matrix.abs().amax(1, keepdim=True) / STEPS).clamp_min(1e-12)
            matrix.copy_((matrix / scale).round() * scale)


def large_matrices(module: torch.nn.Module) -> list[torch.Tensor]:
    """The weights (rows, n) of a module's linear layers that are worth storing as int8."""
    layers = (each for each in module.modules() if isinstance(each, torch.nn.Linear))
    return [layer.weight for layer in layers if layer.weight.numel() >= LARGE]


def store_small(path: Path) -> None:
    """Rewrite an ONNX file so that its large float32 initialisers are stored as float16, or as int8 where
    `round_to_int8` rounded them."""
    import onnx
    from onnx import TensorProto, numpy_helper

    model = onnx.load(str(path))
    graph, before, weights = model.graph, [], []
    for weight in graph.initializer:
        array = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or array.size < SMALLEST:
            weights.append(weight)
            continue
        nodes, stored = _as_int8(array, weight.name) or _as_half(array, weight.name)
        before += nodes
        weights += stored
    nodes = before + list(graph.node)
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(weights)
    files.write_bytes(path, model.SerializeToString())


def _as_half(array: np.ndarray, name: str) -> tuple[list[Any], list[Any]]:
    from onnx import TensorProto, helper, numpy_helper

    small = numpy_helper.from_array(array.astype(np.float16), f"{name}.half")
    return [helper.make_node("Cast", [small.name], [name], to=TensorProto.FLOAT)], [small]


def _as_int8(array: np.ndarray, name: str) -> tuple[list[Any], list[Any]] | None:
    """Nodes that give `array`, and the int8 steps and scales they read; None where it lies on no such grid.

    Exporters turn matrices as they like, so the rows may be columns here. DequantizeLinear would tempt
    ONNX Runtime to round what is multiplied with the weights as well.
    """
    from onnx import TensorProto, helper, numpy_helper

    for axis in range(array.ndim if array.ndim == 2 else 0):
        scale = np.maximum(np.abs(array).max(1 - axis, keepdims=True) / np.float32(STEPS), 1e-12)
        steps = np.round(array / scale)
        if np.abs(array / scale - steps).max() < ON_GRID:
            whole, wide, factor = f"{name}.int8", f"{name}.steps", f"{name}.scale"
            nodes = [
                helper.make_node("Cast", [whole], [wide], to=TensorProto.FLOAT),
                helper.make_node("Mul", [wide, factor], [name]),
            ]
            stored = {whole: steps.astype(np.int8), factor: scale.astype(np.float32)}
            return nodes, [numpy_helper.from_array(part, key) for key, part in stored.items()]
    return None
