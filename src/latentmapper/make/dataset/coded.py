"""Which codes of a shape model are decoded and rendered: those of known shapes, or codes between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import RecipeError, StoreError
from latentmapper.files import sha256_of_bytes
from latentmapper.make.dataset.render_shapes import item_key
from latentmapper.make.dataset.store import Record
from latentmapper.shapes.extraction import rounded

SHARE = (0.2, 0.8)
"""How far between its two codes a new one lies: closer to either it would show that shape once more."""


@dataclass(frozen=True)
class DecodeRecipe:
    """How codes are chosen and become meshes.

    Raises `UsageError` on values out of range; the message names the option.
    """

    between: int | None = None
    """With --decode: render so many meshes of codes between two near known codes instead."""
    neighbours: int = 8
    """With --between: the second code is one of so many nearest to the first, of other groups."""
    resolution: int = 96
    """With --decode: cells along each side of the lattice in which surfaces are found."""
    level: float = 0.0
    """With --decode: the surface lies where the distance is this (canonical frame), as for `packs build`."""

    def __post_init__(self) -> None:
        for name in ("between", "neighbours"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise RecipeError(f"--{name} must be at least 1, not {value}")
        rounded(self.resolution)


@dataclass(frozen=True, eq=False)
class CodedShape:
    """A code, and what a picture of its mesh says of itself."""

    code: NDArray[np.float32]
    """(d,)."""
    shape: str
    """Id of the known shape, or one of its own for a code between shapes."""
    group: str
    """That of the shape, of the first of the two shapes."""
    source: str
    """Likewise."""
    mesh: str
    """decoded or between."""

    @property
    def key(self) -> str:
        """What tells its pictures from all others in a folder."""
        return item_key(self.mesh, self.shape, self.shape)


def coded_shapes(
    records: Sequence[Record],
    ids: Sequence[str],
    codes: NDArray[np.float32],
    recipe: DecodeRecipe,
    seed: int = 0,
) -> list[CodedShape]:
    """The codes that a recipe asks for, the same for the same arguments; more `between` only add to them.

    Parameters
    ----------
    records : of the store whose training shapes are rendered.
    ids, codes : the shape model's training shapes and their codes (N, d).

    Raises
    ------
    StoreError : the model was trained on none of the records, or on a single shape and codes between are
        asked for.
    """
    row_of = {shape: row for row, shape in enumerate(ids)}
    known = [record for record in records if record.split == "train" and record.id in row_of]
    if not known:
        raise StoreError("--decode: the model was trained on none of this store's shapes")
    if recipe.between is None:
        return [CodedShape(codes[row_of[r.id]], r.id, r.group, r.source, "decoded") for r in known]
    if len(ids) < 2:
        raise StoreError("--between: the model knows a single shape, so nothing lies between")
    groups = {record.id: record.group for record in known}
    bank = _Bank(ids, codes, np.array([groups.get(shape, "") for shape in ids]))
    picks = []
    for i in range(recipe.between):
        rng = np.random.default_rng([seed, i])
        record = known[rng.integers(len(known))]
        code, name = bank.between(row_of[record.id], recipe.neighbours, rng)
        picks.append(CodedShape(code, name, record.group, record.source, "between"))
    return picks


@dataclass(frozen=True, eq=False)
class _Bank:
    """What a shape model knows."""

    ids: Sequence[str]
    """N ids of shapes."""
    codes: NDArray[np.float32]
    """(N, d)."""
    groups: NDArray[np.str_]
    """(N,) groups; empty where unknown."""

    def between(
        self, first: int, neighbours: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], str]:
        """A random code (d,) between a row and one near it, and an id for it."""
        second = int(rng.choice(self.nearest(first, neighbours)))
        share = np.float32(rng.uniform(*SHARE))
        code = (1 - share) * self.codes[first] + share * self.codes[second]
        # The first id in front: in training, what lies between parametric shapes counts as parametric.
        # The hash behind: codes of other seeds and other models can stand beside these.
        return code, f"{self.ids[first]}~{self.ids[second]}~{sha256_of_bytes(code.tobytes())[:12]}"

    def nearest(self, row: int, count: int) -> NDArray[np.integer]:
        """Rows of the codes nearest to one of them, of other groups where there are any.

        Near-copies are passed over, since what lies between them is one more near-copy.
        """
        others = np.flatnonzero(self.groups != self.groups[row])
        if not len(others):
            others = np.delete(np.arange(len(self.codes)), row)
        distances = np.linalg.norm(self.codes[others] - self.codes[row], axis=1)
        return others[np.argsort(distances, kind="stable")[:count]]
