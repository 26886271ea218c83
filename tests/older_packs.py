"""Packs of formats 2 and 3, as the versions that wrote these formats did: small graphs, known answers.

The fields of `pack.json`, the names and types of arrays and the graphs' inputs and outputs are those that
`packs build` wrote then. A pack of format 1 is `tiny_pack`'s, from which these have their base model.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

from latentmapper import files
from latentmapper.features.vit import BUNDLED_SHA256
from tests.tiny_pack import CODE_SIZE, write_tiny_pack

WIDTH = 384
"""Of the bundled ViT's tokens."""
HIDDEN = 257 * WIDTH
LABELS, COMPRESSED, EMBEDDED = 256, 8, 512
BANK = np.eye(3, CODE_SIZE, dtype=np.float16)
CENTROIDS = 3 * np.eye(3, WIDTH, dtype=np.float32)
HEAD = np.random.default_rng(0).normal(0, 0.2, (COMPRESSED + EMBEDDED, 3)).astype(np.float32)
"""Of the mapper of format 3: what it reads to logits of the known shapes."""


def write_format_2(path: Path, location: dict[str, NDArray[np.float32]]) -> Path:
    """A mapper of hidden tokens, which finds the object; its codes are drawn to known shapes.

    Since a projection weighs these, the mapper does not. Its answer is the first numbers of the mean token.
    """
    tokens = numpy_helper.from_array(np.array([-1, 257, WIDTH]), "tokens")
    first = numpy_helper.from_array(np.eye(WIDTH, CODE_SIZE, dtype=np.float32), "first")
    nodes = [
        helper.make_node("Reshape", ["descriptor", "tokens"], ["apart"]),
        helper.make_node("ReduceMean", ["apart"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["mean", "first"], ["code"]),
    ]
    graphs = {"mapper.onnx": _graph(nodes, ("descriptor", HIDDEN), {"code": CODE_SIZE}, [tokens, first])}
    arrays = location | {"projection": 20 * np.eye(CODE_SIZE, dtype=np.float32)}
    entries = {"closer": {"kind": "tokens", "length": HIDDEN}}
    training = {"sharpness": 1.0, "bandwidth": 0.003}
    return _write(path, 2, graphs, arrays, entries, training)


def write_format_3(path: Path) -> Path:
    """A mapper of compressed labels, with a contrastive pair's embedding beside them.

    The encoder takes the mean of every 32 labels; the pair, the first numbers of the ViT's class token and
    mean token; the mapper, the softmax of what it reads times `HEAD`.
    """
    shape = numpy_helper.from_array(np.array([-1, COMPRESSED, LABELS // COMPRESSED]), "shape")
    encode = [
        helper.make_node("Reshape", ["descriptor", "shape"], ["apart"]),
        helper.make_node("ReduceMean", ["apart"], ["compressed"], axes=[2], keepdims=0),
    ]
    ends = [numpy_helper.from_array(np.array([n]), name) for name, n in (("a", 0), ("b", EMBEDDED), ("c", 1))]
    embed = [helper.make_node("Slice", ["tokens", "a", "b", "c"], ["embedding"])]
    bank = BANK.astype(np.float32)
    weights = [numpy_helper.from_array(HEAD, "head"), numpy_helper.from_array(bank, "bank")]
    answer = [
        helper.make_node("MatMul", ["descriptor", "head"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["weights"], axis=1),
        helper.make_node("MatMul", ["weights", "bank"], ["code"]),
    ]
    answers, reads = {"code": CODE_SIZE, "weights": 3}, ("descriptor", COMPRESSED + EMBEDDED)
    graphs = {
        "encoder.onnx": _graph(encode, ("descriptor", LABELS), {"compressed": COMPRESSED}, [shape]),
        "clip.onnx": _graph(embed, ("tokens", 2 * WIDTH), {"embedding": EMBEDDED}, ends),
        "mapper.onnx": _graph(answer, reads, answers, weights),
    }
    arrays = {"centroids": CENTROIDS, "softness": np.ones(1, np.float32)}
    bag = {"kind": "labels", "facet": "keys", "blocks": [0], "size": [224, 224], "patch": 14, "stride": 14}
    entries = {
        "closer": bag | {"grid": 0, "length": LABELS},
        "encoder": {"entry": "embedding", "hidden": 32, "bottleneck": COMPRESSED, "length": COMPRESSED},
        "beside": {"kind": "clip", "length": EMBEDDED, "sha256": "0" * 64, "closer": False},
    }
    training = {"head": "bank", "sharpness": 1.0, "bandwidth": None}
    return _write(path, 3, graphs, arrays, entries, training)


def _write(
    path: Path,
    version: int,
    graphs: dict[str, onnx.ModelProto],
    arrays: dict[str, NDArray[Any]],
    entries: dict[str, Any],
    training: dict[str, Any],
) -> Path:
    base = json.loads((write_tiny_pack(path) / "pack.json").read_text(encoding="utf-8"))["base"]
    for name, graph in graphs.items():
        onnx.save(graph, str(path / name))
    common = {
        "bank": BANK,
        "mean_code": BANK.mean(0, dtype=np.float32),
        "presence_weight": np.zeros(3 * WIDTH, np.float32),
        "presence_bias": np.full(1, 4, np.float32),
    }
    save_file(common | arrays, path / "arrays.safetensors")
    for name in ("NOTICE", "MODEL_CARD.md"):
        (path / name).write_text("Of a test.\n")
    hashed = sorted(each for each in path.iterdir() if each.name != "pack.json")
    metadata = {
        "format": version,
        "id": f"car-{version}",
        "category": "car",
        "title": "cars from a photo",
        "base": base | {"level": 0.0},
        "vit": {
            "sha256": BUNDLED_SHA256,
            "size": 224,
            "mean": [0.485, 0.456, 0.406],
            "std": [0.229, 0.224, 0.225],
        },
        "descriptor": {"kind": "pooled", "grid": 1, "length": 3 * WIDTH},
        **entries,
        "training": {"shapes": 3, "pictures": 9, "shape_recipe": {}, "mapper_recipe": {}, **training},
        "results": [],
        "sources": [{"source": "test", "license": "CC0-1.0", "shapes": 3}],
        "license": {"spdx": "CC0-1.0"},
        "shapes": ["ball", "cigar", "egg"],
        "files": {each.name: files.sha256_of_file(each) for each in hashed},
    }
    files.write_json(path / "pack.json", metadata)
    return path


def _graph(
    nodes: list[NodeProto], read: tuple[str, int], made: dict[str, int], weights: list[TensorProto]
) -> onnx.ModelProto:
    """A graph from one matrix (b, n) to others."""
    inputs, *outputs = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["b", length])
        for name, length in (read, *made.items())
    )
    graph = helper.make_graph(nodes, "graph", [inputs], outputs, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
