"""From a torch module to an ONNX graph that ONNX Runtime runs alike."""

import logging
import warnings
from pathlib import Path

import torch
from torch import nn

from latentmapper import files

OPSET = 17


BATCH = {0: "batch"}


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
