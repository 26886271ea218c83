"""Training Deep Implicit Templates (Zheng et al., CVPR 2021)."""

from functools import partial
from pathlib import Path

import torch

from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Record
from latentmapper.make.training.auto_decoding import AutoDecoder, WarmStart, clamped_l1
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.dit_losses import pair_distortion, point_movement, progressive_l1
from latentmapper.make.training.dit_recipe import DITRecipe
from latentmapper.make.training.loop import train
from latentmapper.make.training.pieces import AT_ONCE, by_shape

SAVE_EVERY = 100
"""Steps between checkpoints."""


class DITTask(AutoDecoder):
    """Auto-decoding a store's shapes by warps onto one template; see `loop.Task`."""

    def __init__(
        self,
        store: JoinedStore,
        records: list[Record],
        recipe: DITRecipe,
        process: Process = ALONE,
        start: WarmStart | None = None,
    ) -> None:
        super().__init__(store, records, recipe, process, start)
        self.recipe = recipe
        if recipe.sharp_start and start is None:
            self.network.sharpen()
        self.network.use_bfloat16(recipe.bfloat16)
        # What dropout draws must not depend on which thread comes first.
        self.cores = 1 if recipe.shape.dropout else torch.get_num_threads()
        rates = [(self.network.warper, recipe.warper_rate), (self.network.template, recipe.template_rate)]
        self.optimizers = [
            torch.optim.Adam([{"params": part.parameters(), "lr": rate} for part, rate in rates]),
            torch.optim.SparseAdam(self.codes.parameters(), recipe.code_rate),
        ]

    def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        """Progressive L1 at every stage, and what keeps the warp small and smooth."""
        # Dropout must not depend on the steps that an earlier process ran.
        torch.manual_seed(self.process.seed(hash((self.recipe.seed, step))))
        part = partial(self._part, step / self.recipe.steps)
        parameters, together = list(self.network.parameters()), shapes_at_once(self.recipe)
        return by_shape(part, parameters, *self.batch(step), cores=self.cores, together=together)

    def _part(
        self, done: float, codes: torch.Tensor, points: torch.Tensor, truth: torch.Tensor
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The loss of some shapes when a share `done` of the run is over."""
        recipe = self.recipe
        folded = self.network.folded(points)
        stages = self.network.warped(self.network.prepare(codes), points)
        predicted = self.network.template(torch.stack(stages))
        code_norm = codes.norm(dim=-1).mean()
        l1 = progressive_l1(list(predicted), truth, recipe.clamp)
        point = point_movement(stages, folded, recipe.huber)
        pair = pair_distortion(stages[-1], folded, recipe.pair_margin)
        loss = l1 + code_weight(recipe, done) * code_norm
        loss = loss + point_weight(recipe, done) * point + pair_weight(recipe, done) * pair
        measured = {"l1": clamped_l1(predicted[-1], truth, recipe.clamp), "code_norm": code_norm}
        return loss, measured | {"point": point, "pair": pair}

    def train(self, folder: Path) -> None:
        """Train into `folder`, from what is there."""
        # A run takes hours on a processor: less may be lost than of a triplane.
        train(self, folder, self.recipe.steps, 1.0, save_every=SAVE_EVERY, halvings=self.recipe.halvings)


def shapes_at_once(recipe: DITRecipe) -> int:
    """Shapes whose points a core takes together."""
    return max(1, AT_ONCE // recipe.points_per_shape)


def code_weight(recipe: DITRecipe, done: float) -> float:
    """Weight of the code norm when a share `done` of the run is over."""
    return recipe.code_penalty * min(1.0, done / recipe.warmup)


def pair_weight(recipe: DITRecipe, done: float) -> float:
    """Weight of how unlike two points move."""
    return recipe.pair_weight * recipe.pairs_per_point * min(1.0, done / recipe.warmup)


def point_weight(recipe: DITRecipe, done: float) -> float:
    """Weight of the movement of points when a share `done` of the run is over."""
    return recipe.point_weight * max(1.0, recipe.early_points * (1 - done / recipe.warmup))
