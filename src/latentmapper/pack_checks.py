"""Whether what a pack says is of the form that the rest of the package relies on.

The hashes of a pack tell that nobody has changed it since; whoever made it may have written anything.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

OBJECT, LIST, TEXT = "an object", "a list", "text"
KINDS: dict[str, type] = {OBJECT: dict, LIST: list, TEXT: str}
REQUIRED = {
    "id": TEXT,
    "category": TEXT,
    "base": OBJECT,
    "vit": OBJECT,
    "descriptor": OBJECT,
    "shapes": LIST,
    "files": OBJECT,
    "license": OBJECT,
}
OPTIONAL = {
    "closer": OBJECT,
    "beside": OBJECT,
    "second": OBJECT,
    "glance": OBJECT,
    "training": OBJECT,
    "results": LIST,
    "directions": OBJECT,
    "training_shapes": LIST,
}
NESTED = {
    "base": "kind",
    "vit": "sha256",
    "descriptor": "kind",
    "closer": "kind",
    "beside": "kind",
    "license": "spdx",
}
"""Entry -> what it has to hold, as text."""

COUNTS = {("descriptor", "grid"): (1, 64), ("glance", "side"): (14, 1024)}
"""Entries, where they are there, that are whole numbers, and between what."""

FACTORS = {"weight": (0.0, 1e3), "sharpness": (1e-3, 1e3), "naming": (0.0, 1e3)}
"""Entries of "second", and between what they are."""
NAMELESS = {"naming": 0.0}
"""What packs have that were made before names were heard."""


def metadata_problem(metadata: Mapping[str, Any]) -> str | None:
    """What is wrong with the content of a pack.json, as what follows its name; None where nothing is."""
    if missing := [name for name in REQUIRED if name not in metadata]:
        return f"lacks {', '.join(missing)}"
    for name, kind in (REQUIRED | OPTIONAL).items():
        if name in metadata and not isinstance(metadata[name], KINDS[kind]):
            return f"has {name!r} that is not {kind}"
    for name, inner in NESTED.items():
        if name in metadata and not isinstance(metadata[name].get(inner), str):
            return f"tells no {inner!r} in {name!r}"
    # They are shown in terminals, where others would do what they say.
    if not all(metadata[name] and metadata[name].isprintable() for name in ("id", "category")):
        return "has an id or category that is empty or cannot be printed"
    for (name, inner), (least, most) in COUNTS.items():
        count = metadata.get(name, {}).get(inner, least)
        if type(count) is not int or not least <= count <= most:
            return f"has {inner!r} in {name!r} that is no whole number of {least} to {most}"
    if problem := _second_problem(metadata):
        return problem
    for part in ("shapes", "training_shapes"):
        if not all(isinstance(name, str) for name in metadata.get(part, ())):
            return f"has {part!r} that are not all text"
    return None


def _second_problem(metadata: Mapping[str, Any]) -> str | None:
    """What is wrong with what is told of a second mapper; None where nothing is, or there is none."""
    if (second := metadata.get("second")) is None:
        return None
    length = metadata.get("beside", {}).get("length")
    if type(length) is not int or length < 1:
        return "has 'second' without the 'length' of what it reads in 'beside'"
    for name, (least, most) in FACTORS.items():
        value = (NAMELESS | second).get(name)
        if type(value) not in (int, float) or not least <= value <= most:
            return f"has {name!r} in 'second' that is no number of {least:g} to {most:g}"
    return None


def arrays_problem(arrays: Mapping[str, NDArray[Any]], shapes: int) -> str | None:
    """What is wrong with a pack's arrays; None where nothing is.

    Parameters
    ----------
    shapes : number of its known shapes.
    """
    for name, dimensions in (("bank", 2), ("mean_code", 1), ("presence_weight", 1), ("presence_bias", 1)):
        if name not in arrays:
            return f"{name} is missing"
        array = arrays[name]
        if array.ndim != dimensions or not array.size or not np.isfinite(array).all():
            return f"{name} is not {dimensions}-dimensional and finite"
    if len(arrays["bank"]) != shapes:
        return f"bank holds {len(arrays['bank'])} codes of {shapes} shapes"
    size = arrays["bank"].shape[1]
    projection = arrays.get("projection", np.eye(size))
    if arrays["mean_code"].shape != (size,) or projection.shape != (size, size):
        return "bank, mean_code and projection do not fit together"
    return None if np.isfinite(projection).all() else "projection is not finite"
