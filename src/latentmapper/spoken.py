"""What to call the known shapes of a pack before people."""

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.files import parse_json
from latentmapper.pack import Pack
from latentmapper.pack_folder import NAMES

NEAREST = 3
"""Known shapes that are told of an answer."""


def spoken_names(pack: Pack) -> list[str]:
    """A name for each of the N known shapes, such as "Airbus A300 (YSFLIGHT)"; none where the pack has none.

    Raises
    ------
    PackError : the pack's file is no list of N strings.
    """
    if NAMES not in pack.metadata["files"]:
        return []
    try:
        names = parse_json((pack.folder / NAMES).read_text(encoding="utf-8"))
    except ValueError as error:
        raise PackError(f"pack {pack.folder} is damaged: {NAMES} cannot be read ({error})") from None
    named = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not named or len(names) != len(pack.shape_names):
        raise PackError(f"pack {pack.folder} is damaged: {NAMES} does not name every known shape")
    return names


def heaviest(
    pack: Pack, weights: NDArray[np.float32]
) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...]]:
    """The heaviest known shapes with their weights (N,), and what to call them before people."""
    chosen = np.argsort(-weights, kind="stable")[:NEAREST]
    spoken = spoken_names(pack)
    weighed = tuple((pack.shape_names[i], float(weights[i])) for i in chosen)
    return weighed, tuple(spoken[i] for i in chosen) if spoken else ()
