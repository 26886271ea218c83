"""Steps of training, one whenever it is asked for, on spheres."""

from dataclasses import replace
from pathlib import Path

from reference.dit import PlainRecipe, PlainTask

from latentmapper.make.dataset.joined import open_stores
from latentmapper.make.training.dit import DITTask
from latentmapper.make.training.dit_recipe import DIT_SMALL
from latentmapper.make.training.shape_recipe import ShapeRecipe
from latentmapper.make.training.triplane import TriplaneTask

from .stores import write_synthetic

BATCH = "shapes_per_step", "points_per_shape"


class Steps:
    """A training that goes on by a step whenever it is called, and keeps the losses."""

    def __init__(self, task: TriplaneTask | DITTask) -> None:
        self.task = task
        self.points = task.recipe.shapes_per_step * task.recipe.points_per_shape
        """Of a step."""
        self.losses: list[float] = []

    def __call__(self) -> None:
        for optimizer in self.task.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss, _ = self.task.loss(len(self.losses))
        loss.backward()
        for optimizer in self.task.optimizers:
            optimizer.step()
        self.losses.append(float(loss.detach()))


def begun(folder: Path, batch: tuple[int, int] | None) -> list[Steps]:
    """Trainings of a triplane, of `dit-small`, and of its plain formulation from the same weights and codes.

    Parameters
    ----------
    folder : takes the spheres.
    batch : shapes of a step and points of each; those of the recipes if None.
    """
    changed = dict(zip(BATCH, batch, strict=True)) if batch else {}
    triplane, dit = replace(ShapeRecipe(), **changed), replace(DIT_SMALL, **changed)
    write_synthetic(folder, max(triplane.shapes_per_step, dit.shapes_per_step), samples=5000)
    store = open_stores((folder,))
    records = store.split("train")
    ours, plain = DITTask(store, records, dit), PlainTask(store, records, PlainRecipe(**vars(dit)))
    for name, module in plain.modules.items():
        module.load_state_dict(ours.modules[name].state_dict())
    return [Steps(TriplaneTask(store, records, triplane)), Steps(ours), Steps(plain)]
