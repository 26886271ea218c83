"""`latentmapper morph`: from one reconstruction to another, as an animation or as one shape between."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from tyro.conf import FlagCreatePairsOff, Positional

from latentmapper.cli.films import CELLS, FRAMES, SECONDS, Film, require_sound, write_film
from latentmapper.cli.given_shapes import editor_of, require_length
from latentmapper.cli.options import option
from latentmapper.cli.written_shapes import Written, require_kind, require_writable, write_shape
from latentmapper.errors import UsageError

if TYPE_CHECKING:
    from latentmapper.editing import Editor
    from latentmapper.editing.code_files import Found

FINE = 128
"""Cells for one shape between, as `edit` takes."""


@dataclass(frozen=True)
class Morph:
    """Show how one shape becomes another, or several one after the other, at a speed that looks constant.

    A GLB holds a mesh a frame, which viewers play one after the other; GIF and MP4 hold pictures. With --at
    it is one shape on the way instead, which can be edited further.
    """

    shapes: Positional[Annotated[tuple[Path, ...], option("SHAPE")]]
    """Meshes of reconstructions made with one pack, or codes; two or more."""
    output: Annotated[Path, option("OUT", "-o")]
    """File to write: .glb, .gif or .mp4; with --at .glb, .obj, .ply or .stl a mesh, .json the code."""
    at: Annotated[float | None, option("0..1")] = None
    """Write the one shape at this place of the whole way: 0 is the first, 1 the last, 0.5 half way."""
    frames: Annotated[int | None, option("N")] = None
    """Shapes on the way, the first and the last among them; by default 60."""
    seconds: Annotated[float | None, option("S")] = None
    """How long one run takes, by default 3; a GIF shows 50 frames a second at most."""
    back: Annotated[bool, option()] = False
    """Go back to the first shape the same way."""
    resolution: Annotated[int | None, option("32..256")] = None
    """Cells along each side of the lattice in which each surface is found; by default 64, with --at 128."""
    faces: Annotated[int | None, option("N")] = None
    """Reduce each mesh to about this many triangles; by default to 4000 in an animated GLB, and not at all
    elsewhere."""
    length: Annotated[float | None, option("METRES")] = None
    """Real length of the shapes from front to rear; meshes are then in metres (stl: millimetres). By default
    the one that SHAPEs were written with, if any."""
    overwrite: Annotated[bool, option()] = False
    """Replace a file that is there already."""
    pack: Annotated[Path | None, option("FOLDER")] = None
    """The pack that the shapes were made with, where it is not installed."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Morph, args=argv, prog=f"latentmapper {verb}", config=(FlagCreatePairsOff,))
    _require_sound(config)
    from latentmapper.editing.code_files import read_code

    found = [read_code(path) for path in config.shapes]
    config = replace(config, length=_length(config, found))
    editor = editor_of(found, config.pack)
    if config.at is not None:
        _write_between(config, config.at, editor, found)
    else:
        write_film(_film(config), editor, found)
    return 0


def _write_between(config: Morph, at: float, editor: "Editor", found: "list[Found]") -> None:
    """One shape on the way: of neither photo, so the file tells between which codes it lies."""
    from latentmapper.editing.code_files import code_record
    from latentmapper.shapes.provenance import generator, sized

    code = editor.between([each.code for each in found], at)
    between = {"at": at, "codes": [[float(value) for value in each.code] for each in found]}
    origin = sized({"generator": generator(), "morph": between}, config.length)
    write_shape(_written(config), editor, code, code_record(code, editor.pack, origin))


def _written(config: Morph) -> Written:
    return Written(config.output, config.resolution or FINE, config.faces, length=config.length)


def _film(config: Morph) -> Film:
    frames = FRAMES if config.frames is None else config.frames
    seconds = SECONDS if config.seconds is None else config.seconds
    resolution = CELLS if config.resolution is None else config.resolution
    return Film(config.output, frames, seconds, config.back, resolution, config.faces, config.length)


def _length(config: Morph, found: "list[Found]") -> float | None:
    """Metres of every mesh: those of --length, else those that the shapes were written with.

    Raises
    ------
    UsageError : these differ, and what is written is in metres.
    """
    known = sorted({each.length for each in found if each.length is not None})
    in_pictures = config.output.suffix.lower() in (".gif", ".mp4")
    if config.length is not None or in_pictures or not known:
        return config.length
    if len(known) > 1:
        told = " and ".join(f"{length:g}" for length in known)
        raise UsageError(f"the shapes were written {told} metres long; give --length, one for all")
    return known[0]


def _require_sound(config: Morph) -> None:
    """Raise `UsageError` before anything is computed."""
    if len(config.shapes) < 2:
        raise UsageError("name two shapes or more")
    if config.resolution is not None and not 32 <= config.resolution <= 256:
        raise UsageError(f"--resolution {config.resolution}: choose 32 to 256")
    require_length(config.length)
    if config.at is not None:
        _require_sound_between(config, config.at)
    else:
        require_sound(_film(config), config.overwrite)


def _require_sound_between(config: Morph, at: float) -> None:
    if not 0 <= at <= 1:
        raise UsageError(f"--at {at:g}: choose 0, the first shape, to 1, the last")
    given = {"--frames": config.frames, "--seconds": config.seconds, "--back": config.back or None}
    if of_films := [option for option, value in given.items() if value is not None]:
        raise UsageError(f"--at writes one shape; leave {' and '.join(of_films)} out, or --at")
    require_kind(config.output, "--at writes one shape; ")
    require_writable(_written(config), config.overwrite)
