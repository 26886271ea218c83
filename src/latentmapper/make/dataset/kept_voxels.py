"""The shapes of a store as voxels, made once and kept beside a run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from latentmapper.executors import LocalExecutor
from latentmapper.files import write_bytes
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Record, ShapeData, Store
from latentmapper.make.dataset.voxels import occupied
from latentmapper.pace import paced
from latentmapper.places import Place
from latentmapper.shapes.mesh import Mesh

CELLS = 64
"""Voxels along an axis."""
MARGIN = 0.25 * 2 / CELLS
"""A centre a quarter of a voxel outside still counts as inside: wings are thinner than a voxel."""


class Solids:
    """Voxels (64, 64, 64) bool over the cube -1..1, by record: `solids[record]`.

    Parameters
    ----------
    store : with the shapes.
    records : of the shapes that are asked for.
    folder : what is made is kept here, a file a shape, named by the hash of its data.
    workers : processes that make what is missing.
    """

    def __init__(self, store: JoinedStore, records: Sequence[Record], folder: Path, workers: int) -> None:
        missing = [record for record in records if not _is_kept(_path(folder, record))]
        jobs = [(store.folder_of(record), record, _path(folder, record)) for record in missing]
        kept = LocalExecutor(workers).map(_keep, jobs)
        for _ in paced(kept, len(records), "shapes as voxels", len(records) - len(missing)):
            pass
        self._bits = {record.sha256: np.fromfile(_path(folder, record), np.uint8) for record in records}

    def __getitem__(self, record: Record) -> np.ndarray:
        """See the class."""
        return np.unpackbits(self._bits[record.sha256]).reshape((CELLS,) * 3).astype(bool)


def voxelise(data: ShapeData, closed: bool) -> np.ndarray:
    """Voxels (64, 64, 64) bool of a shape; `closed`: its mesh is watertight and oriented outwards."""
    return occupied(Mesh(data.vertices, data.faces), CELLS, closed, seed=0, margin=MARGIN)


def _keep(job: tuple[Place, Record, Path]) -> None:
    folder, record, path = job
    solid = voxelise(Store(folder, {}, []).load(record), record.closed)
    write_bytes(path, np.packbits(solid).tobytes())


def _path(folder: Path, record: Record) -> Path:
    return folder / f"{record.sha256[:32]}.bits"


def _is_kept(path: Path) -> bool:
    return path.is_file() and path.stat().st_size == CELLS**3 // 8
