"""The two sides that a translator learns from: photos and renders, framed alike, in two arrays on disk."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from latentmapper import files
from latentmapper.batch.inputs import Input, expand
from latentmapper.errors import PhotoError, StoreError
from latentmapper.make.dataset.views import MANIFEST, View, ViewRecord, Views
from latentmapper.pace import paced
from latentmapper.photo import Photo, read_photo
from latentmapper.photo.framing import frame, letterbox

logger = logging.getLogger(__name__)
HEADER, PHOTOS, RENDERS = "pictures.json", "photos.npy", "renders.npy"


@dataclass(frozen=True)
class Unpaired:
    """Pictures of both sides, read from disk as they are asked for."""

    photos: NDArray[np.uint8]
    """(p, s, s, 3) RGB, framed as `reconstruct` frames a photo, on neutral grey where it is transparent."""
    renders: NDArray[np.uint8]
    """(r, s, s, 3) RGB, cut out by their masks: what translation should make of a photo."""
    skipped: int
    """Photos that cannot be read."""
    sha256: str
    """Of all that decides the pictures."""


def keep_unpaired(photos: Path, views: Sequence[Views], folder: Path, side: int) -> Unpaired:
    """Frame all photos below `photos` and all training views, or take those that `folder` holds already.

    Parameters
    ----------
    side : of a picture, pixels.

    Raises
    ------
    StoreError : no readable photo, no view of a training shape, or the folder holds other pictures.
    """
    inputs = expand([str(photos)])
    digest = _digest(inputs, views, side)
    kept = _open(folder)
    if kept is not None:
        if kept.sha256 != digest:
            raise StoreError(f"{folder} has learned from other pictures; choose another folder")
        return kept
    found = _keep(folder / PHOTOS, _framed_photos(inputs), len(inputs), side)
    shown = [(some, record) for some in views for record in some.records if record.split == "train"]
    rendered = _keep(folder / RENDERS, _framed_views(shown), sum(record.views for _, record in shown), side)
    if not found:
        raise StoreError(f"no readable photo in {photos}")
    if not rendered:
        raise StoreError("no views of training shapes; make them with: latentmapper data render")
    counts = {"photos": found, "skipped": len(inputs) - found, "renders": rendered}
    files.write_json(folder / HEADER, counts | {"sha256": digest})
    kept = _open(folder)
    assert kept is not None
    return kept


def _open(folder: Path) -> Unpaired | None:
    """What a folder holds, the header having been written last."""
    if not (folder / HEADER).is_file():
        return None
    try:
        header = files.parse_object((folder / HEADER).read_text(encoding="utf-8"))
        sides = (np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in (PHOTOS, RENDERS))
        photos, renders = next(sides)[: header["photos"]], next(sides)[: header["renders"]]
        return Unpaired(photos, renders, header["skipped"], header["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"the pictures in {folder} cannot be read ({error}); choose another folder"
        ) from None


def _keep(path: Path, squares: Iterator[NDArray[np.float32]], most: int, side: int) -> int:
    """Write at most so many pictures of that side into one array; return how many there are."""
    count = 0
    with files.replacing(path) as temporary:
        array = open_memmap(temporary, "w+", np.uint8, (most, side, side, 3))
        for square in paced(squares, most, f"pictures ({path.stem})"):
            array[count] = np.rint(255 * letterbox(square, (side, side)))
            count += 1
        array.flush()
    return count


def _framed_photos(inputs: Sequence[Input]) -> Iterator[NDArray[np.float32]]:
    for each in inputs:
        try:
            photo = read_photo(each.read(), each.name)
            yield frame(photo, photo.alpha)
        except PhotoError as error:
            logger.warning("skipped: %s", error)


def _framed_views(shown: Sequence[tuple[Views, ViewRecord]]) -> Iterator[NDArray[np.float32]]:
    """Views cut out by their masks; those that show next to nothing of the shape are left out."""
    for views, record in shown:
        for view in views.load(record):
            try:
                yield frame(_photo(view), view.mask.astype(np.float32))
            except PhotoError:
                continue


def _photo(view: View) -> Photo:
    return Photo("view", view.image.astype(np.float32) / np.float32(255), None, "")


def _digest(inputs: Sequence[Input], views: Sequence[Views], side: int) -> str:
    photos = []
    for each in inputs:
        try:
            photos.append(files.sha256_of_bytes(each.read()))
        except PhotoError:
            photos.append("unreadable")
    return files.sha256_of_json(
        [photos, [files.sha256_of_bytes((some.path / MANIFEST).read_bytes()) for some in views], side]
    )
