"""The graph of a layer of the field's network, which ships with the package.

    python scripts/layer_graph.py src/latentmapper/shapes/layer.onnx

From the halved sums `halves` (n, in) of the layer before, whose SiLU is h + h tanh(h), to `sums` (n, out) of
the next one, by its `weight` (in, out) and `bias` (out,): all of them inputs, so that one graph does for all.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from endings import run
from onnx import ModelProto, TensorProto, helper

from latentmapper.files import write_bytes

OPSET, VERSION = 17, 8
"""Of the operators, and of the format: old enough for every ONNX Runtime that is supported."""


@dataclass(frozen=True)
class Config:
    """Where to write it."""

    output: Annotated[Path, tyro.conf.Positional]
    """ONNX file."""


def main(config: Config) -> None:
    """Write it."""
    write_bytes(config.output, layer().SerializeToString())
    print(f"{config.output}: {config.output.stat().st_size} bytes")


def layer() -> ModelProto:
    """See the module."""
    steps = [
        ("Tanh", ["halves"], "tanh"),
        ("Mul", ["halves", "tanh"], "more"),
        ("Add", ["halves", "more"], "activated"),
        ("MatMul", ["activated", "weight"], "product"),
        ("Add", ["product", "bias"], "sums"),
    ]
    nodes = [helper.make_node(operator, inputs, [output]) for operator, inputs, output in steps]
    inputs = {"halves": ["n", "in"], "weight": ["in", "out"], "bias": ["out"]}
    taken = [helper.make_tensor_value_info(name, TensorProto.FLOAT, size) for name, size in inputs.items()]
    given = helper.make_tensor_value_info("sums", TensorProto.FLOAT, ["n", "out"])
    graph = helper.make_graph(nodes, "layer", taken, [given])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=VERSION)


if __name__ == "__main__":
    run(main, Config, __doc__)
