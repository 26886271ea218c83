"""Training a translator of photos, and writing the half of it that is used.

3D-LatentMapper (sections 3.3 and 4.3) trains CycleGAN by its authors' recipe, for 500 epochs in batches of 8.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from latentmapper import files
from latentmapper.errors import PackError
from latentmapper.make.dataset.unpaired import Unpaired, keep_unpaired
from latentmapper.make.dataset.views import Views
from latentmapper.make.descriptors import AGREEMENT
from latentmapper.make.models.export import export_onnx
from latentmapper.make.training.cyclegan import CycleGanTask, middle, tensor
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.loop import train
from latentmapper.make.training.recipe import check_begun, save_recipe
from latentmapper.make.training.translator_recipe import TranslatorRecipe
from latentmapper.photo.translation import FORMAT, GRAPH, MEAN, PICTURES, STD, TRANSLATED, header_of
from latentmapper.runtime import Session

LARGER = 286 / 256
"""Side of a kept picture, in sides of what is cut out of it at random, as published."""


def train_translator(
    photos: Path, views: Sequence[Views], folder: Path, recipe: TranslatorRecipe, process: Process = ALONE
) -> Unpaired:
    """Train, or go on, and write `translator.onnx` with what describes it into `folder`.

    Raises
    ------
    StoreError : the folder holds a run on other pictures, or there are none.
    RecipeError : the folder holds a run that was begun with another recipe.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "recipe.json"
    check_begun(recipe, kept)
    with process.main_first():
        pictures = keep_unpaired(photos, views, folder, round(LARGER * recipe.shape.side))
        if process.is_main:
            save_recipe(recipe, kept)
    task = CycleGanTask(pictures, recipe, folder, process)
    epoch = recipe.steps_per_epoch(len(pictures.photos), process.world)
    steps = recipe.steps or recipe.epochs * epoch
    passes = 0 if recipe.steps else epoch
    every = recipe.save_every
    train(task, folder, steps, 1.0, save_every=every, check_every=epoch, falling=recipe.falling, epoch=passes)
    if process.is_main:
        export_translator(task.to_synthetic, folder / GRAPH, recipe, pictures)
    return pictures


def export_translator(
    network: torch.nn.Module, path: Path, recipe: TranslatorRecipe, pictures: Unpaired
) -> None:
    """Write the generator of renders as ONNX, and what describes it beside it.

    Raises
    ------
    PackError : ONNX Runtime gives other pictures than the module.
    """
    side = recipe.shape.side
    network.cpu().eval()
    export_onnx(network, torch.zeros(1, 3, side, side), path, PICTURES, [TRANSLATED])
    shown = tensor(middle(pictures.photos[:1], side))
    with torch.no_grad():
        truth = network(shown).numpy()
    worst = float(np.abs(Session(path).run([TRANSLATED], **{PICTURES: shown.numpy()})[0] - truth).max())
    if not worst <= AGREEMENT:
        raise PackError(f"the translator differs between ONNX Runtime and PyTorch by {worst:.2g}")
    learned = {"photos": len(pictures.photos), "renders": len(pictures.renders), "sha256": pictures.sha256}
    pixels = {"side": side, "mean": MEAN, "std": STD}
    header = {"format": FORMAT, "sha256": files.sha256_of_file(path), **pixels, "trained_on": learned}
    files.write_json(header_of(path), header)
