"""Pictures that tests make themselves."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red, green (top row), blue, white (bottom row): any turn, flip or swapped channel shows."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = 255, 0, 0
    pixels[: height // 2, width // 2 :] = 0, 255, 0
    pixels[height // 2 :, : width // 2] = 0, 0, 255
    pixels[height // 2 :, width // 2 :] = 255, 255, 255
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_of(
    width: int, height: int, depth: int = 8, kind: int = 2, rows: bytes = b"", clear: bytes = b""
) -> bytes:
    """A PNG written by hand: sizes, depths and transparent colours that Pillow itself would not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    chunks[1:1] = [(b"tRNS", clear)] if clear else []
    body = b"".join(
        struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
        for tag, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def corners(rgb: np.ndarray) -> list[tuple[int, ...]]:
    """The colours of the four quarters' centres as 0 or 1: top left, top right, bottom left, bottom right."""
    h, w = rgb.shape[:2]
    places = [(h // 4, w // 4), (h // 4, 3 * w // 4), (3 * h // 4, w // 4), (3 * h // 4, 3 * w // 4)]
    return [tuple(round(float(v)) for v in rgb[place]) for place in places]


QUARTERS = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]
