"""Pictures of decoded codes. Decoding and rendering are one task: any worker does it, and needs no torch."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from latentmapper.errors import MeshError, StoreError
from latentmapper.executors import CORES, Executor
from latentmapper.files import parse_object, sha256_of_bytes, write_json
from latentmapper.make.dataset.coded import CodedShape
from latentmapper.make.dataset.render_shapes import RenderItem, finished, render_each, render_item
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.make.dataset.views import ViewRecord, read_manifest
from latentmapper.pace import Watch, paced
from latentmapper.places import Place
from latentmapper.shapes.base import BaseModel, Loader, loader_of
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract

HEADER = "decode.json"
"""Beside views of decoded meshes: what decides these."""


@dataclass(frozen=True)
class SentBase:
    """A shape model as a pack runs it, small enough to be sent to workers with their task."""

    sha256: str
    """Of the files: what tells it from all others."""
    loader: Loader = field(compare=False)
    """What reads it: models that others have registered are known to workers, too."""
    entry: dict[str, Any] = field(compare=False)
    """Its entry of `pack.json`."""
    files: dict[str, bytes] = field(compare=False)
    """The files beside it, by name."""

    @classmethod
    def read(cls, folder: Path, entry: dict[str, Any], names: Collection[str] | None = None) -> "SentBase":
        """Of the files in a folder, or some. Raises `PackError` where nobody has registered its kind."""
        named = (path for path in sorted(folder.iterdir()) if names is None or path.name in names)
        found = {path.name: path.read_bytes() for path in named}
        return cls(sha256_of_bytes(*found.values()), loader_of(entry), entry, found)


@cache
def opened(base: SentBase) -> BaseModel:
    """The model, loaded once a process, with one thread: the surface is the same on every machine, and the
    other cores have work of their own."""
    with TemporaryDirectory() as folder:
        for name, data in base.files.items():
            Path(folder, name).write_bytes(data)
        return base.loader(Path(folder), base.entry, 1)


def render_code(
    shape: CodedShape, base: SentBase, output: Place, recipe: ViewRecipe, resolution: int
) -> ViewRecord | str:
    """Decode a code, then render and write the views of its mesh; why not, where it has no surface."""
    try:
        mesh, _ = clean(extract(opened(base).field(shape.code), resolution))
    except MeshError as error:
        return str(error)
    item = RenderItem(shape.shape, mesh.vertices, mesh.faces, group=shape.group, source=shape.source)
    return render_item(replace(item, mesh=shape.mesh, code=shape.shape), output, recipe)


def check_decoded(output: Place, header: Mapping[str, Any]) -> None:
    """Write what decides the meshes beside their views, or refuse to mix two kinds. Raises `StoreError`."""
    path = output / HEADER
    if not path.is_file():
        write_json(path, header)
    try:
        found = parse_object(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error})") from error
    if name := next((name for name in header if found.get(name) != header[name]), None):
        values = f"{name} {found.get(name)}, now {header[name]}"
        raise StoreError(f"{output} holds meshes decoded otherwise ({values}); choose another folder")


def render_codes(
    shapes: Sequence[CodedShape],
    base: Callable[[], SentBase],
    output: Place,
    recipe: ViewRecipe,
    resolution: int,
    executor: Executor = CORES,
    watch: Watch = paced,
) -> list[ViewRecord]:
    """Render what is missing into a folder of views that was begun, and return all its records.

    A code that gives no surface is left out, with a warning in the log.

    Parameters
    ----------
    base : gives the model, and is asked only where something is missing.
    resolution : cells along each side of the lattice in which surfaces are found.
    watch : tells how far the shapes are.
    """
    done, total = finished(output), len(shapes)
    missing = [shape for shape in shapes if shape.key not in done]
    if not missing:
        return read_manifest(output)
    shown = partial(watch, total=total, what="shapes", already=total - len(missing))
    render = partial(render_code, base=base(), output=output, recipe=recipe, resolution=resolution)
    return render_each(render, missing, output, executor, shown)
