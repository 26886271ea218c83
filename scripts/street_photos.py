"""What scripts that measure on labelled photos of cars share: bodies, proportions, packs."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import tyro

from latentmapper.errors import UsageError
from latentmapper.pack_folder import bundled_packs, read_metadata

T = TypeVar("T")
CAR = "car"
RATIOS = ("height", "width")
"""Measures that makers publish, for the length."""
GROUPS = {
    "sedan or coupe": ("Sedan", "Coupe"),
    "hatchback or wagon": ("Hatchback", "Wagon"),
    "SUV, van or minivan": ("SUV", "Van", "Minivan"),
    "pickup": ("Cab", "SuperCab"),
    "convertible": ("Convertible",),
}
UNSAID = {
    "Acura Integra Type R 2001": "Coupe",
    "Acura TL Type-S 2008": "Sedan",
    "Buick Regal GS 2012": "Sedan",
    "Chevrolet Cobalt SS 2010": "Coupe",
    "Chevrolet Corvette Ron Fellows Edition Z06 2007": "Coupe",
    "Chevrolet Corvette ZR1 2012": "Coupe",
    "Chevrolet HHR SS 2010": "Wagon",
    "Chevrolet TrailBlazer SS 2009": "SUV",
    "Chrysler 300 SRT-8 2010": "Sedan",
    "Dodge Challenger SRT8 2011": "Coupe",
    "Dodge Charger SRT-8 2009": "Sedan",
    "FIAT 500 Abarth 2012": "Hatchback",
    "Jaguar XK XKR 2012": "Coupe",
    "Lamborghini Gallardo LP 570-4 Superleggera 2012": "Coupe",
}
"""Bodies of models whose name holds no word for it."""


@dataclass(frozen=True)
class Labelled:
    """Photos that are labelled with the model of the car that they show."""

    photos: tyro.conf.Positional[Path]
    """Folder of the photos."""

    labels: Path
    """CSV with the columns file and label."""

    def rows(self) -> Iterator[tuple[str, str]]:
        """File and label of every photo. Raises `UsageError` where the table has no such columns."""
        for row in table("--labels", self.labels, ("file", "label")):
            yield row["file"], row["label"]

    def with_bodies(self, every: int = 1) -> "list[Photo]":
        """Every so manieth of the photos whose body is known. Raises `UsageError` where there is none."""
        found = [photo for file, label in self.rows() if (photo := known(file, label))]
        if not found:
            raise UsageError(f"--labels: {self.labels} names no photo whose body is known")
        return thinned(found, every)


@dataclass(frozen=True)
class Measured(Labelled):
    """Labelled photos of models some of whose proportions are published."""

    dimensions: Path
    """CSV with the columns label, height_to_length and width_to_length."""

    def published(self) -> dict[str, tuple[float, ...]]:
        """Model -> its `RATIOS`. Raises `UsageError` where the table does not hold them."""
        ratios = [f"{name}_to_length" for name in RATIOS]
        rows = table("--dimensions", self.dimensions, ("label", *ratios))
        try:
            return {row["label"]: tuple(float(row[name]) for name in ratios) for row in rows}
        except ValueError as error:
            raise UsageError(f"--dimensions: {self.dimensions} holds no proportions ({error})") from None


@dataclass(frozen=True)
class Photo:
    """A photo whose body is known."""

    file: str
    label: str
    body: str
    """A word of `GROUPS`."""


def table(flag: str, path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file. Raises `UsageError` where it is none, or a column is missing from a row."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{flag}: {path} is no CSV file ({error})") from None
    if not all(row.get(name) for row in rows for name in columns):
        raise UsageError(f"{flag}: {path} needs the columns {', '.join(columns)}, filled in every row")
    return rows


def thinned(items: Sequence[T], every: int) -> list[T]:
    """Every so manieth of some things. Raises `UsageError` where that cannot be."""
    if every < 1:
        raise UsageError(f"--every must be at least 1, not {every}")
    return list(items[::every])


def known(file: str, label: str) -> Photo | None:
    """A photo by its label, whose last word for a body counts; None where there is none."""
    words = {word for group in GROUPS.values() for word in group}
    said = [word for word in label.split() if word in words]
    body = said[-1] if said else UNSAID.get(label)
    return Photo(file, label, body) if body else None


def group_of(photo: Photo) -> int:
    """Which of `GROUPS` a photo's body belongs to, by number."""
    return next(number for number, words in enumerate(GROUPS.values()) if photo.body in words)


def packs_of_cars(*named: Path | None) -> list[Path]:
    """The packs that are named; those of cars that ship with the package where none is."""
    bundled = [folder for folder in bundled_packs() if read_metadata(folder)["category"] == CAR]
    return [folder for folder in named if folder] or bundled


def classifier(penalty: float = 0.1) -> Any:
    """What learns bodies from measures: linear, every body alike whatever its number of photos.

    `penalty` is scikit-learn's `C`: the smaller, the closer to telling all bodies alike.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        StandardScaler(), LogisticRegression(C=penalty, class_weight="balanced", max_iter=2000)
    )
