"""ONNX Runtime sessions as this package wants them: quiet, deterministic, at home on few cores."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from latentmapper import files
from latentmapper.cache import cache_folder
from latentmapper.errors import PackError
from latentmapper.processor import available_cores, multiplies_int8

if TYPE_CHECKING:
    from onnx import ModelProto

DEFAULT_THREADS = available_cores()
PROCESSOR = ["CPUExecutionProvider"]
"""The execution provider that is always there."""


class Session:
    """An ONNX graph that maps named arrays to named arrays.

    Parameters
    ----------
    model : path of a graph, or its bytes.
    threads : threads within one operator; a fixed number gives the same bytes for the same input.
    on_processor : even where there is a GPU, which is slower for what is small.

    Raises
    ------
    PackError : where ONNX Runtime cannot load the graph.
    """

    def __init__(
        self, model: Path | bytes, threads: int = DEFAULT_THREADS, on_processor: bool = False
    ) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        source = str(model) if isinstance(model, Path) else model
        self._name = model.name if isinstance(model, Path) else "the graph"
        try:
            on = PROCESSOR if on_processor else providers()
            self._session = onnxruntime.InferenceSession(source, _options(threads), providers=on)
        except Exception as error:
            raise PackError(f"ONNX Runtime cannot load {self._name}: {error}{_fix(model)}") from None
        self.inputs = [node.name for node in self._session.get_inputs()]
        self.outputs = [node.name for node in self._session.get_outputs()]

    def run(self, outputs: list[str], **inputs: NDArray[np.float32]) -> list[NDArray[Any]]:
        """Evaluate the graph; arrays are taken as float32, contiguous.

        Raises
        ------
        PackError : it does not take these, give those, or run to its end.
        """
        feeds = {name: np.ascontiguousarray(value, np.float32) for name, value in inputs.items()}
        try:
            return [np.asarray(value) for value in self._session.run(outputs, feeds)]
        except Exception as error:  # its errors have no common kind
            raise PackError(f"ONNX Runtime cannot run {self._name}: {error}") from None


def _fix(model: Path | bytes) -> str:
    """What to do about a graph that cannot be loaded, where it was made here and can be made again."""
    if isinstance(model, Path) and model.is_relative_to(cache_folder()):
        return "; it is kept in the user cache, and made again after: latentmapper cache clear"
    return ""


def optimise(model: bytes, target: Path) -> None:
    """Write a graph as ONNX Runtime optimises it, so that loading it takes less time; atomic.

    Only the version of ONNX Runtime that wrote the result is sure to read it.

    Raises
    ------
    PackError : where ONNX Runtime cannot load the graph.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = _options(threads=1)
    # Beyond that, graphs are laid out for the processor at hand.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    with files.replacing(target) as temporary:
        options.optimized_model_filepath = str(temporary)
        try:
            onnxruntime.InferenceSession(model, options, providers=PROCESSOR)
        except Exception as error:
            raise PackError(f"ONNX Runtime cannot load the graph: {error}") from None


def fold(model: Path) -> "ModelProto":
    """A graph in which what constants alone make is a constant; nothing else of it changes.

    Raises
    ------
    PackError : where ONNX Runtime cannot load the graph.
    """
    import onnx
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = _options(threads=1)
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder) / "folded.onnx")
        # Products fused with the sum after them would no longer be known as products.
        try:
            onnxruntime.InferenceSession(
                str(model),
                options,
                providers=PROCESSOR,
                disabled_optimizers=["MatMulAddFusion"],
            )
        except Exception as error:
            raise PackError(f"ONNX Runtime cannot load {model.name}: {error}") from None
        return onnx.load(options.optimized_model_filepath)


def providers() -> list[str]:
    """Execution providers to use, best first; the processor is always the last."""
    import onnxruntime

    present = onnxruntime.get_available_providers()
    return [name for name in ("CUDAExecutionProvider", *PROCESSOR) if name in present]


def _options(threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Spinning threads starve everything else on a laptop's few cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # With AVX2 alone, sums of two products of int8 would overflow and be cut; slower ones do not.
    options.add_session_config_entry("session.x64quantprecision", "0" if multiplies_int8() else "1")
    return options
