"""Pictures of decoded codes. Decoding and rendering are one task: any worker does it, and needs no torch."""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from latentmapper.errors import MeshError
from latentmapper.files import sha256_of_bytes
from latentmapper.make.dataset.coded import CodedShape
from latentmapper.make.dataset.render_shapes import RenderItem, render_item
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.make.dataset.views import ViewRecord
from latentmapper.places import Place
from latentmapper.shapes.base import BaseModel, Loader, loader_of
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract


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
    def read(cls, folder: Path, entry: dict[str, Any]) -> "SentBase":
        """Of the files in a folder. Raises `PackError` where nobody has registered its kind."""
        found = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
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
