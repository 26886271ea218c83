"""A folder of meshes, any nesting, one shape a file."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from latentmapper.errors import MeshError, UsageError
from latentmapper.make.collections.base import Shape

SUFFIXES = (".obj", ".off", ".ply", ".stl", ".glb")


class Folder:
    """Every mesh file under a folder, each its own group.

    The id of a shape is its path below the folder, "/" written as "__", without the suffix unless two files
    differ in nothing else.
    """

    def __init__(self, path: Path, category: str | None = None) -> None:
        self.path = path
        self.category = category or path.resolve().name
        self._files = _named(path)
        if not self._files:
            raise UsageError(f"{path} holds no meshes ({', '.join(suffix[1:] for suffix in SUFFIXES)})")

    def ids(self) -> list[str]:
        """Ids of all shapes, sorted."""
        return list(self._files)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def group(self, shape_id: str) -> str:
        """Each file is a group of its own: nothing is known of near-copies."""
        return shape_id

    def load(self, shape_id: str) -> Shape:
        """Read one mesh as it is. Raises `MeshError` where the file holds none."""
        vertices, faces = read_mesh(self._files[shape_id])
        return Shape(
            id=shape_id,
            group=shape_id,
            category=self.category,
            source=self.path.resolve().name,
            license="unknown",
            vertices=vertices,
            faces=faces,
        )


def read_mesh(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a mesh file, scenes flattened into world coordinates.

    Returns
    -------
    vertices : (v, 3) float32, the file's own frame
    faces : (f, 3) int32

    Raises `MeshError` for a missing or unreadable file and for one without faces.
    """
    import trimesh

    try:
        mesh = trimesh.load(path, force="mesh", process=False, skip_materials=True)
    except Exception as error:  # every format's reader raises its own kind
        raise MeshError(f"{path.name} cannot be read as a mesh ({error or type(error).__name__})") from error
    if not isinstance(mesh, trimesh.Trimesh) or len(mesh.faces) == 0:
        raise MeshError(f"{path.name} has no faces")
    return np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces, np.int32)


def _named(path: Path) -> dict[str, Path]:
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    stems = Counter(_id(file.relative_to(path).with_suffix("")) for file in files)

    def name(file: Path) -> str:
        short = _id(file.relative_to(path).with_suffix(""))
        return short if stems[short] == 1 else _id(file.relative_to(path))

    return {name(file): file for file in files}


def _id(relative: Path) -> str:
    return "__".join(relative.parts)
