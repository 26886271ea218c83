"""Packs of every older format keep loading, and answer as they always did; format 1 is `tiny_pack`'s."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from latentmapper.cli import run
from latentmapper.features.dense import Dense
from latentmapper.features.vit import Tokens
from latentmapper.pack import Pack
from latentmapper.pack_folder import read_metadata
from latentmapper.photo.location import centres
from latentmapper.reconstructor import Reconstructor
from tests.make.fake_vit import head_for
from tests.older_packs import BANK, CENTROIDS, HEAD, WIDTH, write_format_2, write_format_3
from tests.photo.pictures import quarters
from tests.tiny_pack import HALF_AXES, write_tiny_pack

BOX = (0.25, 0.25, 0.75, 0.75)
"""Where the object is, in sides of the picture."""


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    root = tmp_path_factory.mktemp("packs")
    return {
        1: write_tiny_pack(root / "1"),
        2: write_format_2(root / "2", head_for(BOX, WIDTH).to_arrays()),
        3: write_format_3(root / "3"),
    }


class KnownTokens:
    """In place of a ViT: its hidden tokens are the mean colour, its keys the centroids of `labels`."""

    def __init__(self, labels: NDArray[np.int64]) -> None:
        self._labels = labels

    def hidden(self, images: np.ndarray) -> np.ndarray:
        colour = images.mean((1, 2))
        hidden = np.zeros((len(images), 257, WIDTH), np.float32)
        hidden[..., :3] = colour[:, None]
        return hidden

    def dense(self, images: np.ndarray, dense: Dense) -> np.ndarray:
        assert dense == Dense("keys", (0,), (224, 224), 14, 14)
        return CENTROIDS[self._labels].reshape(len(images), 16, 16, WIDTH) + np.float32(0.1)


def _green_in_the_middle() -> tuple[np.ndarray, Tokens]:
    """A red square with a green one at `BOX`, and tokens that the head of format 2 finds that by."""
    square = np.zeros((224, 224, 3), np.float32)
    square[..., 0] = 1
    square[56:168, 56:168] = 0, 1, 0
    patches = np.zeros((1, 16, 16, WIDTH), np.float32)
    patches[0, 4:12, 4:12, 0] = 1
    patches[..., -2:] = centres(16)[..., :2]
    return square, Tokens(patches.mean((1, 2)), patches)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_it_is_sound_and_reconstructs(
    packs: dict[int, Path], version: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_metadata(packs[version])["format"] == version
    assert run(["packs", "verify", str(packs[version])]) == 0, capsys.readouterr().err
    made = Reconstructor([packs[version]], threads=1).reconstruct(quarters(), resolution=64)
    np.testing.assert_allclose(made.mesh.extent / 2, HALF_AXES, atol=0.02)
    assert made.checks.watertight and made.confidence == pytest.approx(0.982, abs=1e-3)
    assert made.code.shape == (4,) and {name for name, _ in made.nearest} == {"ball", "cigar", "egg"}


def test_format_2_looks_closer_and_draws_its_answer_to_known_shapes(packs: dict[int, Path]) -> None:
    pack, (square, tokens) = Pack.open(packs[2], threads=1), _green_in_the_middle()
    assert pack.box(tokens) == pytest.approx([224 * end for end in BOX], abs=8)
    read = pack.look(KnownTokens(np.zeros(256, int)), square, tokens)  # type: ignore[arg-type]
    red, green = read.reshape(257, WIDTH)[0, :2]
    assert green > 0.5 > red  # the square as a whole is red
    made = pack.map(read)
    np.testing.assert_allclose(made.weights, [0, 1, 0], atol=1e-3)
    np.testing.assert_allclose(made.code, np.float32(BANK[1]), atol=1e-3)
    assert pack.glance is None and pack.odds(tokens) == 4.0


def test_format_3_compresses_labels_and_reads_the_pairs_embedding(packs: dict[int, Path]) -> None:
    pack, (square, tokens) = Pack.open(packs[3], threads=1), _green_in_the_middle()
    labels = np.random.default_rng(1).integers(3, size=256)
    read = pack.look(KnownTokens(labels), square, tokens)  # type: ignore[arg-type]
    embedding = np.concatenate([tokens.cls, tokens.patches.mean((1, 2))], 1)[0, :512]
    embedding /= np.linalg.norm(embedding)
    expected = np.concatenate([labels.reshape(8, 32).mean(1), embedding])
    np.testing.assert_allclose(read, expected[None], atol=1e-5)
    made, odds = pack.map(read), np.exp(expected @ HEAD)
    np.testing.assert_allclose(made.weights, odds / odds.sum(), atol=1e-5)
    np.testing.assert_allclose(made.code, odds / odds.sum() @ np.float32(BANK), atol=1e-5)
    assert pack.glance is None and not pack.finds
