"""What a pack answers from its arrays and metadata."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save, save_file

from latentmapper import files
from latentmapper.errors import PackError
from latentmapper.pack import Pack
from latentmapper.pack_folder import DIRECTIONS, GLANCE, MODEL_CARD, content_hash, read_metadata
from latentmapper.spoken import spoken_names
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


@pytest.mark.parametrize("int8", [False, True])
def test_a_mapper_that_no_hash_covers_is_refused(tmp_path: Path, int8: bool) -> None:
    metadata = read_metadata(write_tiny_pack(tmp_path))
    del metadata["files"]["mapper.onnx"]
    files.write_json(tmp_path / "pack.json", metadata)
    with pytest.raises(PackError, match=r"does not list mapper\.onnx in 'files'"):
        Pack.open(tmp_path, int8=int8).map(np.zeros(DESCRIPTOR, np.float32))


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


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a list of files": ({"files": ["mapper.onnx"]}, "pack.json has 'files' that is not an object"),
    "a ViT that is text": ({"vit": "dino"}, "pack.json has 'vit' that is not an object"),
    "a base without its kind": ({"base": {}}, "pack.json tells no 'kind' in 'base'"),
    "a license without terms": ({"license": {"spdx": 3}}, "pack.json tells no 'spdx' in 'license'"),
    "a closer look that is text": ({"closer": "near"}, "pack.json has 'closer' that is not an object"),
    "a second descriptor without its kind": ({"beside": {}}, "pack.json tells no 'kind' in 'beside'"),
    "a second descriptor that is text": ({"beside": "clip"}, "pack.json has 'beside' that is not an object"),
    "a second mapper that reads nothing": (
        {"second": {"weight": 0.5, "sharpness": 1}},
        "pack.json has 'second' without the 'length' of what it reads in 'beside'",
    ),
    "a second mapper that counts less than nothing": (
        {"second": {"weight": -1, "sharpness": 1}, "beside": {"kind": "efficientnet", "length": 3}},
        "pack.json has 'weight' in 'second' that is no number of 0 to 1000",
    ),
    "a second mapper that is not a number sharp": (
        {"second": {"weight": 1, "sharpness": True}, "beside": {"kind": "clip", "length": 3}},
        "pack.json has 'sharpness' in 'second' that is no number of 0.001 to 1000",
    ),
    "results that are text": ({"results": "good"}, "pack.json has 'results' that is not a list"),
    "shapes without names": ({"shapes": [{}]}, "pack.json has 'shapes' that are not all text"),
    "training shapes that are text": (
        {"training_shapes": "all"},
        "pack.json has 'training_shapes' that is not a list",
    ),
    "training shapes without names": (
        {"training_shapes": [1]},
        "pack.json has 'training_shapes' that are not all text",
    ),
    "an id that moves the cursor": (
        {"id": "\x1b[2J"},
        "pack.json has an id or category that is empty or cannot be",
    ),
    "no category": ({"category": ""}, "pack.json has an id or category that is empty"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_pack_that_says_what_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    folder, (change, message) = write_tiny_pack(tmp_path), WRONG[name]
    files.write_json(folder / "pack.json", read_metadata(folder) | change)
    with pytest.raises(PackError, match=re.escape(message)):
        Pack.open(folder)


def test_metadata_nested_beyond_reading_are_damaged(tmp_path: Path) -> None:
    (tmp_path / "pack.json").write_text("[" * 200_000)
    with pytest.raises(PackError, match=r"pack\.json cannot be read .*nested too deeply"):
        Pack.open(tmp_path)


def rewrite(folder: Path, name: str, data: bytes) -> Pack:
    """The pack with another file, as if it had been made so."""
    (folder / name).write_bytes(data)
    metadata = read_metadata(folder)
    metadata["files"][name] = files.sha256_of_bytes(data)
    files.write_json(folder / "pack.json", metadata)
    return Pack.open(folder, 1)


BAD_ARRAYS: dict[str, tuple[dict[str, Any], str]] = {
    "no check": ({"presence_weight": None}, "presence_weight is missing"),
    "no numbers": ({"bank": np.full((3, 4), np.nan, np.float32)}, "bank is not 2-dimensional and finite"),
    "flat": ({"bank": np.zeros(4, np.float32)}, "bank is not 2-dimensional and finite"),
    "empty": ({"presence_bias": np.zeros(0, np.float32)}, "presence_bias is not 1-dimensional and finite"),
    "other shapes": ({"bank": np.zeros((2, 4), np.float32)}, "bank holds 2 codes of 3 shapes"),
    "codes turned on their side": ({"projection": np.zeros((9, 4), np.float32)}, "projection do not fit"),
    "no distances": ({"projection": np.full((4, 4), np.inf, np.float32)}, "projection is not finite"),
    "other codes": ({"projection": np.zeros((9, 9), np.float32)}, "projection do not fit together"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, name: str) -> None:
    folder, (change, message) = write_tiny_pack(tmp_path), BAD_ARRAYS[name]
    arrays = load_file(folder / "arrays.safetensors") | change
    data = save({key: array for key, array in arrays.items() if array is not None})
    with pytest.raises(PackError, match=f"is damaged: arrays.safetensors: .*{message}"):
        _ = rewrite(folder, "arrays.safetensors", data).bank


def test_a_header_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    pack = rewrite(write_tiny_pack(tmp_path), "arrays.safetensors", (1 << 30).to_bytes(8, "little") + b"{")
    with pytest.raises(PackError, match=r"is damaged: arrays\.safetensors: "):
        _ = pack.bank


def test_a_check_of_another_descriptor_is_refused(tmp_path: Path) -> None:
    pack = Pack.open(write_tiny_pack(tmp_path))
    with pytest.raises(PackError, match="presence_weight reads another descriptor"):
        pack.presence(np.zeros(DESCRIPTOR - 1, np.float32))


def test_graphs_and_weights_of_another_kind_are_refused(tmp_path: Path) -> None:
    folder = write_tiny_pack(tmp_path)
    planes, one = (folder / "planes.onnx").read_bytes(), np.zeros(DESCRIPTOR, np.float32)
    with pytest.raises(PackError, match=r"ONNX Runtime cannot run mapper\.onnx"):
        rewrite(folder, "mapper.onnx", planes).map(one)
    with pytest.raises(PackError, match="is damaged: its base model cannot be read"):
        _ = rewrite(folder, "field.safetensors", b"no weights").base


def test_a_mapper_that_answers_in_other_numbers_is_refused(tmp_path: Path) -> None:
    folder, one = write_tiny_pack(tmp_path), np.zeros(DESCRIPTOR, np.float32)
    told, arrays = read_metadata(folder), load_file(folder / "arrays.safetensors")
    shorter = {"bank": arrays["bank"][:, :-1], "mean_code": arrays["mean_code"][:-1]}
    pack = rewrite(folder, "arrays.safetensors", save(arrays | shorter))
    with pytest.raises(PackError, match=r"is damaged: mapper\.onnx does not answer for its shapes"):
        pack.map(one)
    files.write_json(folder / "pack.json", told | {"shapes": ["ball", "cigar"]})
    pack = rewrite(folder, "arrays.safetensors", save(arrays | {"bank": arrays["bank"][:-1]}))
    with pytest.raises(PackError, match=r"is damaged: mapper\.onnx does not answer for its shapes"):
        pack.map(one)


def test_arrays_of_numbers_that_numpy_does_not_know_are_refused(tmp_path: Path) -> None:
    header = b'{"bank":{"dtype":"F8_E4M3","shape":[1,1],"data_offsets":[0,1]}}'
    pack = rewrite(
        write_tiny_pack(tmp_path), "arrays.safetensors", len(header).to_bytes(8, "little") + header + b"0"
    )
    with pytest.raises(PackError, match=r"is damaged: arrays\.safetensors: "):
        _ = pack.bank


@pytest.mark.parametrize("side", [[126], "x", -1, 1.5, True, 10**6])
def test_a_glance_at_pictures_of_no_size_is_refused(side: object, tmp_path: Path) -> None:
    folder = write_tiny_pack(tmp_path)
    (folder / GLANCE).write_bytes((folder / "arrays.safetensors").read_bytes())
    files.write_json(folder / "pack.json", read_metadata(folder) | {"glance": {"side": side}})
    with pytest.raises(PackError, match="has 'side' in 'glance' that is no whole number of 14 to 1024"):
        _ = Pack.open(folder).finds


@pytest.mark.parametrize("grid", ["x", None, 1.5, [], {}, 0])
def test_a_descriptor_of_no_cells_is_refused(grid: object, tmp_path: Path) -> None:
    folder = write_tiny_pack(tmp_path)
    metadata = read_metadata(folder)
    files.write_json(folder / "pack.json", metadata | {"descriptor": metadata["descriptor"] | {"grid": grid}})
    with pytest.raises(PackError, match="has 'grid' in 'descriptor' that is no whole number of 1 to 64"):
        Pack.open(folder)


@pytest.mark.parametrize("names", [b"[", b'["ball", "cigar"]', b"{}"])
def test_names_that_are_not_those_of_the_shapes_are_refused(tmp_path: Path, names: bytes) -> None:
    with pytest.raises(PackError, match=r"is damaged: names\.json "):
        spoken_names(rewrite(write_tiny_pack(tmp_path), "names.json", names))
