"""Sliders for packs of tests: given steps, no fit."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from latentmapper.editing import Directions, Slider
from latentmapper.make.editing.packing import write_directions
from latentmapper.make.editing.recipe import DirectionsRecipe

WORDS = {
    "height": ("lower", "taller", "m"),
    "width": ("narrower", "wider", "m"),
    "length": ("shorter", "longer", "share"),
    "sporty": ("less sporty", "sportier", "share"),
    "wheels": ("smaller wheels", "larger wheels", "m"),
}


def write_sliders(path: Path, steps: Mapping[str, np.ndarray], means: Mapping[str, float]) -> None:
    """Give a pack sliders that move the code by these steps (d,), each a tenth of its mean."""
    sliders = tuple(
        Slider(
            name=name,
            label=name,
            less=WORDS[name][0],
            more=WORDS[name][1],
            unit=WORDS[name][2],
            kind="measured",
            mean=means[name],
            deviation=0.1 * means[name],
            effect=(-2.0, -1.0, 0.0, 1.0, 2.0),
            right=1.0,
        )
        for name in steps
    )
    matrix = np.stack(list(steps.values())).astype(np.float32)
    write_directions(path, Directions(sliders, matrix), DirectionsRecipe())
