"""From a torch module to an ONNX graph that ONNX Runtime runs alike."""

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from latentmapper import files

OPSET = 17


def export_onnx(module: nn.Module, example: torch.Tensor, path: Path, name: str, outputs: list[str]) -> None:
    """Write `module` as ONNX, with a free batch size.

    Parameters
    ----------
    module : in evaluation mode, one tensor in, one or several out.
    example : (1, ...) an input.
    path : written atomically.
    name, outputs : names of the input and of the outputs.
    """
    export_graph(module, {name: example}, path, outputs, [name, *outputs])


def export_graph(
    module: nn.Module, examples: Mapping[str, torch.Tensor], path: Path, outputs: list[str], free: list[str]
) -> None:
    """Write a module of several inputs as ONNX.

    Parameters
    ----------
    module : in evaluation mode, several tensors in, one or several out.
    examples : an input by each name, in the order in which the module takes them.
    path : written atomically.
    outputs : names of the outputs.
    free : the inputs and outputs whose first axis may have any length.
    """
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with files.replacing(path) as temporary, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(examples.values()),
            str(temporary),
            input_names=list(examples),
            output_names=outputs,
            dynamic_axes={key: {0: "batch"} for key in free},
            opset_version=OPSET,
            dynamo=False,
        )
