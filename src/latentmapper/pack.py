"""A model pack: what one trained category is, on disk and in memory.

On disk a pack is a folder: `pack.json` says what it is and holds the SHA-256 of every other file;
ONNX graphs and safetensors arrays hold the model. Loading executes no code from the pack.
"""

import json
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper import files
from latentmapper.errors import MissingError, PackError
from latentmapper.features.bag import KINDS, Bag
from latentmapper.features.compression import Compression
from latentmapper.features.descriptor import PooledTokens
from latentmapper.features.vit import Tokens, ViT
from latentmapper.mapping import Mapping
from latentmapper.photo.framing import Box, closer
from latentmapper.photo.location import Location, box
from latentmapper.projection import Projection
from latentmapper.runtime import DEFAULT_THREADS, Session
from latentmapper.shapes.base import BaseModel, TemplateModel, load_base
from latentmapper.shapes.field import Field
from latentmapper.view import View, tells_view

FORMAT = 3
MODEL_CARD = "MODEL_CARD.md"
DIRECTIONS, NAMES = "directions.safetensors", "names.json"
LATER = ("results", "directions", MODEL_CARD, DIRECTIONS, NAMES)
"""Entries of pack.json, and files, that tell of the finished pack what was measured, or what to call it."""
REQUIRED = ("format", "id", "category", "base", "vit", "descriptor", "shapes", "files", "license")


class Pack:
    """One trained category, checked and ready to use; graphs load when first needed.

    Parameters
    ----------
    folder : the pack's folder.
    threads : threads of its ONNX sessions.

    Raises
    ------
    MissingError : no pack there.
    PackError : damaged (a file whose hash differs), incomplete, or of a newer format.
    """

    def __init__(self, folder: Path, threads: int = DEFAULT_THREADS) -> None:
        self.folder = folder
        self.metadata = read_metadata(folder)
        if bad := damaged_files(folder, self.metadata):
            raise PackError(f"pack {folder} is damaged: {bad[0]}; get it again, or rebuild it")
        self._threads = threads

    @classmethod
    def open(cls, folder: Path | str, threads: int = DEFAULT_THREADS) -> "Pack":
        """Open the pack in a folder."""
        return cls(Path(folder), threads)

    @property
    def id(self) -> str:
        """Name and version of the pack."""
        return self.metadata["id"]

    @property
    def category(self) -> str:
        """What it reconstructs, such as "car"."""
        return self.metadata["category"]

    @cached_property
    def hash(self) -> str:
        """SHA-256 over what the pack is: see `content_hash`."""
        return content_hash(self.metadata)

    @property
    def vit_sha256(self) -> str:
        """Hash of the ViT whose descriptors the mapper was trained on."""
        return self.metadata["vit"]["sha256"]

    @property
    def shape_names(self) -> list[str]:
        """Names of the N known shapes, in the order of a mapping's weights."""
        return self.metadata["shapes"]

    @cached_property
    def overview(self) -> PooledTokens:
        """Final tokens of a picture -> its descriptor (b, D) as a whole."""
        entry = self.metadata["descriptor"]
        if entry["kind"] != "pooled":
            raise PackError(f"pack {self.id} wants the unknown descriptor {entry['kind']!r}")
        return PooledTokens(grid=entry["grid"])

    def look(self, vit: ViT, square: NDArray[np.float32], tokens: Tokens) -> NDArray[np.float32]:
        """The descriptor (E,) that the mapper reads: of the overview, or of hidden or clustered tokens.

        Parameters
        ----------
        square : (224, 224, 3) float32 RGB 0..1.
        tokens : its final tokens, a batch of one.

        Raises
        ------
        PackError : the pack is damaged, or asks the ViT for blocks or patches that it does not have.
        """
        if "closer" not in self.metadata:
            return self._compression(self.overview(tokens)[0], square, tokens)
        bag = self._bag
        found = self.box(tokens)
        near = square if found is None else closer(square, found)
        descriptor = bag(vit, near[None])[0] if bag else vit.hidden(near[None])[0].reshape(-1)
        beside = self.metadata.get("beside") or {}
        return self._compression(descriptor, near if beside.get("closer") else square, tokens)

    @cached_property
    def _compression(self) -> Compression:
        return Compression(self.metadata, self.folder, self._threads)

    @cached_property
    def _bag(self) -> Bag | None:
        entry = self.metadata["closer"]
        if entry["kind"] == "tokens":
            return None
        if entry["kind"] not in KINDS:
            raise PackError(f"pack {self.id} wants the unknown descriptor {entry['kind']!r}")
        try:
            return Bag.from_entry(entry, self.arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise PackError(f"pack {self.folder} is damaged: {error}; get it again, or rebuild it") from None

    def box(self, tokens: Tokens) -> Box | None:
        """Where the object is in a square, by its final tokens, a batch of one; None where not known."""
        return box(self._location(tokens)[0]) if self._location else None

    @property
    def finds(self) -> bool:
        """Whether it tells where in a photo the object is."""
        return self._location is not None

    def locate(self, tokens: Tokens) -> NDArray[np.float32]:
        """(n, n, 5) what the pack's location head says of a picture's final tokens, a batch of one.

        Raises
        ------
        MissingError : the pack has no such head.
        """
        if self._location is None:
            raise MissingError(
                f"pack {self.id} cannot find the object in a photo; choose another --foreground"
            )
        return self._location(tokens)[0]

    @cached_property
    def _location(self) -> Location | None:
        if "location_weight1" not in self.arrays:
            return None
        try:
            return Location.from_arrays(self.arrays)
        except (KeyError, ValueError) as error:
            raise PackError(f"pack {self.folder} is damaged: {error}; get it again, or rebuild it") from None

    @cached_property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything that is no graph, by name: docs/pack-format.md."""
        from safetensors.numpy import load_file

        return load_file(self.folder / "arrays.safetensors")

    @cached_property
    def _mapper(self) -> Session:
        return Session(self.folder / "mapper.onnx", self._threads)

    @cached_property
    def base(self) -> BaseModel:
        """The generative model."""
        return load_base(self.folder, self.metadata["base"], self._threads)

    @property
    def bank(self) -> NDArray[np.float32]:
        """(N, d) codes of the known shapes."""
        return self.arrays["bank"].astype(np.float32)

    @property
    def mean_code(self) -> NDArray[np.float32]:
        """(d,) code of the category's mean shape."""
        return self.arrays["mean_code"].astype(np.float32)

    def presence(self, overview: NDArray[np.float32]) -> float:
        """Log-odds that a picture shows this category.

        Parameters
        ----------
        overview : (D,) float32.
        """
        weight, bias = self.arrays["presence_weight"], self.arrays["presence_bias"]
        # Not as a matrix product: for one this long, BLAS would wake threads of its own.
        return float((overview.astype(np.float64) * weight).sum() + bias[0])

    def map(self, descriptor: NDArray[np.float32]) -> Mapping:
        """The code of the shape that a picture shows.

        Parameters
        ----------
        descriptor : (E,) float32, as `look` gives it.
        """
        codes, weights = self.map_batch(descriptor[None])
        view = self._mapper.run(["view"], descriptor=descriptor[None])[0] if self.tells_view else None
        return Mapping(codes[0], weights[0], None if view is None else View.of(view[0]))

    @property
    def tells_view(self) -> bool:
        """Whether it tells from where a photo was taken. Raises `PackError` where that cannot be read."""
        return tells_view(self.metadata)

    def map_batch(self, descriptors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Codes (b, d) and bank weights (b, N) of descriptors (b, E)."""
        if self._projection:
            return self._projection(self._mapper.run(["code"], descriptor=descriptors)[0])
        codes, weights = self._mapper.run(["code", "weights"], descriptor=descriptors)
        return codes, weights

    @cached_property
    def _projection(self) -> Projection | None:
        directions = self.arrays.get("projection")
        return None if directions is None else Projection(self.bank, directions.astype(np.float32))

    def field(self, code: NDArray[np.float32]) -> Field:
        """The signed distance field of a code (d,)."""
        return self.base.field(code)

    @property
    def template(self) -> Field | None:
        """The shape that all of the category are warped from; None where the base model knows of none."""
        return self.base.template if isinstance(self.base, TemplateModel) else None


def bundled_packs() -> list[Path]:
    """Folders of the packs that ship with the package."""
    root = Path(str(resources.files("latentmapper"))) / "packs"
    return sorted(path.parent for path in root.glob("*/pack.json"))


def read_metadata(folder: Path) -> dict[str, Any]:
    """Read and check `pack.json`.

    Raises
    ------
    MissingError : there is none.
    PackError : not JSON, fields missing, or a newer format.
    """
    path = folder / "pack.json"
    if not path.is_file():
        raise MissingError(f"no pack at {folder} (pack.json is missing); see: latentmapper packs list")
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise PackError(f"pack {folder} is damaged: pack.json cannot be read ({error})") from None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("format"), int):
        raise PackError(f"pack {folder} is damaged: pack.json has no format number")
    if metadata["format"] > FORMAT:
        raise PackError(
            f"pack {folder} has format {metadata['format']}, this version reads up to {FORMAT}; "
            "update with: pip install -U latentmapper"
        )
    if missing := [name for name in REQUIRED if name not in metadata]:
        raise PackError(f"pack {folder} is damaged: pack.json lacks {', '.join(missing)}")
    return metadata


def content_hash(metadata: dict[str, Any]) -> str:
    """SHA-256 over a pack's metadata, which holds the hashes of its files, but for what was measured later.

    Results, sliders and names for people, and the files that tell them, are left out: so results can name
    the pack that they were measured on, and writing any of them into it does not make another pack of it.

    Parameters
    ----------
    metadata : the content of pack.json.
    """
    content = {name: value for name, value in metadata.items() if name not in LATER}
    content["files"] = {name: digest for name, digest in metadata["files"].items() if name not in LATER}
    return files.sha256_of_json(content)


def damaged_files(folder: Path, metadata: dict[str, Any]) -> list[str]:
    """What is wrong with a pack's files, one sentence each; empty where all is well."""
    problems = []
    for name, digest in metadata["files"].items():
        path = folder / name
        if Path(name).name != name:
            problems.append(f"{name!r} is not a plain file name")
        elif not path.is_file():
            problems.append(f"{name} is missing")
        elif files.sha256_of_file(path) != digest:
            problems.append(f"{name} differs from its recorded SHA-256")
    return problems
