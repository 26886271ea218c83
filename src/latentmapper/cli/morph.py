"""`latentmapper morph`: from one reconstruction to another, as an animation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from tyro.conf import FlagCreatePairsOff, Positional

from latentmapper.cli.given_shapes import editor_of, require_length, require_new
from latentmapper.cli.options import option
from latentmapper.errors import UsageError
from latentmapper.extras import require

if TYPE_CHECKING:
    from latentmapper.editing import Editor
    from latentmapper.editing.code_files import Found
    from latentmapper.shapes.mesh import Mesh

SUFFIXES = (".glb", ".gif", ".mp4")
GIF = (0.02, 655.0)
"""Least and most seconds for which a GIF shows a picture: the most also of all, where pictures are alike."""
FACES = 4000
"""Of a mesh in a GLB, unless another number is asked for: 60 of them are a file that pages load."""


@dataclass(frozen=True)
class Morph:
    """Show how one shape becomes another, or several one after the other, at a speed that looks constant.

    A GLB holds a mesh a frame, which viewers play one after the other; GIF and MP4 hold pictures.
    """

    shapes: Positional[Annotated[tuple[Path, ...], option("SHAPE")]]
    """Meshes of reconstructions made with one pack, or codes; two or more."""
    output: Annotated[Path, option("OUT", "-o")]
    """File to write: .glb, .gif or .mp4."""
    frames: Annotated[int, option("N")] = 60
    """Shapes on the way, the first and the last among them."""
    seconds: Annotated[float, option("S")] = 3.0
    """How long one run takes; a GIF shows 50 frames a second at most."""
    back: Annotated[bool, option()] = False
    """Go back to the first shape the same way."""
    resolution: Annotated[int, option("32..256")] = 64
    """Cells along each side of the lattice in which each surface is found."""
    faces: Annotated[int | None, option("N")] = None
    """Reduce each mesh to about this many triangles; by default to 4000 in a GLB, and not at all where
    pictures are taken of them."""
    length: Annotated[float | None, option("METRES")] = None
    """Real length of the shapes from front to rear; the GLB is then in metres. By default the one that
    SHAPEs were written with, if any."""
    overwrite: Annotated[bool, option()] = False
    """Replace a file that is there already."""
    pack: Annotated[Path | None, option("FOLDER")] = None
    """The pack that the shapes were made with, where it is not installed."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Morph, args=argv, prog=f"latentmapper {verb}", config=(FlagCreatePairsOff,))
    _require_sound(config)
    from latentmapper.cli.progress import counted
    from latentmapper.cli.text import size
    from latentmapper.editing.code_files import read_code
    from latentmapper.writing import write_result

    found = [read_code(path) for path in config.shapes]
    config = replace(config, length=_length(config, found))
    editor = editor_of(found, config.pack)
    codes = editor.interpolate([each.code for each in found], config.frames)
    order = _order(config)
    meshes = list(counted(_meshes(config, editor, codes), len(codes), "frames"))
    data = _encoded(config, meshes, order, _record(editor, found))
    write_result(config.output, data)
    print(f"{config.output}: {len(order)} frames in {config.seconds:g} s, {size(len(data))}")
    return 0


def _length(config: Morph, found: "list[Found]") -> float | None:
    """Metres of every frame: those of --length, else those that the shapes were written with.

    Raises
    ------
    UsageError : these differ, and the frames are written in metres.
    """
    known = sorted({each.length for each in found if each.length is not None})
    if config.length is not None or config.output.suffix.lower() != ".glb" or not known:
        return config.length
    if len(known) > 1:
        told = " and ".join(f"{length:g}" for length in known)
        raise UsageError(f"the shapes were written {told} metres long; give --length, one for all")
    return known[0]


def _order(config: Morph) -> list[int]:
    """Numbers of the codes that are shown, one after the other."""
    count = config.frames
    return [*range(count), *(range(count - 2, 0, -1) if config.back else ())]


def _require_sound(config: Morph) -> None:
    """Raise `UsageError` before anything is computed."""
    from latentmapper.shapes.decimation import FEWEST

    if len(config.shapes) < 2:
        raise UsageError("name two shapes or more")
    if config.output.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{config.output.name}: the file name must end with {', '.join(SUFFIXES)}")
    if not 2 <= config.frames <= 600:
        raise UsageError(f"--frames {config.frames}: choose 2 to 600")
    if not 0.1 <= config.seconds <= 3600:
        raise UsageError(f"--seconds {config.seconds:g}: choose 0.1 to 3600")
    low, high = max(0.1, GIF[0] * len(_order(config))), GIF[1]
    if config.output.suffix.lower() == ".gif" and not low <= config.seconds <= high:
        reason = f"a GIF of {len(_order(config))} frames takes {low:g} to {high:g}"
        raise UsageError(f"--seconds {config.seconds:g}: {reason}; choose that, other --frames, or .mp4")
    if not 32 <= config.resolution <= 256:
        raise UsageError(f"--resolution {config.resolution}: choose 32 to 256")
    if config.faces is not None and config.faces < FEWEST:
        raise UsageError(f"--faces {config.faces}: choose at least {FEWEST}")
    require_length(config.length)
    require_new(config.output, config.overwrite)
    if config.output.suffix.lower() == ".mp4":
        require("av")


def _meshes(config: Morph, editor: "Editor", codes: Any) -> "Iterator[Mesh]":
    from latentmapper.shapes.cleanup import clean

    faces = config.faces or (FACES if config.output.suffix.lower() == ".glb" else None)
    for code in codes:
        yield clean(editor.surface(code, config.resolution), faces)[0]


def _encoded(config: Morph, meshes: "list[Mesh]", order: list[int], record: dict[str, Any]) -> bytes:
    if config.output.suffix.lower() != ".glb":
        from latentmapper.cli.progress import counted
        from latentmapper.render.film import gif_bytes, pictures
        from latentmapper.render.video import mp4_bytes

        shown = list(counted(pictures(meshes), len(meshes), "pictures"))
        encode = gif_bytes if config.output.suffix.lower() == ".gif" else mp4_bytes
        return encode([shown[number] for number in order], config.seconds)
    from latentmapper.shapes.flipbook import flipbook_bytes
    from latentmapper.shapes.units import placed

    sized = [placed(mesh, length=config.length) for mesh in meshes]
    return flipbook_bytes([sized[number] for number in order], config.seconds, record)


def _record(editor: "Editor", found: "list[Found]") -> dict[str, Any]:
    """What the file says of the shapes it leads along."""
    pack = {"id": editor.pack.id, "sha256": editor.pack.hash}
    codes = [[float(value) for value in each.code] for each in found]
    return {"category": editor.pack.category, "pack": pack, "codes": codes}
