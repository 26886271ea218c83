"""What the verbs share that write one changed shape: its mesh, or its code alone."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from latentmapper.cli.given_shapes import require_new
from latentmapper.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentmapper.editing import Editor

CODE = ".json"
"""Ending of a file with the code alone."""


@dataclass(frozen=True)
class Written:
    """The file to write, and what to make of the shape."""

    output: Path
    resolution: int
    """Cells along each side of the lattice in which the surface is found."""
    faces: int | None = None
    """Triangles; None for as many as are found."""
    up: Literal["y", "z"] = "y"
    """Axis that points up."""
    length: float | None = None
    """Metres from front to rear; None for the canonical size."""


def require_kind(output: Path, why: str = "") -> None:
    """Raise `UsageError`, beginning with `why`, where the name of a file does not say what to write."""
    from latentmapper.shapes.export import FORMATS

    if output.suffix.lower() not in (CODE, *(f".{known}" for known in FORMATS)):
        kinds = ", ".join(f".{known}" for known in FORMATS)
        fix = f"the file name must end with {kinds}, or {CODE} for the code alone"
        raise UsageError(f"{output.name}: {why}{fix}")


def require_writable(written: Written, overwrite: bool) -> None:
    """Find out before anything is computed whether the result can be written."""
    from latentmapper.shapes.decimation import FEWEST

    output = written.output
    if written.faces is not None and written.faces < FEWEST:
        raise UsageError(f"--faces {written.faces}: choose at least {FEWEST}")
    require_kind(output)
    if output.suffix.lower() == CODE and (written.up == "z" or written.faces is not None):
        options = "--up and --faces are" if written.up == "z" else "--faces is"
        raise UsageError(f"{output.name} holds the code alone; {options} for meshes")
    if output.suffix.lower() == ".glb" and written.up == "z":
        raise UsageError(
            "--up z does not fit a GLB file, which is +Y up by its standard: use obj, ply or stl"
        )
    require_new(output, overwrite)


def write_shape(
    written: Written, editor: "Editor", code: "NDArray[np.float32]", record: dict[str, Any]
) -> None:
    """The mesh or the code, as the name of the file says; `record` is what it tells of itself."""
    from latentmapper.shapes.cleanup import clean
    from latentmapper.shapes.export import export_bytes, format_of
    from latentmapper.writing import write_result

    output = written.output
    if output.suffix.lower() == CODE:
        write_result(output, (json.dumps(record, indent=2, allow_nan=False) + "\n").encode())
        print(f"{output}: the code alone")
        return
    mesh, report = clean(editor.surface(code, written.resolution), written.faces)
    for warning in report.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    record = record | {"dropped": report.dropped.to_json()}
    data = export_bytes(mesh, format_of(output), record, written.up, written.length)
    write_result(output, data)
    height, width = mesh.extent[1] / mesh.extent[2], mesh.extent[0] / mesh.extent[2]
    print(f"{output}: {len(mesh.faces)} faces, height {height:.3f} and width {width:.3f} of the length")
