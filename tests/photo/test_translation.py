"""The translator on ONNX Runtime: what it reads and gives, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from latentmapper.errors import MissingError, PackError
from latentmapper.executors import LocalExecutor
from latentmapper.photo.translation import Translator, header_of
from tests.tiny_translator import write_tiny_translator


def test_a_square_is_translated_in_its_own_size(tmp_path: Path) -> None:
    translator = Translator(write_tiny_translator(tmp_path), threads=1)
    square = np.empty((64, 64, 3), np.float32)
    square[:32], square[32:] = (1.0, 0.0, 0.2), (0.4, 0.6, 0.8)
    translated = translator(square)
    assert translated.shape == square.shape and translated.dtype == np.float32
    # Away from the edge between the halves, which the smaller size of the graph softens.
    for rows in (slice(0, 26), slice(38, 64)):
        np.testing.assert_allclose(translated[rows], 1 - square[rows], atol=1.01 / 255)
    assert translator.own_size(square).shape == (32, 32, 3)


def test_its_hash_is_that_of_all_that_decides(tmp_path: Path) -> None:
    same = [Translator(write_tiny_translator(tmp_path / name), 1).sha256 for name in ("a", "b")]
    others = [
        Translator(write_tiny_translator(tmp_path / "c", side=64), 1).sha256,
        Translator(write_tiny_translator(tmp_path / "d", operation="Abs"), 1).sha256,
    ]
    assert same[0] == same[1] and len({same[0], *others}) == 3


def test_it_travels_to_other_processes(tmp_path: Path) -> None:
    translator = Translator(write_tiny_translator(tmp_path), threads=1)
    square = np.random.default_rng(0).random((32, 32, 3), np.float32)
    ((_, translated),) = LocalExecutor(2).map(translator, [square])
    np.testing.assert_array_equal(translated, translator(square))


def test_what_is_not_there_is_named_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(
        MissingError, match=r"no translator at .*gone.onnx, or no gone.json beside it; latentm"
    ):
        Translator(tmp_path / "gone.onnx")
    path = write_tiny_translator(tmp_path)
    header_of(path).unlink()
    with pytest.raises(MissingError, match="latentmapper train translator makes both"):
        Translator(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "is a translator of format 2, this version reads 1"),
        (
            {"sha256": "0" * 64},
            "differs from its hash in translator.json; get it again, or train it: latentm",
        ),
        ({"side": 5}, "tells no side of 16 to 1024 pixels, mean and std"),
        ({"side": "64"}, "tells no side of 16 to 1024 pixels, mean and std"),
        ({"std": 0}, "tells no side of 16 to 1024 pixels, mean and std"),
        ({"mean": float("nan")}, "tells no side of 16 to 1024 pixels, mean and std"),
        ({"mean": []}, "translator.json cannot be read"),
    ],
)
def test_a_damaged_header_is_refused(tmp_path: Path, change: dict, message: str) -> None:
    path = write_tiny_translator(tmp_path)
    header = json.loads(header_of(path).read_text())
    header_of(path).write_text(json.dumps(header | change))
    with pytest.raises(PackError, match=message):
        Translator(path)


def test_a_damaged_graph_is_refused(tmp_path: Path) -> None:
    path = write_tiny_translator(tmp_path)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(PackError, match="differs from its hash"):
        Translator(path)
    header_of(path).write_text("[1, 2")
    with pytest.raises(PackError, match="cannot be read"):
        Translator(path)


def test_another_graph_is_refused(tmp_path: Path) -> None:
    path = write_tiny_translator(tmp_path, reads="tokens")
    with pytest.raises(PackError, match="is no translator: it does not make 'translated' of 'pictures'"):
        Translator(path)


def test_a_graph_that_gives_no_colours_is_refused(tmp_path: Path) -> None:
    translator = Translator(write_tiny_translator(tmp_path, operation="Log"), threads=1)
    with pytest.raises(
        PackError, match="gives no picture of 32 pixels; train it again: latentmapper train tr"
    ):
        translator(np.zeros((32, 32, 3), np.float32))
