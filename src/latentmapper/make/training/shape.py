"""Training a generative shape model on a store, whichever the recipe names."""

from pathlib import Path

from latentmapper import files
from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Record
from latentmapper.make.training import checkpoint
from latentmapper.make.training.auto_decoding import WarmStart
from latentmapper.make.training.distributed import ALONE, Process
from latentmapper.make.training.dit import DITTask
from latentmapper.make.training.dit_recipe import DITRecipe
from latentmapper.make.training.learned import begun_at, check_learned, keep_learned
from latentmapper.make.training.recipe import check_begun, require_as_many, save_recipe
from latentmapper.make.training.shape_run import AnyRecipe, ids_of_run, load_shape_recipe, load_shape_run
from latentmapper.make.training.triplane import TriplaneTask


def train_shape(
    store: JoinedStore, folder: Path, recipe: AnyRecipe, process: Process = ALONE, start: Path | None = None
) -> None:
    """Train on the store's training shapes into `folder`; resumes what is there.

    Parameters
    ----------
    start : another run of the same model and sizes, to begin with its network and with its codes of the
        shapes that it knows; those of others begin where their shapes say, beside them.

    Raises
    ------
    StoreError : the store has no training shape (under the recipe's licenses), or none that `start` knows, or
        the folder holds a run on other shapes, on other samples of them, or from another `start`.
    RecipeError : an unknown model, sizes that do not fit together, a folder with a run that was begun with
        another recipe (but for more steps, and what is in one), or a mirror-symmetric model of shapes that
        are not.
    """
    if recipe.shape.symmetric and store.header.get("symmetric") is False:
        raise RecipeError("the store's shapes are not mirror-symmetric: add --shape.no-symmetric")
    records = [
        record for record in store.split("train") if not recipe.licenses or record.license in recipe.licenses
    ]
    if not records:
        wanted = f" under {', '.join(recipe.licenses)}" if recipe.licenses else ""
        raise StoreError(f"the store has no training shapes{wanted}")
    shapes = {"store": store.header, "ids": [record.id for record in records]}
    learned = {"samples": files.sha256_of_json([[record.id, record.sha256] for record in records])}
    learned |= begun_at(start and start / checkpoint.NAME)
    _check_resumable(folder, recipe, shapes["ids"])
    check_learned(learned, folder)
    begun = None if start is None else _warm_start(start, recipe, records)
    if process.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        save_recipe(recipe, folder / "recipe.json")
        files.write_json(folder / "shapes.json", shapes)
        keep_learned(learned, folder)
    task_of(store, records, recipe, process, begun).train(folder)


def _check_resumable(folder: Path, recipe: AnyRecipe, ids: list[str]) -> None:
    """What a run is of must not be lost before its checkpoint is found not to fit, or fits by chance."""
    path = folder / "recipe.json"
    if not path.is_file() or not (folder / checkpoint.NAME).is_file():
        return
    found = load_shape_recipe(path)
    if found.model != recipe.model:
        raise RecipeError(f"{folder} holds a --model {found.model}; choose another --output")
    check_begun(recipe, path, free=("steps", "shapes_per_step"))
    require_as_many(recipe.steps, folder)
    if ids_of_run(folder) != ids:
        raise StoreError(f"{folder} holds a run on other shapes; choose the same ones, or another --output")


def _warm_start(run: Path, recipe: AnyRecipe, records: list[Record]) -> WarmStart:
    found = load_shape_run(run)
    if (found.recipe.kind, found.recipe.shape) != (recipe.kind, recipe.shape):
        raise RecipeError(f"--start {run} is a --model {found.recipe.model} or sizes other than asked for")
    if found.codes_by_id.keys().isdisjoint(record.id for record in records):
        raise StoreError(f"--start {run} knows none of these shapes")
    return WarmStart(found.network.state_dict(), found.codes_by_id)


def task_of(
    store: JoinedStore,
    records: list[Record],
    recipe: AnyRecipe,
    process: Process = ALONE,
    start: WarmStart | None = None,
) -> TriplaneTask | DITTask:
    """What a recipe trains."""
    if isinstance(recipe, DITRecipe):
        return DITTask(store, records, recipe, process, start)
    return TriplaneTask(store, records, recipe, process, start)
