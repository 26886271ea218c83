"""Directions that no label or measure asked for, called by what they do."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from latentmapper.distribution import Distribution
from latentmapper.editing.measuring import Measure
from latentmapper.runtime import Session

GRAPHS = {"triplane": "planes.onnx", "dit": "warp.onnx"}
"""Kind of base model -> the graph that reads the code."""
READING = ("Gemm", "MatMul")


def principal(distribution: Distribution, count: int) -> NDArray[np.float64]:
    """(count, m) whitened steps along the first principal directions of the codes."""
    return np.eye(len(distribution.deviations))[:count]


def closed_form(weights: NDArray[np.floating], distribution: Distribution, count: int) -> NDArray[np.float64]:
    """(count, m) whitened steps that the base model's first layer answers most strongly.

    Closed-form factorisation (SeFa: Shen & Zhou, CVPR 2021, equation 8): the eigenvectors of the transposed
    weights times the weights, here in standard deviations of the codes, which an auto-decoder's are not all
    alike in.

    Parameters
    ----------
    weights : (h, d), of the layers that read the code.
    """
    seen = np.asarray(weights, np.float64) @ (distribution.axes.T * distribution.deviations)
    _, _, directions = np.linalg.svd(seen, full_matrices=False)
    return directions[:count]


def first_weights(graph: Path) -> NDArray[np.float32]:
    """(h, d) weights of the layers of an ONNX graph that read its input `code`, one above the other.

    They may be stored in parts, as half floats or scaled integers; ONNX Runtime puts them together.
    """
    model = onnx.load(str(graph))
    readers = [node for node in model.graph.node if node.op_type in READING and node.input[0] == "code"]
    names = [node.input[1] for node in readers]
    stored = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    made = [name for name in names if name not in stored]
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in made)
    found = stored
    if made:
        session = Session(model.SerializeToString(), threads=1)
        sizes = {
            each.name: [max(dim.dim_value, 1) for dim in each.type.tensor_type.shape.dim]
            for each in model.graph.input
        }
        zeros = {name: np.zeros(size, np.float32) for name, size in sizes.items()}
        found = stored | dict(zip(made, session.run(made, **zeros), strict=True))
    return np.concatenate([_rows(node, found[node.input[1]]) for node in readers])


def _rows(node: onnx.NodeProto, weight: NDArray[np.floating]) -> NDArray[np.floating]:
    """A layer's weights with one output a row."""
    transposed = any(each.name == "transB" and each.i for each in node.attribute)
    return weight if transposed else weight.T


def named(
    effect: NDArray[np.float64], measures: Sequence[Measure], taken: Sequence[str]
) -> tuple[str, str, str]:
    """What a direction is called by the measures that it changes most: its name, and words for less and more.

    Parameters
    ----------
    effect : (a,) by how many standard deviations each measure changes.
    taken : names that other sliders have.
    """
    order = [measures[int(number)] for number in np.argsort(-np.abs(effect))]
    rises = {measure.name: change > 0 for measure, change in zip(measures, effect, strict=True)}
    counts = range(min(2, len(order)), len(order) + 1)
    names = ["-and-".join(each.name for each in order[:count]) for count in counts]
    name = next((each for each in names if each not in taken), f"{names[-1]}-{len(taken)}")
    less, more = (
        " and ".join(each.more if rises[each.name] == upwards else each.less for each in order[:2])
        for upwards in (False, True)
    )
    return name, less, more
