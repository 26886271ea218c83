"""A trained shape model and mapper to the graphs of a pack, each compared with its module."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from latentmapper.errors import PackError
from latentmapper.make.dataset.decoded_views import SentBase
from latentmapper.make.descriptors import AGREEMENT
from latentmapper.make.models.base import BOUND
from latentmapper.make.models.export import export_onnx
from latentmapper.make.models.half import (
    large_matrices,
    plain_weights,
    round_to_int8,
    round_weights,
    store_small,
)
from latentmapper.make.models.mapper import Mapper
from latentmapper.make.training.shape_run import TrainedShape
from latentmapper.runtime import DEFAULT_THREADS, Session
from latentmapper.shapes.base import BaseModel, load_base

CHECKED = 512
"""Points at which distances are compared."""


def export_base(model: TrainedShape, output: Path, level: float, int8: bool) -> dict[str, Any]:
    """Write the graphs of a shape model into a pack; return its entry of `pack.json`.

    Parameters
    ----------
    level : subtracted from every distance, canonical frame.
    int8 : store large matrices as int8.

    Raises
    ------
    PackError : the graphs give other distances than their module.
    """
    plain_weights(model.network)
    round_weights(model.network)
    if int8:
        round_to_int8(large_matrices(model.network))
    entry = model.network.export(output, level / BOUND)
    for name in model.network.graphs:
        store_small(output / name)
    points = torch.rand(CHECKED, 3, generator=torch.Generator().manual_seed(0)) * 2 - 1
    base = load_base(output, entry)
    for code in model.codes[:3]:
        prepared = model.network.prepare(code[None])
        truth = model.network.distances(prepared, points[None])[0] * BOUND - level
        check_agreement(base.field(code.numpy()).evaluate(points.numpy() * BOUND), truth, "the shape model")
    return entry


@contextmanager
def in_use(model: TrainedShape, level: float = 0.0, threads: int = DEFAULT_THREADS) -> Iterator[BaseModel]:
    """The network of a shape model as a pack runs it, without torch; its weights stay exact.

    Parameters
    ----------
    level : subtracted from every distance, canonical frame.
    """
    with TemporaryDirectory() as folder:
        entry = model.network.export(Path(folder), level / BOUND)
        yield load_base(Path(folder), entry, threads)


def to_send(model: TrainedShape, level: float = 0.0) -> SentBase:
    """The network of a shape model as a pack runs it, to be sent to workers; `level` as for `in_use`."""
    with TemporaryDirectory() as folder:
        entry = model.network.export(Path(folder), level / BOUND)
        return SentBase.read(Path(folder), entry)


def export_mapper(
    mapper: Mapper, view: torch.nn.Linear | None, output: Path, weighs: bool, int8: bool
) -> None:
    """Write the graph of a mapper into a pack.

    Parameters
    ----------
    view : tells from where a picture was taken, of the mapper's hidden features; None leaves it out.
    weighs : whether it also gives weights over the known shapes; a projection weighs them anew. What mixes
        known shapes and no more gives their weights alone: a pack holds the codes once.
    int8 : store large matrices as int8.

    Raises
    ------
    PackError : the graph gives other codes than its module.
    """
    round_weights(mapper)
    if int8:
        round_to_int8(mapper.matrices())
    if view is not None:
        round_weights(view)
    example = torch.randn(3, mapper.tokens * mapper.channels)
    mixes = mapper.shape.head == "bank"
    names = ["weights"] if mixes else ["code", "weights"] if weighs else ["code"]
    exported = _Outputs(mapper, slice(1, 2) if mixes else slice(len(names)), view)
    names += ["view"] * (view is not None)
    with torch.no_grad():
        truth = exported(example)
    export_onnx(exported, example[:1], output / "mapper.onnx", "descriptor", names)
    store_small(output / "mapper.onnx")
    made = Session(output / "mapper.onnx").run(names, descriptor=example.numpy())
    for found, wanted in zip(made, truth, strict=True):
        check_agreement(found, wanted, "the mapper")


class _Outputs(torch.nn.Module):
    """Some of a mapper's outputs, and the view if it is told."""

    def __init__(self, mapper: Mapper, given: slice, view: torch.nn.Linear | None) -> None:
        super().__init__()
        self.mapper, self.given, self.view = mapper, given, view

    def forward(self, descriptor: torch.Tensor) -> tuple[torch.Tensor, ...]:
        hidden = self.mapper.hidden(self.mapper.encode(descriptor))
        told = self.mapper.answer(hidden)[self.given]
        return told if self.view is None else (*told, self.view(hidden))


def check_agreement(found: np.ndarray, truth: torch.Tensor, what: str) -> None:
    """Raise `PackError` where a graph gives something else than its module; `what` names it."""
    worst = float(np.abs(found - truth.numpy()).max())
    if not worst <= AGREEMENT:
        raise PackError(
            f"{what} differs between ONNX Runtime and PyTorch by {worst:.2g} (at most {AGREEMENT:g})"
        )
