"""A finished pack, changed: another folder, which is no pack until all of it is written."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from latentmapper import files
from latentmapper.errors import UsageError
from latentmapper.make.modelcard import model_card
from latentmapper.make.unfinished import is_unfinished, unfinished
from latentmapper.pack import Pack
from latentmapper.pack_folder import MODEL_CARD

Change = Callable[[Path], Mapping[str, Any]]
"""Changes and adds files in a folder that holds the pack's; returns what of `pack.json` becomes another."""


def require_new(output: Path) -> None:
    """Raise `UsageError` where something lies there that no killed run has left."""
    if output.is_file() or (output.is_dir() and not all(map(is_unfinished, output.iterdir()))):
        raise UsageError(f"-o {output}: something lies there; name a new folder")


def another_pack(pack: Pack, output: Path, change: Change) -> dict[str, Any]:
    """Write a pack that differs from another one; return its metadata, with new hashes and model card.

    Parameters
    ----------
    output : folder of the new pack, empty or not there.
    """
    with unfinished(output) as made:
        for name in pack.metadata["files"]:
            files.copy(pack.folder / name, made / name)
        metadata = {**pack.metadata, **change(made)}
        files.write_text(made / MODEL_CARD, model_card(metadata))
        hashes = {path.name: files.sha256_of_file(path) for path in sorted(made.iterdir())}
        metadata["files"] = hashes
        files.write_json(made / "pack.json", metadata)
        for path in sorted(made.iterdir(), key=lambda path: path.name == "pack.json"):
            path.replace(output / path.name)
    return metadata
