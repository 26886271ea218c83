"""Animations of shapes that become each other: as a mesh a frame, or as pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentmapper.cli.given_shapes import require_new
from latentmapper.errors import UsageError
from latentmapper.extras import require

if TYPE_CHECKING:
    from latentmapper.editing import Editor
    from latentmapper.editing.code_files import Found
    from latentmapper.shapes.mesh import Mesh

SUFFIXES = (".glb", ".gif", ".mp4")
GIF = (0.02, 655.0)
"""Least and most seconds for which a GIF shows a picture: the most also of all, where pictures are alike."""
FRAMES = 60
SECONDS = 3.0
CELLS = 64
"""Of an animation, unless other numbers are asked for."""
FACES = 4000
"""Of a mesh in a GLB, unless another number is asked for: 60 of them are a file that pages load."""


@dataclass(frozen=True)
class Film:
    """What an animation is made of, once it is settled."""

    output: Path
    frames: int
    seconds: float
    back: bool
    resolution: int
    faces: int | None
    length: float | None

    @property
    def order(self) -> list[int]:
        """Numbers of the codes that are shown, one after the other."""
        return [*range(self.frames), *(range(self.frames - 2, 0, -1) if self.back else ())]


def require_sound(film: Film, overwrite: bool) -> None:
    """Raise `UsageError` before anything is computed."""
    from latentmapper.shapes.decimation import FEWEST

    suffix = film.output.suffix.lower()
    if suffix not in SUFFIXES:
        fix = f"the file name must end with {', '.join(SUFFIXES)}; for one shape on the way give --at"
        raise UsageError(f"{film.output.name}: {fix}")
    if not 2 <= film.frames <= 600:
        raise UsageError(f"--frames {film.frames}: choose 2 to 600")
    if not 0.1 <= film.seconds <= 3600:
        raise UsageError(f"--seconds {film.seconds:g}: choose 0.1 to 3600")
    count = len(film.order)
    low, high = max(0.1, GIF[0] * count), GIF[1]
    if suffix == ".gif" and not low <= film.seconds <= high:
        reason = f"a GIF of {count} frames takes {low:g} to {high:g}"
        raise UsageError(f"--seconds {film.seconds:g}: {reason}; choose that, other --frames, or .mp4")
    if film.faces is not None and film.faces < FEWEST:
        raise UsageError(f"--faces {film.faces}: choose at least {FEWEST}")
    require_new(film.output, overwrite)
    if suffix == ".mp4":
        require("av")


def write_film(film: Film, editor: "Editor", found: "list[Found]") -> None:
    """The animation along codes, and on standard output what it is."""
    from latentmapper.cli.progress import counted
    from latentmapper.cli.text import size
    from latentmapper.writing import write_result

    codes = editor.interpolate([each.code for each in found], film.frames)
    meshes = list(counted(_meshes(film, editor, codes), len(codes), "frames"))
    data = _encoded(film, meshes, _record(editor, found))
    write_result(film.output, data)
    print(f"{film.output}: {len(film.order)} frames in {film.seconds:g} s, {size(len(data))}")


def _meshes(film: Film, editor: "Editor", codes: Any) -> "Iterator[Mesh]":
    from latentmapper.shapes.cleanup import clean

    faces = film.faces or (FACES if film.output.suffix.lower() == ".glb" else None)
    for code in codes:
        yield clean(editor.surface(code, film.resolution), faces)[0]


def _encoded(film: Film, meshes: "list[Mesh]", record: dict[str, Any]) -> bytes:
    if film.output.suffix.lower() != ".glb":
        from latentmapper.cli.progress import counted
        from latentmapper.render.film import gif_bytes, pictures
        from latentmapper.render.video import mp4_bytes

        shown = list(counted(pictures(meshes), len(meshes), "pictures"))
        encode = gif_bytes if film.output.suffix.lower() == ".gif" else mp4_bytes
        return encode([shown[number] for number in film.order], film.seconds)
    from latentmapper.shapes.flipbook import flipbook_bytes
    from latentmapper.shapes.units import placed

    sized = [placed(mesh, length=film.length) for mesh in meshes]
    return flipbook_bytes([sized[number] for number in film.order], film.seconds, record)


def _record(editor: "Editor", found: "list[Found]") -> dict[str, Any]:
    """What the file says of the shapes it leads along."""
    pack = {"id": editor.pack.id, "sha256": editor.pack.hash}
    codes = [[float(value) for value in each.code] for each in found]
    return {"category": editor.pack.category, "pack": pack, "codes": codes}
