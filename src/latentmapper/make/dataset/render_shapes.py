"""Rendering many shapes into a folder of views, in parallel, doing only what is missing."""

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MeshError, StoreError
from latentmapper.executors import CORES, Executor
from latentmapper.files import appending, remove_unfinished, sha256_of_bytes, write_json, write_text
from latentmapper.make.dataset.backgrounds import photos_in
from latentmapper.make.dataset.folders import require_own
from latentmapper.make.dataset.scene import photograph
from latentmapper.make.dataset.store import Record, Store, of_splits
from latentmapper.make.dataset.subject import Subject
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.make.dataset.views import (
    FORMAT,
    HEADER,
    MANIFEST,
    SHARDS,
    UNFINISHED,
    ViewRecord,
    read_header,
    read_manifest,
    write_shard,
)
from latentmapper.pace import LOG, Watch, logged, paced
from latentmapper.places import Place

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RenderItem:
    """One mesh to render."""

    shape: str
    """Id of the shape."""
    vertices: NDArray[np.floating]
    """(v, 3) canonical frame."""
    faces: NDArray[np.integer]
    """(f, 3)."""
    materials: NDArray[np.integer] | None = None
    """(f,) indices into `MATERIALS`, or None."""
    split: str = "train"
    """train, validation or test."""
    group: str = ""
    """Near-copies share a group."""
    source: str = ""
    """The collection that the shape comes from."""
    mesh: str = "original"
    """original, decoded or between."""
    code: str | None = None
    """Id of the code that a decoded mesh belongs to."""
    data: str = ""
    """Hash of the data in the store that the mesh is from; empty where it is from none."""

    @property
    def key(self) -> str:
        """What tells this item from all others in a folder."""
        return item_key(self.mesh, self.shape, self.code)


Rendered = Iterator[tuple[Any, ViewRecord | str]]
"""Items as they are rendered, each with the record of its views, or why it has none."""


def is_shown(shown: ViewRecord | None, of: RenderItem | Record) -> bool:
    """Whether views are of a shape as it is now: its data, its split and its group may have changed since."""
    data = of.sha256 if isinstance(of, Record) else of.data
    return (
        shown is not None
        and (shown.split, shown.group, shown.source) == (of.split, of.group, of.source)
        and shown.data in ("", data)
    )


def item_key(mesh: str, shape: str, code: str | None) -> str:
    """What tells an item or a record from all others in a folder."""
    return " ".join([mesh, shape, code or ""])


def render_store(
    store: Store,
    output: Place,
    recipe: ViewRecipe,
    executor: Executor = CORES,
    watch: Watch = paced,
    splits: tuple[str, ...] = (),
) -> list[ViewRecord]:
    """Render the original meshes of a store; the recipe's category is the store's where it has none.

    Shapes that the store has changed since are rendered again; views of those that it has set aside since,
    or moved to a split that is not rendered, are deleted.

    Parameters
    ----------
    watch : tells how far the shapes are.
    splits : of which shapes; all of them if none is given.

    Raises
    ------
    StoreError : the store holds no shape of those splits.
    UsageError : the folder holds a store.

    Others as `render_shapes`.
    """
    require_own(output, HEADER)
    chosen = of_splits(store.records, splits) if splits else store.records
    done = finished(output)
    missing = [r for r in chosen if not is_shown(done.get(item_key("original", r.id, None)), r)]
    shown = partial(watch, total=len(chosen), what="shapes", already=len(chosen) - len(missing))
    items = (_original(store, record) for record in missing)
    records = render_shapes(
        items, output, for_category(recipe, store.header.get("category")), executor, shown
    )
    return _delete_outdated(records, store, output)


def _delete_outdated(records: list[ViewRecord], store: Store, output: Place) -> list[ViewRecord]:
    """The records, without those of shapes of the store that are set aside or in another split by now.

    Trainings that read views do not ask the store, and would learn from kinds that are held out since. Of
    shapes that the store does not know, views stay: they may be of another one.
    """
    splits = {r.id: r.split for r in store.records} | {r.id: "" for r in store.set_aside}
    kept = [r for r in records if r.mesh != "original" or splits.get(r.shape, r.split) == r.split]
    files = {r.file for r in records}.difference(r.file for r in kept)
    if files:
        write_text(output / MANIFEST, "".join(json.dumps(asdict(record)) + "\n" for record in kept))
        for file in files:
            (output / file).unlink(missing_ok=True)
        told = "views of %d shapes are deleted: the store has set these aside or moved them to another split"
        logger.warning(told, len(files))
    return kept


def _original(store: Store, record: Record) -> RenderItem:
    data = store.load(record)
    mesh = (data.vertices, data.faces, data.materials)
    return RenderItem(record.id, *mesh, record.split, record.group, record.source, data=record.sha256)


def for_category(recipe: ViewRecipe, category: object) -> ViewRecipe:
    """The recipe, with a category of shapes where it has none; "other" where that has no paint of its own."""
    if recipe.category is not None:
        return recipe
    return replace(recipe, category=category if category in ("car", "airplane") else "other")


def render_shapes(
    items: Iterable[RenderItem],
    output: Place,
    recipe: ViewRecipe,
    executor: Executor = CORES,
    watch: Callable[[Rendered], Rendered] = iter,
) -> list[ViewRecord]:
    """Render every item into a folder of views and return all its records.

    Items that the folder holds already are passed over, so a killed run goes on where it stopped. The
    pictures depend on recipe and item alone, not on who renders them.

    Parameters
    ----------
    watch : lets the items through as they are done, and tells how far they are

    Raises
    ------
    StoreError : the folder holds views of another recipe
    MeshError : a mesh has no faces or is not finite; the message names the shape
    UsageError : the recipe's folder of backgrounds holds no photos
    """
    begin(output, recipe)
    done = finished(output)
    pending = (item for item in items if not is_shown(done.get(item.key), item))
    return render_each(partial(render_item, output=output, recipe=recipe), pending, output, executor, watch)


def render_each(
    render: Callable[[Any], ViewRecord | str],
    items: Iterable[Any],
    output: Place,
    executor: Executor = CORES,
    watch: Callable[[Rendered], Rendered] = iter,
) -> list[ViewRecord]:
    """Let workers render items into a folder that was begun, note what they made, and return all its records.

    Parameters
    ----------
    render : an item's task, which returns the record of the views it wrote, or why there are none: that is
        logged.
    items : each has the id of its `shape`.
    watch : as for `render_shapes`.
    """
    header = read_header(output) or {}
    write_json(output / HEADER, header | {UNFINISHED: True})
    with appending(output / MANIFEST) as note:
        for item, record in logged(watch(executor.map(render, items)), output / LOG):
            if isinstance(record, str):
                logger.warning("%s is left out: %s", item.shape, record)
            else:
                note(json.dumps(asdict(record)))
    remove_unfinished(output / SHARDS)  # of killed workers
    write_json(output / HEADER, {name: value for name, value in header.items() if name != UNFINISHED})
    return read_manifest(output)


def finished(output: Place) -> dict[str, ViewRecord]:
    """The views that a folder holds, by the keys of their items."""
    records = read_manifest(output)
    if isinstance(output, Path):  # an object takes a request to ask for
        records = [record for record in records if (output / record.file).is_file()]
    return {item_key(record.mesh, record.shape, record.code): record for record in records}


def begin(output: Place, recipe: ViewRecipe) -> None:
    """Write the header of a folder, or check it and clear away what a killed run left unfinished.

    Raises
    ------
    StoreError : the folder holds views of another recipe
    UsageError : the folder holds a store, or the recipe's folder of backgrounds no photos
    """
    require_own(output, HEADER)
    if recipe.backgrounds:
        photos_in(recipe.backgrounds)  # refused now rather than in the middle of the run
    header = {"format": FORMAT, "recipe": _plain(recipe)}
    found = read_header(output)
    # Folders from before a field was there were rendered with its default.
    old = header["recipe"] | _plain(ViewRecipe()) | (found or {}).get("recipe", {})
    if found is None:
        write_json(output / HEADER, header)
    elif old != header["recipe"]:
        new = header["recipe"]
        name = next((name for name, value in new.items() if old.get(name) != value), "recipe")
        raise StoreError(
            f"{output} holds views of another recipe ({name} {old.get(name)}, now {new.get(name)});"
            " choose another folder or the same recipe"
        )
    remove_unfinished(output / SHARDS)
    if isinstance(output, Path) and (output / MANIFEST).is_file():
        data = (output / MANIFEST).read_bytes()
        os.truncate(output / MANIFEST, data.rfind(b"\n") + 1)


def _plain(recipe: ViewRecipe) -> dict[str, Any]:
    """A recipe as it comes back from JSON."""
    return json.loads(json.dumps(asdict(recipe), default=str))


def render_item(item: RenderItem, output: Place, recipe: ViewRecipe) -> ViewRecord:
    """Render and write the views of one mesh; all that is random follows from its key and the seed."""
    name = sha256_of_bytes(item.key.encode())
    seed = [recipe.seed, int(name[:15], 16)]
    subject = Subject(item.vertices, item.faces, item.materials, recipe.category)
    streams = [np.random.default_rng([*seed, i]) for i in range(recipe.views)]
    try:
        yaws = recipe.yaws or (None,) * recipe.views
        views = [photograph(subject, stream, recipe, yaw) for stream, yaw in zip(streams, yaws, strict=True)]
    except MeshError as error:
        raise MeshError(f"{item.shape}: {error}") from error
    file = f"{SHARDS}/{name[:24]}.safetensors"
    sha256 = write_shard(output, file, views)
    fields = (item.shape, item.split, item.group, item.source, item.mesh, item.code)
    return ViewRecord(*fields, recipe.views, file, sha256, item.data)
