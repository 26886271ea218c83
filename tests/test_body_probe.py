"""Bodies by what a network says of photos: its features are those of the picture, and tell bodies apart."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, save_model
from PIL import Image

from latentmapper.errors import MissingError, PackError

pytest.importorskip("sklearn")
SCRIPTS = Path(__file__).parents[1] / "scripts"
COLOURS = {"Sedan": "red", "Wagon": "lime", "SUV": "blue", "Cab": "white", "Convertible": "black"}


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return runpy.run_path(str(SCRIPTS / "body_probe.py"))


def mean_colour(path: Path, side: int | str = 8) -> Path:
    """A network whose features are a picture's mean colour."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["picture"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["out"]),
    ]
    pictures = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, side, side])
    features = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 3])
    graph = helper.make_graph(nodes, "mean", [pictures], [features])
    save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def write_photos(folder: Path) -> Path:
    """Twelve models of each body, whose photos have its colour, and the labels."""
    bodies = [(f"{body}{i}.png", f"Model{i} {body} 2000", body) for body in COLOURS for i in range(12)]
    for file, _, body in bodies:
        Image.new("RGB", (32, 32), COLOURS[body]).save(folder / file)
    rows = [f"{file},{label}" for file, label, _ in bodies]
    (folder / "labels.csv").write_text("\n".join(["file,label", *rows]))
    return folder / "labels.csv"


@pytest.mark.parametrize(("centred", "expected"), [(True, [1, -1, -1]), (False, [2.249, -2.036, -1.804])])
def test_a_network_gets_the_picture_as_it_was_trained(
    script: dict, tmp_path: Path, centred: bool, expected: list[float]
) -> None:
    describe = script["of_network"](mean_colour(tmp_path / "mean.onnx"), centred)
    red = np.zeros((224, 224, 3), np.float32)
    red[..., 0] = 1
    np.testing.assert_allclose(describe(red), expected, atol=1e-3)


def test_the_bundled_vit_gives_its_class_token_and_the_mean_of_the_others(script: dict) -> None:
    square = np.random.default_rng(0).random((224, 224, 3), np.float32)
    features = script["of_vit"]()(square)
    tokens = script["ViT"].bundled().describe(square[None])
    np.testing.assert_array_equal(features[:384], tokens.cls[0])
    np.testing.assert_allclose(features[384:], tokens.patches[0].reshape(-1, 384).mean(0), atol=1e-5)


def test_bodies_that_look_different_are_told_apart(script: dict, tmp_path: Path, capsys) -> None:
    labels = write_photos(tmp_path)
    network = mean_colour(tmp_path / "mean.onnx")
    script["main"](script["Config"](photos=tmp_path, labels=labels, network=network))
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "60 photos, 3 features"
    assert told[2] == "| body | photos of test models | C = 0.0001 | C = 0.001 | C = 0.01 | C = 0.1 |"
    assert len(told) == 4 + len(COLOURS) + 1
    assert told[-1].startswith("| mean of these | ") and told[-1].endswith(" | 100.0% |")


def test_what_is_no_such_network_is_named(script: dict, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no network at .*none\.onnx; name another --network"):
        script["of_network"](tmp_path / "none.onnx", False)
    with pytest.raises(PackError, match=r"any\.onnx does not take a square picture of one size"):
        script["of_network"](mean_colour(tmp_path / "any.onnx", "side"), False)
    (tmp_path / "text.onnx").write_text("no graph")
    with pytest.raises(PackError, match=r"text\.onnx is not an ONNX graph"):
        script["of_network"](tmp_path / "text.onnx", False)
