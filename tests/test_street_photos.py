"""Labelled photos of cars: which word tells the body, what is read of tables, which packs are meant."""

import runpy
from pathlib import Path

import pytest

from latentmapper.pack_folder import read_metadata

SCRIPT = Path(__file__).parents[1] / "scripts" / "street_photos.py"


@pytest.fixture(scope="module")
def script() -> dict:
    return runpy.run_path(str(SCRIPT))


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("Dodge Journey SUV 2012", "SUV"),
        ("Ford E-Series Wagon Van 2012", "Van"),
        ("Rolls-Royce Phantom Drophead Coupe Convertible 2012", "Convertible"),
        ("Dodge Dakota Club Cab 2007", "Cab"),
        ("Jaguar XK XKR 2012", "Coupe"),
        ("Some Thing 2012", None),
    ],
)
def test_the_last_word_for_a_body_counts(script: dict, label: str, body: str | None) -> None:
    photo = script["known"]("a.jpg", label)
    assert (photo and photo.body) == body


def test_tables_are_read_by_the_names_of_their_columns(script: dict, tmp_path: Path) -> None:
    labels, dimensions = tmp_path / "labels.csv", tmp_path / "known.csv"
    labels.write_text("label,file\nSome SUV 2001,a.jpg\nSome Thing 2012,b.jpg\n")
    dimensions.write_text("label,width_to_length,height_to_length\nSome SUV 2001,0.4,0.3\n")
    photos = script["Measured"](tmp_path, labels, dimensions)
    assert list(photos.rows()) == [("a.jpg", "Some SUV 2001"), ("b.jpg", "Some Thing 2012")]
    assert [(each.file, each.body) for each in photos.with_bodies()] == [("a.jpg", "SUV")]
    assert photos.published() == {"Some SUV 2001": (0.3, 0.4)}


def test_packs_that_are_named_stand_for_the_bundled_one(script: dict) -> None:
    (bundled,) = script["packs_of_cars"](None)
    assert read_metadata(bundled)["category"] == "car"
    assert script["packs_of_cars"](Path("other")) == [Path("other")]
