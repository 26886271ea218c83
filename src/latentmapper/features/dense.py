"""Dense features: what a ViT's blocks say of every patch, and where those patches lie.

The paper describes a picture by the keys of all blocks (section 3.2), of patches closer together than they
are wide. As in Amir et al., 2021 (its reference 3), the first layer then moves by a smaller stride, and the
position embedding is interpolated to as many patches as there are.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from latentmapper.errors import PackError
from latentmapper.features import graph

if TYPE_CHECKING:
    from pathlib import Path

    from onnx import ModelProto

Facet = Literal["keys", "tokens"]


@dataclass(frozen=True)
class Dense:
    """Which features of which patches."""

    facet: Facet
    """keys: of the attention of a block. tokens: what the block gives."""
    blocks: tuple[int, ...]
    """Blocks whose features are concatenated, in this order."""
    size: tuple[int, int]
    """Height and width of the picture, pixels."""
    patch: int
    """Side of a patch, pixels."""
    stride: int
    """From one patch to the next, pixels."""

    @property
    def rows(self) -> int:
        """How many rows of patches the picture has."""
        return (self.size[0] - self.patch) // self.stride + 1

    @property
    def columns(self) -> int:
        """How many columns."""
        return (self.size[1] - self.patch) // self.stride + 1

    @property
    def patches(self) -> int:
        """How many patches: 4,235 for a picture of 224 x 312, patches of 8 and a stride of 4."""
        return self.rows * self.columns

    @property
    def part(self) -> str:
        """What the graph that gives them is called in the user cache."""
        blocks = ".".join(map(str, self.blocks))
        return f"{self.facet}-{blocks}-{self.size[0]}x{self.size[1]}-{self.patch}-{self.stride}"


def cut(source: "Path", dense: Dense) -> "ModelProto":
    """The graph from one picture (1, 3, height, width) to the dense features, an output a block.

    The outputs are `keys_N` or `block_N`, each (1, 1 + patches, width) with the class token first.

    Raises
    ------
    PackError : the file is no ViT's graph, its patches are of another size, it has no such block, or it
        cannot interpolate its position embedding.
    """
    model = graph.load(source)
    names = graph.names_in(model.graph)
    has = names.keys if dense.facet == "keys" else names.blocks
    if bad := [block for block in dense.blocks if not 0 <= block < len(has)]:
        raise PackError(f"this ViT has blocks 0 to {len(has) - 1}, not {bad[0]}")
    name = graph.KEYS if dense.facet == "keys" else graph.BLOCK
    wanted = {has[block]: name.format(block) for block in dense.blocks}
    _lay(model.graph, dense)
    return graph.assemble(model, graph.ancestors(model.graph, list(wanted)), list(model.graph.input), wanted)


def cut_whole(source: "Path", side: int) -> "ModelProto":
    """The graph from one square picture (1, 3, side, side) to its final tokens (1, 1 + patches, width).

    Raises
    ------
    PackError : as `cut`, or the side is not a whole number of patches.
    """
    model = graph.load(source)
    patch = _patch(_first(model.graph, "Conv", "layer that cuts pictures into patches"))
    if side % patch:
        raise PackError(f"this ViT has patches of {patch} pixels, of which {side} is no multiple")
    _lay(model.graph, Dense("tokens", (), (side, side), patch, patch))
    wanted = {graph.names_in(model.graph).tokens: graph.TOKENS}
    return graph.assemble(model, graph.ancestors(model.graph, list(wanted)), list(model.graph.input), wanted)


def patch_of(source: "Path") -> int:
    """Side of a ViT's patches, pixels. Raises `PackError` where the file is no ViT's graph."""
    return _patch(_first(graph.load(source).graph, "Conv", "layer that cuts pictures into patches"))


def _lay(inside: Any, dense: Dense) -> None:
    """Change a ViT's graph so that its patches lie as asked for."""
    import onnx

    embed = _first(inside, "Conv", "layer that cuts pictures into patches")
    if _patch(embed) != dense.patch:
        raise PackError(f"this ViT has patches of {_patch(embed)} pixels, not {dense.patch}")
    for attribute in embed.attribute:
        if attribute.name == "strides":
            attribute.ints[:] = [dense.stride, dense.stride]
    for place, length in zip((0, 2, 3), (1, *dense.size), strict=True):
        inside.input[0].type.tensor_type.shape.dim[place].dim_value = length
    weights = {weight.name: weight for weight in inside.initializer}
    width = weights[embed.input[1]].dims[0]
    # Tokens (1, width, rows, columns) of position, whatever the graph would have taken of the picture's size.
    size = np.array([1, width, dense.rows, dense.columns], np.int64)
    sizes = onnx.numpy_helper.from_array(size, "position_sizes")
    inside.initializer.append(sizes)
    resize = _first(inside, "Resize", "interpolation of the position embedding")
    resize.input[:] = [resize.input[0], "", "", sizes.name]


def _first(inside: Any, kind: str, what: str) -> Any:
    for node in inside.node:
        if node.op_type == kind:
            return node
    raise PackError(f"the ONNX graph has no {what} ({kind})")


def _patch(embed: Any) -> int:
    for attribute in embed.attribute:
        if attribute.name == "kernel_shape" and attribute.ints and attribute.ints[0] > 0:
            return attribute.ints[0]
    raise PackError("the ONNX graph does not tell how large its patches are (kernel_shape)")
