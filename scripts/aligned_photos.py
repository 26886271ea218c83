"""Meshes of photos whose tokens are moved to where those of renders lie, fitted on photos of other models."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
from alignment import Values

from latentmapper.errors import PhotoError, UsageError
from latentmapper.make.dataset.views import Views
from latentmapper.observer import Observer
from latentmapper.photo import read_photo
from latentmapper.photo.framing import frame
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.mesh import Mesh

Move = Callable[[Values], Values]
"""Moves the tokens (1 + patches, w) of a photo."""
Fit = Callable[[Sequence[Values], Sequence[Values]], Move]
"""Finds what moves photos to where renders lie, by the tokens of both."""


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

    def __init__(self, made: Observer, views: Views, folds: Sequence[Sequence[Path]], pictures: int) -> None:
        (self._pack,), self._made = made.packs.values(), made
        entry = self._pack.metadata
        joined = "encoder" in entry or self._pack.reads_two
        if entry.get("closer", {}).get("kind") != "tokens" or joined:
            raise UsageError(f"--renders: pack {self._pack.id} does not read tokens, which alone are aligned")
        self._near, self._length = made.eyes.near, entry["closer"]["length"]
        self._views, self._folds, self._pictures = views, folds, pictures
        self._seen: dict[Path, Values] = {}
        self._beside: dict[Path, Values] = {}
        self._moves: dict[tuple[Fit, int], Move] = {}

    def mesh(self, fit: Fit, resolution: int, photo: Path) -> Mesh:
        """Of one of the photos.

        Raises
        ------
        PhotoError : it cannot be read.
        MeshError : its code has no surface.
        """
        tokens = self._tokens(photo).astype(np.float32)
        moved = self._move(fit, photo)(tokens).ravel()
        # What a second mapper reads is no token of the ViT: it stays as it is.
        code = self._pack.map(np.concatenate([moved, self._beside[photo]])).code
        return clean(extract(self._pack.field(code), resolution), None)[0]

    def _move(self, fit: Fit, photo: Path) -> Move:
        """For a photo, fitted on those of all other folds."""
        own = next(number for number, photos in enumerate(self._folds) if photo in photos)
        if (fit, own) not in self._moves:
            others = [photos for number, photos in enumerate(self._folds) if number != own]
            self._moves[fit, own] = fit(list(self._readable(chain(*others))), self._renders)
        return self._moves[fit, own]

    def _readable(self, photos: Iterable[Path]) -> Iterator[Values]:
        for photo in photos:
            with suppress(PhotoError):  # its mesh will be missed anyway
                yield self._tokens(photo)

    @cached_property
    def _renders(self) -> list[Values]:
        return [self._look(square)[0].astype(np.float16) for square in self._squares()]

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
            seen, self._beside[photo] = self._look(frame(read, read.alpha))
            self._seen[photo] = seen.astype(np.float16)
        return self._seen[photo]

    def _look(self, square: Values) -> tuple[Values, Values]:
        """(1 + patches, w) what the mapper reads of a framed picture (s, s, 3), and a second one."""
        tokens = self._made.eyes.exact.describe(square[None])
        (seen,) = self._pack.look(self._near, square, tokens)
        return seen[: self._length].reshape(-1, tokens.cls.shape[-1]), seen[self._length :]
