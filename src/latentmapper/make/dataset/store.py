"""A store: the shapes of one category as samples, one safetensors file a shape, a manifest of all."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import StoreError, UsageError
from latentmapper.files import (
    parse_json,
    parse_object,
    sha256_of_bytes,
    write_arrays,
    write_json,
    write_text,
)
from latentmapper.make.dataset.records import parse_record
from latentmapper.make.dataset.shards import damage_told, open_shard
from latentmapper.make.dataset.split import HELD_OUT, SPLITS
from latentmapper.places import Place, place

FORMAT = 1
HEADER, MANIFEST, SHAPES = "store.json", "manifest.jsonl", "shapes"
USABLE = "ok"
METADATA = "latentmapper"


@dataclass(frozen=True)
class Record:
    """One shape of a store, as a line of its manifest."""

    id: str
    group: str
    """Near-copies of one another, and deformed copies of a shape, share a group and so a split."""
    split: str
    """"train", "validation", "test", or "held-out" for whole kinds that nothing is trained on."""
    source: str
    license: str
    category: str
    labels: dict[str, Any] = field(default_factory=dict)
    """Attributes of the shape, where the collection knows them."""
    origin: str = "mesh"
    """"mesh", "parametric" or "deformed"."""
    parent: str | None = None
    """The id of the shape that a deformed one was made from."""
    asymmetry: float | None = None
    """Chamfer distance to its own mirror image, times 1000; None where it could not be measured."""
    verdict: str = USABLE
    """"ok", or the reason why the shape was set aside."""
    file: str = ""
    """Path of the data below the store; empty where set aside."""
    sha256: str = ""
    """Hash of that file."""

    @property
    def closed(self) -> bool:
        """Whether the mesh is known to be watertight and oriented outwards, as parametric ones are."""
        return self.origin == "parametric"


def of_splits(records: Sequence[Record], splits: tuple[str, ...]) -> list[Record]:
    """The shapes of some splits. Raises `UsageError` for no split, `StoreError` where there are no shapes."""
    known = (*SPLITS, HELD_OUT)
    if unknown := [split for split in splits if split not in known]:
        raise UsageError(f"--splits {unknown[0]}: there is no such split; choose {', '.join(known)}")
    chosen = [record for record in records if record.split in splits]
    if not chosen:
        raise StoreError(f"--splits {' '.join(splits)}: the stores hold no such shape")
    return chosen


@dataclass(frozen=True)
class ShapeData:
    """What a store knows of one shape, in the canonical frame; what `Store.load` gives is read-only."""

    vertices: NDArray[np.float32]
    """(v, 3) of the normalised original mesh."""
    faces: NDArray[np.int32]
    """(f, 3), as found: not always oriented, nor closed."""
    materials: NDArray[np.uint8]
    """(f,) indices into `MATERIALS`."""
    sample_points: NDArray[np.float32]
    """(n, 3) in random order, ever denser towards the surface."""
    sample_distances: NDArray[np.float32]
    """(n,) true signed distances to the solid, negative inside, not clamped."""
    surface_points: NDArray[np.float32]
    """(m, 3) points of the original mesh that are seen from outside, in random order."""
    surface_normals: NDArray[np.float32]
    """(m, 3) unit normals there, on the side they are seen from."""


class Store:
    """A store opened for reading: `Store.open(path)`."""

    def __init__(self, path: Place, header: dict[str, Any], manifest: list[Record]) -> None:
        self.path = path
        self.header = header
        """Format, category, recipe and whether the category is modelled as mirror-symmetric."""
        self.records = [record for record in manifest if record.verdict == USABLE]
        """The usable shapes, in the manifest's order."""
        self.set_aside = [record for record in manifest if record.verdict != USABLE]
        """The others, each with the reason in its verdict."""

    @classmethod
    def open(cls, path: Place | str) -> "Store":
        """Open the store in a folder or at a URL.

        Raises `StoreError` where there is none, it is unfinished, or of another version.
        """
        path = place(path) if isinstance(path, str) else path
        header = _read_header(path)
        if header.get("format") != FORMAT:
            raise StoreError(
                f"{path} is a store of format {header.get('format')}, this version reads format {FORMAT};"
                " build it again with: latentmapper data build"
            )
        for name, kind in (("category", str), ("recipe", dict), ("symmetric", bool)):
            if not isinstance(header.get(name), kind):
                raise StoreError(f"{path / HEADER} cannot be read (its {name} is missing or damaged)")
        return cls(path, header, _read_manifest(path / MANIFEST))

    def split(self, name: str) -> list[Record]:
        """The usable shapes of one split, named as in `Record.split`."""
        return [record for record in self.records if record.split == name]

    def load(self, record: Record) -> ShapeData:
        """Read one shape, see `open_shard`. Raises `StoreError` where its file is missing or damaged."""
        arrays = open_shard(self.path, record.file, record.sha256)
        with damage_told(self.path, record.file):
            return ShapeData(*(arrays[field.name] for field in fields(ShapeData)))

    def verify(self) -> None:
        """Check every file against its hash. Raises `StoreError` naming the first that differs."""
        for record in self.records:
            file = self.path / record.file
            if not file.is_file() or sha256_of_bytes(file.read_bytes()) != record.sha256:
                raise StoreError(f"{file} differs from its hash in {MANIFEST}; build the store again")


def write_shape(path: Place, data: ShapeData, metadata: dict[str, Any]) -> str:
    """Write the data of one shape and some JSON metadata, atomically and repeatably; the file's hash."""
    arrays = {f.name: np.ascontiguousarray(getattr(data, f.name)) for f in fields(ShapeData)}
    # one entry: safetensors writes several in random order
    return write_arrays(path, arrays, {METADATA: json.dumps(metadata, sort_keys=True)})


def read_metadata(path: Place) -> tuple[dict[str, Any], str]:
    """The metadata that `write_shape` wrote and the file's hash; empty both where the file is no such."""
    try:
        content = path.read_bytes()
        header = parse_json(content[8 : 8 + int.from_bytes(content[:8], "little")])
        return parse_json(header["__metadata__"][METADATA]), sha256_of_bytes(content)
    except (OSError, ValueError, KeyError, TypeError):
        return {}, ""


def write_store(path: Place, header: dict[str, Any], manifest: Iterable[Record]) -> None:
    """Write manifest and header; the header last, so that a store with a header is complete."""
    lines = [json.dumps(asdict(record), allow_nan=False) + "\n" for record in manifest]
    write_text(path / MANIFEST, "".join(lines))
    write_json(path / HEADER, {"format": FORMAT, **header})


def _read_header(path: Place) -> dict[str, Any]:
    try:
        return parse_object((path / HEADER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{path} is not a finished store; make it with: latentmapper data build") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path / HEADER} cannot be read ({error})") from error


def _read_manifest(path: Place) -> list[Record]:
    try:
        return [parse_record(Record, line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{path} cannot be read ({error})") from error
