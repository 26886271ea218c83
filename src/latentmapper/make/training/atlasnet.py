"""Training AtlasNet (Groueix et al., CVPR 2018): surface points to points first, then pictures to points."""

from pathlib import Path

import numpy as np
import torch

from latentmapper.make.models.atlasnet import AtlasNet
from latentmapper.make.training.atlasnet_recipe import AtlasNetRecipe
from latentmapper.make.training.baseline_data import BaselineData, Shapes, Shown, mean_over
from latentmapper.make.training.chamfer import chamfer_loss
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.stages import AUTO, ENCODER, JOINT, StageTask, convolving, load_stage


def atlasnet_task(
    stage: str, data: BaselineData, run: Path, recipe: AtlasNetRecipe, process: Process = ALONE
) -> StageTask:
    """What one stage of a run trains, with the weights that the stage before it has left."""
    network = build(recipe).to(process.device)
    if stage == AUTO:
        return AutoEncoderTask(network, data, run, recipe, process)
    if stage == ENCODER:
        load_stage(run / AUTO, {"decoder": network.decoder})
    else:
        load_stage(run / ENCODER, {"pictures": network.pictures, "decoder": network.decoder})
    return EncoderTask(network, data, run, recipe, process, joint=stage == JOINT)


def build(recipe: AtlasNetRecipe) -> AtlasNet:
    """The networks before training."""
    torch.manual_seed(recipe.seed)
    return AtlasNet(recipe.shape)


class AutoEncoderTask(StageTask):
    """Surface points to a code to surface points; see `loop.Task`."""

    def __init__(
        self, network: AtlasNet, data: BaselineData, run: Path, recipe: AtlasNetRecipe, process: Process
    ) -> None:
        modules = {"solids": network.solids, "decoder": network.decoder}
        super().__init__(modules, tuple(modules), recipe.rate, run / AUTO, process)
        self.network, self.recipe = network, recipe
        self.train_set, self.held_out = data.shapes("train"), data.shapes("validation")

    def error(self, step: int) -> torch.Tensor:
        """Chamfer distance between points that enter and those that come back."""
        rng = np.random.default_rng((self.recipe.seed, 0, step))
        rows = self.train_set.draw(rng, self.recipe.batch * self.process.world)
        return self._distance(self.train_set, rows, rng, self.process.own)

    def held_out_error(self) -> float | None:
        """The same of held-out shapes."""
        held_out = self.held_out
        return mean_over(len(held_out.records), lambda rows, rng: self._distance(held_out, rows, rng))

    def _distance(
        self, shapes: Shapes, rows: np.ndarray, rng: np.random.Generator, own: slice = slice(None)
    ) -> torch.Tensor:
        recipe, network = self.recipe, self.network
        points = shapes.surface(rows, recipe.points, rng)[own].to(self.process.device)
        places = network.decoder.random_places(recipe.points, rng)
        codes = network.solids(points[:, : recipe.read], recipe.bfloat16)
        return chamfer_loss(network.decoder(codes, places, recipe.bfloat16), points)


class EncoderTask(StageTask):
    """Pictures to a code to surface points; see `loop.Task`.

    joint : whether the decoder learns as well, or stays as the auto-encoder left it.
    """

    def __init__(
        self,
        network: AtlasNet,
        data: BaselineData,
        run: Path,
        recipe: AtlasNetRecipe,
        process: Process,
        joint: bool,
    ) -> None:
        modules = {"pictures": network.pictures, "decoder": network.decoder}
        trained = tuple(modules) if joint else ("pictures",)
        rate, name = (recipe.joint_rate, JOINT) if joint else (recipe.rate, ENCODER)
        super().__init__(modules, trained, rate, run / name, process)
        self.network, self.recipe, self.joint = network, recipe, joint
        self.train_set, self.held_out = data.shown("train"), data.shown("validation")

    def error(self, step: int) -> torch.Tensor:
        """Chamfer distance between what pictures become and the surfaces of the shapes that they show."""
        rng = np.random.default_rng((self.recipe.seed, 2 if self.joint else 1, step))
        rows = self.train_set.shapes.draw(rng, self.recipe.batch * self.process.world)
        return self._distance(self.train_set, rows, rng, self.process.own)

    def held_out_error(self) -> float | None:
        """The same of held-out shapes."""
        held_out = self.held_out
        return mean_over(len(held_out.shapes.records), lambda rows, rng: self._distance(held_out, rows, rng))

    def _distance(
        self, shown: Shown, rows: np.ndarray, rng: np.random.Generator, own: slice = slice(None)
    ) -> torch.Tensor:
        recipe, network, device = self.recipe, self.network, self.process.device
        pictures = shown.draw(rows, rng, own).to(device)
        with convolving(recipe.bfloat16, device):
            codes = network.pictures(pictures).float()
        places = network.decoder.random_places(recipe.points, rng)
        made = network.decoder(codes, places, recipe.bfloat16)
        return chamfer_loss(made, shown.shapes.surface(rows, recipe.points, rng)[own].to(device))
