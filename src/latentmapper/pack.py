"""A model pack in memory: what one trained category is, ready to use."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.distribution import Distribution
from latentmapper.errors import MissingError, PackError, UsageError
from latentmapper.features.closer import KINDS, Closer, closer_of
from latentmapper.features.compression import Compression
from latentmapper.features.descriptor import PooledTokens
from latentmapper.features.preparation import preprocessing_problem
from latentmapper.features.vit import Tokens, ViT
from latentmapper.heads import Heads, heads_of
from latentmapper.mapper import Mapper
from latentmapper.mapping import Mapping
from latentmapper.pack_folder import content_hash, damaged_files, read_arrays, read_metadata
from latentmapper.photo.framing import SIDE, Box
from latentmapper.photo.location import box
from latentmapper.photo.windows import windows
from latentmapper.runtime import DEFAULT_THREADS
from latentmapper.shapes.base import BaseModel, TemplateModel, load_base
from latentmapper.shapes.field import Field
from latentmapper.view import tells_view


class Pack:
    """One trained category, checked and ready to use; graphs load when first needed.

    Parameters
    ----------
    folder : the pack's folder.
    threads : threads of its ONNX sessions.
    int8 : round what the mapper multiplies, where its weights are stored as int8 anyway.

    Raises
    ------
    MissingError : no pack there.
    PackError : damaged (a file whose hash differs), incomplete, or of a newer format.
    """

    def __init__(self, folder: Path, threads: int = DEFAULT_THREADS, int8: bool = False) -> None:
        self.folder = folder
        self.metadata = read_metadata(folder)
        if bad := damaged_files(folder, self.metadata):
            raise PackError(f"pack {folder} is damaged: {bad[0]}; get it again, or rebuild it")
        self._threads, self._int8 = threads, int8

    @classmethod
    def open(cls, folder: Path | str, threads: int = DEFAULT_THREADS, int8: bool = False) -> "Pack":
        """Open the pack in a folder."""
        return cls(Path(folder), threads, int8)

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

    def require_vit(self, sha256: str) -> None:
        """Raise `PackError` where it was made for another ViT than the one of this hash, or for pictures that
        are prepared in another way."""
        if self.vit_sha256 != sha256:
            hashes = f"SHA-256 {self.vit_sha256[:12]}..., not {sha256[:12]}..."
            raise PackError(f"pack {self.id} was made for another ViT ({hashes})")
        if problem := preprocessing_problem(self.metadata["vit"]):
            raise PackError(f"pack {self.id} {problem}")

    @property
    def shape_names(self) -> list[str]:
        """Names of the N known shapes, in the order of a mapping's weights."""
        return self.metadata["shapes"]

    @cached_property
    def overview(self) -> PooledTokens:
        """Final tokens of a picture -> its descriptor (b, D) as a whole."""
        entry = self.metadata["descriptor"]
        if entry["kind"] != "pooled" or not isinstance(entry.get("grid"), int):
            raise PackError(f"pack {self.id} wants the unknown descriptor {entry['kind']!r}")
        return PooledTokens(grid=entry["grid"])

    @property
    def reads_two(self) -> bool:
        """Whether its mapper reads a second descriptor beside the first: not what a second mapper reads."""
        return "beside" in self.metadata and "second" not in self.metadata

    @property
    def whole_size(self) -> tuple[int, int]:
        """Height and width that a photo is framed in where the whole of it is described by clusters."""
        return (SIDE, SIDE) if self.finds or self._closer is None else self._closer.size

    def look(
        self,
        vit: ViT,
        square: NDArray[np.float32],
        tokens: Tokens,
        looks: int = 1,
        whole: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """The descriptors (n, E) that the mapper reads: of the overview, or of hidden or clustered tokens.

        Parameters
        ----------
        square : (224, 224, 3) float32 RGB 0..1.
        tokens : its final tokens, a batch of one.
        looks : how often to look closer, where the pack does: see `photo.windows`. One descriptor each.
        whole : the same photo framed in `whole_size`; by default the square, fitted into it.

        Raises
        ------
        PackError : the pack is damaged, or asks the ViT for blocks or patches that it does not have.
        """
        if self._closer is None:
            return self._compression(self.overview(tokens)[0], square, tokens)[None]
        beside = (self.metadata.get("beside") or {}).get("closer")
        symmetric = bool(self.metadata["base"].get("symmetric"))
        described = []
        for near in windows(square, self.box(tokens), looks, symmetric):
            seen = tokens.hidden if near is square else None
            shown = whole if near is square and whole is not None else near
            descriptor = self._closer(vit, shown, seen)
            described.append(self._compression(descriptor, near if beside else square, tokens))
        return np.stack(described)

    @cached_property
    def _compression(self) -> Compression:
        return Compression(self.metadata, self.folder, self._threads)

    @cached_property
    def _closer(self) -> Closer | None:
        """What is read off closer looks; None where the overview is all that the mapper reads."""
        entry = self.metadata.get("closer")
        if entry is None:
            return None
        if entry["kind"] not in KINDS:
            raise PackError(f"pack {self.id} wants the unknown descriptor {entry['kind']!r}")
        try:
            return closer_of(entry, self.arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise PackError(f"pack {self.folder} is damaged: {error}; get it again, or rebuild it") from None

    @property
    def glance(self) -> int | None:
        """Side in pixels of the small pictures whose tokens it can read too; None where it cannot."""
        return (self.metadata.get("glance") or {}).get("side")

    def odds(self, tokens: Tokens) -> float:
        """Log-odds that a picture shows this category, by its final tokens, a batch of one."""
        return self._heads[tokens.side].odds(tokens)

    def box(self, tokens: Tokens) -> Box | None:
        """Where the object is in a square, by its final tokens, a batch of one; None where not known."""
        return box(self.locate(tokens)) if self.finds else None

    @property
    def finds(self) -> bool:
        """Whether it tells where in a photo the object is."""
        return self._heads[SIDE].location is not None

    def locate(self, tokens: Tokens) -> NDArray[np.float32]:
        """(n, n, 5) what the pack's location head says of a picture's final tokens, a batch of one.

        Raises
        ------
        MissingError : the pack has no such head.
        """
        location = self._heads[tokens.side].location
        if location is None:
            raise MissingError(
                f"pack {self.id} cannot find the object in a photo; choose another --foreground"
            )
        return location(tokens)[0]

    @cached_property
    def _heads(self) -> dict[int, Heads]:
        return heads_of(self.folder, self.metadata, self.arrays)

    @cached_property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything that is no graph, by name: docs/pack-format.md."""
        return read_arrays(self.folder, len(self.shape_names))

    @cached_property
    def _mapper(self) -> Mapper:
        return Mapper(self.folder, self.metadata, self.arrays, self._threads, self._int8)

    @cached_property
    def base(self) -> BaseModel:
        """The generative model."""
        return load_base(self.folder, self.metadata["base"], self._threads)

    @property
    def bank(self) -> NDArray[np.float32]:
        """(N, d) codes of the known shapes."""
        return self.arrays["bank"].astype(np.float32)

    @cached_property
    def distribution(self) -> Distribution:
        """How the known codes are spread."""
        return Distribution.of(self.bank)

    @property
    def mean_code(self) -> NDArray[np.float32]:
        """(d,) code of the category's mean shape."""
        return self.arrays["mean_code"].astype(np.float32)

    def presence(self, overview: NDArray[np.float32]) -> float:
        """Log-odds that a picture shows this category, by its descriptor as a whole (D,)."""
        return self._heads[SIDE].presence(overview)

    def map(self, descriptors: NDArray[np.float32]) -> Mapping:
        """The code of the shape that a picture shows: the mean of all looks; the first tells the view.

        Parameters
        ----------
        descriptors : (n, E) float32, as `look` gives them, or one (E,).
        """
        return self._mapper.map(np.atleast_2d(descriptors))

    @property
    def tells_view(self) -> bool:
        """Whether it tells from where a photo was taken. Raises `PackError` where that cannot be read."""
        return tells_view(self.metadata)

    def map_batch(self, descriptors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Codes (b, d) and bank weights (b, N) of descriptors (b, E)."""
        return self._mapper.answers(descriptors)[:2]

    def field(self, code: NDArray[np.float32]) -> Field:
        """The signed distance field of a code (d,)."""
        return self.base.field(code)

    @property
    def template(self) -> Field | None:
        """The shape that all of the category are warped from; None where the base model knows of none."""
        return self.base.template if isinstance(self.base, TemplateModel) else None


def by_category(opened: Sequence[Pack]) -> dict[str, Pack]:
    """Packs by what they are for. Raises `UsageError` for two of one category, `MissingError` for none."""
    packs: dict[str, Pack] = {}
    for pack in opened:
        if pack.category in packs:
            raise UsageError(f"--pack: {packs[pack.category].id} and {pack.id} are both for {pack.category}")
        packs[pack.category] = pack
    if not packs:
        fix = "pip install --force-reinstall latentmapper, or name one with --pack FOLDER"
        raise MissingError(f"no model pack is installed; mend that with: {fix}")
    return packs
