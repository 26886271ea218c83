"""Stores larger than the memory that a process may have."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from latentmapper.errors import StoreError
from latentmapper.files import sha256_of_file
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.shards import open_shard
from latentmapper.make.dataset.store import Store
from tests.make.tiny_store import write_tiny_store

SHAPES, SAMPLES, ALLOWED = 20, 400_000, 64_000_000
"""Together 128 MB of samples, for 64 MB of memory."""
EPOCH = """
import resource, sys
import numpy as np
from latentmapper.make.dataset.joined import open_stores
from latentmapper.make.training.auto_decoding import draw, stored_samples
from latentmapper.places import place

store = open_stores((place(sys.argv[1]),))
samples = stored_samples(store, store.records)
draw(samples, np.arange(2), 100, (0,))
used = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmData")) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (used + int(sys.argv[2]),) * 2)
for step in range(len(samples) // 4):
    draw(samples, np.arange(4 * step, 4 * step + 4), 1000, (0, step))
print("drawn")
try:
    kept = [[np.array(part) for part in shape] for shape in samples]
except MemoryError:
    print("more than memory")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits and reads memory as Linux does")
def test_an_epoch_needs_no_more_memory_than_a_few_shapes(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    store = write_tiny_store(tmp_path, shapes=1, samples=SAMPLES)
    lines = [json.dumps(asdict(replace(store.records[0], id=f"egg-{i}"))) + "\n" for i in range(SHAPES)]
    (tmp_path / "manifest.jsonl").write_text("".join(lines))
    program = [sys.executable, "-c", EPOCH, str(tmp_path), str(ALLOWED)]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    shown = subprocess.run(program, env=env, capture_output=True, text=True, check=True)
    assert shown.stdout == "drawn\nmore than memory\n"


def test_what_is_read_when_asked_for_is_what_the_store_holds(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path, samples=50)])
    shapes, training = store.shapes("train"), store.split("train")
    assert list(shapes) == [record.id for record in training] and len(shapes) == 3
    assert "egg-0" in shapes and "egg-3" not in shapes  # held out
    each = store.each(training, lambda shape: shape.sample_distances)
    for read, record in zip(each, training, strict=True):
        np.testing.assert_array_equal(read, store.load(record).sample_distances)
        np.testing.assert_array_equal(read, shapes[record.id].sample_distances)
    assert [part.tolist() for part in each[1:]] == [part.tolist() for part in list(each)[1:]]


def test_no_mapping_outlives_its_arrays(tmp_path: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("counts open files as Linux tells them")
    store = write_tiny_store(tmp_path, samples=50)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for record in store.records * 5:
        store.load(record)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_arrays_are_read_only(tmp_path: Path) -> None:
    store = write_tiny_store(tmp_path, samples=50)
    with pytest.raises(ValueError, match="read-only"):
        store.load(store.records[0]).sample_points[0] = 0


def test_a_changed_shard_is_refused(tmp_path: Path) -> None:
    store = write_tiny_store(tmp_path, samples=50)
    record = store.records[0]
    store.load(record)
    path = tmp_path / record.file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(0, 0))  # clocks of file systems are coarse
    with pytest.raises(StoreError, match=r"0\.safetensors is missing or damaged \(its hash is not the"):
        store.load(record)


@pytest.mark.parametrize(("file", "sha256"), [
    ("../other/shape.safetensors", None), ("/etc/passwd", None), ("shapes/0.safetensors", "../../x"),
    ("shapes/0.safetensors", ""),
])  # fmt: skip
def test_manifests_that_name_other_files_are_refused(tmp_path: Path, file: str, sha256: str | None) -> None:
    record = write_tiny_store(tmp_path, samples=50).records[0]
    record = replace(record, file=file, sha256=record.sha256 if sha256 is None else sha256)
    with pytest.raises(StoreError, match=r"manifest of .* is damaged; it names no such shard"):
        Store(tmp_path, {}, []).load(record)


@pytest.mark.parametrize("header", [
    b"", b"[]", b"[" * 5000, b"{}", b'{"a": 1}', b'{"a": {"dtype": "F32"}}',
    b'{"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}',
    b'{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}',
    b'{"a": {"dtype": "O", "shape": [1], "data_offsets": [0, 4]}}',
])  # fmt: skip
@pytest.mark.parametrize("length", [None, 0, 1, 2**63])
def test_strange_headers_are_refused(tmp_path: Path, header: bytes, length: int | None) -> None:
    """Even where the manifest holds their hash."""
    size = len(header) if length is None else length
    path = tmp_path / "x.safetensors"
    path.write_bytes(size.to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(StoreError, match=r"x\.safetensors is missing or damaged"):
        open_shard(tmp_path, path.name, sha256_of_file(path))
