"""Which device a run trains on, by the name that a command gives, and what it multiplies fast."""

import logging
import platform

import torch

from latentmapper.errors import UsageError

logger = logging.getLogger(__name__)


def choose(name: str, local: int = 0, several: bool = False) -> torch.device:
    """The device called auto, cpu, cuda or cuda:N; auto is a GPU where PyTorch sees one.

    Parameters
    ----------
    local : number of this process among those of its machine, each of which takes a GPU of its own.
    several : whether there are others.

    Raises
    ------
    UsageError : no such device here, or one GPU named for several processes.
    """
    kind, _, number = name.partition(":")
    if name not in ("auto", "cpu", "cuda") and not (kind == "cuda" and number.isdecimal()):
        raise UsageError(f"--device {name}: choose auto, cpu, cuda or cuda:N")
    if several and number:
        raise UsageError(f"--device {name}: each process takes a GPU of its own; say --device cuda")
    there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "cpu" or (name == "auto" and not there):
        return torch.device("cpu")
    index = int(number or local)
    if not there:
        raise UsageError(f"--device {name}: PyTorch sees no GPU; install its build for yours, or say cpu")
    if index >= there:
        raise UsageError(f"--device {name}: PyTorch sees {there} GPUs, numbered from 0")
    return torch.device("cuda", index)


def warn_of_bfloat16(device: torch.device, option: str) -> None:
    """Log that an option makes the device slower, where its products of bfloat16 are."""
    if not _knows_bfloat16(device):
        logger.warning(
            "%s: this processor has no instructions for bfloat16 and takes many times as long with it", option
        )


def _knows_bfloat16(device: torch.device) -> bool:
    """Whether the device has products of bfloat16; true where PyTorch does not tell.

    x86 processors without AVX-512 have none. PyTorch multiplies all the same, far slower.
    """
    if device.type != "cpu" or platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    told = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return told is None or bool(told())
