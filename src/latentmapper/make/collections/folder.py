"""A folder of meshes, any nesting, one shape a file."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from latentmapper.errors import MeshError, UsageError
from latentmapper.make.collections.base import Shape
from latentmapper.spelling import readable

SUFFIXES = (".obj", ".off", ".ply", ".stl", ".glb")
FAR = 1000.0
"""Times its own size that a mesh may be away from the origin: farther off, float32 is too coarse for it."""


class Folder:
    """Every mesh file under a folder, each its own group.

    The id of a shape is its path below the folder, "/" written as "__", without the suffix unless two files
    differ in nothing else.

    Raises `UsageError` where there is none, or two would have one id.
    """

    def __init__(self, path: Path, category: str | None = None) -> None:
        self.path = path
        self.category = category or name_of(path)
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

    def source(self, shape_id: str) -> str:
        """The folder's name."""
        return name_of(self.path)

    def license(self, shape_id: str) -> str:
        """Nothing is known of it."""
        return "unknown"

    def load(self, shape_id: str) -> Shape:
        """Read one mesh as it is. Raises `MeshError` where the file holds none."""
        vertices, faces = read_mesh(self._files[shape_id])
        return Shape(
            id=shape_id,
            group=shape_id,
            category=self.category,
            source=self.source(shape_id),
            license=self.license(shape_id),
            vertices=vertices,
            faces=faces,
        )


def read_mesh(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a mesh file, scenes flattened into world coordinates.

    Returns
    -------
    vertices : (v, 3) float32, the file's own frame, or about the origin where that is `FAR` away
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
    return np.asarray(_near(mesh.vertices), np.float32), np.asarray(mesh.faces, np.int32)


def name_of(path: Path) -> str:
    """What a file or folder is called, as text: bytes that are no UTF-8 are written as \\x and digits."""
    return readable(path.resolve().name)


def _near(vertices: np.ndarray) -> np.ndarray:
    """Vertices (v, 3) float64, moved to the origin where they are far from it, as those of maps are."""
    finite = vertices[np.isfinite(vertices).all(axis=1)]
    if not len(finite):
        return vertices
    low, high = finite.min(axis=0), finite.max(axis=0)
    far = np.abs((low + high) / 2).max() > FAR * (high - low).max()
    return vertices - (low + high) / 2 if far else vertices


def _named(path: Path) -> dict[str, Path]:
    files = sorted(file for file in path.rglob("*") if _is_mesh(file) and file.is_file())
    stems = Counter(_id(file.relative_to(path).with_suffix("")) for file in files)

    def name(file: Path) -> str:
        short = _id(file.relative_to(path).with_suffix(""))
        return short if stems[short] == 1 else _id(file.relative_to(path))

    named: dict[str, Path] = {}
    for file in files:
        if (other := named.setdefault(name(file), file)) is not file:
            raise UsageError(f"{other} and {file} would both be called {name(file)}; rename one of them")
    return named


def _is_mesh(file: Path) -> bool:
    """By its name; those of hidden files are what macOS keeps beside each on other disks ("._chair.obj")."""
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".")


def _id(relative: Path) -> str:
    return readable("__".join(relative.parts))
