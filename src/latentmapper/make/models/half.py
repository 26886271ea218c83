"""Half-precision storage: weights kept as float16 in an ONNX graph, computed with as float32."""

from pathlib import Path

import numpy as np
import torch

from latentmapper import files

SMALLEST = 1024


def round_weights(module: torch.nn.Module) -> None:
    """Round all large float32 parameters and buffers to what float16 holds, in place.

    Done before export, so that the exported graph and the module agree to the last digits.
    """
    with torch.no_grad():
        for tensor in [*module.parameters(), *module.buffers()]:
            if tensor.dtype == torch.float32 and tensor.numel() >= SMALLEST:
                tensor.copy_(tensor.half().float())


def store_as_half(path: Path) -> None:
    """Rewrite an ONNX file so that its large float32 initialisers are stored as float16 behind a Cast."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(str(path))
    graph, casts = model.graph, []
    for initializer in graph.initializer:
        if initializer.data_type == TensorProto.FLOAT and int(np.prod(initializer.dims)) >= SMALLEST:
            name = initializer.name
            small = numpy_helper.from_array(
                numpy_helper.to_array(initializer).astype(np.float16), f"{name}.half"
            )
            casts.append(helper.make_node("Cast", [small.name], [name], to=TensorProto.FLOAT))
            initializer.CopyFrom(small)
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    files.write_bytes(path, model.SerializeToString())
