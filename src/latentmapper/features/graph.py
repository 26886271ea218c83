"""Cutting a ViT's ONNX graph down to what is asked of it, for one picture at a time."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentmapper import files
from latentmapper.errors import PackError

if TYPE_CHECKING:
    from onnx import ModelProto

KEYS = "keys_{}"
TOKENS = "tokens"


def load(source: Path) -> "ModelProto":
    """Read an ONNX file. Raises `PackError` where it is none."""
    import onnx

    try:
        return onnx.load(str(source))
    except Exception as error:
        raise PackError(f"{source.name} is not an ONNX graph: {error}") from None


def cut(source: Path, keys: bool = False) -> "ModelProto":
    """The part of a ViT's graph that gives the final tokens, or else the keys of every block.

    Outputs are named `tokens`, or `keys_0` ... `keys_11`, each (1, 1 + patches, width). Whatever decodes the
    tokens further (a saliency head, say) is dropped. The input is pinned to one picture: what depends on its
    shape alone, above all the interpolated position embedding, is then a constant to ONNX Runtime.

    Raises
    ------
    PackError : the file is no ONNX graph, or not one of a ViT whose blocks can be recognised.
    """
    import onnx

    model = load(source)
    wanted = _wanted(model.graph, keys)
    nodes = _ancestors(model.graph, list(wanted))
    used = {name for node in nodes for name in node.input}
    nodes += [onnx.helper.make_node("Identity", [old], [new]) for old, new in wanted.items()]
    outputs = [onnx.helper.make_tensor_value_info(name, 1, None) for name in wanted.values()]
    weights = [weight for weight in model.graph.initializer if weight.name in used]
    graph = onnx.helper.make_graph(nodes, "vit", list(model.graph.input), outputs, weights)
    graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    return onnx.helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


def quantise(model: "ModelProto", target: Path) -> None:
    """Write a copy of a graph whose matrix products have int8 weights, one scale a channel; atomic."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with files.replacing(target) as temporary:
        quantize_dynamic(
            model,
            temporary,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
        )


def _wanted(graph: Any, keys: bool) -> dict[str, str]:
    """Inner tensor name -> output name."""
    produced = [name for node in graph.node for name in node.output]
    found = [name for name in produced if "/attention/key/Add" in name]
    tokens = [name for name in produced if "backbone/layernorm/Add_1" in name]
    if not found or len(tokens) != 1:
        raise PackError("the ONNX graph has no ViT blocks that can be recognised (attention/key, layernorm)")
    return {name: KEYS.format(i) for i, name in enumerate(found)} if keys else {tokens[0]: TOKENS}


def _ancestors(graph: Any, names: list[str]) -> list[Any]:
    """Nodes that the named tensors depend on, in graph order."""
    producer = {name: node for node in graph.node for name in node.output}
    needed: set[int] = set()
    while names:
        node = producer.get(names.pop())
        if node is not None and id(node) not in needed:
            needed.add(id(node))
            names.extend(node.input)
    return [node for node in graph.node if id(node) in needed]
