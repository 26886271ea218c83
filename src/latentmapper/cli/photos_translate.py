"""`latentmapper photos translate`: photos as the renders that packs learn from would show them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from tyro.conf import FlagCreatePairsOff, Positional, arg

if TYPE_CHECKING:
    from PIL import Image

    from latentmapper.photo import Photo


@dataclass(frozen=True)
class Translate:
    """Translate every photo of a folder as `reconstruct --translator` does, to look at: STEM.png.

    Photos are best cut out before, by `latentmapper photos cut`. Run it again to go on. Exit codes: 0 all
    done, 1 some photos failed, 2 wrong usage, 3 no translator.
    """

    folder: Positional[Annotated[Path, arg(metavar="FOLDER")]]
    """Folder of photos, searched recursively."""
    translator: Annotated[Path, arg(metavar="FILE")]
    """The translator.onnx that `latentmapper train translator` made, its .json beside it."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="OUT")] = Path("translated")
    """Folder for the pictures, outside that of the photos."""
    overwrite: bool = False
    """Make everything anew, and replace files that this command did not make."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb; exit code 1 where some photos could not be translated."""
    config = tyro.cli(Translate, args=argv, prog=f"latentmapper {verb}", config=(FlagCreatePairsOff,))
    from latentmapper.batch.pictures import PictureRun
    from latentmapper.cli.folders import jobs_of, run_over
    from latentmapper.photo.framing import frame, image_of
    from latentmapper.photo.translation import Translator

    journal, jobs = jobs_of(config.folder, config.output)
    translator = Translator(config.translator)

    def draw(photo: "Photo") -> "Image.Image":
        return image_of(translator.own_size(frame(photo, photo.alpha)))

    run = PictureRun(draw, ["translate", translator.sha256], journal, config.overwrite)
    return run_over(run, jobs, config.output)
