"""Where in a photo the object is, and what is told of how it was found."""

from typing import Any

from latentmapper.photo.foreground import ALPHA, Foreground, Found
from latentmapper.photo.framing import SIDE, Box, extent, fitted_into
from latentmapper.photo.reading import Photo


def told(foreground: Foreground, found: Found) -> dict[str, Any] | None:
    """What is told of the foreground, as JSON values: nothing where nobody asked for it."""
    if foreground.name == ALPHA:
        return None
    candidates = [each.to_json() for each in found.candidates]
    chosen = {"instance": found.instance, "candidates": candidates} if candidates else {}
    share = 1.0 if found.mask is None else float(found.mask.mean())
    return {"provider": foreground.name, "share": round(share, 4), **chosen}


def place(photo: Photo, found: Found, seen: Box | None) -> Box | None:
    """Where the object is, in heights and widths of the photo: by its mask, else by what a head has seen.

    Parameters
    ----------
    seen : the object's box in the letterboxed photo, pixels.
    """
    height, width = photo.rgb.shape[:2]
    if found.mask is not None:
        top, left, bottom, right = extent(found.mask > 0.5) or (0, 0, height, width)
        return top / height, left / width, bottom / height, right / width
    if seen is None:
        return None
    top, left, tall, wide = fitted_into((height, width), (SIDE, SIDE))
    rows = [min(max((edge - top) / tall, 0.0), 1.0) for edge in (seen[0], seen[2])]
    columns = [min(max((edge - left) / wide, 0.0), 1.0) for edge in (seen[1], seen[3])]
    return rows[0], columns[0], rows[1], columns[1]
