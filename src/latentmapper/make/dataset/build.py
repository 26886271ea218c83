"""`data build`: from collections of meshes to a store, in parallel, doing only what is missing."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from latentmapper.errors import GO_ON, StoreError, UsageError, WorkerError
from latentmapper.executors import CORES, Executor
from latentmapper.extras import require
from latentmapper.files import remove_unfinished
from latentmapper.make.dataset.folders import require_own
from latentmapper.make.dataset.plan import BuildRecipe, plan, require_one_category, settle, symmetric
from latentmapper.make.dataset.shape_data import Task, build_shape
from latentmapper.make.dataset.store import HEADER, SHAPES, USABLE, Record, write_store
from latentmapper.pace import LOG, Watch, logged, paced
from latentmapper.places import Place


def build(
    sources: Sequence[str],
    store: Place,
    recipe: BuildRecipe,
    executor: Executor = CORES,
    watch: Watch = paced,
) -> list[Record]:
    """Build or complete a store and return its whole manifest, shapes set aside included.

    Each finished shape is on disk at once, so a killed build goes on where it was.

    Parameters
    ----------
    sources : what `open_collection` takes
    executor : does the work; its workers write into the store themselves
    watch : tells how far the shapes are

    Raises `UsageError` where the folder holds views, or the sources hold no shape that the recipe wants, one
    id twice, several categories or no usable mesh, `StoreError` where the store cannot be written,
    `WorkerError` where workers keep dying, whose message names the shape, `MissingError` without the extra
    "train".
    """
    require_own(store, HEADER)
    require("igl")  # missing, it would set every shape aside
    tasks = plan(sources, store, recipe)
    category = require_one_category(tasks)  # told at the end alone, it would cost the whole build
    (store / HEADER).unlink(missing_ok=True)  # a store with a header is complete
    records: dict[str, Record] = {}
    try:
        watched = watch(executor.map(build_shape, tasks), len(tasks), "shapes")
        for task, record in logged(watched, store / LOG):
            records[task.record_id] = record
        built = [records[task.record_id] for task in tasks]
        manifest = settle(built, recipe)
        usable = [record for record in manifest if record.verdict == USABLE]
        if not usable:
            raise UsageError(f"no shape can be used; {manifest[0].id}: {manifest[0].verdict}")
        remove_unfinished(store / SHAPES)  # of killed workers
        write_store(store, _header(sources, recipe, category, symmetric(built)), manifest)
    except WorkerError as error:
        if not isinstance(error.item, Task):
            raise
        raise WorkerError(f"{error.item.record_id}: {error}", error.item) from error
    except OSError as error:
        raise StoreError(f"{store} cannot be written ({error.strerror or error}); {GO_ON}") from error
    return manifest


def _header(sources: Sequence[str], recipe: BuildRecipe, category: str, mirrored: bool) -> dict[str, Any]:
    return {
        "category": category,
        "sources": [source if source.startswith("parametric:") else Path(source).name for source in sources],
        "recipe": asdict(recipe),
        "symmetric": mirrored,
    }
