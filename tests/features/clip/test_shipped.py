"""The contrastive pair that ships with the package: what it calls itself, and what it tells apart."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper.features.clip import embed_category
from latentmapper.features.clip.bundled import SHIPPED, BundledClip
from latentmapper.photo import read_photo
from latentmapper.photo.framing import letterbox

EXAMPLES = Path(__file__).parents[3] / "examples"
CARS = {"hatchback", "sedan", "suv", "wagon"}


@pytest.fixture(scope="module")
def clip() -> BundledClip:
    return BundledClip(threads=1)


def test_it_does_not_pass_for_another_and_is_small(clip: BundledClip) -> None:
    assert clip.name == "latentmapper contrastive pair (not OpenAI's CLIP)"
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 5_000_000


def test_it_tells_cars_from_airplanes_on_photographs(clip: BundledClip) -> None:
    photos = sorted(EXAMPLES.glob("*.jpg"))
    seen = clip.images(np.stack([letterbox(read_photo(photo).rgb) for photo in photos]))
    words = np.stack([embed_category(clip, word) for word in ("car", "airplane")])
    told = dict(zip((photo.stem for photo in photos), (seen @ words.T).argmax(axis=1) == 0, strict=True))
    assert all(told[name] for name in CARS)
    assert sum(told.values()) <= len(CARS) + 1  # of photos of airplanes it takes few for cars


def test_it_knows_what_bodies_and_tails_are_called(clip: BundledClip) -> None:
    texts = ["sedan", "pickup truck", "airplane with a T-tail", "airplane with a conventional tail", "glider"]
    words = np.stack([embed_category(clip, text) for text in texts])
    apart = 1 - words @ words.T
    assert apart[~np.eye(len(texts), dtype=bool)].min() > 0.02
