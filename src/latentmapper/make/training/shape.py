"""Training a generative shape model as an auto-decoder (DeepSDF, arXiv:1901.05103, section 4.2).

Every training shape owns a latent code; codes and network are optimised together so that the
network gives the shape's signed distances.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.models.base import BOUND, build_network
from latentmapper.make.models.triplane import TriplaneShape
from latentmapper.make.training import checkpoint
from latentmapper.make.training.loop import train
from latentmapper.make.training.recipe import load_recipe, save_recipe
from latentmapper.make.training.start import principal_codes


@dataclass(frozen=True)
class ShapeRecipe:
    """How a shape model is trained."""

    model: str = "triplane"
    """Kind of shape model."""
    licenses: tuple[str, ...] = ()
    """Only shapes under these licenses, as the store spells them; all of them if none is given."""
    shape: TriplaneShape = field(default_factory=TriplaneShape)
    """Sizes of the model."""
    steps: int = 6000
    """Optimisation steps."""
    shapes_per_step: int = 12
    """Shapes in a batch."""
    points_per_shape: int = 4096
    """Points drawn of each."""
    network_rate: float = 2e-3
    """Adam's rate for the network."""
    code_rate: float = 5e-3
    """Adam's rate for the codes; only the batch's codes move in a step."""
    code_start: Literal["principal", "random"] = "principal"
    """Codes start at principal components of the shapes' distances, or at random (DeepSDF)."""
    final_rate: float = 0.005
    """Both rates fall along a cosine to this share of themselves."""
    clamp: float = 0.1
    """Distances beyond this count as this, network units."""
    code_penalty: float = 1e-4
    """Weight of the mean squared code norm."""
    bfloat16: bool = False
    """Run the products that make planes in bfloat16 while training: twice as fast where the processor has a
    matrix unit. Points, distances and weights stay float32, so surfaces get no terraces."""
    seed: int = 0
    """Seed of everything random."""


class ShapeTask:
    """Auto-decoding a store's shapes; see `loop.Task`."""

    def __init__(self, store: JoinedStore, records: list[Any], recipe: ShapeRecipe) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.network = build_network(recipe.model, asdict(recipe.shape))
        self.codes = nn.Embedding(len(records), self.network.code_size, sparse=True)
        self._start_codes([store.load(record).surface_points for record in records])
        self.modules = {"network": self.network, "codes": self.codes}
        self.optimizers = [
            torch.optim.Adam(self.network.parameters(), recipe.network_rate, betas=(0.9, 0.99)),
            torch.optim.SparseAdam(self.codes.parameters(), recipe.code_rate, betas=(0.9, 0.99)),
        ]
        self.state: dict[str, float] = {}
        self.points, self.distances = load_samples(store, records)

    def _start_codes(self, surfaces: list[np.ndarray]) -> None:
        size = self.network.code_size
        if self.recipe.code_start == "random":
            nn.init.normal_(self.codes.weight, std=size**-0.5)
        else:
            codes = principal_codes(surfaces, size, self.network.symmetric, self.recipe.seed)
            self.codes.weight.data = torch.from_numpy(codes)

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """L1 on clamped distances plus the code penalty."""
        recipe = self.recipe
        rows = self._rows(step)
        points, truth = draw(self.points, self.distances, rows, recipe.points_per_shape, (recipe.seed, step))
        codes = self.codes(torch.as_tensor(rows))
        predicted = self.network.distances(prepare(self.network, codes, recipe.bfloat16), points)
        l1 = clamped_l1(predicted, truth, recipe.clamp)
        penalty = codes.square().sum(-1).mean()
        return l1 + recipe.code_penalty * penalty, {
            "l1": float(l1.detach()),
            "code_norm": float(penalty.detach()) ** 0.5,
        }

    def validate(self, step: int) -> dict[str, float]:
        """Held-out shapes are fitted afterwards, by `fit`."""
        return {}

    def _rows(self, step: int) -> np.ndarray:
        """Shapes of a step: every epoch is one shuffle, the same whenever it is asked for."""
        count = len(self.points)
        size = min(self.recipe.shapes_per_step, count)
        per_epoch = max(1, count // size)
        epoch, turn = divmod(step, per_epoch)
        order = np.random.default_rng((self.recipe.seed, 1, epoch)).permutation(count)
        return order[turn * size : (turn + 1) * size]


def prepare(network: Any, codes: torch.Tensor, bfloat16: bool) -> torch.Tensor:
    """What `network.prepare` makes of codes (b, d), float32, by bfloat16 products if asked for."""
    with torch.autocast(codes.device.type, torch.bfloat16, enabled=bfloat16):
        made = network.prepare(codes)
    return made.float()


def clamped_l1(predicted: torch.Tensor, truth: torch.Tensor, clamp: float) -> torch.Tensor:
    """Mean absolute difference of signed distances, both clamped (DeepSDF, equation 4)."""
    return (predicted.clamp(-clamp, clamp) - truth.clamp(-clamp, clamp)).abs().mean()


def load_samples(store: JoinedStore, records: list[Any]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Sample points (n, 3) and distances (n,) of each record, memory-mapped, canonical frame."""
    data = [store.load(record) for record in records]
    return [shape.sample_points for shape in data], [shape.sample_distances for shape in data]


def draw(
    points: list[np.ndarray], distances: list[np.ndarray], rows: np.ndarray, count: int, seed: tuple[int, ...]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random samples of the given shapes in network units: points (b, count, 3), distances (b, count)."""
    rng = np.random.default_rng(seed)
    picks = [rng.integers(0, len(points[row]), count) for row in rows]
    drawn = np.stack([points[row][pick] for row, pick in zip(rows, picks, strict=True)])
    truth = np.stack([distances[row][pick] for row, pick in zip(rows, picks, strict=True)])
    return torch.from_numpy(drawn / BOUND), torch.from_numpy(truth / BOUND)


def train_shape(store: JoinedStore, folder: Path, recipe: ShapeRecipe) -> None:
    """Train on the store's training shapes into `folder`; resumes what is there.

    Raises
    ------
    StoreError : the store has no training shape (under the recipe's licenses).
    """
    records = [
        record for record in store.split("train") if not recipe.licenses or record.license in recipe.licenses
    ]
    if not records:
        wanted = f" under {', '.join(recipe.licenses)}" if recipe.licenses else ""
        raise StoreError(f"the store has no training shapes{wanted}")
    folder.mkdir(parents=True, exist_ok=True)
    save_recipe(recipe, folder / "recipe.json")
    files.write_json(
        folder / "shapes.json", {"store": store.header, "ids": [record.id for record in records]}
    )
    task = ShapeTask(store, records, recipe)
    train(task, folder, recipe.steps, recipe.final_rate)


@dataclass(frozen=True)
class TrainedShape:
    """A finished (or interrupted) run of a shape model."""

    network: Any
    """The shape network, frozen, in evaluation mode."""
    codes: torch.Tensor
    """(N, d) codes of the training shapes."""
    ids: list[str]
    """Their ids."""
    recipe: ShapeRecipe
    """How it was trained."""


def load_shape_run(folder: Path) -> TrainedShape:
    """Read a run of `train_shape`.

    Raises
    ------
    StoreError : there is no run in the folder.
    """
    if not (folder / checkpoint.NAME).is_file():
        raise StoreError(f"no trained shape model in {folder}; make one with: latentmapper train shape")
    recipe = load_recipe(ShapeRecipe, folder / "recipe.json")
    ids = json.loads((folder / "shapes.json").read_text())["ids"]
    network = build_network(recipe.model, asdict(recipe.shape))
    codes = nn.Embedding(len(ids), network.code_size)
    checkpoint.load(folder, {"network": network, "codes": codes}, [])
    network.eval().requires_grad_(False)
    return TrainedShape(network, codes.weight.detach(), ids, recipe)
