"""The classifier of photographs that ships: the graph is the one that is named, and packs are held to it."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper.diagnosis import MISSING, _classifier
from latentmapper.errors import MissingError, PackError
from latentmapper.features import efficientnet
from latentmapper.features.efficientnet import CHANNELS, SHA256, SHIPPED, TOKENS, EfficientNet, open_beside
from latentmapper.features.vit import Tokens
from latentmapper.files import sha256_of_file

NO_TOKENS = Tokens(np.zeros((1, 2), np.float32), np.zeros((1, 1, 1, 2), np.float32))


def test_the_graph_that_ships_is_the_one_that_packs_name() -> None:
    assert sha256_of_file(SHIPPED) == SHA256
    assert (SHIPPED.parent / "NOTICE").is_file()


def test_a_picture_is_told_by_means_over_cells_that_overlap() -> None:
    """Brightness within one cell changes that cell and the mean of all far more than the opposite one."""
    plain = np.full((1, 224, 224, 3), 0.5, np.float32)
    marked = plain.copy()
    marked[:, :40, :40] = np.random.default_rng(0).random((40, 40, 3), np.float32)
    told = [EfficientNet(1)(each).reshape(TOKENS, CHANNELS) for each in (plain, marked)]
    changed = np.abs(told[0] - told[1]).mean(1)
    assert changed[1] == max(changed) and changed[1] > 5 * changed[9]
    assert np.concatenate(told).min() >= 0 and np.concatenate(told).max() <= 6  # ReLU6


def test_pictures_are_told_one_by_one() -> None:
    pictures = np.random.default_rng(0).random((2, 224, 224, 3), np.float32)
    network = EfficientNet(1)
    both = network(pictures)
    assert both.shape == (2, TOKENS * CHANNELS)
    np.testing.assert_array_equal(both[1], network(pictures[1:])[0])
    with pytest.raises(ValueError, match=r"pictures \(n, 224, 224, 3\) are wanted, not \(1, 8, 8, 3\)"):
        network(np.zeros((1, 8, 8, 3), np.float32))


def test_a_pack_of_another_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"made with another efficientnet \(SHA-256 '0000.*, not "):
        open_beside({"kind": efficientnet.KIND, "sha256": "0" * 64}, tmp_path, 1)
    with pytest.raises(PackError, match=r"is damaged: efficientnet gives 12800 numbers a picture"):
        open_beside({"sha256": SHA256, "length": 80}, tmp_path, 1)
    describe = open_beside({"sha256": SHA256, "length": 12800}, tmp_path, 1)
    assert describe(np.zeros((224, 224, 3), np.float32), NO_TOKENS).shape == (TOKENS * CHANNELS,)


@pytest.mark.parametrize("damage", [b"another graph", None])
def test_a_graph_that_is_not_as_it_was_is_told_and_kept_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(efficientnet, "SHIPPED", tmp_path / "lite2.onnx")
    if damage is not None:
        (tmp_path / "lite2.onnx").write_bytes(damage)
    with pytest.raises(MissingError, match=r"lite2\.onnx is missing or damaged; mend that with: pip install"):
        EfficientNet(1)
    assert not (tmp_path / "cache").exists()
    (finding,) = _classifier()
    assert finding.state == MISSING and finding.fix
