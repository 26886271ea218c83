"""Training IM-NET (Chen and Zhang, CVPR 2019): voxels to occupancies first, then pictures to codes."""

from pathlib import Path

import numpy as np
import torch

from latentmapper.make.dataset.kept_voxels import Solids
from latentmapper.make.dataset.store import Record
from latentmapper.make.dataset.voxels import at_the_surface, coarser
from latentmapper.make.models.imnet import ImNet
from latentmapper.make.training.baseline_data import BaselineData, Shapes, Shown, mean_over
from latentmapper.make.training.codes import load_codes, save_codes
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.imnet_recipe import ImNetRecipe
from latentmapper.make.training.pieces import by_shape
from latentmapper.make.training.stages import AUTO, ENCODER, StageTask, convolving, load_stage

CODES = "codes.safetensors"
"""File in the first stage's folder: the codes that the second one learns to give."""


def imnet_task(
    stage: str, data: BaselineData, run: Path, recipe: ImNetRecipe, process: Process = ALONE
) -> StageTask:
    """What one stage of a run trains, with the weights that the stage before it has left."""
    network = build(recipe).to(process.device)
    if stage == AUTO:
        return AutoEncoderTask(network, data, run, recipe, process)
    load_stage(run / AUTO, {"solids": network.solids, "decoder": network.decoder})
    return EncoderTask(network, data, run, recipe, process)


def build(recipe: ImNetRecipe) -> ImNet:
    """The networks before training."""
    torch.manual_seed(recipe.seed)
    return ImNet(recipe.shape)


class AutoEncoderTask(StageTask):
    """Voxels to a code to occupancies, ever finer; see `loop.Task`."""

    def __init__(
        self, network: ImNet, data: BaselineData, run: Path, recipe: ImNetRecipe, process: Process
    ) -> None:
        modules = {"solids": network.solids, "decoder": network.decoder}
        super().__init__(modules, tuple(modules), recipe.rate, run / AUTO, process, (recipe.momentum, 0.999))
        self.network, self.recipe = network, recipe
        self.train_set, self.held_out = data.shapes("train"), data.shapes("validation")
        self.solids = data.solids([*self.train_set.records, *self.held_out.records])

    def error(self, step: int) -> torch.Tensor:
        """Mean squared error of occupancies."""
        rng = np.random.default_rng((self.recipe.seed, 0, step))
        rows = self.train_set.draw(rng, self.recipe.batch * self.process.world)
        resolution = resolution_at(step, self.recipe)
        return self._difference(self.train_set, rows, rng, resolution, self.process.own)

    def held_out_error(self) -> float | None:
        """The same of held-out shapes, at the finest resolution."""
        held_out, finest = self.held_out, self.recipe.resolutions[-1]
        return mean_over(
            len(held_out.records), lambda rows, rng: self._difference(held_out, rows, rng, finest)
        )

    def _difference(
        self,
        shapes: Shapes,
        rows: np.ndarray,
        rng: np.random.Generator,
        resolution: int,
        own: slice = slice(None),
    ) -> torch.Tensor:
        solids = [self.solids[shapes.records[row]] for row in rows]
        drawn = [draw_occupancies(solid, resolution, self.recipe.points, rng) for solid in solids]
        parts = (torch.from_numpy(np.stack(part)) for part in zip(*drawn[own], strict=True))
        points, truth = (part.to(self.process.device) for part in parts)
        codes = encode_solids(self.network, solids[own], self.recipe.bfloat16)
        if not torch.is_grad_enabled():
            return self._missed(codes, points, truth)[0]
        parameters, cores = list(self.network.decoder.parameters()), torch.get_num_threads()
        return by_shape(self._missed, parameters, codes, points, truth, cores=cores)[0]

    def _missed(
        self, codes: torch.Tensor, points: torch.Tensor, truth: torch.Tensor
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The mean squared error of some shapes' occupancies, and nothing else to log."""
        return (self.network.decoder(points, codes, self.recipe.bfloat16) - truth).square().mean(), {}


class EncoderTask(StageTask):
    """Grey pictures to the codes of the shapes that they show; see `loop.Task`."""

    def __init__(
        self, network: ImNet, data: BaselineData, run: Path, recipe: ImNetRecipe, process: Process
    ) -> None:
        modules = {"pictures": network.pictures, "decoder": network.decoder}
        super().__init__(
            modules, ("pictures",), recipe.rate, run / ENCODER, process, (recipe.momentum, 0.999)
        )
        self.network, self.recipe = network, recipe
        self.train_set, self.held_out = data.shown("train"), data.shown("validation")
        self.codes = codes_of(
            network, data, [*self.train_set.shapes.records, *self.held_out.shapes.records], run / AUTO / CODES
        )

    def error(self, step: int) -> torch.Tensor:
        """Mean squared error of codes."""
        rng = np.random.default_rng((self.recipe.seed, 1, step))
        rows = self.train_set.shapes.draw(rng, self.recipe.pictures * self.process.world)
        return self._difference(self.train_set, rows, rng, self.process.own)

    def held_out_error(self) -> float | None:
        """The same of held-out shapes."""
        held_out = self.held_out
        return mean_over(
            len(held_out.shapes.records), lambda rows, rng: self._difference(held_out, rows, rng)
        )

    def _difference(
        self, shown: Shown, rows: np.ndarray, rng: np.random.Generator, own: slice = slice(None)
    ) -> torch.Tensor:
        pictures = shown.draw(rows, rng, own).to(self.process.device)
        truth = np.stack([self.codes[shown.shapes.records[row].id] for row in rows[own]])
        with convolving(self.recipe.bfloat16, pictures.device):
            codes = self.network.pictures(pictures)
        return (codes - torch.from_numpy(truth).to(codes.device)).square().mean()


def resolution_at(step: int, recipe: ImNetRecipe) -> int:
    """Voxels along an axis that the occupancies of a step are taken from."""
    return recipe.resolutions[step * len(recipe.resolutions) // recipe.auto_steps]


def draw_occupancies(
    solid: np.ndarray, resolution: int, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Centres (count, 3) float32 of voxels, canonical frame, and whether each is inside (count,) float32.

    Half of them have a voxel of the other kind beside them, so that the surface is looked at closely; the
    others are any.

    solid : (n, n, n) bool over the cube -1..1, n a multiple of the resolution.
    """
    inside = coarser(solid, resolution)
    near = np.flatnonzero(at_the_surface(inside))
    cells = rng.integers(0, inside.size, count)
    if len(near):
        cells[: count // 2] = rng.choice(near, count // 2)
    centres = (2 * np.stack(np.unravel_index(cells, inside.shape), -1) + 1) / resolution - 1
    return centres.astype(np.float32), inside.ravel()[cells].astype(np.float32)


def encode_solids(network: ImNet, solids: list[np.ndarray], bfloat16: bool) -> torch.Tensor:
    """The codes (b, code_size) of voxels (n, n, n) bool."""
    device = next(network.solids.parameters()).device
    voxels = torch.from_numpy(np.stack(solids)).to(device).float()
    with convolving(bfloat16, device):
        return network.solids(voxels)


def codes_of(network: ImNet, data: BaselineData, records: list[Record], path: Path) -> dict[str, np.ndarray]:
    """The codes (code_size,) of shapes by id: those on file, or all made anew where one is missing."""
    known = load_codes(path) if path.is_file() else {}
    if not all(record.id in known for record in records):
        solids: Solids = data.solids(records)
        with torch.no_grad():
            network.eval()
            made = [encode_solids(network, [solids[record]], False)[0].cpu().numpy() for record in records]
        save_codes(path, [record.id for record in records], np.stack(made))
    return load_codes(path)
