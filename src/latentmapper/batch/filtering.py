"""A folder of photos judged by CLIP: distances and verdicts of all, written where they change no photo."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from latentmapper.batch.contact_sheet import MARK, contact_sheet
from latentmapper.batch.looking import Seen
from latentmapper.errors import PhotoError, UsageError
from latentmapper.features.clip import TEMPLATES, Clip, prompts
from latentmapper.photo.filtering import Threshold, mean_distances
from latentmapper.writing import write_result

KEPT, DROPPED, UNREADABLE = "kept", "dropped", "unreadable"
COLUMNS = ("file", "distance", "verdict", "sha256", "problem")
SCHEMA = "latentmapper.filter/1"
TABLE, SHEET, RECORD = "distances.csv", "sheet.html", "filter.json"


@dataclass(frozen=True)
class Judged:
    """One photo and what was found of it."""

    seen: Seen
    verdict: str
    """ "kept", "dropped" or "unreadable"."""
    distance: float | None = None
    """Equation 1, 0..2; None where it cannot be read."""


@dataclass(frozen=True)
class Filtered:
    """All photos of a folder, in its order."""

    category: str
    pair: str
    """Name of the contrastive pair."""
    threshold: Threshold
    photos: tuple[Judged, ...]

    def count(self, verdict: str) -> int:
        """How many photos have a verdict."""
        return sum(each.verdict == verdict for each in self.photos)

    def record(self) -> dict[str, Any]:
        """What decided the verdicts, as JSON values."""
        line = self.threshold
        return {
            "schema": SCHEMA,
            "category": self.category,
            "clip": self.pair,
            "sigma": line.sigma,
            "mean": line.mean,
            "deviation": line.deviation,
            "threshold": line.value,
            **{verdict: self.count(verdict) for verdict in (KEPT, DROPPED, UNREADABLE)},
        }


def judge(seen: Sequence[Seen], clip: Clip, category: str, sigma: float) -> Filtered:
    """Equations 1 and 2 of the paper over all pictures that can be read.

    Raises
    ------
    PhotoError : none of them can.
    """
    embeddings = [each.embedding for each in seen if each.embedding is not None]
    if not embeddings:
        raise PhotoError(f"none of {len(seen)} pictures can be read; the first: {seen[0].problem}")
    distances = mean_distances(np.stack(embeddings), clip.texts(prompts(category)))
    threshold = Threshold.of(distances, sigma)
    verdicts = iter(zip(distances, threshold.kept(distances), strict=True))
    photos = []
    for each in seen:
        if each.embedding is None:
            photos.append(Judged(each, UNREADABLE))
        else:
            distance, kept = next(verdicts)
            photos.append(Judged(each, KEPT if kept else DROPPED, float(distance)))
    return Filtered(category, clip.name, threshold, tuple(photos))


def write_filtered(filtered: Filtered, output: Path) -> None:
    """Write table, contact sheet and record.

    Raises
    ------
    OutputError : one of them cannot be written.
    """
    # Names of files need not be UTF-8.
    write_result(output / TABLE, _table(filtered).encode(errors="backslashreplace"))
    sheet = contact_sheet(*_sheet_of(filtered))
    write_result(output / SHEET, sheet.encode(errors="backslashreplace"))
    write_result(output / RECORD, (json.dumps(filtered.record(), indent=2, allow_nan=False) + "\n").encode())


def require_own(output: Path) -> None:
    """Raise `UsageError` where a file stands in the way that this command did not write."""
    marks = {TABLE: ",".join(COLUMNS), SHEET: MARK, RECORD: f'"schema": "{SCHEMA}"'}
    for name, mark in marks.items():
        path = output / name
        if path.exists() and mark.encode() not in _beginning(path):
            raise UsageError(f"-o {output}: {path} was not made by this command; choose another folder")


def _beginning(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(1000)


def _table(filtered: Filtered) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in filtered.photos:
        distance = "" if each.distance is None else f"{each.distance:.6f}"
        writer.writerow([each.seen.input.name, distance, each.verdict, each.seen.sha256, each.seen.problem])
    return buffer.getvalue()


def _sheet_of(filtered: Filtered) -> tuple[str, str, list[tuple[str, str, list[Any]]]]:
    """Title, summary and sections of the contact sheet: kept and dropped by distance, then the unreadable."""
    line = filtered.threshold
    ordered = sorted(filtered.photos, key=lambda each: each.distance or 0.0)
    sections = []
    for verdict in (KEPT, DROPPED, UNREADABLE):
        tiles = [
            (each.seen.input.name, each.seen.thumbnail, each.seen.problem or f"{each.distance:.4f}")
            for each in ordered
            if each.verdict == verdict
        ]
        sections.append((verdict, f"{len(tiles)} {verdict}", tiles))
    summary = (
        f"Mean cosine distance to {len(TEMPLATES)} sentences about {filtered.category!r} by {filtered.pair}; "
        f"dropped above {line.value:.4f} = mean {line.mean:.4f} + {line.sigma:g} x {line.deviation:.4f}"
    )
    return f"Photos by their distance to: {filtered.category}", summary, sections
