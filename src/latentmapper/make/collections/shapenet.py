"""A ShapeNetCore v2 tree: SYNSET/MODEL/models/model_normalized.obj (Chang et al., arXiv:1512.03012)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from latentmapper.errors import UsageError
from latentmapper.files import parse_json
from latentmapper.make.collections.base import Shape
from latentmapper.make.collections.folder import read_mesh
from latentmapper.spelling import readable

SYNSETS = {"airplane": "02691156", "car": "02958343"}
# ShapeNet looks along -Z; the canonical frame along +Z: half a turn about +Y.
HALF_TURN = np.array([-1, 1, -1], np.float32)


class ShapeNet:
    """The models of one synset, each its own group.

    `synset` is a WordNet offset such as "02958343", or one of the names in `SYNSETS`.

    Raises `UsageError` where there is no model of it, or the tree's taxonomy, which names it, cannot be read.
    """

    def __init__(self, path: Path, synset: str, category: str | None = None) -> None:
        self.synset = SYNSETS.get(synset, synset)
        self.path = path / self.synset
        self.category = category or _name(path, self.synset)
        self._files = {
            readable(file.parts[-3]): file for file in sorted(self.path.glob("*/models/model_normalized.obj"))
        }
        if not self._files:
            raise UsageError(f"{self.path} holds no */models/model_normalized.obj; is --synset right?")

    def ids(self) -> list[str]:
        """Model ids, sorted."""
        return list(self._files)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def group(self, shape_id: str) -> str:
        """Each model is a group of its own."""
        return shape_id

    def source(self, shape_id: str) -> str:
        """The same of all models."""
        return "ShapeNetCore.v2"

    def license(self, shape_id: str) -> str:
        """The same of all models."""
        return "ShapeNet terms of use (research only)"

    def load(self, shape_id: str) -> Shape:
        """Read one model and turn it to face +Z. Raises `MeshError` where it cannot be read."""
        vertices, faces = read_mesh(self._files[shape_id])
        return Shape(
            id=shape_id,
            group=shape_id,
            category=self.category,
            source=self.source(shape_id),
            license=self.license(shape_id),
            vertices=vertices * HALF_TURN,
            faces=faces,
        )


def _name(path: Path, synset: str) -> str:
    for category, known in SYNSETS.items():
        if known == synset:
            return category
    taxonomy = path / "taxonomy.json"
    if not taxonomy.is_file():
        return synset
    try:
        names = {entry["synsetId"]: str(entry["name"]) for entry in parse_json(taxonomy.read_bytes())}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{taxonomy} cannot be read ({error!r}); give --category") from error
    return names.get(synset, synset).split(",")[0]
