import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import PhotoError
from latentmapper.files import sha256_of_bytes
from latentmapper.photo import read_photo, reading

from .pictures import QUARTERS, corners, encoded, quarters


def test_a_path_bytes_an_image_and_an_array_give_the_same_pixels(tmp_path: Path) -> None:
    image = quarters()
    path = tmp_path / "q.png"
    path.write_bytes(encoded(image))
    photos = [read_photo(source) for source in (path, str(path), path.read_bytes(), image, np.asarray(image))]
    for photo in photos:
        assert photo.rgb.shape == (48, 64, 3) and photo.rgb.dtype == np.float32 and photo.alpha is None
        np.testing.assert_array_equal(photo.rgb, np.asarray(image, np.float32) / 255)
    assert [photo.name for photo in photos] == [str(path), str(path), "picture", "picture", "picture"]
    assert {photo.sha256 for photo in photos[:3]} == {sha256_of_bytes(path.read_bytes())}
    assert photos[3].sha256 == photos[4].sha256


def test_a_photo_passes_through_and_may_be_renamed() -> None:
    photo = read_photo(quarters())
    assert read_photo(photo) is photo
    assert read_photo(photo, "wheel.jpg").name == "wheel.jpg"


def test_the_hash_tells_pictures_apart() -> None:
    base = np.zeros((40, 60, 3), np.uint8)
    other = base.copy()
    other[7, 7, 1] = 1
    hashes = {read_photo(array).sha256 for array in (base, other, base.reshape(60, 40, 3))}
    assert len(hashes) == 3


def test_a_large_picture_is_reduced_without_changing_its_proportions() -> None:
    for source in (quarters(2000, 1500), encoded(quarters(2000, 1500), "JPEG")):
        photo = read_photo(source)
        assert photo.rgb.shape == (480, 640, 3)
        assert corners(photo.rgb) == QUARTERS


def test_a_strip_keeps_a_pixel_of_its_short_side() -> None:
    for width, height in ((32, 60_000), (60_000, 32)):
        strip = Image.new("RGBA", (width, height), (255, 0, 0, 200))
        photo = read_photo(encoded(strip))
        assert sorted(photo.rgb.shape[:2]) == [1, 640] and photo.alpha is not None


def test_an_image_that_cannot_be_decoded_is_refused() -> None:
    with pytest.raises(PhotoError, match=r"picture: damaged or cut short \("):
        read_photo(Image.open(io.BytesIO(encoded(quarters(), "JPEG")[:700])))


def test_the_callers_image_is_left_alone() -> None:
    image = quarters(2000, 1500)
    before = image.copy()
    read_photo(image)
    assert image.size == (2000, 1500) and image.tobytes() == before.tobytes()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path, ": no such file"),
        (lambda path: path.mkdir(), ": a folder, not a picture"),
        (lambda path: path.write_bytes(b""), ": the file is empty"),
        (
            lambda path: path.write_text("hello"),
            ": not an image that can be read (JPEG, PNG, WebP, TIFF, BMP, GIF",
        ),
        (
            lambda path: path.write_bytes(encoded(Image.new("RGB", (1, 1)))),
            ": 1 x 1 pixels is too small; at least 32",
        ),
    ],
)
def test_a_file_that_is_no_picture_is_refused_by_name(tmp_path: Path, make, message: str) -> None:
    path = tmp_path / "wheel.jpg"
    make(path)
    with pytest.raises(PhotoError, match=re.escape(str(path) + message)) as caught:
        read_photo(path)
    assert caught.value.exit_code == 1


def test_an_unreadable_file_is_refused_with_the_systems_reason(tmp_path: Path, monkeypatch) -> None:
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PhotoError, match=r"secret\.jpg: cannot be read \(Permission denied\)"):
        read_photo(tmp_path / "secret.jpg")


def test_an_endless_file_is_not_read_to_its_end(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1 << 20)
    path = tmp_path / "big.jpg"
    path.write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(PhotoError, match=r"big\.jpg: larger than 1 MB, the most that is read of one picture"):
        read_photo(path)


def test_transparency_becomes_alpha_and_full_opacity_does_not() -> None:
    image = quarters().convert("RGBA")
    assert read_photo(image).alpha is None
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    alpha = read_photo(image).alpha
    assert alpha is not None and alpha.shape == (48, 64)
    assert alpha[0].max() < 0.05 and alpha[-1].min() > 0.95


def test_a_wholly_transparent_picture_is_refused() -> None:
    with pytest.raises(PhotoError, match=r"ghost\.png: wholly transparent; there is nothing to see"):
        read_photo(Image.new("RGBA", (64, 64)), "ghost.png")
