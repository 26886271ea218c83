"""Naming weights by their content, wherever they were read from."""

from collections.abc import Collection, Mapping
from typing import Any

import torch

from latentmapper.errors import PackError
from latentmapper.files import sha256_of_bytes


def require_whole(source: str, kind: str, told: Mapping[str, Any], spare: Collection[str] = ()) -> None:
    """Refuse a model of `transformers` that was begun with random weights where a checkpoint had none.

    Parameters
    ----------
    source, kind : what was read, and what it should have been: a CLIP.
    told : the loading info.
    spare : names of weights that may be missing.

    Raises
    ------
    PackError : weights are missing.
    """
    if missing := sorted(set(told["missing_keys"]) - set(spare)):
        raise PackError(f"{source} is not {kind} as published: {missing[0]} is missing")


def sha256_of_weights(model: torch.nn.Module) -> str:
    """SHA-256 over the names and numbers of a module's parameters and buffers, as they are in memory."""
    parts = []
    for name, tensor in sorted(model.state_dict().items()):
        data = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        parts.append(f"{name} {tuple(tensor.shape)} {sha256_of_bytes(data)}".encode())
    return sha256_of_bytes(*parts)
