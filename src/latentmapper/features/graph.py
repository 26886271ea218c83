"""Cutting a ViT's ONNX graph down to what descriptors need."""

from pathlib import Path
from typing import Any

from latentmapper import files
from latentmapper.errors import PackError

KEYS = "keys_{}"
TOKENS = "tokens"


def cut(source: Path, target: Path) -> None:
    """Write to `target` the part of the graph that gives the keys of every block and the final tokens.

    Outputs are named `keys_0` ... `keys_11` and `tokens`, each (batch, 1 + patches, width). Whatever
    decodes the tokens further (a saliency head, say) is dropped. The write is atomic, so two
    processes may cut at once.

    Raises
    ------
    PackError : the file is no ONNX graph, or not one of a ViT whose blocks can be recognised.
    """
    import onnx

    try:
        model = onnx.load(str(source))
    except Exception as error:
        raise PackError(f"{source.name} is not an ONNX graph: {error}") from None
    wanted = _wanted(model.graph)
    nodes = _ancestors(model.graph, list(wanted))
    used = {name for node in nodes for name in node.input}
    nodes += [onnx.helper.make_node("Identity", [old], [new]) for old, new in wanted.items()]
    outputs = [onnx.helper.make_tensor_value_info(name, 1, None) for name in wanted.values()]
    weights = [weight for weight in model.graph.initializer if weight.name in used]
    graph = onnx.helper.make_graph(nodes, "vit", list(model.graph.input), outputs, weights)
    small = onnx.helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    files.write_bytes(target, small.SerializeToString())


def quantise(source: Path, target: Path) -> None:
    """Write a copy of a graph whose matrix products have int8 weights, one scale a channel; atomic."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with files.replacing(target) as temporary:
        quantize_dynamic(
            source,
            temporary,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
        )


def _wanted(graph: Any) -> dict[str, str]:
    """Inner tensor name -> output name."""
    produced = [name for node in graph.node for name in node.output]
    keys = [name for name in produced if "/attention/key/Add" in name]
    tokens = [name for name in produced if "backbone/layernorm/Add_1" in name]
    if not keys or len(tokens) != 1:
        raise PackError("the ONNX graph has no ViT blocks that can be recognised (attention/key, layernorm)")
    return {name: KEYS.format(i) for i, name in enumerate(keys)} | {tokens[0]: TOKENS}


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
