"""Directions go into the pack that they were found for."""

from pathlib import Path
from typing import Any

from safetensors.numpy import save

from latentmapper import files
from latentmapper.editing.sliders import Directions
from latentmapper.errors import PackError
from latentmapper.make.editing.directions import find_directions
from latentmapper.make.editing.recipe import DirectionsRecipe
from latentmapper.pack import Pack
from latentmapper.pack_folder import DIRECTIONS, damaged_files, read_metadata


def add_directions(folder: Path, recipe: DirectionsRecipe) -> Directions:
    """Find the directions of a pack and write them into it, in place of those it had.

    Only `pack.json` and the directions' own file change, and the pack's hash does not. Where a run is killed
    between the two, the same call mends the pack.

    Parameters
    ----------
    folder : the pack's folder.

    Raises
    ------
    MissingError : no pack there.
    PackError : it is damaged, or knows too few shapes.
    """
    _forget(folder)
    found = find_directions(Pack.open(folder), recipe)
    write_directions(folder, found, recipe)
    return found


def write_directions(folder: Path, directions: Directions, recipe: DirectionsRecipe) -> None:
    """Write directions into a pack."""
    metadata = read_metadata(folder)
    rows, arrays = directions.to_entry()
    data = save(arrays)
    metadata["directions"] = {"recipe": vars(recipe), "sliders": rows}
    metadata["files"][DIRECTIONS] = files.sha256_of_bytes(data)
    files.write_bytes(folder / DIRECTIONS, data)
    files.write_json(folder / "pack.json", metadata)


def _forget(folder: Path) -> None:
    """Take damaged directions out of a pack; any other damage is refused."""
    metadata: dict[str, Any] = read_metadata(folder)
    sound = {name: digest for name, digest in metadata["files"].items() if name != DIRECTIONS}
    if bad := damaged_files(folder, {"files": sound}):
        raise PackError(f"pack {folder} is damaged: {bad[0]}; get it again, or rebuild it")
    if damaged_files(folder, metadata):
        metadata.pop("directions", None)
        files.write_json(folder / "pack.json", metadata | {"files": sound})
