"""A device that computes and cannot be mixed with the processor, for machines that have no other one.

A tensor of it holds one of the processor's and says that it is on the device "meta". What is asked of tensors
of both raises, as CUDA would raise; as there, single numbers and indices may come from the processor.
"""

from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_flatten, tree_map

DEVICE = torch.device("meta")
aten = torch.ops.aten
BETWEEN = {aten.copy_, aten._to_copy}
INDEXED = {aten.index, aten.index_put, aten.index_put_, aten._index_put_impl_}


class Elsewhere(torch.Tensor):
    """A tensor of that device."""

    held: torch.Tensor

    @staticmethod
    def __new__(cls, held: torch.Tensor) -> "Elsewhere":
        made = torch.Tensor._make_wrapper_subclass(  # pyright: ignore[reportAttributeAccessIssue]
            cls,
            held.shape,
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            device=DEVICE,
        )
        made.held = held
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _computed(func, args, kwargs or {})


class OtherDevice(TorchDispatchMode):
    """While it is entered, tensors can be made on that device."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _computed(func, args, kwargs or {})


class Indices(TorchFunctionMode):
    """Lists as indices stay on the processor: PyTorch takes them for empty on the device that it knows."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.Tensor.__getitem__ and isinstance(args[1], list | np.ndarray):
            args = args[0], torch.as_tensor(args[1])
        return func(*args, **kwargs or {})


def _computed(func: Any, args: Any, kwargs: Any) -> Any:
    """What an operator gives on the processor, on the device that it belongs to."""
    flat = [each for each in tree_flatten((args, kwargs))[0] if isinstance(each, torch.Tensor)]
    there = any(isinstance(each, Elsewhere) for each in flat)
    if func.overloadpacket not in BETWEEN:
        _check(func, args, flat, there)
    if (device := kwargs.get("device")) is not None:
        there, kwargs = torch.device(device) == DEVICE, kwargs | {"device": "cpu"}
    elif func.overloadpacket is aten.copy_:
        there = isinstance(args[0], Elsewhere)
    given = tree_map(lambda each: each.held if isinstance(each, Elsewhere) else each, (args, kwargs))
    made = func(*given[0], **given[1])
    if not there or made is None:
        return made
    wrapped = tree_map(lambda each: Elsewhere(each) if isinstance(each, torch.Tensor) else each, made)
    return return_and_correct_aliasing(func, args, kwargs, wrapped)


def _check(func: Any, args: Any, flat: list[torch.Tensor], there: bool) -> None:
    """Raise `RuntimeError` where tensors are on both devices."""
    if func.overloadpacket in INDEXED and isinstance(args[0], Elsewhere):
        flat = [each for each in flat if not any(each is index for index in args[1])]
    if there and any(each.ndim and not isinstance(each, Elsewhere) for each in flat):
        raise RuntimeError(f"{func}: tensors on the processor and on another device")
