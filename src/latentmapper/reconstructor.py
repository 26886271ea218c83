"""From a photo to a mesh, in the order in which it happens."""

from latentmapper.abilities import require_category, require_instance
from latentmapper.answer import Answer
from latentmapper.observer import Observer, Seen
from latentmapper.photo import Source, read_photo
from latentmapper.photo.category import AUTO
from latentmapper.photo.foreground import ALPHA
from latentmapper.photo.placing import told
from latentmapper.ranges import require_within
from latentmapper.reconstruction import Reconstruction
from latentmapper.shapes.shell import Shell, shell_of
from latentmapper.spoken import heaviest
from latentmapper.stopwatch import Stopwatch


class Reconstructor(Observer):
    """Photos to meshes with a fixed set of packs; everything heavy is loaded once, when first needed.

    Parameters and errors are those of an `Observer`, which this is besides: packs, vit, threads, foreground,
    translator and precision.
    """

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
        seen = self.see(photo, found, category, force, looks, clock)
        answer = Answer.of(seen, refine, resolution, clock)
        with clock("planes"):
            field = seen.pack.field(answer.code)
        shell = shell_of(field, resolution, faces, clock)
        return self._told(seen, answer, shell, clock)

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
