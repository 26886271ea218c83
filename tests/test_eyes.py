"""Which ViT looks, and that packs are made for it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from latentmapper.errors import MissingError, PackError
from latentmapper.eyes import Eyes
from latentmapper.pack import Pack

from .tiny_pack import write_tiny_pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return Pack.open(write_tiny_pack(tmp_path_factory.mktemp("packs") / "car"), threads=1)


def test_exact_eyes_do_not_glance(pack: Pack) -> None:
    eyes = Eyes(None, 1, "float32", [pack])
    assert eyes.near is eyes.exact and eyes.fast is None


def test_eyes_that_glance_round_nothing(pack: Pack) -> None:
    eyes = Eyes(None, 1, "glance", [pack])
    assert eyes.fast is eyes.near is eyes.exact


def test_rounded_eyes_see_nearly_the_same(pack: Pack) -> None:
    eyes = Eyes(None, 1, "int8", [pack])
    eyes.open()
    assert eyes.fast is eyes.near is not eyes.exact
    squares = np.random.default_rng(0).random((1, 224, 224, 3), np.float32)
    exact, near = (vit.describe(squares).cls[0] for vit in (eyes.exact, eyes.near))
    assert 0.9 < np.dot(exact, near) / np.linalg.norm(exact) / np.linalg.norm(near) < 1


def test_a_pack_of_another_vit_is_refused(pack: Pack, tmp_path: Path) -> None:
    other = Pack.open(write_tiny_pack(tmp_path / "other", vit="0" * 64), threads=1)
    with pytest.raises(PackError, match="tiny-car was made for another ViT"):
        _ = Eyes(None, 1, "float32", [pack, other]).exact
    with pytest.raises(MissingError, match="no ViT at"):
        _ = Eyes(tmp_path / "none.onnx", 1, "float32", [pack]).exact


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"size": 256}, "tiny-car wants pictures whose size is 256, this version shows those of 224"),
        ({"mean": [0.5, 0.5, 0.5]}, r"mean is \[0.5, 0.5, 0.5\], this version shows those of \[0.485,"),
        ({"std": [0.229, 0.224]}, r"tiny-car wants pictures whose std is \[0.229, 0.224\]"),
        ({"size": 10**400}, "tiny-car wants pictures whose size is 1000000"),
        ({"std": "imagenet"}, "tiny-car wants pictures whose std is 'imagenet'"),
    ],
)
def test_a_pack_for_pictures_prepared_in_another_way_is_refused(
    tmp_path: Path, told: dict[str, Any], message: str
) -> None:
    other = Pack.open(write_tiny_pack(tmp_path / "other"), threads=1)
    other.metadata["vit"] |= told
    with pytest.raises(PackError, match=message):
        _ = Eyes(None, 1, "float32", [other]).exact


def test_packs_may_tell_what_pictures_are_made_of_in_short_numbers_or_not_at_all(tmp_path: Path) -> None:
    same = Pack.open(write_tiny_pack(tmp_path / "same"), threads=1)
    same.metadata["vit"] |= {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
    assert Eyes(None, 1, "float32", [same]).exact
    del same.metadata["vit"]["size"]
    assert Eyes(None, 1, "float32", [same]).exact
