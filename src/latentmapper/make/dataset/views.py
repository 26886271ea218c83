"""Sets of rendered views on disk.

On disk: `views.json` (format, recipe, and whether a run has not come to its end), `manifest.jsonl` (a line
per shape), and one safetensors file per shape with `jpegs` (all JPEG files one after the other, uint8),
`offsets` (n + 1,) int64, `masks` (n, b) uint8 (a bit a pixel, 224 x 224 unless the recipe has another
size), `cameras` (n, 10) float64 and `occlusion` (n,) float32.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import StoreError
from latentmapper.files import parse_object, write_arrays
from latentmapper.make.dataset.framing import SIZE
from latentmapper.make.dataset.photometry import jpeg, read_jpeg
from latentmapper.make.dataset.records import parse_record
from latentmapper.make.dataset.scene import View, evaluation_view, make_view
from latentmapper.make.dataset.shards import damage_told, open_shard
from latentmapper.places import Place, place
from latentmapper.render.camera import Camera

__all__ = ["View", "ViewRecord", "Views", "evaluation_view", "make_view", "read_manifest", "write_shard"]

FORMAT = 1
QUALITY = 92
"""Of the stored JPEG files; the photos' own compression is part of the picture already."""
HEADER, MANIFEST, SHARDS = "views.json", "manifest.jsonl", "shards"
UNFINISHED = "unfinished"
"""In the header, from the beginning of a run until it has come to its end."""


@dataclass(frozen=True)
class ViewRecord:
    """The views of one mesh, as a line of the manifest."""

    shape: str
    """Id of the shape."""
    split: str
    """train, validation or test."""
    group: str
    """Near-copies share a group."""
    source: str
    """The collection that the shape comes from."""
    mesh: str
    """What was rendered: original, decoded (from the shape's code) or between (two codes)."""
    code: str | None
    """Id of the code that a decoded mesh belongs to, where it has one."""
    views: int
    """How many."""
    file: str
    """Path of the views below the folder."""
    sha256: str
    """Hash of that file."""
    data: str = ""
    """Hash of the data in the store that was rendered; empty of codes, and in folders from before it was
    kept."""


class Views:
    """Rendered views opened for reading: `Views.open(path)`."""

    def __init__(self, path: Place, header: dict[str, Any], records: list[ViewRecord]) -> None:
        self.path = path
        self.header = header
        """Format and recipe."""
        self.records = records
        """One a mesh, in the order of their files' names."""

    @classmethod
    def open(cls, path: Place | str) -> "Views":
        """Open views in a folder or at a URL.

        Raises `StoreError` for none, those of another version, and those of a run that has not come to its
        end: what learns from them would not notice what is missing.
        """
        path = place(path) if isinstance(path, str) else path
        header = read_header(path)
        if header is None:
            raise StoreError(f"{path} holds no views; make them with: latentmapper data render")
        records = read_manifest(path)
        if not records or header.get(UNFINISHED):
            held = "views that are not finished" if records else "no finished views"
            raise StoreError(f"{path} holds {held}; go on with: latentmapper data render")
        return cls(path, header, sorted(records, key=lambda record: record.file))

    def require_squares(self) -> None:
        """Refuse pictures of another size than what looks for an object in them. Raises `StoreError`."""
        height, width = self.header.get("recipe", {}).get("size", (SIZE, SIZE))
        if (height, width) != (SIZE, SIZE):
            raise StoreError(
                f"{self.path} holds pictures of {height} x {width} pixels; a closer look wants"
                f" {SIZE} x {SIZE}: render with --size {SIZE} {SIZE}"
            )

    def picture(self, record: ViewRecord, index: int) -> NDArray[np.uint8]:
        """One picture (height, width, 3) RGB of a mesh, without the others of its file.

        Raises `StoreError` where the file is missing or damaged.
        """
        data = self._open(record)
        with damage_told(self.path, record.file):
            return _picture(data, index)

    def load(self, record: ViewRecord) -> list[View]:
        """The views of one mesh. Raises `StoreError` where the file is missing or damaged."""
        data = self._open(record)
        with damage_told(self.path, record.file):
            return [_view(data, i) for i in range(len(data["occlusion"]))]

    def _open(self, record: ViewRecord) -> dict[str, NDArray[Any]]:
        return open_shard(self.path, record.file, record.sha256)


def read_header(path: Place) -> dict[str, Any] | None:
    """The header of a folder of views, None where there is none. Raises `StoreError` for other versions."""
    try:
        header = parse_object((path / HEADER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path / HEADER} cannot be read ({error})") from error
    if header.get("format") != FORMAT:
        raise StoreError(
            f"{path} holds views of format {header.get('format')}, this version reads format {FORMAT};"
            " render them again with: latentmapper data render"
        )
    if not isinstance(header.get("recipe"), dict):
        raise StoreError(f"{path / HEADER} cannot be read (its recipe is missing or damaged)")
    return header


def read_manifest(path: Place) -> list[ViewRecord]:
    """The records of a folder, the last one of each file; an unfinished last line is not read."""
    try:
        lines = (path / MANIFEST).read_text(encoding="utf-8").split("\n")[:-1]
    except FileNotFoundError:
        return []
    try:
        records = [parse_record(ViewRecord, line) for line in lines if line]
    except (ValueError, TypeError) as error:
        raise StoreError(f"{path / MANIFEST} cannot be read ({error})") from error
    return list({record.file: record for record in records}.values())


def write_shard(folder: Place, file: str, views: list[View]) -> str:
    """Write the views of one mesh to `folder / file`, atomically, and return the file's hash."""
    files = [jpeg(view.image, QUALITY) for view in views]
    data = {
        "jpegs": np.frombuffer(b"".join(files), np.uint8),
        "offsets": np.cumsum([0, *map(len, files)]).astype(np.int64),
        "masks": np.stack([np.packbits(view.mask) for view in views]),
        "cameras": np.stack([_numbers(view.camera) for view in views]),
        "occlusion": np.array([view.occlusion for view in views], np.float32),
    }
    return write_arrays(folder / file, data)


def _picture(data: dict[str, NDArray], index: int) -> NDArray[np.uint8]:
    start, end = data["offsets"][index : index + 2]
    return read_jpeg(data["jpegs"][start:end].tobytes())


def _view(data: dict[str, NDArray], index: int) -> View:
    image = _picture(data, index)
    height, width = image.shape[:2]
    mask = np.unpackbits(data["masks"][index], count=height * width).reshape(height, width).astype(bool)
    return View(image, mask, _camera(data["cameras"][index]), float(data["occlusion"][index]))


def _numbers(camera: Camera) -> NDArray[np.float64]:
    """(10,) azimuth, elevation, distance, fov, roll, shift x 2, target x 3."""
    fields = asdict(camera)
    return np.hstack([fields[name] for name in fields])


def _camera(numbers: NDArray[np.float64]) -> Camera:
    azimuth, elevation, distance, fov, roll, right, up, x, y, z = map(float, numbers)
    return Camera(azimuth, elevation, distance, fov, roll, (right, up), (x, y, z))
