"""Real photographs, counterpart of the paper's table 6: photo, mask, translated picture, mesh."""

from collections.abc import Sequence
from contextlib import suppress

from latentmapper.batch import Input, expand, failure
from latentmapper.errors import MissingError, PhotoError, UsageError
from latentmapper.make.report.blocks import Block, Cell, Picture, Table, Text
from latentmapper.make.report.gallery import TILE, picture
from latentmapper.make.report.stages import CUT_OUT, MESH, PHOTOGRAPH, TRANSLATED, Stages, Tile, stages
from latentmapper.photo import Photo, read_photo
from latentmapper.photo.category import percent
from latentmapper.photo.foreground import Mask
from latentmapper.reconstruction import Reconstruction
from latentmapper.reconstructor import Reconstructor
from latentmapper.spelling import readable

MOST = 24
"""Photographs of one page: what a person looks at, and what makes no page too large."""
TITLES = {PHOTOGRAPH: "photograph", CUT_OUT: "cut out by the mask", TRANSLATED: "translated", MESH: "mesh"}
"""Of the columns, by stage."""
ABOUT = (
    "The counterpart of the paper's table 6, of other photographs. Nothing is measured here: the true shapes "
    "are not known."
)
RIGHTS = (
    "Whoever made this page chose the photographs. Their licenses are not known to it; who passes it on "
    "passes them on, and needs the right to."
)
MASKED = "The mask is what the location head of the pack finds (--foreground bundled)."
SEEN = (
    "Meshes are shown from where the pack takes the photograph to be taken or, where it does not tell, "
    "from a front quarter."
)


def named(names: Sequence[str]) -> list[Input]:
    """The photographs that files and folders hold, each once.

    Raises
    ------
    UsageError : more than `MOST`.
    PhotoError : a name stands for none. What is there and cannot be read is no error: its row tells.
    """
    found = expand(names)
    for each in found:
        if each.problem or (each.path is not None and not each.path.exists()):
            each.read()
    if len(found) > MOST:
        raise UsageError(f"--photos: {len(found)} photographs; a report shows {MOST} at most, so choose some")
    return found


def attempt(reconstructor: Reconstructor, given: Input) -> Stages:
    """The stages of a photograph as far as it comes, and why it comes no further.

    Raises `MissingError` and `UsageError`, which would stop every photograph alike.
    """
    photo = None
    try:
        photo = read_photo(given.read(), given.name)
        return stages(reconstructor, photo)
    except (MissingError, UsageError):
        raise
    except Exception as error:  # one photo must not cost the others
        kind, why = failure(error, given.name)
        mask = _mask(reconstructor, photo) if isinstance(error, PhotoError) else None
        return Stages(given.name, photo, mask, problem=readable(f"{kind}: {why}"))


def _mask(reconstructor: Reconstructor, photo: Photo | None) -> Mask | None:
    """What was found in a photo of which nothing was made; None where it was nothing."""
    if photo is not None:
        with suppress(PhotoError):
            return reconstructor.find(photo).mask
    return None


def photographs(found: Sequence[Stages]) -> list[Block]:
    """A row for each photograph; nothing where there is none."""
    if not found:
        return []
    tiles = [each.tiles(TILE) for each in found]
    shown = [stage for stage in TITLES if stage != TRANSLATED or any(stage in row for row in tiles)]
    rows = [_row(number, found[number - 1], row, shown) for number, row in enumerate(tiles, start=1)]
    table = Table([*(TITLES[stage] for stage in shown), "taken for"], rows, f"{MASKED} {SEEN}")
    return [Text(ABOUT), table, *map(Text, (*_makers(found), RIGHTS))]


def _row(number: int, of: Stages, tiles: dict[str, Tile], shown: Sequence[str]) -> list[Cell]:
    shown_as = readable(of.name)
    texts = {PHOTOGRAPH: shown_as, MESH: "" if of.made is None else _side(of.made)}
    cells: list[Cell] = []
    for stage in shown:
        pictures: tuple[Picture, ...] = ()
        if stage in tiles:
            name = f"photograph-{number}-{stage.replace(' ', '-')}"
            pictures = (picture(name, f"{shown_as}: {TITLES[stage]}", tiles[stage]),)
        cells.append(Cell(texts.get(stage, ""), pictures))
    return [*cells, Cell(of.problem if of.made is None else _taken_for(of.made))]


def _side(made: Reconstruction) -> str:
    return "front quarter" if made.view is None else f"from {made.view.azimuth:.0f} degrees"


def _taken_for(made: Reconstruction) -> str:
    return f"{made.category}, {percent(made.confidence)} sure"


def _makers(found: Sequence[Stages]) -> list[str]:
    """What made the meshes: a sentence, or none where there is no mesh."""
    made = [each.made for each in found if each.made is not None]
    if not made:
        return []
    packs = ", ".join(dict.fromkeys(f"{each.pack_id} {each.pack_hash[:12]}" for each in made))
    digest = made[0].translator_sha256
    translated = "" if digest is None else f", of what translator {digest[:12]} made of the cut-outs"
    return [f"Made by {packs}, precision {made[0].precision}{translated}."]
