"""Training the baselines that evaluations set packs against: AtlasNet and IM-NET."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latentmapper import files
from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.views import MANIFEST, Views
from latentmapper.make.training import checkpoint
from latentmapper.make.training.atlasnet import atlasnet_task
from latentmapper.make.training.baseline_data import BaselineData
from latentmapper.make.training.baseline_run import (
    DETAILS,
    RECIPE,
    BaselineRecipe,
    details_of,
    is_finished,
    load_baseline_recipe,
)
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.imnet import imnet_task
from latentmapper.make.training.imnet_recipe import ImNetRecipe
from latentmapper.make.training.loop import train
from latentmapper.make.training.recipe import check_begun, require_as_many, save_recipe
from latentmapper.make.training.stages import AUTO, StageTask

VOXELS = "voxels"
"""Folder of a run that keeps shapes as voxels."""
MAY_CHANGE = ("auto_steps", "encoder_steps", "joint_steps", "batch", "pictures")
"""Fields of a recipe that a run need not go on with: see `check_begun`."""


def train_baseline(
    store: JoinedStore,
    views: Sequence[Views],
    run: Path,
    recipe: BaselineRecipe,
    name: str = "",
    start: Path | None = None,
    workers: int = 1,
    process: Process = ALONE,
) -> None:
    """Train all stages of a baseline into the folder `run`; resumes what is there.

    Parameters
    ----------
    name : what rows of results call it; by default as the recipe.
    start : another run whose auto-encoder is taken over: it has learned nothing from pictures.
    workers : processes that make voxels, for what learns from them.

    Raises
    ------
    StoreError : no training shape, no picture of one, `start` has no finished auto-encoder or one of other
        shapes, or `run` has learned from others.
    RecipeError : one of the two folders holds a run of other networks, or `run` one that was begun with
        another recipe, but for what is in a step and the steps of stages that no other has begun after.
    """
    if not store.split("train"):
        raise StoreError("the stores have no training shapes")
    _check_alike(run, recipe, "choose another --output")
    check_begun(recipe, run / RECIPE, MAY_CHANGE)
    _check_stages(run, recipe)
    grey = isinstance(recipe, ImNetRecipe)
    side, share = recipe.shape.encoder.side, recipe.parametric_share
    data = BaselineData(store, views, share, side, grey, recipe.mirror, run / VOXELS, workers)
    details = _details(data, name or recipe.recipe)
    _check_data(run, details, ("data", "views"), "choose the same ones, or another --output")
    with process.main_first():
        if start is not None:
            _take_over(start, run, recipe, details)
        if process.is_main:
            run.mkdir(parents=True, exist_ok=True)
            save_recipe(recipe, run / RECIPE)
            files.write_json(run / DETAILS, details)
    for stage, steps in recipe.stages.items():
        if not is_finished(run, stage, recipe):
            (run / stage).mkdir(exist_ok=True)
            every = recipe.check_every
            with process.main_first():  # it makes voxels and codes that the others read
                task = task_of(stage, data, run, recipe, process)
            train(task, run / stage, steps, 1.0, save_every=every, check_every=every, drops=recipe.drops)


def task_of(
    stage: str, data: BaselineData, run: Path, recipe: BaselineRecipe, process: Process = ALONE
) -> StageTask:
    """What one stage of a run trains."""
    if isinstance(recipe, ImNetRecipe):
        return imnet_task(stage, data, run, recipe, process)
    return atlasnet_task(stage, data, run, recipe, process)


def _details(data: BaselineData, name: str) -> dict[str, Any]:
    """What the run has learned from, as JSON."""
    pictures = data.shown("train").pictures
    records = data.shapes("train").records
    shapes = sorted(record.sha256 for record in records)
    shown = [
        {
            "recipe": views.header["recipe"],
            "sha256": files.sha256_of_bytes((views.path / MANIFEST).read_bytes()),
        }
        for views in data.views
    ]
    told = {"name": name, "shapes": len(shapes), "data": files.sha256_of_json(shapes)}
    told["ids"] = sorted(record.id for record in records)
    return told | {"shapes_shown": len(pictures), "pictures": sum(map(len, pictures)), "views": shown}


def _check_alike(run: Path, recipe: BaselineRecipe, fix: str) -> None:
    """Raises `RecipeError` where a folder holds a run of other networks."""
    if not (run / RECIPE).is_file():
        return
    found = load_baseline_recipe(run / RECIPE)
    if found.shape != recipe.shape:
        sizes = " of other sizes" if type(found) is type(recipe) else ""
        raise RecipeError(f"{run} holds a --recipe {found.recipe}{sizes}; {fix}")


def _check_stages(run: Path, recipe: BaselineRecipe) -> None:
    """Raises `RecipeError` for other steps of a stage that the next one has begun with, and for fewer than it
    has taken."""
    if not (run / RECIPE).is_file():
        return
    for stage, steps in recipe.stages.items():
        require_as_many(steps, run / stage, f"--{stage.partition('-')[0]}-steps")
    begun = load_baseline_recipe(run / RECIPE).stages
    for (stage, steps), after in zip(recipe.stages.items(), list(recipe.stages)[1:], strict=False):
        if (run / after).is_dir() and steps != begun[stage]:
            told = f"{run / after} was begun after {begun[stage]} steps of the {stage}, not {steps}"
            raise RecipeError(f"{told}; go on with that, or choose another --output")


def _check_data(run: Path, details: dict[str, Any], parts: Sequence[str], fix: str) -> None:
    """Raises `StoreError` where a run has learned from others, by these parts of its details."""
    if not (run / DETAILS).is_file() or not checkpoint.step_of(run / AUTO):
        return
    known = details_of(run)
    if any(known.get(part, details[part]) != details[part] for part in parts):
        others = "stores or views" if "views" in parts else "stores"
        raise StoreError(f"{run} has learned from other {others}; {fix}")


def _take_over(start: Path, run: Path, recipe: BaselineRecipe, details: dict[str, Any]) -> None:
    """Copy another run's auto-encoder, the checkpoint that says it is finished last."""
    if checkpoint.step_of(run / AUTO):
        return
    _check_alike(start, recipe, "--start needs a run of the same networks")
    if not is_finished(start, AUTO, recipe):
        steps = recipe.stages[AUTO]
        raise StoreError(f"--start: {start} holds no auto-encoder that was trained for {steps} steps")
    _check_data(start, details, ("data",), "--start needs a run of the same ones")
    found = [path for path in (start / AUTO).rglob("*") if path.is_file()]
    for path in sorted(found, key=lambda path: path == start / AUTO / checkpoint.NAME):
        files.copy(path, run / path.relative_to(start))
