"""Codes in files: what a reconstruction's own mesh carries, and the code alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MissingError, UsageError
from latentmapper.files import parse_json
from latentmapper.pack import Pack
from latentmapper.pack_folder import content_hash, read_metadata
from latentmapper.shapes.provenance import LENGTH, read_provenance
from latentmapper.shapes.units import LONGEST, SHORTEST

MESHES = (".glb", ".ply", ".obj")
LARGEST = 10_000_000
"""Bytes of a file with a code alone; a code is a few thousand."""


@dataclass(frozen=True, eq=False)
class Found:
    """A code as a file holds it."""

    name: str
    """The file, for messages."""
    code: NDArray[np.float32]
    """(d,)."""
    pack_id: str
    pack_hash: str
    """SHA-256 of the pack that the code belongs to."""
    origin: dict[str, Any] = field(default_factory=dict)
    """The rest of its provenance."""

    @property
    def length(self) -> float | None:
        """Metres from front to rear that the file was written with; None where it tells none."""
        return self.origin.get(LENGTH)


def read_code(path: Path) -> Found:
    """The code in a mesh that this program wrote (GLB, PLY or OBJ), or alone (JSON or safetensors).

    Raises
    ------
    UsageError : there is no such file, it is of another kind, or it carries no code.
    MeshError : a mesh file that cannot be read.
    """
    if not path.is_file():
        raise UsageError(f"{path}: {'a folder, not a file' if path.is_dir() else 'no such file'}")
    suffix = path.suffix.lower()
    if suffix in MESHES:
        held: Any = read_provenance(path)
    elif suffix in (".json", ".safetensors"):
        held = _alone(path)
    else:
        kinds = "the GLB, PLY or OBJ file of a reconstruction, or a code as JSON or safetensors"
        raise UsageError(f"{path}: give {kinds}; photos become meshes with: latentmapper reconstruct")
    return _found(path, held)


def code_record(code: NDArray[np.floating], pack: Pack, origin: dict[str, Any]) -> dict[str, Any]:
    """What a file says of a code of a pack; `origin` is what is known of it besides."""
    return origin | {
        "category": pack.category,
        "pack": {"id": pack.id, "sha256": pack.hash},
        "code": [float(value) for value in code],
    }


def pack_for(found: Sequence[Found], given: Path | None, folders: Sequence[Path]) -> Path:
    """The pack that codes belong to.

    Parameters
    ----------
    found : of one pack, as `require_one_pack` finds out.
    given : the pack named by the user; None looks for it among `folders`.

    Raises
    ------
    UsageError : the codes are not of the pack given.
    MissingError : none of the folders holds their pack.
    """
    first = found[0]
    for folder in folders if given is None else [given]:
        if content_hash(read_metadata(folder)) == first.pack_hash:
            return folder
    if given is not None:
        reason = f"{first.name} belongs to {_named(first)}, not to {given}"
        raise UsageError(f"{reason}; codes of another pack mean other shapes")
    fix = "name its folder, or reconstruct the photo again"
    raise MissingError(f"{first.name} belongs to {_named(first)}, which is not installed; {fix}")


def require_one_pack(found: Sequence[Found]) -> None:
    """Raise `UsageError` where codes belong to different packs."""
    first = found[0]
    for other in found[1:]:
        if other.pack_hash != first.pack_hash:
            both = f"{first.name} of {_named(first)}, {other.name} of {_named(other)}"
            raise UsageError(f"codes of two packs do not mix ({both}); reconstruct both photos with one pack")


def _alone(path: Path) -> Any:
    """The record in a JSON file, or in a safetensors file with the array `code` and the rest as metadata."""
    from safetensors import SafetensorError, safe_open

    if path.stat().st_size > LARGEST:
        raise UsageError(f"{path}: too large to be a code")
    try:
        if path.suffix.lower() == ".json":
            return parse_json(path.read_text(encoding="utf-8"))
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
            pack = {"id": metadata.get("pack", ""), "sha256": metadata.get("sha256", "")}
            return {"pack": pack, "code": file.get_tensor("code").tolist()}
    except (OSError, ValueError, TypeError, AttributeError, SafetensorError) as error:
        # An AttributeError where NumPy has no such numbers: safetensors knows floats of 8 bits.
        raise UsageError(f"{path}: no code can be read from it: {error}") from None


def _found(path: Path, held: Any) -> Found:
    """What a record says. Raises `UsageError` where it is not one of a code."""
    try:
        with np.errstate(over="ignore"):  # what float32 does not hold is refused below
            code = np.array(held["code"], np.float32)
        pack_id, digest = str(held["pack"]["id"]), str(held["pack"]["sha256"])
    except (KeyError, TypeError, ValueError, OverflowError):
        fix = "only files of latentmapper reconstruct and latentmapper edit do"
        raise UsageError(f"{path}: carries no code; {fix}, STL aside") from None
    if code.ndim != 1 or not code.size or not np.isfinite(code).all():
        raise UsageError(f"{path}: its code is not a row of finite numbers")
    origin = {name: value for name, value in held.items() if name not in ("code", "pack", "category")}
    try:
        json.dumps(origin, allow_nan=False)
    except ValueError:
        raise UsageError(f"{path}: its provenance holds NaN or infinity, which is no JSON") from None
    _require_length(path, origin.get(LENGTH))
    return Found(str(path), code, pack_id, digest, origin)


def _require_length(path: Path, length: Any) -> None:
    """Raise `UsageError` where a file tells a length that is none: anybody can write one."""
    number = isinstance(length, int | float) and not isinstance(length, bool)
    if length is not None and not (number and SHORTEST <= length <= LONGEST):
        raise UsageError(f"{path}: the length in its provenance is no number of metres that a file can hold")


def _named(found: Found) -> str:
    """The pack of a code, without what could write elsewhere on a terminal."""
    name, digest = ("".join(filter(str.isprintable, each)) for each in (found.pack_id, found.pack_hash))
    return f"pack {name[:40]} ({digest[:12]}...)"
