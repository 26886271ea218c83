"""Runs of `latentmapper train baseline` on disk: their recipes, and what they have learned."""

from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import Any

from latentmapper.errors import RecipeError, StoreError
from latentmapper.files import parse_json
from latentmapper.make.models.atlasnet import AtlasNet
from latentmapper.make.models.baseline import Baseline
from latentmapper.make.models.imnet import ImNet
from latentmapper.make.training import atlasnet_recipe, checkpoint, imnet_recipe, log
from latentmapper.make.training.atlasnet_recipe import AtlasNetRecipe
from latentmapper.make.training.imnet_recipe import ImNetRecipe
from latentmapper.make.training.recipe import load_recipe
from latentmapper.make.training.stages import AUTO, ENCODER, JOINT, weights_of

BaselineRecipe = AtlasNetRecipe | ImNetRecipe
RECIPES: dict[str, BaselineRecipe] = {**atlasnet_recipe.RECIPES, **imnet_recipe.RECIPES}
"""By name; the first is trained where none is named."""
RECIPE, DETAILS = "recipe.json", "baseline.json"
LABELS = {ENCODER: "decoder frozen", JOINT: "fine-tuned"}
"""What a row of results says of its stage, where several stages of a run read pictures."""
MAKE = "latentmapper train baseline"
CURVE = 50
"""Points of a learning curve, about, that results keep."""


@dataclass(frozen=True)
class TrainedBaseline:
    """One stage of a finished run."""

    name: str
    """As it stands in results."""
    model: Baseline
    """Frozen, in evaluation mode."""


def load_baseline(path: Path) -> TrainedBaseline:
    """Read a run, its last stage, or another stage by its own folder below the run's.

    Raises
    ------
    StoreError : there is no run, the stage does not read pictures, or it is not finished.
    RecipeError : the run's recipe is damaged, or of a newer version.
    """
    record, weights = weights_at(path)
    recipe = load_baseline_recipe(stage_at(path)[0] / RECIPE)
    network = AtlasNet(recipe.shape) if isinstance(recipe, AtlasNetRecipe) else ImNet(recipe.shape)
    checkpoint.load(weights.parent, {"pictures": network.pictures, "decoder": network.decoder}, [])
    network.eval().requires_grad_(False)
    return TrainedBaseline(record["name"], network)


def weights_at(path: Path) -> tuple[dict[str, str], Path]:
    """Name, recipe and stage that a path names, and the file with its weights; raises as `load_baseline`."""
    run, stage = stage_at(path)
    recipe = load_baseline_recipe(run / RECIPE)
    readers = [name for name in recipe.stages if name != AUTO]
    stage = stage or readers[-1]
    if stage not in readers:
        raise StoreError(
            f"{path} reads no pictures; choose {' or '.join(str(run / name) for name in readers)}"
        )
    if not is_finished(run, stage, recipe):
        raise StoreError(f"{run / stage} is not finished; go on with: {MAKE}")
    name = str(details_of(run).get("name", recipe.recipe))
    told = f"{name} ({LABELS[stage]})" if len(readers) > 1 else name
    return {"name": told, "recipe": recipe.recipe, "stage": stage}, weights_of(run / stage) / checkpoint.NAME


def history(path: Path) -> dict[str, Any]:
    """What a row of results should tell of its training, as JSON: the data, and each stage up to its own.

    Raises as `load_baseline`.

    Returns
    -------
    `shapes`, `pictures` : how many it has learned from.
    `yaws` : degrees of the fixed views that it has learned from, none for those from everywhere.
    `stages` : name, steps, hours (None where the log does not tell) and curve, pairs of step and error on
        held-out shapes where it is a number, of each.
    """
    run, _ = stage_at(path)
    stage, recipe = weights_at(path)[0]["stage"], load_baseline_recipe(run / RECIPE)
    names = list(recipe.stages)[: list(recipe.stages).index(stage) + 1]
    details = details_of(run)
    yaws = {yaw for views in details.get("views", []) for yaw in views["recipe"].get("yaws", [])}
    return {
        "shapes": details["shapes"],
        "pictures": details["pictures"],
        "yaws": sorted(yaws),
        "stages": [{"stage": name, "steps": recipe.stages[name], **_curve(run / name)} for name in names],
    }


def _curve(folder: Path) -> dict[str, Any]:
    seconds = log.seconds_of(folder)
    errors = [
        [int(line["step"]), float(f"{line['held_out_error']:.4g}")]
        for line in log.read_log(folder / log.NAME)
        if isfinite(line.get("held_out_error", nan))
    ]
    thinned = errors[:: max(1, len(errors) // CURVE)]
    hours = None if seconds is None else round(seconds / 3600, 3)
    return {"hours": hours, "curve": thinned + [e for e in errors[-1:] if e not in thinned]}


def known_to(path: Path) -> set[str]:
    """Ids of the shapes that a run has learned from; none where it was made before these were kept."""
    return set(details_of(stage_at(path)[0]).get("ids", []))


def details_of(run: Path) -> dict[str, Any]:
    """What a run has learned from, and what it is called. Raises `RecipeError` where that cannot be read."""
    return _read(run / DETAILS)


def stage_at(path: Path) -> tuple[Path, str | None]:
    """The run that a path names, and the stage where it names one.

    Raises
    ------
    StoreError : it names neither.
    """
    for run, stage in ((path, None), (path.parent, path.name)):
        if (run / RECIPE).is_file() and (run / DETAILS).is_file():
            return run, stage
    raise StoreError(f"no baseline in {path}; make one with: {MAKE}")


def is_finished(run: Path, stage: str, recipe: BaselineRecipe) -> bool:
    """Whether all steps of a stage are done."""
    return checkpoint.step_of(run / stage) >= recipe.stages[stage]


def load_baseline_recipe(path: Path) -> BaselineRecipe:
    """Read the recipe of a run.

    Raises
    ------
    RecipeError : as `load_recipe`, or a recipe that this version does not know.
    """
    name = _read(path).get("recipe")
    if name not in RECIPES:
        raise RecipeError(f"recipe {path} is the unknown {name!r}; known: {', '.join(RECIPES)}")
    return load_recipe(type(RECIPES[name]), path)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(f"{path} cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise RecipeError(f"{path} is not a JSON object")
    return found
