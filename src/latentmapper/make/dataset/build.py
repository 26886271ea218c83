"""`data build`: from collections of meshes to a store, in parallel, doing only what is missing."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from pathlib import Path
from typing import Any

from latentmapper.errors import StoreError, UsageError
from latentmapper.extras import require
from latentmapper.make.dataset.plan import BuildRecipe, plan, settle, symmetric
from latentmapper.make.dataset.shape_data import Task, build_shape
from latentmapper.make.dataset.store import HEADER, USABLE, Record, write_store
from latentmapper.make.workers import end_with_parent
from latentmapper.places import Place

Progress = Callable[[int, int, Record], None]


def build(
    sources: Sequence[str],
    store: Place,
    recipe: BuildRecipe,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Record]:
    """Build or complete a store and return its whole manifest, shapes set aside included.

    Each finished shape is on disk at once, so a killed build goes on where it was.

    Parameters
    ----------
    sources : what `open_collection` takes
    workers : processes; the number of cores by default, 0 for this very process
    progress : called with (done, total, record) after each shape

    Raises `UsageError` where the sources hold no shape that the recipe wants, one id twice or no usable mesh,
    `StoreError` where the store cannot be written or a worker dies, `MissingError` without the extra "train".
    """
    require("igl")  # missing, it would set every shape aside
    tasks = plan(sources, store, recipe)
    (store / HEADER).unlink(missing_ok=True)  # a store with a header is complete
    records: dict[str, Record] = {}
    try:
        for task, record in _run(tasks, os.cpu_count() or 1 if workers is None else workers):
            records[task.record_id] = record
            if progress is not None:
                progress(len(records), len(tasks), record)
        built = [records[task.record_id] for task in tasks]
        manifest = settle(built, recipe)
        usable = [record for record in manifest if record.verdict == USABLE]
        if not usable:
            raise UsageError(f"no shape can be used; {manifest[0].id}: {manifest[0].verdict}")
        write_store(store, _header(sources, recipe, usable, symmetric(built)), manifest)
    except OSError as error:
        raise StoreError(f"{store} cannot be written ({error.strerror or error})") from error
    return manifest


def _run(tasks: list[Task], workers: int) -> Iterator[tuple[Task, Record]]:
    if workers == 0:
        yield from ((task, build_shape(task)) for task in tasks)
        return
    for name in ("OMP_NUM_THREADS", "IGL_NUM_THREADS"):  # one thread a process; spawned processes inherit it
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(tasks)), context, end_with_parent) as pool:
        futures = {pool.submit(build_shape, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BrokenProcessPool as error:
            fix = "run the command again, with fewer --workers if memory is short"
            raise StoreError(f"a worker process died; {fix}") from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _header(
    sources: Sequence[str], recipe: BuildRecipe, usable: list[Record], mirrored: bool
) -> dict[str, Any]:
    categories = sorted({record.category for record in usable})
    if len(categories) > 1:
        raise UsageError(
            f"a store holds one category, the sources hold {', '.join(categories)}: give --category"
        )
    return {
        "category": categories[0],
        "sources": [source if source.startswith("parametric:") else Path(source).name for source in sources],
        "recipe": asdict(recipe),
        "symmetric": mirrored,
    }
