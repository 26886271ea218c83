"""`latentmapper edit`: a reconstruction, changed."""

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro
from tyro.conf import FlagCreatePairsOff, Positional, UseAppendAction, arg

from latentmapper.cli.given_shapes import editor_of, require_length
from latentmapper.cli.options import naming, option
from latentmapper.cli.wishes import wish_of
from latentmapper.cli.written_shapes import Written, require_writable, write_shape
from latentmapper.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentmapper.editing import Editor


EXAMPLES = {"--move": "sporty=+1", "--set": "height=1.45"}


@dataclass(frozen=True)
class Edit:
    """Change the shape of a reconstruction: by words, by sliders, to measured values, in that order.

    The file that reconstruct wrote (GLB, PLY or OBJ) carries its code; a code alone (.json) is taken as well.
    Exit codes: 0 done, 1 a value of --set could not be reached and the nearest was written, 2 wrong usage,
    3 a pack or its sliders are missing.
    """

    shape: Positional[Annotated[Path, option("SHAPE")]]
    """Mesh of a reconstruction, or a code."""
    output: Annotated[Path | None, option("OUT", "-o")] = None
    """File to write: .glb, .obj, .ply or .stl a mesh, .json the code."""
    text: Annotated[str | None, option("WORDS")] = None
    """What to change, in plain words: "a longer, lower car"."""
    clip: Annotated[str | None, option("PAIR")] = None
    """Read the text by a contrastive pair instead of the small vocabulary, any words: bundled[:FOLDER],
    transformers[:HUB ID or FOLDER] or rn101[:FILE]. Takes a minute or more, as it tries every
    slider, and tells how far to trust it."""
    move: UseAppendAction[Annotated[tuple[str, ...], arg(metavar="SLIDER=STEPS")]] = ()
    """Move a slider by so many standard deviations: sporty=+1; repeat it for several."""
    set: UseAppendAction[Annotated[tuple[str, ...], arg(metavar="SLIDER=VALUE")]] = ()
    """Let the mesh measure a value: height=1.45, metres where the length is known; repeat it for several."""
    length: Annotated[float | None, option("METRES")] = None
    """Real length from front to rear; files are then in metres (stl: millimetres). By default the one that
    SHAPE was written with, if any."""
    sliders: Annotated[bool, option()] = False
    """Tell what can be changed, where this shape stands, and how well each slider works; nothing is written
    without -o."""
    resolution: Annotated[int, arg(metavar="64..256")] = 128
    """Cells along each side of the lattice in which the surface is found."""
    faces: Annotated[int | None, option("N")] = None
    """Reduce the mesh to about this many triangles."""
    up: Literal["y", "z"] = "y"
    """Axis that points up in the file; glb is always y."""
    overwrite: Annotated[bool, option()] = False
    """Replace a file that is there already."""
    pack: Annotated[Path | None, option("FOLDER")] = None
    """The pack that the shape was made with, where it is not installed."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Edit, args=argv, prog=f"latentmapper {verb}", config=(FlagCreatePairsOff,))
    moves, targets = numbers("--move", config.move), numbers("--set", config.set)
    if "length" in targets:
        raise UsageError(
            "--set length: give the length in metres with --length; --move length=+1 makes it longer"
        )
    if config.clip is not None and config.text is None:
        raise UsageError("--clip reads the words of --text; give both")
    if config.output is None and not config.sliders:
        raise UsageError("name the file to write with -o OUT, or ask with --sliders what can be changed")
    if config.output is None and (config.text is not None or moves or targets):
        raise UsageError("--sliders tells of SHAPE as it is; name the file for what is changed with -o OUT")
    require_length(config.length)
    if config.output is not None:
        _require_writable(config, config.output)
    from latentmapper.editing.code_files import read_code
    from latentmapper.editing.requests import Request, fulfil

    found = read_code(config.shape)
    editor = editor_of([found], config.pack)
    for name, pairs in (("--move", moves), ("--set", targets)):
        with naming(name):
            for slider in pairs:
                editor.directions.slider(slider)
    length = found.length if config.length is None else config.length
    if config.sliders:
        _show_sliders(editor, found.code, length)
    if config.output is None:
        return 0
    wish = None if config.text is None else wish_of(editor, found.code, config.text, config.clip)
    edited = fulfil(editor, found, Request(wish, moves, targets, length))
    for line in edited.told:
        print(line)
    for warning in edited.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    write_shape(_written(config, config.output, length), editor, edited.code, edited.record)
    return 0 if edited.reached else 1


def numbers(option: str, pairs: tuple[str, ...]) -> dict[str, float]:
    """Names and numbers of NAME=NUMBER. Raises `UsageError`, naming the option, for anything else."""
    found: dict[str, float] = {}
    for pair in pairs:
        name, value = (part.strip() for part in pair.partition("=")[::2])
        if name in found:
            raise UsageError(f"{option} {name}: given twice; say it once")
        try:
            found[name] = float(value)
        except ValueError:
            example = EXAMPLES[option]
            raise UsageError(f"{option} {pair}: write it as NAME=NUMBER, such as {example}") from None
        if not math.isfinite(found[name]):
            raise UsageError(f"{option} {pair}: not a number that a shape can have")
    return found


def _require_writable(config: Edit, output: Path) -> None:
    """Find out before anything is computed whether the result can be written."""
    from latentmapper.ranges import RESOLUTIONS

    low, high = RESOLUTIONS
    if not low <= config.resolution <= high:
        raise UsageError(f"--resolution {config.resolution}: choose {low} to {high}")
    require_writable(_written(config, output, None), config.overwrite)


def _written(config: Edit, output: Path, length: float | None) -> Written:
    return Written(output, config.resolution, config.faces, config.up, length)


def _show_sliders(editor: "Editor", code: "NDArray[np.float32]", length: float | None) -> None:
    """Print the sliders and where a shape stands: on a terminal as wide as that, elsewhere as Markdown."""
    from rich.console import Console

    from latentmapper.cli.slider_table import slider_tables
    from latentmapper.editing.listing import table

    console, measured = Console(highlight=False), editor.measure(code, length)
    if console.is_terminal:
        console.print(slider_tables(editor.sliders, measured, length))
    else:
        print(table(editor.sliders, measured, length))
