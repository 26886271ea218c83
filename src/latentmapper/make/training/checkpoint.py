"""Checkpoints as safetensors and JSON: weights, optimiser state and step, never pickled.

They know nothing of devices and processes: a run begun on one goes on on any number of others.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as as_bytes

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.sharded import ShardedEmbedding

NAME = "checkpoint.safetensors"

Modules = Mapping[str, torch.nn.Module]


def save(
    folder: Path,
    step: int,
    modules: Modules,
    optimizers: list[Any],
    process: Process = ALONE,
    **extra: Any,
) -> None:
    """Write one file, atomically: either the old checkpoint or the new one is there, never half of it.

    process : all processes that hold a part of what is saved have to come here; the main one writes.
    """
    tensors: dict[str, torch.Tensor] = {}
    for name, module in modules.items():
        tensors |= {f"module.{name}.{key}": value.contiguous() for key, value in module.state_dict().items()}
    for i, optimizer in enumerate(optimizers):
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {
                f"optimizer.{i}.{index}.{key}": torch.as_tensor(v).contiguous() for key, v in state.items()
            }
    for prefix, table in _tables(modules, optimizers).items():
        rows = {key: value for key, value in tensors.items() if key.startswith(prefix) and value.ndim}
        tensors |= {key: table.whole(value) for key, value in rows.items()}
    if process.is_main:
        metadata = {"step": str(step), "extra": json.dumps(extra)}
        files.write_bytes(folder / NAME, as_bytes(tensors, metadata))
    process.wait()


def load(folder: Path, modules: Modules, optimizers: list[Any]) -> tuple[int, dict[str, Any]]:
    """Restore modules and optimisers in place; return the step to go on from and the extra values.

    Returns (0, {}) where there is no checkpoint yet.

    Raises
    ------
    StoreError : the checkpoint does not fit the modules (another recipe, another store), or is damaged.
    """
    path = folder / NAME
    if not path.is_file():
        return 0, {}
    tables = _tables(modules, optimizers)
    with _opened(path) as file:
        metadata = file.metadata()
        tensors = {key: _read(file, key, tables) for key in file.keys()}  # noqa: SIM118 (not a dict)
    try:
        for name, module in modules.items():
            module.load_state_dict(_below(tensors, f"module.{name}."))
    except RuntimeError as error:
        raise StoreError(f"{path} was made by another recipe or store: {error}".splitlines()[0]) from None
    for i, optimizer in enumerate(optimizers):
        optimizer.load_state_dict(
            {
                "state": _states(_below(tensors, f"optimizer.{i}.")),
                "param_groups": optimizer.state_dict()["param_groups"],
            }
        )
    return int(metadata["step"]), json.loads(metadata["extra"])


def step_of(folder: Path) -> int:
    """The step that a folder's checkpoint was saved after; 0 where there is none. Raises as `load`."""
    return int(_metadata(folder).get("step", 0))


def extra_of(folder: Path) -> dict[str, Any]:
    """The extra values that `load` would return; {} where there is no checkpoint. Raises as `load`."""
    return json.loads(_metadata(folder).get("extra", "{}"))


def _metadata(folder: Path) -> dict[str, str]:
    if not (folder / NAME).is_file():
        return {}
    with _opened(folder / NAME) as file:
        return file.metadata()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with safe_open(path, "pt") as file:
            yield file
    except SafetensorError as error:
        raise StoreError(f"{path} is damaged ({error}); remove it to begin anew") from None


def _tables(modules: Modules, optimizers: list[Any]) -> dict[str, ShardedEmbedding]:
    """Tables that are shared out over processes, by how the names of what has their rows begin."""
    tables = {
        f"module.{name}.": module for name, module in modules.items() if isinstance(module, ShardedEmbedding)
    }
    for i, optimizer in enumerate(optimizers):
        learned = optimizer.param_groups[0]["params"]
        tables |= {f"optimizer.{i}.": table for table in [*tables.values()] if learned[0] is table.weight}
    return tables


def _read(file: Any, key: str, tables: Mapping[str, ShardedEmbedding]) -> torch.Tensor:
    """A tensor, or those of its rows that this process holds."""
    part = file.get_slice(key)
    table = next((table for prefix, table in tables.items() if key.startswith(prefix)), None)
    if table is None or not part.get_shape():
        return file.get_tensor(key)
    # The rows of another store's table would fit by chance: none are read.
    return part[table.own if part.get_shape()[0] == table.count else slice(0)]


def _below(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}


def _states(flat: dict[str, torch.Tensor]) -> dict[int, dict[str, Any]]:
    states: dict[int, dict[str, Any]] = {}
    for key, value in flat.items():
        index, name = key.split(".")
        states.setdefault(int(index), {})[name] = value
    # SparseAdam counts its steps in a plain int.
    return {
        i: {
            k: int(v) if k == "step" and v.ndim == 0 and not v.is_floating_point() else v
            for k, v in s.items()
        }
        for i, s in states.items()
    }
