"""Graphs whose matrix products are of int8: half the time on processors with instructions for them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from latentmapper import files
from latentmapper.errors import UsageError
from latentmapper.processor import multiplies_int8
from latentmapper.runtime import fold

if TYPE_CHECKING:
    from onnx import ModelProto

Way = Literal["float32", "glance", "int8"]
"""How exactly a photo is looked at: float32 looks at the whole of it first; glance is float32 after a glance
at a small picture of it, where that tells enough; int8 glances, too, and rounds the products of closer looks
and mappers."""
Precision = Literal["auto", Way]
"""The same, or auto: int8 where the processor multiplies that fast, glance elsewhere."""
STEPS = ".int8"
"""Ends the names of weights that a pack stores as int8."""


def resolved(precision: str) -> Way:
    """What `auto` stands for on this machine. Raises `UsageError` for an unknown precision."""
    if precision == "auto":
        return "int8" if multiplies_int8() else "glance"
    for way in get_args(Way):
        if precision == way:
            return way
    raise UsageError(f"--precision {precision}: unknown; choose auto, {', '.join(get_args(Way))}")


def quantise(model: "ModelProto", target: Path, nodes: Sequence[str] = ()) -> None:
    """Write a copy of a graph whose matrix products have int8 weights, one scale a channel; atomic.

    What they are multiplied with is rounded when it is known, one scale for all of it.

    Parameters
    ----------
    nodes : names of the products; all that have constant weights if none is named.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata

    # Else ONNX Runtime logs advice to infer shapes and to fold constants, which matter to other operators.
    add_pre_process_metadata(model)
    with files.replacing(target) as temporary:
        quantize_dynamic(
            model,
            temporary,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
            nodes_to_quantize=list(nodes) or None,
        )


def quantised(graph: Path, digest: str) -> Path:
    """A graph of a pack with int8 products where it stores int8 weights, which lose nothing by it.

    Small products, such as those of the last layers, have other weights: they stay as exact as they were.
    What was made is kept in the user cache.

    Parameters
    ----------
    digest : SHA-256 of the graph's file.

    Raises
    ------
    MissingError : the user cache cannot be written.
    PackError : ONNX Runtime cannot load the graph.
    """
    import onnxruntime

    from latentmapper.cache import being_written, cache_folder

    name = f"{graph.stem}-{digest[:24]}.int8.ort{onnxruntime.__version__}.onnx"
    target = cache_folder() / "packs" / name
    if target.is_file():
        return target
    import onnx  # takes long, and is needed once

    with being_written():
        folded = fold(graph)
        stored = {weight.name for weight in onnx.load(str(graph)).graph.initializer}
        products = [
            node.name
            for node in folded.graph.node
            if node.op_type == "MatMul" and node.input[1] + STEPS in stored
        ]
        if not products:
            return graph
        quantise(folded, target, products)
    return target
