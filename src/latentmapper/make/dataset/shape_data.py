"""One shape, from its collection to its file in the store; runs in a worker process."""

import logging
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from latentmapper.errors import MeshError
from latentmapper.files import sha256_of_bytes, sha256_of_json
from latentmapper.make.collections.base import Shape
from latentmapper.make.collections.resolve import open_collection
from latentmapper.make.dataset.deformation import Range, deform, require_proportions, stretch_to
from latentmapper.make.dataset.quality import require_body, require_inside, require_seen
from latentmapper.make.dataset.rays import Occluder
from latentmapper.make.dataset.repair import normalise, once
from latentmapper.make.dataset.sampling import sample_points, seen_points
from latentmapper.make.dataset.solid import visible_solid, watertight_solid
from latentmapper.make.dataset.store import SHAPES, Record, ShapeData, read_metadata, write_shape
from latentmapper.make.dataset.symmetry import asymmetry
from latentmapper.places import Place

logger = logging.getLogger(__name__)

# Raised when the same mesh and recipe would give other data than before.
ALGORITHM = 3


@dataclass(frozen=True)
class ShapeRecipe:
    """The part of the recipe that the data of a single shape depends on."""

    samples: int
    surface_points: int
    seed: int
    width_to_length: Range | None = None
    """Range that copies are stretched to and training shapes must lie in; None for any."""
    height_to_length: Range | None = None
    """The same of the height."""

    @property
    def proportions(self) -> tuple[Range | None, Range | None]:
        """The two ranges."""
        return self.width_to_length, self.height_to_length

    def settings(self) -> dict[str, Any]:
        """What is set, for keys: those of recipes without proportions stay what they were."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Task:
    """One shape to build."""

    spec: str
    """What `open_collection` takes, with the two fields below."""
    category: str | None
    synset: str | None
    shape_id: str
    copy: int
    """0 for the shape itself, 1, 2, ... for its deformed copies."""
    split: str
    store: Place
    recipe: ShapeRecipe

    @property
    def record_id(self) -> str:
        """The id in the store."""
        return f"{self.shape_id}~{self.copy}" if self.copy else self.shape_id


def build_shape(task: Task) -> Record:
    """Build one shape, or find it built already; a shape that cannot be used comes back with the reason."""
    collection = open_collection(task.spec, task.category, task.synset)
    try:
        shape = collection.load(task.shape_id)
    except MeshError as error:
        return _unloaded(task, collection.group(task.shape_id), str(error))
    record = _record(task, shape)
    file = f"{SHAPES}/{_file_name(record.id)}.safetensors"
    key = _key(task, shape)
    found, sha256 = read_metadata(task.store / file)
    if found.get("key") != key:
        try:
            data = compute(shape, task.copy, task.recipe, task.split == "train")
        except MeshError as error:
            return replace(record, verdict=str(error))
        except Exception as error:  # one strange mesh must not end a build of thousands
            logger.exception("%s failed", record.id)
            return replace(record, verdict=f"failed with {type(error).__name__}: {error}")
        found = {"key": key, "asymmetry": round(asymmetry(data.surface_points), 3)}
        sha256 = write_shape(task.store / file, data, found)
    return replace(record, file=file, sha256=sha256, asymmetry=found["asymmetry"])


def compute(shape: Shape, copy: int, recipe: ShapeRecipe, training: bool = True) -> ShapeData:
    """All data of one shape. Raises `MeshError` where it cannot be used."""
    rng = np.random.default_rng([recipe.seed, copy, int(_digest(shape.id)[:12], 16)])
    mesh = normalise(shape)
    require_body(mesh.vertices)
    if copy:
        mesh = replace(mesh, vertices=stretch_to(deform(mesh.vertices, rng), *recipe.proportions, rng))
    elif training:
        require_proportions(mesh.vertices, *recipe.proportions)
    occluder = Occluder(mesh.vertices, mesh.faces)
    seen = seen_points(mesh.vertices, mesh.faces, occluder, recipe.surface_points, rng)
    require_seen(seen.points)
    if shape.watertight:
        solid = watertight_solid(mesh.vertices, mesh.faces)
    else:
        solid = visible_solid(mesh.vertices, mesh.faces, rng)
    points = sample_points(solid.surface(recipe.samples, rng), recipe.samples, rng)
    distances = solid.distance(points)
    require_inside(distances)
    surface = (seen.points.astype(np.float32), seen.normals.astype(np.float32))
    return ShapeData(mesh.vertices, mesh.faces, mesh.materials, points, distances, *surface)


def _record(task: Task, shape: Shape) -> Record:
    origin = "deformed" if task.copy else "parametric" if task.spec.startswith("parametric:") else "mesh"
    return Record(
        id=task.record_id,
        group=shape.group,
        split=task.split,
        source=shape.source,
        license=shape.license,
        category=shape.category,
        labels={} if task.copy else dict(shape.labels),
        origin=origin,
        parent=task.shape_id if task.copy else None,
    )


def _unloaded(task: Task, group: str, reason: str) -> Record:
    return Record(task.record_id, group, task.split, "", "", task.category or "", verdict=reason)


def _key(task: Task, shape: Shape) -> str:
    """Hash of all that the data depends on."""
    arrays = [np.ascontiguousarray(shape.vertices), np.ascontiguousarray(shape.faces)]
    if shape.materials is not None:
        arrays.append(np.ascontiguousarray(shape.materials))
    settings = [ALGORITHM, task.record_id, shape.watertight, task.recipe.settings()]
    if _is_double(shape):
        settings.append("each face once")  # unlike before this was looked at
    if any(task.recipe.proportions) and not task.copy and task.split != "train":
        settings.append("of any proportions")  # in another split they would be looked at
    return sha256_of_bytes(*(array.tobytes() for array in arrays), sha256_of_json(settings).encode())


def _is_double(shape: Shape) -> bool:
    """Whether the solid is that of each face taken once. A mesh that is broken is refused later."""
    try:
        return not shape.watertight and len(once(shape.vertices, shape.faces)) < len(shape.faces)
    except IndexError:
        return False


def _file_name(shape_id: str) -> str:
    """A file name that every system takes and that no other id has."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-~") else "_" for c in shape_id)
    return plain if plain == shape_id and len(plain) < 100 else f"{plain[:80]}-{_digest(shape_id)[:8]}"


def _digest(shape_id: str) -> str:
    return sha256_of_bytes(shape_id.encode())
