"""Encoded image files to pixels, on the assumption that any of them may be damaged or hostile."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PIL import ExifTags, Image, ImageOps

from latentmapper.errors import PhotoError
from latentmapper.photo.pixels import MAX_PIXELS, check_size, scale_clear

# Pillow knows more; these alone hold photos, and none of them runs a program to be read (EPS does).
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF", "HEIF")
# fmt: off
SUFFIXES = frozenset((
    ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif",
    ".ppm", ".pgm", ".jp2", ".avif", ".heic", ".heif",
))
# fmt: on
READABLE = "JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF and HEIC are read"
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")
TIFF = (b"II*\0", b"MM\0*")  # and many a camera's raw files
PNG_BITS = 24
"""Byte of a PNG that says how many bits a channel has."""
ON_ITS_SIDE = (5, 6, 7, 8)
"""EXIF orientations of pictures whose width is stored as their height."""
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"\0\0\0\x0cjP  ")


class Decoded(NamedTuple):
    """The first frame of an encoded file."""

    image: Image.Image
    """Upright, in whatever mode the file has; a large JPEG is reduced."""
    size: tuple[int, int]
    """Width and height, pixels, of the upright picture in the file."""
    warnings: tuple[str, ...]


def decode(data: bytes, name: str, side: int) -> Decoded:
    """Decode the first frame of an encoded file.

    Parameters
    ----------
    side : pixels; a JPEG whose longest side is at least twice that is decoded at a half, quarter or eighth.

    Raises
    ------
    PhotoError : empty, not an image, damaged, too small or too large (found before decoding).
    """
    with _quietly():
        image = _open(data, name)
        size = image.size
        try:
            notes = _frames(image)
            image.draft(None, _draft_size(size, side))
        except Exception as error:
            raise _damaged(name, error) from None
        turned, on_its_side = _upright(image, name)
        # Not by comparing sizes: a reduced picture may be square where the whole is not.
        return Decoded(turned, (size[1], size[0]) if on_its_side else size, notes)


def upright(image: Image.Image, name: str) -> Image.Image:
    """A picture turned as its EXIF says, its pixels decoded; where the EXIF is damaged, as it is.

    Raises
    ------
    PhotoError : the pixels cannot be decoded.
    """
    return _upright(image, name)[0]


def _upright(image: Image.Image, name: str) -> tuple[Image.Image, bool]:
    """The same, and whether its width and height changed places."""
    try:
        image.load()
    except Exception as error:  # decoders raise anything on damaged data
        raise _damaged(name, error) from None
    try:
        on_its_side = image.getexif().get(ExifTags.Base.Orientation) in ON_ITS_SIDE
        return ImageOps.exif_transpose(image), on_its_side
    except Exception:  # so does what reads EXIF, of pictures that are whole
        return image, False


def check_header(data: bytes, name: str) -> None:
    """Raise the `PhotoError` of `decode` where the header alone tells it, at the cost of reading the header.

    That is: empty, not an image, too small or too large. Damage further on shows in decoding alone.
    """
    with _quietly():
        _open(data, name)


@contextmanager
def _quietly() -> Iterator[None]:
    """What Pillow warns of either ends in an error here or does not matter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _open(data: bytes, name: str) -> Image.Image:
    """Read the header; the pixels of what is not refused are read later."""
    if not data:
        raise PhotoError(f"{name}: the file is empty")
    image = _identified(data, name)
    check_size(image.size, name)
    return image


def _identified(data: bytes, name: str) -> Image.Image:
    Image.init()
    _register_heif()
    formats = [known for known in FORMATS if known in Image.OPEN]
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
        if image.format == "PNG":
            scale_clear(image, data[PNG_BITS])
        return image
    except Image.DecompressionBombError:
        raise PhotoError(f"{name}: too large; at most {MAX_PIXELS // 10**6} megapixels are read") from None
    except Exception:  # mostly UnidentifiedImageError, but damaged headers raise others
        raise PhotoError(f"{name}: {_unreadable(data)}") from None


def _register_heif() -> None:
    """Let Pillow read HEIC where the optional `pillow-heif` is installed."""
    if "HEIF" not in Image.OPEN:
        try:
            import pillow_heif
        except ImportError:
            return
        pillow_heif.register_heif_opener()


def _unreadable(data: bytes) -> str:
    """Why Pillow did not recognise a file, and the fix where there is one."""
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand in HEIC_BRANDS and "HEIF" not in Image.OPEN:
        return "HEIC pictures need one more package: pip install pillow-heif"
    if brand in AVIF_BRANDS and "AVIF" not in Image.OPEN:
        return "this Pillow cannot read AVIF: pip install --upgrade pillow"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and "WEBP" not in Image.OPEN:
        return "this Pillow cannot read WebP: pip install --upgrade pillow"
    known = brand in HEIC_BRANDS + AVIF_BRANDS or data.startswith(SIGNATURES)
    if data.startswith(TIFF):
        return "a TIFF of a rare kind (save it as JPEG or PNG), or damaged or cut short"
    return "damaged or cut short" if known else f"not an image that can be read ({READABLE})"


def _frames(image: Image.Image) -> tuple[str, ...]:
    """A warning where the file holds several pictures; a phone's MPO holds one and its previews.

    They are not counted: a TIFF of 30 MB can hold a million pages, and each is read for that.
    """
    if image.format in ("MPO", "HEIF") or not getattr(image, "is_animated", False):
        return ()
    return (f"the file holds several {'pages' if image.format == 'TIFF' else 'frames'}; the first is used",)


def _draft_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size to ask a JPEG decoder for: the picture's proportions, `side` pixels long."""
    scale = min(1.0, side / max(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _damaged(name: str, error: Exception) -> PhotoError:
    """The error that tells what a decoder says, on one line."""
    reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return PhotoError(f"{name}: damaged or cut short ({reason})")
