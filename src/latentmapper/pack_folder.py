"""A model pack on disk: a folder in which `pack.json` says what it is.

It holds the SHA-256 of every other file; ONNX graphs and safetensors arrays hold the model. Loading runs no
code from the pack.
"""

from importlib import resources
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from latentmapper import files
from latentmapper.errors import MissingError, PackError
from latentmapper.pack_checks import arrays_problem, metadata_problem

FORMAT = 5
ARRAYS = "arrays.safetensors"
MODEL_CARD = "MODEL_CARD.md"
DIRECTIONS = "directions.safetensors"
GLANCE = "glance.safetensors"
NAMES = "names.json"
LATER = ("results", "directions", MODEL_CARD, DIRECTIONS, NAMES)
"""Entries of pack.json, and files, that tell of the finished pack what was measured, or what to call it."""


def bundled_packs() -> list[Path]:
    """Folders of the packs that ship with the package."""
    root = Path(str(resources.files("latentmapper"))) / "packs"
    return sorted(path.parent for path in root.glob("*/pack.json"))


def read_metadata(folder: Path) -> dict[str, Any]:
    """Read and check `pack.json`.

    Raises
    ------
    MissingError : there is none.
    PackError : not JSON, fields missing, or a newer format.
    """
    path = folder / "pack.json"
    if not path.is_file():
        raise MissingError(f"no pack at {folder} (pack.json is missing); see: latentmapper packs list")
    try:
        metadata = files.parse_object(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise PackError(f"pack {folder} is damaged: pack.json cannot be read ({error})") from None
    if not isinstance(metadata.get("format"), int):
        raise PackError(f"pack {folder} is damaged: pack.json has no format number")
    if metadata["format"] > FORMAT:
        raise PackError(
            f"pack {folder} has format {metadata['format']}, this version reads up to {FORMAT}; "
            "update with: pip install -U latentmapper"
        )
    if problem := metadata_problem(metadata):
        raise PackError(f"pack {folder} is damaged: pack.json {problem}")
    return metadata


def read_arrays(folder: Path, shapes: int) -> dict[str, NDArray[Any]]:
    """The arrays of a pack, by name.

    Parameters
    ----------
    shapes : number of its known shapes.

    Raises
    ------
    PackError : they cannot be read, or do not fit together.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    arrays: dict[str, NDArray[Any]] = {}
    try:
        arrays = load_file(folder / ARRAYS)
        problem = arrays_problem(arrays, shapes)
    except (OSError, ValueError, TypeError, AttributeError, SafetensorError) as error:  # float8, for one
        problem = str(error)
    if problem:
        raise PackError(f"pack {folder} is damaged: {ARRAYS}: {problem}; get it again, or rebuild it")
    return arrays


def content_hash(metadata: dict[str, Any]) -> str:
    """SHA-256 over a pack's metadata, which holds the hashes of its files, but for what was measured later.

    Results, sliders and names for people, and the files that tell them, are left out: so results can name
    the pack that they were measured on, and writing any of them into it does not make another pack of it.

    Parameters
    ----------
    metadata : the content of pack.json.
    """
    content = {name: value for name, value in metadata.items() if name not in LATER}
    content["files"] = {name: digest for name, digest in metadata["files"].items() if name not in LATER}
    return files.sha256_of_json(content)


def damaged_files(folder: Path, metadata: dict[str, Any]) -> list[str]:
    """What is wrong with a pack's files, one sentence each; empty where all is well."""
    problems = []
    for name, digest in metadata["files"].items():
        path = folder / name
        if Path(name).name != name or not name.isprintable():
            problems.append(f"{name!r} is not a plain file name")
        elif not path.is_file():
            problems.append(f"{name} is missing")
        elif files.sha256_of_file(path) != digest:
            problems.append(f"{name} differs from its recorded SHA-256")
    return problems
