"""What a pack's codes can be moved along: sliders, and the directions behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MissingError, PackError, UsageError
from latentmapper.pack import Pack
from latentmapper.pack_folder import DIRECTIONS
from latentmapper.spelling import did_you_mean

STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""Where along each slider its effect is measured, in standard deviations."""
ARRAYS = ("directions", "effects", "cross_talk")


@dataclass(frozen=True)
class Slider:
    """One thing about a shape that can be changed."""

    name: str
    """What commands call it: "height"."""
    label: str
    """What people read."""
    less: str
    """What its lower end is called: "lower"."""
    more: str
    """What its upper end is called: "taller"."""
    unit: str
    """Of the measured value: "m" where a length in metres makes metres of it (else lengths of the object),
    "degrees", "share" or "sd" (standard deviations of the known shapes)."""
    kind: str
    """"measured", "label" (of shapes known in words), "principal" (of the codes) or "closed-form" (of the
    base model's first weights)."""
    mean: float
    """Measured value of the known shapes on average; of a label, the share of them that bear it."""
    deviation: float
    """Measured value that one standard deviation is."""
    effect: tuple[float, ...] = ()
    """Standard deviations that the measured value gains where the slider is at each of `STEPS`, on average;
    of a label, the gain in resemblance, from 0 for the mean shape to 1 for those that bear it; of principal
    and closed-form ones, the gain in the measure that they change most."""
    cross_talk: Mapping[str, float] = field(default_factory=dict)
    """By how many standard deviations other measures change, in absolute value and on average, at a step of
    one."""
    error: float = 0.0
    """Standard deviation of what a step of one brings, in the units of `effect`."""
    right: float = 0.0
    """Share of test codes that a step of one moved in the right direction."""
    parts: tuple[str, ...] = ()
    """Measures that it is made of and that move with it: height and width with length."""
    low: float = -3.0
    """Least position, in steps: standard deviations, or of a label ways from the mean shape to those that
    bear it."""
    high: float = 3.0
    """Largest position."""


@dataclass(frozen=True, eq=False)
class Directions:
    """The sliders of a pack, with the step of the code that each stands for."""

    sliders: tuple[Slider, ...]
    matrix: NDArray[np.float32]
    """(k, d) step of the code that moves a slider by one standard deviation."""

    @classmethod
    def of(cls, pack: Pack) -> "Directions":
        """Read them from a pack.

        Raises
        ------
        MissingError : the pack has none; the message names the command that makes them.
        PackError : they do not fit the pack.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        entry = pack.metadata.get("directions")
        if entry is None:
            making = f"latentmapper packs directions {pack.folder}"
            raise MissingError(f"pack {pack.id} has no sliders yet; make them with: {making}")
        try:
            return cls.from_entry(entry, load_file(pack.folder / DIRECTIONS), pack.base.code_size)
        except (KeyError, TypeError, ValueError, AttributeError, OSError, SafetensorError) as error:
            fix = f"make them again with: latentmapper packs directions {pack.folder}"
            raise PackError(f"the sliders of pack {pack.id} cannot be read ({error}); {fix}") from None

    @classmethod
    def from_entry(
        cls, entry: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], code_size: int
    ) -> "Directions":
        """From the entry "directions" of pack.json and the arrays beside it; the reverse of `to_entry`."""
        rows = entry["sliders"]
        matrix, effects, talk = (arrays[name].astype(np.float64) for name in ARRAYS)
        count = len(rows)
        shapes = ((count, code_size), (count, len(STEPS)), (count, count))
        for name, array, shape in zip(ARRAYS, (matrix, effects, talk), shapes, strict=True):
            if array.shape != shape or not np.isfinite(array).all():
                raise ValueError(f"{name} is no finite array {shape}")
        names = [_named(row) for row in rows]
        if len(set(names)) < count:
            raise ValueError("two sliders have one name")
        sliders = tuple(
            Slider(
                **{**row, "parts": tuple(row["parts"])},
                effect=tuple(effect.tolist()),
                cross_talk={name: value for name, value in zip(names, line.tolist(), strict=True) if value},
            )
            for row, effect, line in zip(rows, effects, talk, strict=True)
        )
        return cls(sliders, matrix.astype(np.float32))

    def to_entry(self) -> tuple[list[dict[str, Any]], dict[str, NDArray[np.float16]]]:
        """The list "sliders" of the entry in pack.json, and the arrays beside it."""
        names = [slider.name for slider in self.sliders]
        rows = [
            {name: value for name, value in vars(each).items() if name not in ("effect", "cross_talk")}
            for each in self.sliders
        ]
        talk = [[each.cross_talk.get(name, 0.0) for name in names] for each in self.sliders]
        effects = [each.effect for each in self.sliders]
        arrays = zip(ARRAYS, (self.matrix, effects, talk), strict=True)
        return rows, {name: np.asarray(values, np.float16) for name, values in arrays}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Row of each slider by its name."""
        return {slider.name: number for number, slider in enumerate(self.sliders)}

    def slider(self, name: str) -> Slider:
        """A slider by its name. Raises `UsageError`, naming those there are, for another."""
        if name not in self.numbers:
            meant = did_you_mean(name, self.numbers)
            raise UsageError(f"no slider {name!r}{meant}; there are: {', '.join(self.numbers)}")
        return self.sliders[self.numbers[name]]

    def within(self, moves: Mapping[str, float]) -> tuple[dict[str, float], tuple[str, ...]]:
        """Moves no farther than the sliders go, and a sentence for each that would.

        Raises
        ------
        UsageError : there is no such slider.
        """
        sliders = [self.slider(name) for name in moves]
        allowed = {
            each.name: float(min(max(amount, each.low), each.high))
            for each, amount in zip(sliders, moves.values(), strict=True)
        }
        told = [
            f"{name} moves by {allowed[name]:+g}, not {amount:+g}: beyond, shapes fall apart"
            for name, amount in moves.items()
            if np.isfinite(amount) and allowed[name] != amount
        ]
        return allowed, tuple(told)

    def step(self, moves: Mapping[str, float]) -> NDArray[np.float64]:
        """The step of the code (d,) that moves sliders by so many standard deviations.

        Raises
        ------
        UsageError : there is no such slider, or a move is not finite.
        """
        total = np.zeros(self.matrix.shape[1])
        for name, amount in moves.items():
            self.slider(name)
            if not np.isfinite(amount):
                raise UsageError(f"{name}={amount}: a slider moves by a number of standard deviations")
            total += amount * self.matrix[self.numbers[name]]
        return total


def _named(row: Mapping[str, Any]) -> str:
    """The name in a row of pack.json. Raises `ValueError` where a value is not of the kind it should be."""
    words = (row["name"], row["label"], row["less"], row["more"], row["unit"], row["kind"], *row["parts"])
    numbers = [row[name] for name in ("mean", "deviation", "error", "right", "low", "high")]
    if not all(isinstance(word, str) for word in words) or not np.isfinite(np.array(numbers, float)).all():
        raise ValueError(f"the row of {row['name']!r} holds what is no slider")
    if not row["deviation"] > 0:
        raise ValueError(f"one step of {row['name']} is nothing")
    return row["name"]
