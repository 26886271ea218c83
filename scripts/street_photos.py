"""What scripts that measure on labelled photos of cars share: bodies, proportions, packs."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro

from latentmapper.pack_folder import bundled_packs, read_metadata

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
        """File and label of every photo."""
        with self.labels.open(newline="") as file:
            yield from ((row["file"], row["label"]) for row in csv.DictReader(file))

    def with_bodies(self) -> "list[Photo]":
        """The photos whose body is known."""
        return [photo for file, label in self.rows() if (photo := known(file, label))]


@dataclass(frozen=True)
class Measured(Labelled):
    """Labelled photos of models some of whose proportions are published."""

    dimensions: Path
    """CSV with the columns label, height_to_length and width_to_length."""

    def published(self) -> dict[str, tuple[float, ...]]:
        """Model -> its `RATIOS`."""
        with self.dimensions.open(newline="") as file:
            rows = list(csv.DictReader(file))
        return {row["label"]: tuple(float(row[f"{name}_to_length"]) for name in RATIOS) for row in rows}


@dataclass(frozen=True)
class Photo:
    """A photo whose body is known."""

    file: str
    label: str
    body: str
    """A word of `GROUPS`."""


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


def classifier() -> Any:
    """What learns bodies from measures: linear, every body alike whatever its number of photos."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced", max_iter=2000))
