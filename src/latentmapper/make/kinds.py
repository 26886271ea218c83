"""What a pack's known shapes are called, for a network that was told the names of things in photographs.

Names are matched by their meaning alone: no picture was looked at for it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.spatial.distance import cdist

from latentmapper.errors import PackError
from latentmapper.features import efficientnet
from latentmapper.make.editing.labels import attributes_of
from latentmapper.make.models.second import Names
from latentmapper.pack import Pack

CALLED: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "car": (
        "body",
        {
            "ambulance": ("van",),
            "beach wagon": ("wagon",),
            "cab": ("sedan",),
            "convertible": ("convertible",),
            "jeep": ("suv",),
            "limousine": ("sedan",),
            "minibus": ("van",),
            "minivan": ("minivan",),
            "moving van": ("van",),
            "pickup": ("pickup",),
            "police van": ("van",),
            "racer": ("coupe",),
            "recreational vehicle": ("van",),
            "sports car": ("coupe", "convertible"),
            "tow truck": ("pickup",),
        },
    )
}
"""Category -> the attribute that tells kinds of its shapes, and what kinds a class of ImageNet names."""
REACH = 3.0
"""How far apart shapes are that pass for each other, in bandwidths of the pack: a tall wagon may be called a
minivan."""
DOUBT = 0.05
"""Share of the names that tell nothing."""


def names_of(pack: Pack) -> Names | None:
    """What tells known shapes of a pack by their names; None where they have none.

    Raises
    ------
    PackError : the rows of the classifier that ship are missing or damaged.
    """
    attribute, called = CALLED.get(pack.category, ("", {}))
    kinds = [attributes_of(pack.category, name).get(attribute) for name in pack.shape_names]
    named = {name: found for name, found in called.items() if set(found) & set(kinds)}
    if not named:
        return None
    seen = pack.bank @ pack.arrays["projection"].astype(np.float32)
    distinct = sorted(set(named.values()))
    likeness = np.stack([alike(seen, kinds, found) for found in distinct])
    meant = np.array([distinct.index(found) for found in named.values()])
    return Names(rows_of([*named]), meant, likeness.astype(np.float32), DOUBT)


def alike(seen: NDArray[np.floating], kinds: Sequence[object], wanted: Sequence[str]) -> NDArray[np.float64]:
    """(N,) how many times as often as among all the shapes like each known one are of the wanted kinds.

    Parameters
    ----------
    seen : (N, d) known codes as a `Projection` compares them: 1 is its bandwidth.
    kinds : of each, or None where that is not known.
    """
    known = np.array([kind is not None for kind in kinds])
    apart = cdist(seen, seen[known], "sqeuclidean")
    near = np.exp(-0.5 * (apart - apart.min(1, keepdims=True)) / REACH**2)
    bears = np.array([kind in wanted for kind in kinds])[known]
    return near @ bears / near.sum(1) / bears.mean()


def rows_of(names: Sequence[str]) -> NDArray[np.float32]:
    """(c, C + 1) weights and bias of the classifier for classes by their names."""
    try:
        rows = load_file(efficientnet.CLASSES)
        return np.stack([rows[name] for name in names]).astype(np.float32)
    except (OSError, KeyError, SafetensorError):
        raise PackError(f"{efficientnet.CLASSES} is missing or damaged") from None
