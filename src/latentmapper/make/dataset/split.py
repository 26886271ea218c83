"""Which shapes are trained on: decided by the name of the group alone, before anything is trained."""

import hashlib
from collections.abc import Sequence

SPLITS = ("train", "validation", "test")
HELD_OUT = "held-out"
"""The split of whole kinds that nothing is trained on, where such are asked for."""
# Fixed once, before anything was trained; another salt would be another benchmark.
SALT = "latentmapper:"


def split_of(group: str, shares: Sequence[float]) -> str:
    """The split of a group (or of a shape that stands for itself), by the SHA-256 of its salted name.

    The same name falls into the same split in every store with the same shares, whatever else is in it;
    the test groups of smaller shares are test groups of larger ones too.

    Parameters
    ----------
    shares : (train, validation, test), summing to 1
    """
    place = int.from_bytes(hashlib.sha256((SALT + group).encode()).digest()[:8], "big") / 2**64
    if place >= 1 - shares[2]:
        return "test"
    return "validation" if place >= 1 - shares[2] - shares[1] else "train"
