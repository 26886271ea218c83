"""Masks from files: read as the photo is, and refused in one sentence where they cannot be meant."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import PhotoError
from latentmapper.photo import read_photo
from latentmapper.photo.foreground import Request
from latentmapper.photo.mask_file import FileMasks, SentMask, read_mask

from .pictures import encoded, quarters

CAR = Request(("car",))


def drawn(
    width: int, height: int, box: tuple[int, int, int, int], on: int = 255, off: int = 0
) -> Image.Image:
    image = Image.new("L", (width, height), off)
    image.paste(on, box)
    return image


def find(tmp_path: Path, mask: Image.Image, photo: Image.Image):
    mask.save(tmp_path / "mask.png")
    return FileMasks({"a.jpg": tmp_path / "mask.png"}).find(read_photo(photo, "a.jpg"), CAR)


def test_white_is_the_object(tmp_path: Path) -> None:
    found = find(tmp_path, drawn(200, 100, (50, 20, 150, 80)), quarters(200, 100))
    assert found.mask is not None and found.mask.shape == (100, 200) and found.warnings == ()
    assert found.mask[20:80, 50:150].min() == 1 and found.mask.sum() == 60 * 100


def test_a_mask_of_a_large_photo_is_reduced_with_it(tmp_path: Path) -> None:
    # The JPEG is decoded at a quarter; the mask is measured by what is in the file.
    photo = read_photo(encoded(quarters(2600, 1300), "JPEG"), "a.jpg")
    assert photo.size == (1300, 2600) and photo.rgb.shape == (320, 640, 3)
    drawn(2600, 1300, (0, 0, 1300, 650)).save(tmp_path / "mask.png")
    mask = read_mask((tmp_path / "mask.png").read_bytes(), "mask.png", photo)
    assert mask.shape == (320, 640)
    assert mask[:158, :318].min() == 1 and mask[162:].max() == 0 == mask[:, 322:].max()


def test_a_mask_belongs_to_the_upright_photo(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = read_photo(encoded(quarters(200, 100), "JPEG", exif=exif), "a.jpg")
    assert photo.size == (200, 100) and photo.rgb.shape == (200, 100, 3)
    drawn(100, 200, (10, 10, 90, 190)).save(tmp_path / "mask.png")
    assert read_mask((tmp_path / "mask.png").read_bytes(), "mask.png", photo).shape == (200, 100)


def test_a_mask_fits_a_nearly_square_photo_that_lies_on_its_side(tmp_path: Path) -> None:
    """At a quarter both sides of the JPEG are 650 pixels, and its size tells no longer that it was turned."""
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = read_photo(encoded(quarters(2599, 2600), "JPEG", exif=exif), "a.jpg")
    assert photo.size == (2599, 2600) and photo.rgb.shape == (640, 640, 3)
    drawn(2600, 2599, (0, 0, 1300, 2599)).save(tmp_path / "mask.png")
    mask = read_mask((tmp_path / "mask.png").read_bytes(), "mask.png", photo)
    assert mask[:, :319].min() == 1 and mask[:, 321:].max() == 0


def test_a_cut_out_serves_as_mask_by_its_transparency(tmp_path: Path) -> None:
    cut_out = Image.new("RGBA", (200, 100))
    cut_out.paste((9, 9, 9, 255), (50, 20, 150, 80))
    found = find(tmp_path, cut_out, quarters(200, 100))
    assert found.mask is not None and found.mask.sum() == 60 * 100


def test_a_drawing_that_was_saved_with_an_opaque_alpha_is_still_black_and_white(tmp_path: Path) -> None:
    found = find(tmp_path, drawn(200, 100, (50, 20, 150, 80)).convert("RGBA"), quarters(200, 100))
    assert found.mask is not None and found.mask.sum() == 100 * 60


def test_a_grey_edge_stays_soft(tmp_path: Path) -> None:
    mask = drawn(200, 100, (50, 20, 150, 80))
    mask.paste(102, (50, 20, 51, 80))
    found = find(tmp_path, mask, quarters(200, 100))
    assert found.mask is not None
    np.testing.assert_allclose(found.mask[30, 49:52], [0, 0.4, 1])


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (
            drawn(100, 100, (20, 20, 90, 90)),
            r"the mask has 100 x 100 pixels, but a\.jpg 200 x 100; draw it on",
        ),
        (drawn(200, 100, (50, 20, 150, 80), on=100), "the mask is empty; the object has to be white in it"),
        (drawn(200, 100, (50, 20, 150, 80), on=0, off=255), "the mask is inverted, as it seems"),
        (drawn(200, 100, (50, 20, 70, 40)), "the object is smaller than 32 pixels"),
    ],
)
def test_a_mask_of_no_use_is_one_sentence(tmp_path: Path, mask: Image.Image, message: str) -> None:
    with pytest.raises(PhotoError, match=message):
        find(tmp_path, mask, quarters(200, 100))


def test_an_object_that_fills_the_picture_is_no_inverted_mask(tmp_path: Path) -> None:
    whole = find(tmp_path, drawn(200, 100, (0, 0, 200, 100)), quarters(200, 100))
    assert whole.warnings == (
        "the picture's edge cuts the object: what lies beyond is guessed; show all of it",
    )
    window = drawn(200, 100, (80, 40, 110, 50), on=0, off=255)
    assert find(tmp_path, window, quarters(200, 100)).mask is not None


@pytest.mark.parametrize("box", [(60, 40, 140, 100), (60, 0, 140, 60), (0, 10, 90, 95), (110, 10, 200, 95)])
def test_the_inverted_mask_of_an_object_that_touches_an_edge_is_recognised(
    tmp_path: Path, box: tuple[int, int, int, int]
) -> None:
    with pytest.raises(PhotoError, match="the mask is inverted, as it seems"):
        find(tmp_path, drawn(200, 100, box, on=0, off=255), quarters(200, 100))
    assert find(tmp_path, drawn(200, 100, box), quarters(200, 100)).mask is not None


@pytest.mark.parametrize("gap", [(40, 75, 160, 100), (0, 0, 200, 10), (0, 0, 22, 100), (150, 0, 200, 50)])
def test_an_object_that_fills_the_picture_but_for_a_gap_at_an_edge_is_no_inverted_mask(
    tmp_path: Path, gap: tuple[int, int, int, int]
) -> None:
    assert find(tmp_path, drawn(200, 100, gap, on=0, off=255), quarters(200, 100)).mask is not None


def test_each_photo_has_its_own(tmp_path: Path) -> None:
    drawn(64, 48, (0, 0, 40, 40)).save(tmp_path / "mask.png")
    masks = FileMasks({"a.jpg": tmp_path / "mask.png", "b.jpg": tmp_path / "gone.png"})
    with pytest.raises(PhotoError, match=r"c\.jpg: no mask was given for it"):
        masks.find(read_photo(quarters(), "c.jpg"), CAR)
    with pytest.raises(PhotoError, match=r"gone\.png: no such file"):
        masks.find(read_photo(quarters(), "b.jpg"), CAR)
    before = masks.identity("a.jpg")
    assert masks.identity("a.jpg") == before
    drawn(64, 48, (0, 0, 41, 40)).save(tmp_path / "mask.png")
    assert masks.identity("a.jpg") != before
    (tmp_path / "mask.png").write_text("no picture")
    with pytest.raises(PhotoError, match=r"mask\.png: not an image that can be read"):
        masks.find(read_photo(quarters(), "a.jpg"), CAR)


def test_a_mask_that_is_sent_does_as_one_of_a_file(tmp_path: Path) -> None:
    photo = quarters(200, 100)
    mask = encoded(drawn(200, 100, (50, 20, 150, 80)))
    sent = SentMask(mask).find(read_photo(photo, "a.jpg"), CAR)
    kept = find(tmp_path, drawn(200, 100, (50, 20, 150, 80)), photo)
    assert sent.mask is not None and kept.mask is not None
    np.testing.assert_array_equal(sent.mask, kept.mask)
    assert SentMask(mask).identity("a.jpg") == SentMask(mask).identity("b.jpg") != SentMask(b"").identity("")
    with pytest.raises(PhotoError, match=r"the mask of a\.jpg: the mask is empty"):
        SentMask(encoded(drawn(200, 100, (0, 0, 0, 0)))).find(read_photo(photo, "a.jpg"), CAR)
