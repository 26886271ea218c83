"""Pictures of which no good answer is to be expected: taken at night, or drawn."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from latentmapper.photo import read_photo
from latentmapper.photo.doubts import doubts

NIGHT = "the picture is dark: brighten it, or take one by day"
DRAWING = "it looks like a drawing: shapes are learned from photos; take one if you can"


def street(width: int = 320, height: int = 200) -> np.ndarray:
    """(h, w, 3) a dark car before a bright street, with the noise of a sensor."""
    rng = np.random.default_rng(0)
    down = np.linspace(0.8, 0.4, height)[:, None, None]
    scene = np.broadcast_to(down, (height, width, 3)).copy()
    scene[70:150, 60:260] = (0.1, 0.1, 0.15)
    return np.clip(scene + rng.normal(0, 0.015, scene.shape), 0, 1).astype(np.float32)


def drawing(filled: bool, quality: int | None) -> np.ndarray:
    """(h, w, 3) lines of a car on white paper, with or without flat colours, as PNG or JPEG."""
    paper = Image.new("RGB", (800, 500), "white")
    pen = ImageDraw.Draw(paper)
    body = [(60, 330), (100, 250), (250, 220), (340, 130), (560, 130), (650, 230), (750, 250), (760, 330)]
    pen.polygon(body, fill=(200, 30, 30) if filled else None, outline="black", width=6)
    for x in (200, 620):
        pen.ellipse(
            (x - 60, 270, x + 60, 390), fill=(40, 40, 40) if filled else None, outline="black", width=6
        )
    buffer = io.BytesIO()
    small = paper.resize((400, 250), Image.Resampling.LANCZOS)
    small.save(buffer, "JPEG", quality=quality) if quality else small.save(buffer, "PNG")
    return read_photo(buffer.getvalue()).rgb


def test_a_photo_by_day_leaves_no_doubt_even_of_a_black_car() -> None:
    assert doubts(street(), None) == ()


def test_a_photo_at_night_is_told() -> None:
    assert doubts(street() * np.float32(0.25), None) == (NIGHT,)
    lamps = street() * np.float32(0.2)
    lamps[20:40, ::8] = 1
    assert NIGHT in doubts(lamps, None)


@pytest.mark.parametrize("quality", [None, 90, 70])
@pytest.mark.parametrize("filled", [False, True])
def test_a_drawing_is_told(filled: bool, quality: int | None) -> None:
    assert doubts(drawing(filled, quality), None) == (DRAWING,)


def test_what_is_cut_out_is_judged_without_what_lies_around_it() -> None:
    studio = street()
    mask = np.zeros(studio.shape[:2], np.float32)
    mask[40:170, 40:280] = 1
    studio[mask < 0.5] = 1
    assert doubts(studio, mask) == ()
    assert NIGHT in doubts(np.where(mask[..., None] > 0.5, 0.2 * studio, studio), mask)


def test_nothing_to_look_at_is_no_drawing() -> None:
    assert doubts(np.full((64, 64, 3), 0.5, np.float32), None) == ()
    assert doubts(street(), np.zeros((200, 320), np.float32)) == ()
