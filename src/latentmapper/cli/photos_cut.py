"""`latentmapper photos cut`: the objects of a folder of photos, cut out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from tyro.conf import FlagCreatePairsOff, Positional, UseAppendAction, arg

from latentmapper.errors import RefusedPhoto, UsageError

if TYPE_CHECKING:
    from PIL import Image

    from latentmapper.photo import Photo


@dataclass(frozen=True)
class Cut:
    """Cut the object out of every photo of a folder: STEM.png, transparent around it.

    They are 640 pixels long at most, as large as photos are looked at. What learns from photos, and what
    reconstructs them, goes by that transparency. Run it again to go on.
    Exit codes: 0 all done, 1 some photos failed, 2 wrong usage, 3 a needed weight or pack is missing.
    """

    folder: Positional[Annotated[Path, arg(metavar="FOLDER")]]
    """Folder of photos, searched recursively."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="OUT")] = Path("cut")
    """Folder for the pictures, outside that of the photos."""
    foreground: str = "bundled"
    """What finds the object: the pack (bundled), or detr[:HUB ID or FOLDER]."""
    category: str = "auto"
    """What the photos show; auto decides for each photo. What shows none of it is refused."""
    pack: UseAppendAction[tuple[Path, ...]] = ()
    """Model pack to use instead of those that ship with the package; repeat it for several."""
    force: bool = False
    """Cut out even what shows none of the categories."""
    overwrite: bool = False
    """Make everything anew, and replace files that this command did not make."""

    def __post_init__(self) -> None:
        """Check what needs no look at a photo."""
        if self.foreground.partition(":")[0] not in ("bundled", "detr"):
            raise UsageError(f"--foreground {self.foreground}: choose what finds objects, bundled or detr")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb; exit code 1 where some photos could not be cut out."""
    config = tyro.cli(Cut, args=argv, prog=f"latentmapper {verb}", config=(FlagCreatePairsOff,))
    from latentmapper.abilities import require_category
    from latentmapper.batch.pictures import PictureRun
    from latentmapper.cli.folders import jobs_of, run_over
    from latentmapper.cli.foreground import provider
    from latentmapper.observer import Observer
    from latentmapper.photo.foreground import WHOLE
    from latentmapper.photo.framing import cut_out

    journal, jobs = jobs_of(config.folder, config.output)
    observer = Observer(config.pack or None, foreground=provider(config.foreground, (), ()))
    require_category(observer.packs, config.category)
    packs = sorted(pack.hash for pack in observer.packs.values())
    identity = ["cut", packs, config.category, observer.foreground.identity("")]

    def draw(photo: "Photo") -> "Image.Image":
        try:
            found = observer.find(photo, config.category)
        except RefusedPhoto as error:  # a whole picture is not cut out
            raise RefusedPhoto(str(error).removesuffix(WHOLE)) from None
        # The head finds whatever resembles its category: what it found has to be recognised as well.
        observer.recognise(photo, found, config.category, config.force)
        return cut_out(photo, found.mask)

    return run_over(PictureRun(draw, identity, journal, config.overwrite), jobs, config.output)
