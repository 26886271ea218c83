"""Links to photos, or copies of them, in folders by verdict: nothing is ever overwritten or removed."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from latentmapper import files
from latentmapper.batch.filtering import DROPPED, KEPT, Judged
from latentmapper.errors import UsageError
from latentmapper.writing import output_error

Way = Literal["link", "copy"]


def places(photos: Sequence[Judged], output: Path) -> dict[Path, Path]:
    """Where each readable photo goes -> the photo: OUTPUT/kept/... or OUTPUT/dropped/...

    Raises
    ------
    UsageError : there is something else already: another file, or a photo of an earlier verdict.
    """
    wanted = {_place(each, output): _source(each) for each in photos if each.verdict in (KEPT, DROPPED)}
    for path in _present(output):
        if path not in wanted or not _same(path, wanted[path]):
            raise UsageError(
                f"-o {output}: {path} is there already and is not what would be put there; "
                f"move {output / KEPT} and {output / DROPPED} away, or choose another folder"
            )
    return wanted


def collect(wanted: dict[Path, Path], way: Way) -> int:
    """Make the links or copies that are not there yet; return how many.

    Raises
    ------
    OutputError : one cannot be made.
    """
    made = 0
    for path, source in wanted.items():
        if os.path.lexists(path):
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, source, way)
        except OSError as error:
            raise output_error(path, error) from None
        made += 1
    return made


def _put(path: Path, source: Path, way: Way) -> None:
    if way == "copy":
        files.copy(source, path)
        return
    try:
        target = os.path.relpath(source.resolve(), path.parent.resolve())
    except ValueError:  # another drive
        target = str(source.resolve())
    path.symlink_to(target)


def _place(photo: Judged, output: Path) -> Path:
    """The photo's path below the folder that was named, below that of its verdict."""
    stem = photo.seen.input.stem
    return output / photo.verdict / stem.parent / _source(photo).name


def _source(photo: Judged) -> Path:
    assert photo.seen.input.path is not None  # photos of folders are files
    return photo.seen.input.path


def _present(output: Path) -> Iterator[Path]:
    for verdict in (KEPT, DROPPED):
        for folder, _, names in os.walk(output / verdict):
            yield from (Path(folder, name) for name in sorted(names) if not _is_by_the_way(name))


def _is_by_the_way(name: str) -> bool:
    """Whether a file is nobody's photo: what file managers leave, or a killed run half-copied."""
    return name.endswith(".partial") or name.lower() in (".ds_store", "thumbs.db", "desktop.ini")


def _same(path: Path, source: Path) -> bool:
    """Whether a path is a link to a photo, or a copy of it."""
    if not path.is_file():
        return False
    return path.samefile(source) or files.sha256_of_file(path) == files.sha256_of_file(source)
