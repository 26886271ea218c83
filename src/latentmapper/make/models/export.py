"""From a torch module to an ONNX graph that ONNX Runtime runs alike."""

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from latentmapper import files

OPSET = 17
BATCH = {0: "batch"}

Axes = dict[str, dict[int, str]]


def export_onnx(
    module: nn.Module,
    example: torch.Tensor,
    path: Path,
    name: str,
    outputs: list[str],
    free: dict[int, str] = BATCH,
) -> None:
    """Write `module` as ONNX, with a free batch size or other free axes.

    Parameters
    ----------
    module : in evaluation mode, one tensor in, one or several out.
    example : (1, ...) an input.
    path : written atomically.
    name, outputs : names of the input and of the outputs.
    free : axes of the input whose length is free, and their names.
    """
    axes = {name: free} | {key: {0 if free == BATCH else 1: "length"} for key in outputs}
    export_graph(module, {name: example}, path, outputs, axes)


def export_graph(
    module: nn.Module, examples: Mapping[str, torch.Tensor], path: Path, outputs: list[str], axes: Axes
) -> None:
    """Write a module of several inputs as ONNX.

    Parameters
    ----------
    module : in evaluation mode, several tensors in, one or several out.
    examples : an input by each name, in the order in which the module takes them.
    path : written atomically.
    outputs : names of the outputs.
    axes : of inputs and outputs, the axes of free length and their names.
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
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
