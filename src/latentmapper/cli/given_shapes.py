"""What the verbs share that change shapes: the pack of the codes they are given, and files not to lose."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from latentmapper.cli.options import naming
from latentmapper.errors import UsageError

if TYPE_CHECKING:
    from latentmapper.editing import Editor
    from latentmapper.editing.code_files import Found


def editor_of(found: "Sequence[Found]", given: Path | None) -> "Editor":
    """An editor of the pack that codes belong to: the one that --pack names, or an installed one."""
    from latentmapper.editing import Editor
    from latentmapper.editing.code_files import pack_for, require_one_pack
    from latentmapper.pack_folder import bundled_packs

    require_one_pack(found)
    with naming("--pack"):
        folder = pack_for(found, given, bundled_packs())
    return Editor(folder)


def require_length(length: float | None) -> None:
    """Raise `UsageError` where --length is none that a shape can have, or that a file can hold."""
    from latentmapper.shapes import units

    if length is not None:
        units.require_length(length)


def require_new(path: Path, overwrite: bool) -> None:
    """Raise `UsageError` where a file would be lost, or none can be written."""
    from latentmapper.writing import require_folder

    if path.is_dir():
        raise UsageError(f"-o {path} is a folder; name a file in it")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} is there already; choose another name, or replace it with --overwrite")
    require_folder(path.parent)
