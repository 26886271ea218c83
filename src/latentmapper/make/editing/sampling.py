"""Codes of a pack decoded and measured: what directions are fitted to, and tested on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing import Editor, measuring
from latentmapper.errors import MeshError, PackError
from latentmapper.make.editing.recipe import DirectionsRecipe
from latentmapper.pace import paced
from latentmapper.pack import Pack

SHARE = (0.25, 0.75)
"""How far between its two shapes a code between shapes lies."""
FEWEST = 8
"""Known shapes that directions can be fitted to, at least."""

Measured = Callable[[NDArray[np.floating]], NDArray[np.float64]]
"""The measures (a,) of the mesh of a code (d,); NaN what it does not have."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Codes with what their meshes measure; those that give no mesh are left out."""

    codes: NDArray[np.float64]
    """(n, d)."""
    values: NDArray[np.float64]
    """(n, a)."""
    rows: NDArray[np.int64]
    """(n,) which of the codes asked for these are."""

    @classmethod
    def of(cls, codes: NDArray[np.floating], measured: Measured, what: str) -> "Samples":
        """Decode and measure codes (n, d), which the log calls `what`."""
        values = np.stack([measured(code) for code in paced(codes, len(codes), what)])
        rows = np.flatnonzero(np.isfinite(values).all(axis=1))
        return cls(np.asarray(codes, np.float64)[rows], values[rows], rows)

    def at(self, numbers: Sequence[int]) -> "Samples":
        """Some of them."""
        some = list(numbers)
        return Samples(self.codes[some], self.values[some], self.rows[some])


@dataclass(frozen=True, eq=False)
class Material:
    """The shapes of a pack that its directions are made from."""

    known: Samples
    """Known shapes to fit to."""
    names: list[str]
    """Their names."""
    blends: Samples
    """Codes between them, to fit to as well."""
    tests: Samples
    """Known shapes left out of the fit, and codes between these."""

    @classmethod
    def of(cls, pack: Pack, recipe: DirectionsRecipe, measured: Measured) -> "Material":
        """Choose, decode and measure them.

        Raises
        ------
        PackError : the pack knows too few shapes.
        """
        rng = np.random.default_rng(recipe.seed)
        bank = pack.bank.astype(np.float64)
        order = rng.permutation(len(bank))
        left, fitted = np.split(order, [min(recipe.tests // 2, len(order) // 4)])
        fitted = np.sort(fitted[: recipe.shapes])
        if len(fitted) < FEWEST:
            raise PackError(f"pack {pack.id} knows {len(bank)} shapes, too few to find sliders")
        known = Samples.of(bank[fitted], measured, "known shapes")
        blends = Samples.of(between(bank[fitted], len(fitted) // 3, rng), measured, "shapes between them")
        more = between(bank[left], recipe.tests - len(left), rng)
        tests = Samples.of(np.concatenate([bank[left], more]), measured, "test shapes")
        return cls(known, [pack.shape_names[number] for number in fitted[known.rows]], blends, tests)


def measured_on(pack: Pack, resolution: int) -> Measured:
    """What measures codes of a pack, on meshes of so many cells along each axis."""
    names, editor = [each.name for each in measuring.measures_of(pack.category)], Editor(pack)

    def measured(code: NDArray[np.floating]) -> NDArray[np.float64]:
        try:
            found = measuring.measure(pack.category, editor.mesh(code, resolution))
        except MeshError:
            return np.full(len(names), np.nan)
        return np.array([found.get(name, np.nan) for name in names])

    return measured


def between(codes: NDArray[np.floating], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(count, d) codes between two of `codes` (n, d) each."""
    first, second = rng.integers(len(codes), size=(2, count))
    share = rng.uniform(*SHARE, (count, 1))
    return codes[first] * (1 - share) + codes[second] * share
