"""From a torch module to an ONNX graph that ONNX Runtime runs alike."""

import logging
import warnings
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
    axes = {key: {0: "batch"} for key in [name, *outputs]}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with files.replacing(path) as temporary, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (example,),
            str(temporary),
            input_names=[name],
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
