"""Sessions take a GPU where the installed ONNX Runtime has one, and the processor otherwise."""

from pathlib import Path

import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from latentmapper.errors import PackError
from latentmapper.runtime import Session, providers


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """y = x + x."""
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xy"]
    nodes = [helper.make_node("Add", ["x", "x"], ["y"])]
    made = helper.make_graph(nodes, "double", sides[:1], sides[1:])
    onnx.save(
        helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "g"
    )
    return tmp_path / "g"


@pytest.mark.parametrize(
    ("present", "chosen"),
    [
        (["CPUExecutionProvider"], ["CPUExecutionProvider"]),
        (
            ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"],
            ["CUDAExecutionProvider", "CPUExecutionProvider"],
        ),
        (["AzureExecutionProvider", "CPUExecutionProvider"], ["CPUExecutionProvider"]),
    ],
)
def test_a_gpu_is_taken_where_there_is_one(
    graph: Path, monkeypatch: pytest.MonkeyPatch, present: list[str], chosen: list[str]
) -> None:
    asked, made = [], onnxruntime.InferenceSession

    def session(*given, providers: list[str]):
        asked.append(providers)
        return made(*given, providers=["CPUExecutionProvider"])

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: present)
    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    assert providers() == chosen
    doubled = Session(graph, threads=1).run(["y"], x=[1, 2])[0]  # type: ignore[arg-type]
    assert asked == [chosen] and doubled.tolist() == [2, 4]


def test_of_a_damaged_graph_in_the_user_cache_the_fix_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "cache"))
    for folder, kept in ((tmp_path / "cache", True), (tmp_path, False)):
        folder.mkdir(exist_ok=True)
        (folder / "cut.onnx").write_bytes(b"\0" * 8)
        with pytest.raises(PackError, match=r"^ONNX Runtime cannot load cut\.onnx: ") as caught:
            Session(folder / "cut.onnx")
        assert str(caught.value).endswith("made again after: latentmapper cache clear") is kept


def test_the_processor_computes_where_a_gpu_cannot(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build for CUDA on a machine without a driver names a provider that cannot be had."""
    present = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: present)
    with pytest.warns(UserWarning, match="CUDAExecutionProvider"):
        doubled = Session(graph, threads=1).run(["y"], x=[1, 2])[0]  # type: ignore[arg-type]
    assert doubled.tolist() == [2, 4]
