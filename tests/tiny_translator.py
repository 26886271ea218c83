"""A translator simple enough to know every answer of: it gives a picture's negative."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

from latentmapper import files
from latentmapper.photo.translation import GRAPH, PICTURES, TRANSLATED, header_of


def write_tiny_translator(
    folder: Path, side: int = 32, operation: str = "Neg", reads: str = PICTURES
) -> Path:
    """Write graph and header into a folder; another ONNX operation gives another translation."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = [None, 3, side, side]
    node = helper.make_node(operation, [reads], [TRANSLATED])
    read, given = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in (reads, TRANSLATED)
    )
    graph = helper.make_graph([node], "negative", [read], [given])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(folder / GRAPH))
    digest = files.sha256_of_file(folder / GRAPH)
    header = {"format": 1, "sha256": digest, "side": side, "mean": 0.5, "std": 0.5, "trained_on": {}}
    files.write_json(header_of(folder / GRAPH), header)
    return folder / GRAPH
