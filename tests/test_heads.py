"""A pack reads tokens of whole pictures and of smaller ones, each by heads that learned from such."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from latentmapper import files
from latentmapper.errors import PackError
from latentmapper.features.vit import Tokens
from latentmapper.pack import Pack
from latentmapper.pack_folder import GLANCE, read_metadata
from tests.tiny_pack import DESCRIPTOR, write_tiny_pack

WIDTH = DESCRIPTOR // 18
SIDE = 112


def glancing(folder: Path, **arrays: np.ndarray) -> Pack:
    """The tiny pack with heads for small pictures, which these arrays replace."""
    write_tiny_pack(folder, presence=4.0)
    heads = {"presence_weight": np.zeros(DESCRIPTOR, np.float16), "presence_bias": np.full(1, -3, np.float32)}
    head = {"weight1": (WIDTH, 2), "bias1": (2,), "weight2": (2, 5), "bias2": (5,)}
    heads |= {f"location_{name}": np.ones(shape, np.float16) for name, shape in head.items()}
    save_file(heads | arrays, folder / GLANCE)
    metadata = read_metadata(folder)
    metadata |= {"format": 4, "glance": {"side": SIDE}}
    metadata["files"][GLANCE] = files.sha256_of_file(folder / GLANCE)
    files.write_json(folder / "pack.json", metadata)
    return Pack.open(folder, 1)


def tokens_of(side: int) -> Tokens:
    rows = side // 14
    return Tokens(np.ones((1, WIDTH), np.float32), np.ones((1, rows, rows, WIDTH), np.float32), side=side)


def test_each_size_is_judged_by_its_own_heads(tmp_path: Path) -> None:
    pack = glancing(tmp_path)
    assert pack.glance == SIDE
    assert pack.odds(tokens_of(SIDE)) == -3.0
    assert pack.odds(tokens_of(224)) == pack.presence(np.ones(DESCRIPTOR, np.float32)) == 4.0


def test_a_small_picture_is_judged_by_its_descriptor(tmp_path: Path) -> None:
    weight = np.zeros(DESCRIPTOR, np.float16)
    weight[:WIDTH] = 0.5  # of the class token, which is all ones
    pack = glancing(tmp_path, presence_weight=weight)
    assert pack.odds(tokens_of(SIDE)) == 0.5 * WIDTH - 3


def test_a_damaged_glance_is_refused(tmp_path: Path) -> None:
    pack = glancing(tmp_path, location_bias2=np.ones(3, np.float16))
    with pytest.raises(PackError, match=r"location_bias2 is not \(5,\) finite numbers; get it again"):
        pack.odds(tokens_of(SIDE))


def test_a_descriptor_without_its_grid_is_refused(tmp_path: Path) -> None:
    write_tiny_pack(tmp_path)
    metadata = read_metadata(tmp_path)
    del metadata["descriptor"]["grid"]
    files.write_json(tmp_path / "pack.json", metadata)
    with pytest.raises(PackError, match="is damaged: 'grid'; get it again"):
        Pack.open(tmp_path, 1).odds(tokens_of(224))


def test_older_packs_judge_whole_pictures_alone(tmp_path: Path) -> None:
    pack = Pack.open(write_tiny_pack(tmp_path), 1)
    assert read_metadata(tmp_path)["format"] == 1
    assert pack.glance is None
    assert pack.odds(tokens_of(224)) == float(load_file(tmp_path / "arrays.safetensors")["presence_bias"][0])
