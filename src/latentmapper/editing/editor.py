"""Changing the shapes of one pack: by sliders, by target values, by each other."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentmapper.distribution import Distribution
from latentmapper.editing import interpolation, measuring
from latentmapper.editing.mixing import MixedField, mix
from latentmapper.editing.sliders import Directions, Slider
from latentmapper.editing.solving import Solver
from latentmapper.errors import UsageError
from latentmapper.pack import Pack
from latentmapper.shapes.cleanup import clean
from latentmapper.shapes.extraction import Surface, extract
from latentmapper.shapes.field import Field
from latentmapper.shapes.mesh import Mesh

Code = NDArray[np.floating]
LOOKED_AT = 64
"""Cells along each axis of the lattice in which shapes are measured."""
FAR = 6.0
"""Standard deviations above the mean beyond which a target in lengths looks like one in metres: no slider
goes so far."""


@dataclass(frozen=True, eq=False)
class Edited:
    """A changed code."""

    code: NDArray[np.float32]
    """(d,) latent code."""
    warnings: tuple[str, ...] = ()
    """What the user should know: how far a shape could go, what could not be reached."""


class Editor:
    """Edits the codes of a pack; everything it needs is loaded once, when first needed.

    Codes are (d,) arrays of the pack's own space, as `Reconstruction.code` holds them.

    Parameters
    ----------
    pack : a pack, or its folder.

    Raises
    ------
    MissingError, PackError : as `Pack` does.
    """

    def __init__(self, pack: Pack | str | os.PathLike[str]) -> None:
        self.pack = pack if isinstance(pack, Pack) else Pack.open(Path(pack))

    @cached_property
    def directions(self) -> Directions:
        """The pack's directions; `MissingError`, naming the command that makes them, if it has none."""
        return Directions.of(self.pack)

    @property
    def sliders(self) -> tuple[Slider, ...]:
        """What can be changed. Raises `MissingError` as `directions` does."""
        return self.directions.sliders

    @property
    def distribution(self) -> Distribution:
        """How the pack's known codes are spread."""
        return self.pack.distribution

    def field(self, code: Code) -> Field:
        """The signed distance field of a code. Raises `UsageError` where it is none of this pack."""
        return self.pack.field(self.checked(code))

    def surface(self, code: Code, resolution: int = LOOKED_AT) -> Surface:
        """The surface of a code as it is found, without clean-up: the quickest way to something to look at.

        Raises
        ------
        MeshError : the code has no surface.
        UsageError : a resolution out of range.
        """
        return extract(self.field(code), resolution)

    def mesh(self, code: Code | MixedField, resolution: int = 128) -> Mesh:
        """The closed, outward-facing mesh of a code or a mixture, canonical frame.

        Raises
        ------
        MeshError : it has no surface.
        UsageError : a resolution out of range.
        """
        field = code if isinstance(code, MixedField) else self.field(code)
        return clean(extract(field, resolution))[0]

    def measure(self, code: Code, length: float | None = None) -> dict[str, float]:
        """What the mesh of a code measures, by the names of the measured sliders.

        It is the mesh of 64^3 cells that `mesh` gives: what clean-up joins to the body belongs to it, as at
        that size engines, wheels and wings often hang on by less than a cell.

        Parameters
        ----------
        length : metres from front to rear; measures of the unit "m" are then metres, else lengths.

        Raises
        ------
        MeshError : the code has no surface.
        """
        taken = measuring.measure(self.pack.category, self.mesh(code, LOOKED_AT))
        if length is None:
            return taken
        units = {each.name: each.unit for each in measuring.measures_of(self.pack.category)}
        return {name: value * (length if units[name] == "m" else 1.0) for name, value in taken.items()}

    def move(self, code: Code, moves: Mapping[str, float]) -> Edited:
        """Move sliders by standard deviations: `{"height": 1.0}` makes the car one deviation taller.

        A move goes no farther than the slider, and the code stays among plausible ones: where it would leave
        them, it stops on the way. Both are told in warnings.

        Raises
        ------
        UsageError : there is no such slider.
        MissingError : the pack has no sliders.
        """
        start, (allowed, warnings) = self.checked(code), self.directions.within(moves)
        step = self.directions.step(allowed)
        share = self.distribution.reach(start, step)
        moved = (start + share * step).astype(np.float32)
        if share < 0.999:
            warnings = (*warnings, f"went {share:.0%} of the way: no known shape is like what lies beyond")
        return Edited(moved, warnings)

    def set(self, code: Code, targets: Mapping[str, float], length: float | None = None) -> Edited:
        """The code near this one whose decoded mesh measures what is asked for.

        Parameters
        ----------
        targets : values by the names of measured sliders: metres where a length is given and the slider's
            unit is "m" (else lengths of the object), degrees or shares.
        length : metres from front to rear; where a target is missed for want of one, the warning says so.

        Raises
        ------
        UsageError : there is no such slider, or none that is measured.
        MissingError : the pack has no sliders.
        """
        wanted = {name: self._in_lengths(name, value, length) for name, value in targets.items()}
        solver = Solver(self.directions, self.distribution, self.measure, partial(self._told, wanted, length))
        return Edited(*solver.solve(self.checked(code), wanted))

    def interpolate(self, codes: Sequence[Code], count: int) -> NDArray[np.float32]:
        """Codes (count, d) along two or more, between which the surface moves by equal amounts."""
        return interpolation.interpolate(self.pack, [self.checked(code) for code in codes], count)

    def between(self, codes: Sequence[Code], at: float) -> NDArray[np.float32]:
        """The code (d,) at a place on the way along two or more, 0 the first and 1 the last."""
        places = np.array([at], np.float64)
        return interpolation.along(self.pack, [self.checked(code) for code in codes], places)[0]

    def mix(self, front: Code, rear: Code, at: float = 0.5, softness: float = 0.2) -> MixedField:
        """The front of one shape and the rear of another, for `mesh`: see `latentmapper.editing.mixing`."""
        fields = (self.field(code) for code in (front, rear))
        return mix(*fields, at=at, softness=softness)

    def checked(self, code: Code) -> NDArray[np.float32]:
        """The code as float32 (d,). Raises `UsageError` where it is none of this pack."""
        found, size = np.asarray(code, np.float32), self.pack.base.code_size
        if found.shape != (size,) or not np.isfinite(found).all():
            raise UsageError(f"a code of pack {self.pack.id} is {size} finite numbers, not {found.shape}")
        return found

    def _told(self, wanted: Mapping[str, float], length: float | None, name: str, value: float) -> str:
        """A measured value in words, metres where a length is given; one that is wanted, in lengths, with the
        question whether metres are meant."""
        unit = self.directions.slider(name).unit
        if unit != "m":
            return f"{value:.3g} degrees" if unit == "degrees" else f"{value:.3g}"
        if length is not None:
            return f"{value * length:.3g} m"
        hint = (
            " (metres? then give --length)"
            if value == wanted[name] and self._as_in_metres(name, value)
            else ""
        )
        return f"{value:.3g} lengths of it{hint}"

    def _as_in_metres(self, name: str, value: float) -> bool:
        """Whether a value in lengths is so large that metres may be meant."""
        slider = self.directions.slider(name)
        return value > slider.mean + FAR * slider.deviation

    def _in_lengths(self, name: str, value: float, length: float | None) -> float:
        """A target in the unit in which meshes are measured."""
        slider = self.directions.slider(name)
        if slider.kind != "measured":
            raise UsageError(f"{name} is not measured and cannot be set to a value; move it instead")
        if not np.isfinite(value):
            raise UsageError(f"{name}={value}: not a number that can be measured")
        if length is not None and not (np.isfinite(length) and length > 0):
            raise UsageError(f"the length must be a positive number of metres, not {length}")
        return value / length if length is not None and slider.unit == "m" else value
