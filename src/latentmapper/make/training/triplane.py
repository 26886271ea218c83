"""Training the triplane auto-decoder."""

from pathlib import Path

import torch

from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Record
from latentmapper.make.training.auto_decoding import AutoDecoder, WarmStart, clamped_l1, prepare
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.loop import train
from latentmapper.make.training.shape_recipe import ShapeRecipe


class TriplaneTask(AutoDecoder):
    """Auto-decoding a store's shapes by a triplane; see `loop.Task`."""

    def __init__(
        self,
        store: JoinedStore,
        records: list[Record],
        recipe: ShapeRecipe,
        process: Process = ALONE,
        start: WarmStart | None = None,
    ) -> None:
        super().__init__(store, records, recipe, process, start)
        self.recipe = recipe
        self.optimizers = [
            torch.optim.Adam(self.network.parameters(), recipe.network_rate, betas=(0.9, 0.99)),
            torch.optim.SparseAdam(self.codes.parameters(), recipe.code_rate, betas=(0.9, 0.99)),
        ]

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """L1 on clamped distances plus the code penalty."""
        recipe = self.recipe
        codes, points, truth = self.batch(step)
        predicted = self.network.distances(prepare(self.network, codes, recipe.bfloat16), points)
        l1 = clamped_l1(predicted, truth, recipe.clamp)
        penalty = codes.square().sum(-1).mean()
        return l1 + recipe.code_penalty * penalty, {
            "l1": float(l1.detach()),
            "code_norm": float(penalty.detach()) ** 0.5,
        }

    def train(self, folder: Path) -> None:
        """Train into `folder`, from what is there."""
        train(self, folder, self.recipe.steps, self.recipe.final_rate)
