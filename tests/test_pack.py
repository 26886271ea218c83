"""What a pack answers from its arrays and metadata."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from latentmapper import files
from latentmapper.pack import Pack
from latentmapper.pack_folder import DIRECTIONS, MODEL_CARD, content_hash, read_metadata
from tests.tiny_pack import DESCRIPTOR, write_tiny_pack


def test_presence_is_linear_in_the_descriptor(tmp_path: Path) -> None:
    folder, rng = write_tiny_pack(tmp_path, presence=0.5), np.random.default_rng(0)
    path, weight = folder / "arrays.safetensors", rng.normal(size=DESCRIPTOR).astype(np.float32)
    save_file(load_file(path) | {"presence_weight": weight}, path)
    metadata = read_metadata(folder)
    metadata["files"][path.name] = files.sha256_of_file(path)
    files.write_json(folder / "pack.json", metadata)
    descriptor = rng.normal(size=DESCRIPTOR).astype(np.float32)
    expected = sum(float(a) * float(b) for a, b in zip(weight, descriptor, strict=True)) + 0.5
    assert Pack.open(folder).presence(descriptor) == pytest.approx(expected, abs=1e-9)


def test_the_hash_is_of_everything_but_what_is_measured_later(tmp_path: Path) -> None:
    metadata = read_metadata(write_tiny_pack(tmp_path))
    digest = content_hash(metadata)
    later = {"files": metadata["files"] | {MODEL_CARD: "0" * 64, DIRECTIONS: "1" * 64}}
    measured = {"results": [{"rows": []}], "directions": {"sliders": []}}
    assert content_hash(metadata | measured | later) == digest
    for name in set(metadata) - {"files"}:
        assert content_hash(metadata | {name: "other"}) != digest, name
    for name in metadata["files"]:
        assert content_hash(metadata | {"files": metadata["files"] | {name: "0" * 64}}) != digest, name


def test_looks_that_agree_are_not_apart(tmp_path: Path) -> None:
    pack = Pack.open(write_tiny_pack(tmp_path / "pack"), 1)
    one, other = np.random.default_rng(0).normal(0, 3, (2, DESCRIPTOR)).astype(np.float32)
    assert pack.map(one).looks_apart is None
    assert pack.map(np.stack([one, one])).looks_apart == pytest.approx(0, abs=1e-6)
    codes, _ = pack.map_batch(np.stack([one, other]))
    known = np.linalg.norm(pack.bank - pack.bank.mean(0), axis=1)
    apart = np.linalg.norm(codes[0] - codes[1]) / 2 / np.sqrt((known**2).mean())
    assert pack.map(np.stack([one, other])).looks_apart == pytest.approx(apart, rel=1e-4)
    assert apart > 0.01
