"""Meshes of photos whose tokens are moved to where those of renders lie, fitted on photos of other models."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from pathlib import Path

import numpy as np
from alignment import Alignment, Moments, Values

from latentmapper.errors import PhotoError, UsageError
from latentmapper.make.dataset.views import Views
from latentmapper.photo import read_photo
from latentmapper.photo.framing import frame
from latentmapper.reconstructor import Reconstructor
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.mesh import Mesh


@dataclass(frozen=True)
class Domain:
    """The moments of class tokens and those of patches, which have little in common."""

    classes: Moments
    patches: Moments

    @classmethod
    def of(cls, tokens: Values) -> "Domain":
        """Those of pictures (..., 1 + patches, w)."""
        return cls(Moments.of(tokens[..., :1, :]), Moments.of(tokens[..., 1:, :]))

    def __add__(self, other: "Domain") -> "Domain":
        return Domain(self.classes + other.classes, self.patches + other.patches)


class AlignedPhotos:
    """What a mapper makes of photos that were moved to where its renders lie.

    Parameters
    ----------
    made : of one pack.
    views : the renders.
    folds : photos; each is moved by what was fitted on those of all other folds.
    pictures : so many renders, evenly from all.

    Raises
    ------
    UsageError : the pack's mapper reads something else than the tokens of a closer look.
    """

    def __init__(
        self, made: Reconstructor, views: Views, folds: Sequence[Sequence[Path]], pictures: int
    ) -> None:
        (self._pack,), self._made = made.packs.values(), made
        entry = self._pack.metadata
        if entry.get("closer", {}).get("kind") != "tokens" or "encoder" in entry or entry.get("beside"):
            raise UsageError(f"--renders: pack {self._pack.id} does not read tokens, which alone are aligned")
        self._near = made.eyes.near
        self._views, self._folds, self._pictures = views, folds, pictures
        self._seen: dict[Path, Values] = {}
        self._alignments: dict[float, list[tuple[Alignment, Alignment]]] = {}

    def mesh(self, shrinkage: float, resolution: int, photo: Path) -> Mesh:
        """Of one of the photos.

        Raises
        ------
        PhotoError : it cannot be read.
        MeshError : its code has no surface.
        """
        classes, patches = self._alignment(shrinkage, photo)
        tokens = self._tokens(photo).astype(np.float32)
        moved = np.concatenate([classes(tokens[:1]), patches(tokens[1:])])
        code = self._pack.map(moved.ravel()).code
        return clean(extract(self._pack.field(code), resolution), None)[0]

    def _alignment(self, shrinkage: float, photo: Path) -> tuple[Alignment, Alignment]:
        """Of class token and patches, for a photo."""
        if shrinkage not in self._alignments:
            self._alignments[shrinkage] = [
                (
                    Alignment.between(others.classes, self._renders.classes, shrinkage),
                    Alignment.between(others.patches, self._renders.patches, shrinkage),
                )
                for others in self._others
            ]
        fold = next(number for number, photos in enumerate(self._folds) if photo in photos)
        return self._alignments[shrinkage][fold]

    @cached_property
    def _others(self) -> list[Domain]:
        """For each fold, the photos of all others."""
        domains = [reduce(add, self._domains(fold)) for fold in self._folds]
        return [reduce(add, domains[:i] + domains[i + 1 :]) for i in range(len(domains))]

    def _domains(self, photos: Sequence[Path]) -> Iterator[Domain]:
        for photo in photos:
            with suppress(PhotoError):  # its mesh will be missed anyway
                yield Domain.of(self._tokens(photo))

    @cached_property
    def _renders(self) -> Domain:
        return reduce(add, (Domain.of(self._look(square)) for square in self._squares()))

    def _squares(self) -> Iterator[Values]:
        """(s, s, 3) 0..1, evenly over the meshes and, from each to the next, another picture."""
        records = self._views.records
        for number in range(self._pictures):
            record = records[number * len(records) // self._pictures]
            yield self._views.picture(record, number % record.views).astype(np.float32) / 255

    def _tokens(self, photo: Path) -> Values:
        if photo not in self._seen:
            read = read_photo(photo)
            # Half the memory: two thousand photos take 400 MB.
            self._seen[photo] = self._look(frame(read, read.alpha)).astype(np.float16)
        return self._seen[photo]

    def _look(self, square: Values) -> Values:
        """(1 + patches, w) what the mapper reads of a framed picture (s, s, 3)."""
        tokens = self._made.eyes.exact.describe(square[None])
        return self._pack.look(self._near, square, tokens).reshape(-1, tokens.cls.shape[-1])
