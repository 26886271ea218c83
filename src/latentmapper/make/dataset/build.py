"""`data build`: from collections of meshes to a store, in parallel, doing only what is missing."""

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from latentmapper.errors import RecipeError, UsageError
from latentmapper.make.collections.base import Collection
from latentmapper.make.collections.resolve import open_collection
from latentmapper.make.dataset.shape_data import ShapeRecipe, Task, build_shape
from latentmapper.make.dataset.split import split_of
from latentmapper.make.dataset.store import USABLE, Record, write_store
from latentmapper.make.dataset.symmetry import is_symmetric

logger = logging.getLogger(__name__)
Progress = Callable[[int, int, Record], None]


@dataclass(frozen=True)
class BuildRecipe:
    """What becomes of a collection of meshes; kept in the header of the store."""

    category: str | None = None
    """Only shapes of this category; also the name given to the shapes of a plain folder."""
    synset: str | None = None
    """Read the sources as ShapeNetCore v2 trees, this synset of them ("02958343", or "car")."""
    exclude_sources: tuple[str, ...] = ()
    """Leave out the shapes of these sources of a manifest."""
    licenses: tuple[str, ...] = ()
    """Only shapes under these licenses, as the manifest spells them; all of them if none is given."""
    validation_sources: tuple[str, ...] = ()
    """Shapes of these sources only validate; set aside where their group is in training or test."""
    split: tuple[float, float, float] = (0.8, 0.1, 0.1)
    """Shares of the groups for training, validation and test."""
    samples: int = 50_000
    """Signed distances per shape."""
    surface_points: int = 20_000
    """Points seen from outside per shape."""
    deform: int = 0
    """Smoothly deformed copies per training shape."""
    seed: int = 0
    """Seed of all samples."""

    def __post_init__(self) -> None:
        if len(self.split) != 3 or min(self.split) < 0 or abs(sum(self.split) - 1) > 1e-6:
            raise RecipeError(f"--split must be three shares that sum to 1, not {self.split}")
        for name in ("samples", "surface_points"):
            if getattr(self, name) < 100:
                raise RecipeError(f"--{name.replace('_', '-')} must be at least 100")
        if self.deform < 0:
            raise RecipeError("--deform must not be negative")


def build(
    sources: Sequence[str],
    store: Path,
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

    Raises `UsageError` where the sources hold no shape that the recipe wants, or one id twice.
    """
    tasks = _tasks(sources, store, recipe)
    records: dict[tuple[str, int], Record] = {}
    for task, record in _run(tasks, os.cpu_count() or 1 if workers is None else workers):
        records[task.shape_id, task.copy] = record
        if progress is not None:
            progress(len(records), len(tasks), record)
    manifest = _settle([records[task.shape_id, task.copy] for task in tasks], recipe)
    usable = [record for record in manifest if record.verdict == USABLE]
    if not usable:
        raise UsageError(f"no usable shape in {', '.join(sources)}; the first was {manifest[0].verdict!r}")
    write_store(store, _header(sources, recipe, usable), manifest)
    return manifest


def _tasks(sources: Sequence[str], store: Path, recipe: BuildRecipe) -> list[Task]:
    shape_recipe = ShapeRecipe(recipe.samples, recipe.surface_points, recipe.seed)
    tasks: dict[tuple[str, int], Task] = {}
    for source in sources:
        collection = open_collection(source, recipe.category, recipe.synset)
        for shape_id in collection:
            if not _wanted(collection, shape_id, recipe):
                continue
            split = _split(collection, shape_id, recipe)
            copies = recipe.deform if split == "train" else 0
            for copy in range(copies + 1):
                if (shape_id, copy) in tasks:
                    raise UsageError(f"two sources hold a shape called {shape_id}")
                tasks[shape_id, copy] = Task(
                    source, recipe.category, recipe.synset, shape_id, copy, split, store, shape_recipe
                )
    if not tasks:
        raise UsageError(f"{', '.join(sources)}: no shape is of the category, sources and licenses asked for")
    return list(tasks.values())


def _split(collection: Collection, shape_id: str, recipe: BuildRecipe) -> str:
    if _source(collection, shape_id) in recipe.validation_sources:
        return "validation"
    return split_of(collection.group(shape_id), recipe.split)


def _wanted(collection: Collection, shape_id: str, recipe: BuildRecipe) -> bool:
    if _source(collection, shape_id) in recipe.exclude_sources:
        return False
    return (
        not (recipe.licenses and hasattr(collection, "license"))
        or collection.license(shape_id) in recipe.licenses
    )


def _source(collection: Collection, shape_id: str) -> str | None:
    return collection.source(shape_id) if hasattr(collection, "source") else None


def _run(tasks: list[Task], workers: int) -> Iterator[tuple[Task, Record]]:
    if workers == 0:
        yield from ((task, build_shape(task)) for task in tasks)
        return
    for name in ("OMP_NUM_THREADS", "IGL_NUM_THREADS"):  # one thread a process; spawned processes inherit it
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(tasks)), context) as pool:
        futures = {pool.submit(build_shape, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _settle(records: list[Record], recipe: BuildRecipe) -> list[Record]:
    """Decide what only the whole collection can tell: one mesh per test group, and validation honest."""
    usable = [record for record in records if record.verdict == USABLE]
    taken = {r.group: r.split for r in usable if r.source not in recipe.validation_sources}
    first: dict[str, str] = {}

    def verdict(record: Record) -> str:
        if record.verdict != USABLE:
            return record.verdict
        if (
            record.source in recipe.validation_sources
            and taken.get(record.group, "validation") != "validation"
        ):
            return f"from a validation source, but its group is in {taken[record.group]}"
        if record.split == "test" and first.setdefault(record.group, record.id) != record.id:
            return f"its test group is represented by {first[record.group]}"
        return USABLE

    return [replace(record, verdict=verdict(record)) for record in records]


def _header(sources: Sequence[str], recipe: BuildRecipe, usable: list[Record]) -> dict:
    measured = [r.asymmetry for r in usable if r.asymmetry is not None and r.origin != "deformed"]
    return {
        "category": usable[0].category,
        "sources": list(sources),
        "recipe": asdict(recipe),
        "symmetric": is_symmetric(measured),
    }
