"""The bfloat16 ViT against the exact one that packs use."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper.errors import PackError
from latentmapper.features.dense import Dense, Facet
from latentmapper.features.vit import BUNDLED_SHA256, ViT
from latentmapper.make.models.vit import HalfViT, checkpoint_weights


def _cosine(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)


@pytest.fixture(scope="module")
def exact() -> ViT:
    return ViT.bundled(threads=1)


@pytest.fixture(scope="module")
def fast() -> HalfViT:
    return HalfViT()


def test_tokens_are_those_of_the_exact_vit(exact: ViT, fast: HalfViT) -> None:
    rows, columns = np.mgrid[:224, :224] / np.float32(224)
    waves = np.stack([rows, columns, np.sin(20 * rows * columns) / 2 + 0.5], -1)
    images = waves[None].astype(np.float32)
    expected, found = exact.describe(images), fast.describe(images)
    assert found.patches.shape == expected.patches.shape
    assert _cosine(expected.cls, found.cls).min() > 0.998
    assert _cosine(expected.patches, found.patches).mean() > 0.998


def test_hidden_tokens_are_those_of_the_exact_vit(exact: ViT, fast: HalfViT) -> None:
    image = np.random.default_rng(0).random((1, 224, 224, 3), np.float32)
    expected, found = exact.hidden(image), fast.hidden(image)
    assert found.shape == (1, 257, 384)
    assert _cosine(expected, found).mean() > 0.998


@pytest.mark.parametrize("facet", ["keys", "tokens"])
def test_dense_features_are_those_of_the_exact_vit(exact: ViT, fast: HalfViT, facet: Facet) -> None:
    images = np.random.default_rng(0).random((2, 42, 56, 3), np.float32)
    dense = Dense(facet, (1, 8, 5), (42, 56), 14, 7)
    expected, found = exact.dense(images, dense), fast.dense(images, dense)
    assert found.shape == expected.shape == (2, 5, 7, 3 * 384)
    of_blocks = [features.reshape(2, 5, 7, 3, 384) for features in (expected, found)]
    assert _cosine(*of_blocks).mean() > 0.995
    assert _cosine(of_blocks[0], of_blocks[1][:, ::-1]).mean() < 0.9  # other places, other features


def test_a_block_that_it_does_not_have_is_refused(fast: HalfViT) -> None:
    with pytest.raises(PackError, match="this ViT has blocks 0 to 11, not 12"):
        fast.dense(np.zeros((1, 70, 70, 3), np.float32), Dense("keys", (12,), (70, 70), 14, 14))


def test_weights_go_by_the_names_of_checkpoints() -> None:
    weights = checkpoint_weights(None, BUNDLED_SHA256)
    assert weights["encoder.layer.11.attention.attention.query.weight"].shape == (384, 384)
    assert weights["layernorm.bias"].shape == (384,)


def test_weights_of_another_vit_than_the_features_are_refused() -> None:
    with pytest.raises(PackError, match="the features were made with another ViT than"):
        checkpoint_weights(None, "0" * 64)


def test_it_names_the_same_weights_as_the_exact_vit(exact: ViT, fast: HalfViT) -> None:
    assert fast.sha256 == exact.sha256


def test_a_graph_without_blocks_is_refused(tmp_path: Path) -> None:
    import onnx

    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    value = [onnx.helper.make_tensor_value_info(name, 1, [1]) for name in ("x", "y")]
    graph = onnx.helper.make_graph([node], "empty", value[:1], value[1:])
    path = tmp_path / "vit.onnx"
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    with pytest.raises(PackError, match="not a DINOv2 that can be recognised"):
        HalfViT(path)


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vit.onnx"
    path.write_bytes(b"not a graph")
    with pytest.raises(PackError, match=r"vit\.onnx is not an ONNX graph"):
        HalfViT(path)
