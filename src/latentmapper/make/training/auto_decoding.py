"""What auto-decoders share (DeepSDF, arXiv:1901.05103, section 4.2), whatever their network and losses.

Every training shape owns a latent code; codes and network are optimised together so that the
network gives the shape's signed distances.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

import numpy as np
import torch
from torch import nn

from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Record, ShapeData
from latentmapper.make.models.base import BOUND, build_network
from latentmapper.make.training.distributed import Process
from latentmapper.make.training.sharded import share_out
from latentmapper.make.training.start import codes_beside, principal_codes

Samples = tuple[np.ndarray, np.ndarray]
"""Points (n, 3) float32 of a shape, canonical frame, and the signed distances (n,) float32 there."""


class AutoDecoderRecipe(Protocol):
    """What the recipe of any shape model says."""

    @property
    def kind(self) -> str:
        """Kind of network, as `register_network` knows it."""
        ...

    @property
    def shape(self) -> Any:
        """Dataclass of the network's sizes."""
        ...

    @property
    def licenses(self) -> tuple[str, ...]:
        """Licenses of the shapes trained on; all if empty."""
        ...

    @property
    def steps(self) -> int:
        """Optimisation steps."""
        ...

    @property
    def shapes_per_step(self) -> int:
        """Shapes in a batch."""
        ...

    @property
    def points_per_shape(self) -> int:
        """Points drawn of each."""
        ...

    @property
    def clamp(self) -> float:
        """Distances beyond this count as this, network units."""
        ...

    @property
    def code_start(self) -> Literal["principal", "random"]:
        """Where codes start."""
        ...

    @property
    def code_bound(self) -> float | None:
        """Longer codes are shortened to this norm when they are looked up; None leaves them."""
        ...

    @property
    def seed(self) -> int:
        """Seed of everything random."""
        ...


@dataclass(frozen=True)
class WarmStart:
    """What another run has learned already."""

    weights: Mapping[str, torch.Tensor]
    """The network's."""
    codes: Mapping[str, np.ndarray]
    """Shape id -> code (d,)."""


class AutoDecoder:
    """Network, codes and samples of a store's shapes; subclasses give optimisers and loss (`loop.Task`)."""

    def __init__(
        self,
        store: JoinedStore,
        records: list[Record],
        recipe: AutoDecoderRecipe,
        process: Process,
        start: WarmStart | None = None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self._recipe, self.process = recipe, process
        self.network = build_network(recipe.kind, asdict(recipe.shape)).to(process.device)
        codes = embedding(len(records), self.network.code_size, recipe)
        surfaces = store.each(records, lambda shape: shape.surface_points)
        if start is None:
            self._start_codes(codes, surfaces)
        else:
            self._go_on(start, codes, surfaces, [record.id for record in records])
        self.codes = share_out(codes, process)
        self.modules = {"network": self.network, "codes": self.codes}
        self.state: dict[str, float] = {}
        self.samples = stored_samples(store, records)

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Codes (b, d), points (b, n, 3) and distances (b, n) of a step, network units."""
        rows, device = self._rows(step), self.process.device
        seed, count = (self._recipe.seed, step), self._recipe.points_per_shape
        points, truth = draw(self.samples, rows, count, seed, self.process.own)
        return self.codes(torch.as_tensor(rows, device=device)), points.to(device), truth.to(device)

    def validate(self, step: int) -> dict[str, float]:
        """Held-out shapes are fitted afterwards, by `fit`."""
        return {}

    def _start_codes(self, codes: nn.Embedding, surfaces: Sequence[np.ndarray]) -> None:
        size = self.network.code_size
        if self._recipe.code_start == "random":
            nn.init.normal_(codes.weight, std=size**-0.5)
        elif self.process.is_main:
            found = principal_codes(surfaces, size, self.network.symmetric, self._recipe.seed)
            codes.weight.data = torch.from_numpy(found)
        self.process.share(codes.weight.data)

    def _go_on(
        self, start: WarmStart, codes: nn.Embedding, surfaces: Sequence[np.ndarray], ids: list[str]
    ) -> None:
        self.network.load_state_dict(start.weights)
        if self.process.is_main:
            rows = [row for row, name in enumerate(ids) if name in start.codes]
            known = np.stack([start.codes[ids[row]] for row in rows])
            codes.weight.data = torch.from_numpy(codes_beside(surfaces, rows, known, self.network.symmetric))
        self.process.share(codes.weight.data)

    def _rows(self, step: int) -> np.ndarray:
        """Shapes of a step of all processes: every epoch is one shuffle, the same whenever asked for."""
        count = len(self.samples)
        size = min(self._recipe.shapes_per_step * self.process.world, count)
        per_epoch = max(1, count // size)
        epoch, turn = divmod(step, per_epoch)
        order = np.random.default_rng((self._recipe.seed, 1, epoch)).permutation(count)
        return self.process.even(order[turn * size : (turn + 1) * size])


def embedding(count: int, size: int, recipe: AutoDecoderRecipe) -> nn.Embedding:
    """Codes (count, size), within the recipe's bound wherever they are looked up."""
    return nn.Embedding(count, size, max_norm=recipe.code_bound, sparse=True)


def prepare(network: Any, codes: torch.Tensor, bfloat16: bool) -> torch.Tensor:
    """What `network.prepare` makes of codes (b, d), float32, by bfloat16 products if asked for."""
    with torch.autocast(codes.device.type, torch.bfloat16, enabled=bfloat16):
        made = network.prepare(codes)
    return made.float()


def clamped_l1(predicted: torch.Tensor, truth: torch.Tensor, clamp: float) -> torch.Tensor:
    """Mean absolute difference of signed distances, both clamped (DeepSDF, equation 4)."""
    return (predicted.clamp(-clamp, clamp) - truth.clamp(-clamp, clamp)).abs().mean()


def stored_samples(store: JoinedStore, records: Sequence[Record]) -> Sequence[Samples]:
    """The samples of each record, read from the store whenever they are asked for."""
    return store.each(records, samples_of)


def samples_of(shape: ShapeData) -> Samples:
    """The samples of one shape."""
    return shape.sample_points, shape.sample_distances


def draw(
    samples: Sequence[Samples],
    rows: np.ndarray,
    count: int,
    seed: tuple[int, ...],
    own: slice = slice(None),
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random samples of the given shapes in network units: points (b, count, 3), distances (b, count).

    own : those of the rows that are wanted; they get the samples that they have among all of them.
    """
    rng = np.random.default_rng(seed)
    wanted = range(len(rows))[own]
    points = np.empty((len(wanted), count, 3), np.float32)
    truth = np.empty((len(wanted), count), np.float32)
    for slot, row in enumerate(rows):
        where, distances = samples[row]
        pick = rng.integers(0, len(where), count)
        if slot in wanted:
            i = wanted.index(slot)
            points[i], truth[i] = where.take(pick, 0), distances.take(pick)
    return torch.from_numpy(points / BOUND), torch.from_numpy(truth / BOUND)
