"""Pictures to train on: rows that stay on disk, and how often each is drawn."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper import files  # noqa: E402
from latentmapper.make.dataset.features import Features  # noqa: E402
from latentmapper.make.training import pictures as module  # noqa: E402
from latentmapper.make.training.pictures import Pictures, StoredRows  # noqa: E402
from tests.make.training.test_mapper import CHANNELS, write_features, write_tokens  # noqa: E402


def test_stored_rows_are_those_of_the_files(tmp_path: Path) -> None:
    features = write_tokens(tmp_path / "features", {"a": "train", "b": "train"}, pictures=3)
    codes = {"a": np.zeros(2, np.float32), "b": np.ones(2, np.float32)}
    pictures = Pictures.gather([features], "train", codes, 0.5)
    truth = np.concatenate([features.load(record) for record in features.records])
    rows = np.array([5, 0, 3])
    np.testing.assert_array_equal(pictures.descriptors[rows].numpy(), truth[rows])
    assert pictures.layout == (257, CHANNELS)
    assert [list(part) for part in pictures.parts(4)] == [[0, 1, 2, 3], [4, 5]]


def test_descriptors_stay_on_disk_where_they_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = write_features(tmp_path / "features", dict.fromkeys("abc", "train"))
    codes = dict.fromkeys("abc", np.zeros(2, np.float32))
    kept = Pictures.gather([features], "train", codes, 0.5)
    descriptors: Any = kept.descriptors
    assert isinstance(descriptors, torch.Tensor)
    assert kept.some(2) is kept.descriptors
    monkeypatch.setattr(module, "IN_MEMORY", descriptors.nbytes - 1)
    stored = Pictures.gather([features], "train", codes, 0.5)
    assert isinstance(stored.descriptors, StoredRows)
    assert stored.descriptors[np.arange(len(kept.codes))].equal(descriptors)
    assert stored.some(len(kept.codes)).equal(descriptors)
    assert stored.some(len(kept.codes) - 1).equal(descriptors[::2])


@pytest.mark.parametrize(("balance", "share"), [(0.0, 0.75), (0.5, 0.634), (1.0, 0.5)])
def test_large_groups_are_drawn_less_often_where_asked(tmp_path: Path, balance: float, share: float) -> None:
    features = write_features(tmp_path / "features", dict.fromkeys(("a", "b", "c", "d"), "train"))
    header = json.loads((tmp_path / "features" / "features.json").read_text())
    for record in header["records"][:3]:
        record["group"] = "large"
    files.write_json(tmp_path / "features" / "features.json", header)
    codes = dict.fromkeys("abcd", np.zeros(2, np.float32))
    features = Features(tmp_path / "features")
    pictures = Pictures.gather([features], "train", codes, 0.5, balance=balance)
    assert pictures.chance.sum() == pytest.approx(1)
    assert pictures.chance[:36].sum() == pytest.approx(share, abs=1e-3)


def test_parametric_shapes_have_their_share_of_the_draws(tmp_path: Path) -> None:
    shapes: list[str] = ["parametric-car__1", "parametric-car__2", "a"]
    features = write_features(tmp_path / "features", dict.fromkeys(shapes, "train"))
    codes = dict.fromkeys(shapes, np.zeros(2, np.float32))
    pictures = Pictures.gather([features], "train", codes, 0.3, balance=0.7)
    assert pictures.chance[:24].sum() == pytest.approx(0.3)
