"""Embeddings come back by content, for the pair that made them, whatever happened to the cache."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper.features.clip import kept
from latentmapper.features.clip.kept import KeptEmbeddings
from latentmapper.files import sha256_of_bytes

ONE, TWO = (sha256_of_bytes(name.encode()) for name in ("one", "two"))
PAIR = "a" * 64


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path))
    return tmp_path


def _shards(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*.safetensors"))


def test_what_was_added_is_there_for_the_next_run_of_the_same_pair(cache: Path) -> None:
    embedding = np.random.default_rng(0).normal(size=512).astype(np.float32)
    with KeptEmbeddings(PAIR) as first:
        first.add(ONE, embedding)
        first.add(ONE, 0 * embedding)
        assert first.get(TWO) is None
    found = KeptEmbeddings(PAIR).get(ONE)
    assert found is not None
    np.testing.assert_array_equal(found, embedding)
    assert KeptEmbeddings("b" * 64).get(ONE) is None
    with KeptEmbeddings(PAIR) as again:
        again.add(ONE, embedding)
    assert len(_shards(cache)) == 1


def test_a_run_that_fails_keeps_what_it_had(cache: Path) -> None:
    with pytest.raises(KeyboardInterrupt), KeptEmbeddings(PAIR) as first:
        first.add(ONE, np.zeros(512, np.float32))
        raise KeyboardInterrupt
    assert KeptEmbeddings(PAIR).get(ONE) is not None


def test_a_long_run_saves_as_it_goes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SHARD", 2)
    running = KeptEmbeddings(PAIR)
    for number in range(5):
        running.add(sha256_of_bytes(bytes([number])), np.full(512, number, np.float32))
    assert len(_shards(cache)) == 2 and len(KeptEmbeddings(PAIR)) == 4


@pytest.mark.parametrize("damage", ["cut", "empty", "nan", "short"])
def test_a_damaged_shard_counts_as_not_there(cache: Path, damage: str) -> None:
    from safetensors.numpy import save_file

    with KeptEmbeddings(PAIR) as first:
        first.add(ONE, np.zeros(512, np.float32))
    path = _shards(cache)[0]
    data = path.read_bytes()
    keys = np.zeros((1, 32), np.uint8)
    if damage in ("cut", "empty"):
        path.write_bytes(data[:-10] if damage == "cut" else b"")
    elif damage == "nan":
        save_file({"sha256": keys, "embeddings": np.full((1, 512), np.nan, np.float32)}, path)
    else:
        save_file({"sha256": keys, "embeddings": np.zeros((1, 8), np.float32)}, path)
    assert len(KeptEmbeddings(PAIR)) == 0
