import builtins
import io
import re
import struct
import subprocess
import sys
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image, features

from latentmapper.errors import PhotoError
from latentmapper.photo import encoded as module
from latentmapper.photo import read_photo
from latentmapper.photo.encoded import check_header

from .pictures import QUARTERS, corners, encoded, png_of, quarters


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "JPEG2000", "PPM", "AVIF"])
def test_every_common_format_is_read(kind: str) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    photo = read_photo(encoded(quarters(), kind))
    assert corners(photo.rgb) == QUARTERS and photo.warnings == ()


def test_heic_is_read_where_pillow_heif_is_installed() -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    assert corners(read_photo(encoded(quarters(), "HEIF")).rgb) == QUARTERS


HEIC_HEADER = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)


@pytest.mark.parametrize(
    ("plugin", "data", "message"),
    [
        ("HEIF", HEIC_HEADER, "p.heic: HEIC pictures need one more package: pip install pillow-heif"),
        (
            "AVIF",
            HEIC_HEADER.replace(b"heic", b"avif"),
            "this Pillow cannot read AVIF: pip install --upgrade pillow",
        ),
        (
            "WEBP",
            b"RIFF\x24\0\0\0WEBPVP8 " + bytes(64),
            "this Pillow cannot read WebP: pip install --upgrade pillow",
        ),
    ],
)
def test_a_format_without_its_decoder_is_refused_with_the_fix(monkeypatch, plugin, data, message) -> None:
    without = {name: opener for name, opener in Image.OPEN.items() if name != plugin}
    monkeypatch.setattr(Image, "OPEN", without)
    monkeypatch.setattr(Image, "init", lambda: True)
    _forbid_import(monkeypatch, "pillow_heif")
    with pytest.raises(PhotoError, match=re.escape(message)):
        read_photo(data, "p.heic")


def test_a_phones_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side: turn 90 degrees clockwise to view
    lying = quarters().transpose(Image.Transpose.ROTATE_90)
    for kind in ("JPEG", "PNG", "WEBP"):
        assert corners(read_photo(encoded(lying, kind, exif=exif)).rgb) == QUARTERS


def test_damaged_exif_costs_no_picture_that_is_whole() -> None:
    data = encoded(quarters(), exif=b"garbage")
    assert corners(read_photo(data).rgb) == corners(read_photo(Image.open(io.BytesIO(data))).rgb) == QUARTERS


def test_a_tiff_that_only_few_programs_read() -> None:
    doubles = encoded(Image.new("F", (64, 64)), "TIFF").replace(b"\2\1\3\0\1\0\0\0 ", b"\2\1\3\0\1\0\0\0@")
    with pytest.raises(PhotoError, match=r"64\.tif: a TIFF of a rare kind \(save it as JPEG or PNG\), or"):
        read_photo(doubles, "64.tif")


def test_cmyk_palette_grey_and_bilevel_files() -> None:
    assert corners(read_photo(encoded(quarters().convert("CMYK"), "JPEG")).rgb) == QUARTERS
    assert corners(read_photo(encoded(quarters().quantize(8))).rgb) == QUARTERS
    grey = read_photo(encoded(Image.new("L", (64, 64), 51))).rgb
    assert np.allclose(grey, 0.2)
    assert np.allclose(read_photo(encoded(Image.new("1", (64, 64), 1))).rgb, 1)


def test_16_bit_files() -> None:
    grey = Image.fromarray(np.full((64, 64), 0.2 * 65535, np.uint16))
    assert np.allclose(read_photo(encoded(grey)).rgb, 0.2, atol=0.003)
    row = b"\0" + np.array([0x3333, 0x6666, 0xCCCC], ">u2").tobytes() * 64
    assert np.allclose(read_photo(png_of(64, 64, depth=16, rows=row * 64)).rgb, [0.2, 0.4, 0.8], atol=0.003)


def test_one_grey_value_of_16_bits_is_transparent_and_its_neighbour_is_not() -> None:
    """Where a PNG says so (tRNS); in 8 bits both would be the same grey."""
    grey = np.full((64, 64), 1000, np.uint16)
    grey[16:48, 16:48], grey[20, 20] = 40_000, 1001
    photo = read_photo(encoded(Image.fromarray(grey), transparency=1000))
    assert photo.alpha is not None
    np.testing.assert_array_equal(photo.alpha == 0, grey == 1000)
    assert np.allclose(photo.rgb[30, 30], 40_000 / 65_535, atol=0.003)
    assert read_photo(encoded(Image.fromarray(grey), transparency=7)).alpha is None  # no pixel has it


@pytest.mark.parametrize(
    ("depth", "kind", "row", "clear"),
    [
        (16, 2, bytes.fromhex("123456789abc") * 32 + bytes.fromhex("fedcba987654") * 32, "123456789abc"),
        (4, 0, bytes.fromhex("33") * 16 + bytes.fromhex("cc") * 16, "0003"),
        (2, 0, bytes.fromhex("55") * 8 + bytes.fromhex("ff") * 8, "0001"),
        (1, 0, bytes.fromhex("ff") * 4 + bytes.fromhex("00") * 4, "0001"),
    ],
)
def test_one_colour_of_any_depth_is_transparent(depth: int, kind: int, row: bytes, clear: str) -> None:
    data = png_of(64, 64, depth, kind, (b"\0" + row) * 64, bytes.fromhex(clear))
    alpha = read_photo(data).alpha
    assert alpha is not None
    np.testing.assert_array_equal(alpha, np.repeat([[0.0, 1.0]], 64, 0).repeat(32, 1))


@pytest.mark.parametrize("bits", [2, 8])
def test_a_transparent_palette_entry_becomes_alpha(bits: int) -> None:
    data = encoded(quarters().quantize(4), transparency=1, bits=bits)
    alpha = read_photo(data).alpha
    assert alpha is not None and 0.2 < alpha.mean() < 0.8


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame_is_taken_with_a_warning(kind: str) -> None:
    rest = [Image.new("RGB", (64, 48), colour) for colour in ("black", "white")]
    photo = read_photo(encoded(quarters(), kind, save_all=True, append_images=rest), "a.gif")
    assert corners(photo.rgb) == QUARTERS
    unit = "pages" if kind == "TIFF" else "frames"
    assert photo.warnings == (f"the file holds several {unit}; the first is used",)


@pytest.mark.parametrize("kind", ["GIF", "TIFF"])
def test_frames_are_not_counted(monkeypatch, kind: str) -> None:
    """Counting reads every page: of a TIFF of 2 MB with 20,000 pages that took half a minute."""
    data = encoded(quarters(), kind, save_all=True, append_images=[quarters(64, 48).rotate(180)])
    opened = type(Image.open(io.BytesIO(data)))
    monkeypatch.setattr(opened, "n_frames", property(lambda _: pytest.fail("they were counted")))
    assert len(read_photo(data).warnings) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
@pytest.mark.parametrize("share", [0.3, 0.95])
def test_a_truncated_file_is_refused(kind: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    data = encoded(noise, kind)
    with pytest.raises(PhotoError, match=r"half\.jpg: damaged or cut short"):
        read_photo(data[: int(len(data) * share)], "half.jpg")


def test_flipped_bytes_never_escape_as_another_error() -> None:
    rng = np.random.default_rng(3)
    for kind in ("JPEG", "PNG", "TIFF", "GIF", "WEBP"):
        whole = np.frombuffer(encoded(quarters(), kind), np.uint8)
        for _ in range(40):
            data = whole.copy()
            data[rng.integers(0, len(data), 5)] = rng.integers(0, 256, 5)
            try:
                read_photo(data.tobytes())
            except PhotoError as error:
                assert "\n" not in str(error)


def test_a_decompression_bomb_is_refused_before_it_is_decoded() -> None:
    started = time.monotonic()
    with pytest.raises(PhotoError, match=r"huge\.png: too large; at most 100 megapixels are read"):
        read_photo(png_of(40_000, 40_000), "huge.png")
    with pytest.raises(PhotoError, match=r"big\.png: 12000 x 9000 pixels is too large; at most 100"):
        read_photo(png_of(12_000, 9_000), "big.png")
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_bomb_beside_the_pixels_is_refused_too(kind: bytes) -> None:
    """Text and colour profiles of a PNG are compressed as well: 100 MB of them take 100 kB."""
    text = {b"iTXt": b"a\0\1\0\0\0"}.get(kind, b"a\0\0") + zlib.compress(bytes(100 << 20))
    chunk = struct.pack(">I", len(text)) + kind + text + struct.pack(">I", zlib.crc32(kind + text))
    png = encoded(quarters())
    data = png[:33] + chunk + png[33:]  # behind the header
    tracemalloc.start()
    with pytest.raises(PhotoError, match=r"bomb\.png: damaged or cut short"):
        check_header(data, "bomb.png")
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_formats_that_run_programs_are_not_even_tried() -> None:
    with pytest.raises(PhotoError, match="not an image that can be read"):
        read_photo(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n")
    assert "EPS" not in module.FORMATS


def test_a_large_jpeg_is_decoded_at_a_fraction() -> None:
    data = encoded(quarters(2600, 2600), "JPEG")
    image, size, _ = module.decode(data, "a.jpg", 640)
    assert image.size == (650, 650) and size == (2600, 2600)


def test_reading_a_jpeg_needs_no_heif() -> None:
    code = (
        "import sys, latentmapper.photo; sys.exit(not {'pillow_heif', 'onnxruntime'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _forbid_import(monkeypatch, name: str) -> None:
    real = builtins.__import__

    def guarded(wanted, *rest, **options):
        if wanted == name:
            raise ImportError(name)
        return real(wanted, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", guarded)


@pytest.mark.parametrize(
    "data", [b"", b"text", encoded(quarters())[:40], png_of(8, 64), png_of(20_000, 9_000)]
)
def test_a_header_is_refused_with_the_words_of_decoding(data: bytes) -> None:
    said = []
    for read in (check_header, read_photo):
        with pytest.raises(PhotoError) as caught:
            read(data, "p.png")
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_a_header_says_nothing_of_the_pixels() -> None:
    check_header(encoded(quarters())[:-30], "p.png")
