"""Which device a run trains on, by the name that a command gives."""

import torch

from latentmapper.errors import UsageError


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
