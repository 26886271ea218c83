"""Dense features lie where they are asked for, and are those of the whole graph."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from latentmapper.errors import PackError
from latentmapper.features.dense import Dense, patch_of
from latentmapper.features.vit import MEAN, STD, ViT, bundled_path
from latentmapper.runtime import Session

NATIVE = Dense("keys", (0, 11), (224, 224), 14, 14)


@pytest.fixture(scope="module")
def vit() -> ViT:
    return ViT.bundled(threads=1)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    rows, columns = np.mgrid[:224, :224] / np.float32(224)
    return np.stack([rows, columns, np.sin(20 * rows * columns) / 2 + 0.5], -1)[None].astype(np.float32)


def test_the_papers_descriptor_has_the_papers_length() -> None:
    dense = Dense("keys", tuple(range(12)), (224, 312), 8, 4)
    assert (dense.rows, dense.columns, dense.patches) == (55, 77, 4235)


def test_at_the_native_stride_keys_are_those_of_the_whole_graph(vit: ViT, image: np.ndarray) -> None:
    plain = vit.keys(image, [0, 11]).transpose(0, 2, 3, 1, 4).reshape(1, 16, 16, -1)
    np.testing.assert_allclose(vit.dense(image, NATIVE), plain, atol=1e-3)


def test_the_last_blocks_tokens_are_what_the_final_norm_reads(vit: ViT, image: np.ndarray) -> None:
    found = vit.dense(image, Dense("tokens", (11,), (224, 224), 14, 14))
    model = onnx.load(str(bundled_path()))
    name = next(node.input[0] for node in model.graph.node if "backbone/layernorm/Sub" in node.name)
    model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = Session(model.SerializeToString(), threads=1)
    plain = session.run([name], **{session.inputs[0]: ((image - MEAN) / STD).transpose(0, 3, 1, 2)})[0]
    np.testing.assert_allclose(found.reshape(1, 256, -1), plain[:, 1:], atol=1e-3)


def test_a_smaller_stride_sees_every_second_patch_as_before(vit: ViT, image: np.ndarray) -> None:
    fine = vit.dense(image, Dense("keys", (0,), (224, 224), 14, 7))
    assert fine.shape == (1, 31, 31, 384)
    coarse = vit.dense(image, Dense("keys", (0,), (224, 224), 14, 14))
    # The embedding of positions is stretched a little, so they are not equal; of the next patch they differ.
    assert _cosine(fine[:, ::2, ::2], coarse).min() > 0.999
    assert _cosine(fine[:, 2::2, ::2], coarse[:, :-1]).mean() < 0.995


def test_pictures_need_not_be_square(vit: ViT, image: np.ndarray) -> None:
    wide = np.concatenate([image, image[:, :, :88]], 2)
    dense = Dense("keys", (3,), (224, 312), 14, 14)
    assert vit.dense(wide, dense).shape == (1, dense.rows, dense.columns, 384) == (1, 16, 22, 384)


@pytest.mark.parametrize(
    ("dense", "message"),
    [
        (Dense("keys", (12,), (224, 224), 14, 14), "this ViT has blocks 0 to 11, not 12"),
        (Dense("tokens", (0,), (224, 224), 8, 4), "this ViT has patches of 14 pixels, not 8"),
    ],
)
def test_what_the_vit_does_not_have_is_named(vit: ViT, image: np.ndarray, dense: Dense, message: str) -> None:
    with pytest.raises(PackError, match=message):
        vit.dense(image, dense)


def test_the_vit_knows_its_patches(vit: ViT) -> None:
    assert vit.patch == 14


@pytest.mark.parametrize("told", [{}, {"kernel_shape": [0, 0]}])
def test_a_graph_that_does_not_tell_its_patches_is_refused(tmp_path: Path, told: dict[str, Any]) -> None:
    node = onnx.helper.make_node("Conv", ["pixels", "weights"], ["patches"], **told)
    graph = onnx.helper.make_graph([node], "vit", [], [])
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "vit.onnx"))
    with pytest.raises(PackError, match="does not tell how large its patches are"):
        patch_of(tmp_path / "vit.onnx")


def _cosine(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)
