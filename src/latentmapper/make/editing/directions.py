"""From the shapes that a pack knows to its sliders: fitted to some, tested on others."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latentmapper.distribution import Distribution
from latentmapper.editing.measuring import Measure, measures_of
from latentmapper.editing.sliders import Directions, Slider
from latentmapper.errors import PackError
from latentmapper.make.editing.checking import Bench, Moves, Reading
from latentmapper.make.editing.fitting import (
    FARTHEST,
    explained,
    gradients,
    neighbours,
    orthogonalised,
    scaled,
)
from latentmapper.make.editing.labels import labelled, resemblance
from latentmapper.make.editing.recipe import DirectionsRecipe
from latentmapper.make.editing.sampling import Material, measured_on
from latentmapper.make.editing.unsupervised import GRAPHS, closed_form, first_weights, named, principal
from latentmapper.pack import Pack

logger = logging.getLogger(__name__)
CALIBRATED = 60
"""Shapes of the fit whose meshes tell how long steps must be."""
CALIBRATIONS = 3
"""How often that is asked, each time of the steps as they have become."""
VARIES = 0.02
"""Deviation, as a share of the mean, below which a measure is taken to be the same for all shapes."""
TOLD = 0.3
"""Share of a measure's variance that the codes must tell for it to become a slider."""

WIDEST = 3.0
"""Steps that a slider goes to either side, at most."""
LEAST_RIGHT = 0.75
"""Share of test codes that a slider must move in the right direction; one that does not is no help."""

Found = tuple[Slider, NDArray[np.float64]]
"""A slider and its step (m,), whitened."""


def find_directions(pack: Pack, recipe: DirectionsRecipe) -> Directions:
    """Fit the directions of a pack and measure what they do.

    Supervised: for each measure of the category the step that raises it alone, and for each label the step
    from the mean shape to those that bear it. Unsupervised: principal directions of the codes, and
    closed-form ones of the base model.

    Raises
    ------
    PackError : the pack knows too few shapes, or none of the directions does what it says.
    """
    measured = measured_on(pack, recipe.resolution)
    material = Material.of(pack, recipe, measured)
    distribution = Distribution.of(pack.bank)
    finder = Finder(pack, recipe, material, Bench(material.tests, distribution, measured))
    found = list(_useful(finder.all()))
    if not found:
        raise PackError(f"pack {pack.id}: no direction moves {LEAST_RIGHT:.0%} of test shapes the right way")
    steps = distribution.step(np.array([step for _, step in found]))
    return Directions(tuple(slider for slider, _ in found), steps.astype(np.float32))


def _useful(found: Iterator[Found]) -> Iterator[Found]:
    """Those that mostly move test shapes the right way; the log tells of all."""
    for slider, step in found:
        useful = slider.right >= LEAST_RIGHT
        told = f"right {slider.right:.0%}, brings {slider.effect[3]:+.2f}{'' if useful else '; left out'}"
        logger.info("%s: %s", slider.name, told)
        if useful:
            yield slider, step


@dataclass(frozen=True, eq=False)
class Finder:
    """Finds the sliders of a pack one after the other."""

    pack: Pack
    recipe: DirectionsRecipe
    material: Material
    bench: Bench

    def all(self) -> Iterator[Found]:
        """All sliders: measured ones, labels, principal and closed-form ones."""
        yield from self._measured()
        yield from self._labels()
        yield from self._unsupervised()

    @cached_property
    def _measures(self) -> tuple[Measure, ...]:
        return measures_of(self.pack.category)

    @cached_property
    def _units(self) -> NDArray[np.float64]:
        """(a,) standard deviation of each measure over the known shapes."""
        return np.maximum(self.material.known.values.std(axis=0), 1e-9)

    @cached_property
    def _fit(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(a, m) what measures gain along the axes, and (a,) what share of their variance that tells."""
        samples = (self.material.known, self.material.blends)
        codes = np.concatenate([each.codes for each in samples])
        values = np.concatenate([each.values for each in samples]) / self._units
        whitened = self.bench.distribution.whitened(codes)
        one, other = neighbours(codes)
        gradient = gradients(whitened[one] - whitened[other], values[one] - values[other], self.recipe.ridge)
        # Of shapes at random: those that are alike may differ in a measure by little more than its error.
        any_ = np.random.default_rng(self.recipe.seed).permutation(len(codes))
        return gradient, explained(gradient, whitened - whitened[any_], values - values[any_])

    @cached_property
    def _columns(self) -> list[int]:
        """The measures that differ between shapes and that codes tell."""
        differ = self._units > VARIES * np.abs(self.material.known.values.mean(axis=0))
        return [int(number) for number in np.flatnonzero(differ & (self._fit[1] > TOLD))]

    def _measured(self) -> Iterator[Found]:
        measures = [self._measures[column] for column in self._columns]
        steps = self._calibrated(orthogonalised(self._fit[0][self._columns], measures))
        for column, measure, step in zip(self._columns, measures, steps, strict=True):
            moves = self.bench.moves(self.bench.distribution.step(step))
            about = Slider(
                name=measure.name,
                label=measure.label,
                less=measure.less,
                more=measure.more,
                unit=measure.unit,
                kind="measured",
                mean=float(self.material.known.values[:, column].mean()),
                deviation=float(self._units[column]),
                parts=measure.parts,
                low=-span(step),
                high=span(step),
            )
            yield self._tested(about, moves, self._reading(column)), step

    def _calibrated(self, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        """The steps (a, m) of the measures, so long that meshes of fitted shapes show what is meant.

        A step that is twice as long often brings more than twice as much: what a longer one brings is
        measured again.
        """
        known = self.material.known
        some = range(0, len(known.codes), max(1, len(known.codes) // CALIBRATED))
        bench = replace(self.bench, samples=known.at(some))
        for _ in range(CALIBRATIONS):
            steps = scaled(steps, self._gains(bench, steps))
        return steps

    def _gains(self, bench: Bench, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        """(a,) how much of what each step (a, m) is meant to bring it brings on average."""
        moves = [bench.moves(bench.distribution.step(step), curve=False) for step in steps]
        readings = [self._reading(column) for column in self._columns]
        return np.array([each.gains(read).mean() for each, read in zip(moves, readings, strict=True)])

    def _labels(self) -> Iterator[Found]:
        whitened = self.bench.distribution.whitened(self.material.known.codes)
        for label, bears, told in labelled(self.pack.category, self.material.names):
            step = whitened[bears].mean(axis=0) - whitened[told].mean(axis=0)
            reading = resemblance(self.material.known.values / self._units, bears, told)
            moves = self.bench.moves(self.bench.distribution.step(step))
            about = Slider(
                name=label.name,
                label=label.words,
                less=label.opposite,
                more=label.words,
                unit="share",
                kind="label",
                mean=float(bears.mean()),
                deviation=1.0,
                low=-1.0,
                high=1.5,
            )
            yield self._tested(about, moves, lambda values, of=reading: of(values / self._units)), step

    def _unsupervised(self) -> Iterator[Found]:
        distribution, taken = self.bench.distribution, [each.name for each in self._measures]
        kinds = {"principal": principal(distribution, self.recipe.principal)}
        if graph := GRAPHS.get(self.pack.metadata["base"]["kind"]):
            weights = first_weights(self.pack.folder / graph)
            kinds["closed-form"] = closed_form(weights, distribution, self.recipe.closed_form)
        for kind, steps in kinds.items():
            for step in steps if self._columns else ():
                effect = np.zeros(len(self._measures))
                effect[self._columns] = self._fit[0][self._columns] @ step
                column = int(np.argmax(np.abs(effect)))
                step, effect = np.sign(effect[column]) * step, np.sign(effect[column]) * effect
                name, less, more = named(effect, self._measures, taken)
                taken.append(name)
                about = Slider(
                    name=name, label=more, less=less, more=more, unit="sd", kind=kind, mean=0.0, deviation=1.0
                )
                moves = self.bench.moves(distribution.step(step))
                yield self._tested(about, moves, self._reading(column)), step

    def _reading(self, column: int) -> Reading:
        return lambda values: values[:, column] / self._units[column]

    def _tested(self, about: Slider, moves: Moves, reading: Reading) -> Slider:
        """The slider with what moving test codes along it has brought."""
        own, changes = {about.name, *about.parts}, moves.changes() / self._units
        gains = moves.gains(reading)
        return replace(
            about,
            effect=tuple(moves.curve(reading)),
            cross_talk={
                self._measures[column].name: float(changes[column])
                for column in self._columns
                if not own & {self._measures[column].name, *self._measures[column].parts}
            },
            error=float(gains.std()),
            right=float((gains > 0).mean()),
        )


def span(step: NDArray[np.float64]) -> float:
    """How many steps (m,), whitened, a slider may go to either side."""
    return float(min(WIDEST, round(FARTHEST / np.linalg.norm(step), 1)))
