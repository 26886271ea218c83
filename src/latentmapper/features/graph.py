"""Cutting a ViT's ONNX graph down to what is asked of it, for one picture at a time."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from latentmapper.errors import PackError

if TYPE_CHECKING:
    from onnx import ModelProto

KEYS = "keys_{}"
BLOCK = "block_{}"
TOKENS = "tokens"
HIDDEN = "hidden"
SIDE = 224
"""Pixels of a picture's side, where a graph takes any."""
TRUNK = 2 / 3
"""Share of the blocks whose result the hidden tokens are: what comes after can be trained for a task."""
Part = Literal["trunk", "tail", "keys"]


def load(source: Path) -> "ModelProto":
    """Read an ONNX file. Raises `PackError` where it is none."""
    import onnx

    try:
        return onnx.load(str(source))
    except Exception as error:
        raise PackError(f"{source.name} is not an ONNX graph: {error}") from None


def cut(source: Path, part: Part) -> "ModelProto":
    """A part of a ViT's graph, for one picture.

    `trunk` goes from the picture to `hidden`, the tokens (1, 1 + patches, width) after two thirds of the
    blocks; `tail` from there to `tokens`, those after all of them; `keys` from the picture to `keys_0` ...
    `keys_11`, the keys of every block. Whatever decodes the tokens further (a saliency head, say) is dropped.
    The input is pinned to one picture: what depends on its shape alone, above all the interpolated position
    embedding, is then a constant to ONNX Runtime.

    Raises
    ------
    PackError : the file is no ONNX graph, or not one of a ViT whose blocks can be recognised.
    """
    import onnx

    model = load(source)
    names = names_in(model.graph)
    inputs, wanted = _ends(model.graph, names, part)
    nodes = ancestors(model.graph, list(wanted), stop=names.hidden if part == "tail" else None)
    if part == "tail":
        nodes.insert(0, onnx.helper.make_node("Identity", [HIDDEN], [names.hidden]))
    return assemble(model, nodes, inputs, wanted)


def assemble(model: Any, nodes: list[Any], inputs: list[Any], wanted: dict[str, str]) -> "ModelProto":
    """A model of some nodes of another, that gives tensors (inner name -> output name) of theirs."""
    import onnx

    used = {name for node in nodes for name in node.input}
    # Where the other already gives a tensor under this name, there is nothing to rename.
    renamed = {old: new for old, new in wanted.items() if old != new}
    nodes = [*nodes, *(onnx.helper.make_node("Identity", [old], [new]) for old, new in renamed.items())]
    outputs = [onnx.helper.make_tensor_value_info(name, 1, None) for name in wanted.values()]
    weights = [weight for weight in model.graph.initializer if weight.name in used]
    graph = onnx.helper.make_graph(nodes, "vit", inputs, outputs, weights)
    return onnx.helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


@dataclass(frozen=True)
class Names:
    """Of the tensors that matter."""

    keys: list[str]
    """Keys of every block."""
    blocks: list[str]
    """What every block gives."""
    tokens: str
    """The final tokens."""

    @property
    def hidden(self) -> str:
        """What the trunk gives."""
        return self.blocks[trunk_blocks(len(self.blocks)) - 1]


def names_in(graph: Any) -> Names:
    """Find a ViT's tensors: by the names that this package exports under, or those of a DINOv2's modules.

    Raises
    ------
    PackError : neither are there.
    """
    given = {output.name for output in graph.output}
    if KEYS.format(0) in given:
        count = sum(name.startswith(KEYS.format("")) for name in given)
        return Names([KEYS.format(i) for i in range(count)], [BLOCK.format(i) for i in range(count)], TOKENS)
    produced = [name for node in graph.node for name in node.output]
    keys = [name for name in produced if "/attention/key/Add" in name]
    tokens = [name for name in produced if "backbone/layernorm/Add_1" in name]
    # A block gives what the norm after it reads.
    norms = [f"/layer.{i}/norm1" for i in range(1, len(keys))] + ["backbone/layernorm/"]
    read = [[node.input[0] for node in graph.node if norm in node.name and node.input] for norm in norms]
    if not keys or len(tokens) != 1 or not all(read):
        raise PackError("the ONNX graph has no ViT blocks that can be recognised (attention/key, layernorm)")
    return Names(keys, [names[0] for names in read], tokens[0])


def trunk_blocks(blocks: int) -> int:
    """How many of a ViT's blocks come before the hidden tokens: 8 of 12."""
    return round(TRUNK * blocks)


def _ends(graph: Any, names: Names, part: Part) -> tuple[list[Any], dict[str, str]]:
    """The inputs of a part, and what it gives: inner tensor name -> output name."""
    import onnx

    wanted = {
        "trunk": {names.hidden: HIDDEN},
        "tail": {names.tokens: TOKENS},
        "keys": {name: KEYS.format(i) for i, name in enumerate(names.keys)},
    }[part]
    if part == "tail":
        return [onnx.helper.make_tensor_value_info(HIDDEN, 1, [1, None, None])], wanted
    inputs = list(graph.input)
    sizes = inputs[0].type.tensor_type.shape.dim
    sizes[0].dim_value = 1
    for free in (size for size in sizes if not size.dim_value):
        free.dim_value = SIDE
    return inputs, wanted


def ancestors(graph: Any, names: list[str], stop: str | None = None) -> list[Any]:
    """Nodes that the named tensors depend on, in graph order, up to the tensor `stop`."""
    producer = {name: node for node in graph.node for name in node.output if name != stop}
    needed: set[int] = set()
    while names:
        node = producer.get(names.pop())
        if node is not None and id(node) not in needed:
            needed.add(id(node))
            names.extend(node.input)
    return [node for node in graph.node if id(node) in needed]
