"""Naming weights by their content, wherever they were read from."""

import torch

from latentmapper.files import sha256_of_bytes


def sha256_of_weights(model: torch.nn.Module) -> str:
    """SHA-256 over the names and numbers of a module's parameters and buffers, as they are in memory."""
    parts = []
    for name, tensor in sorted(model.state_dict().items()):
        data = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        parts.append(f"{name} {tuple(tensor.shape)} {sha256_of_bytes(data)}".encode())
    return sha256_of_bytes(*parts)
