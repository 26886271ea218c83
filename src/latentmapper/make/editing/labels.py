"""What is known in words of the shapes in a pack's bank, by their names, and which of it becomes sliders."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.make.collections.parametric.airplanes import choose_plan
from latentmapper.make.collections.parametric.airplanes.labels import labels_of
from latentmapper.make.collections.parametric.cars.design import draw
from latentmapper.make.dataset.descriptions.attributes import Attributes, known, of_airplane, of_car

PARAMETRIC = re.compile(r"parametric-(car|airplane)__(\d+)-(\d+)$")
COPY = re.compile(r"(.+)~(\d+)")
FEWEST = 20
"""Known shapes that must bear a label, and as many that must not, before it becomes a slider."""


@dataclass(frozen=True)
class Label:
    """Something that a shape is or is not."""

    name: str
    """What commands call it."""
    words: str
    """What people read."""
    attribute: str
    """Name of the attribute that decides."""
    values: tuple[str, ...]
    """Its values of the shapes that are so."""

    @property
    def opposite(self) -> str:
        """What people read at the lower end."""
        return f"less {self.words}" if self.words.startswith("like") else f"not {self.words}"


_BODIES = {
    "sedan": "a sedan",
    "hatchback": "a hatchback",
    "wagon": "an estate",
    "coupe": "a coupé",
    "convertible": "a convertible",
    "suv": "an SUV",
    "pickup": "a pickup",
    "van": "a van",
    "minivan": "a minivan",
}
LABELS = {
    "car": tuple(Label(body, f"like {words}", "body", (body,)) for body, words in _BODIES.items()),
    "airplane": (
        Label("t-tail", "with a T-tail", "tail", ("T",)),
        Label("v-tail", "with a V-tail", "tail", ("V",)),
        Label("twin-tail", "with two fins", "tail", ("twin", "twin_only", "H", "booms")),
        Label("tailless", "without a tailplane", "tail", ("fin", "none")),
        Label("single-engine", "with one engine", "engines", ("1",)),
        Label("twin-engine", "with two engines", "engines", ("2",)),
        Label("four-engine", "with four engines", "engines", ("4",)),
        Label("jet-pods", "with jets below the wing", "place", ("pods", "pods+fin")),
        Label("rear-jets", "with jets at the rear", "place", ("rear",)),
        Label("propellers-on-wing", "with propellers on the wing", "place", ("nacelles", "wing_pushers")),
        Label("nose-propeller", "with a propeller in the nose", "place", ("nose",)),
        Label("jet-in-body", "with jets in the body", "place", ("buried",)),
        Label("biplane", "with two wings", "wings", ("biplane",)),
        Label("delta", "with a delta wing", "planform", ("delta",)),
        Label("wheels-down", "with its wheels down", "gear", ("tricycle", "bogies", "taildragger", "spats")),
        Label("floats", "on floats", "gear", ("floats",)),
        Label("airliner", "like an airliner", "family", ("airliner",)),
        Label("fighter", "like a fighter jet", "family", ("fighter jet",)),
        Label("light-airplane", "like a light airplane", "family", ("light airplane",)),
        Label("business-jet", "like a business jet", "family", ("business jet",)),
        Label("glider", "like a glider", "family", ("glider",)),
    ),
}


def labelled(category: str, names: Sequence[str]) -> list[tuple[Label, NDArray[np.bool_], NDArray[np.bool_]]]:
    """The labels of a category that enough known shapes bear and lack, with who does.

    Parameters
    ----------
    names : of the N known shapes.

    Returns
    -------
    For each label itself, (N,) whether a shape bears it, and (N,) whether that is known.
    """
    attributes = [attributes_of(category, name) for name in names]
    found = []
    for label in LABELS.get(category, ()):
        told = np.array([label.attribute in each for each in attributes], bool)
        bears = np.array([each.get(label.attribute) in label.values for each in attributes], bool)
        if min(bears.sum(), (told & ~bears).sum()) >= FEWEST:
            found.append((label, bears, told))
    return found


def resemblance(
    values: NDArray[np.float64], bears: NDArray[np.bool_], told: NDArray[np.bool_]
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """How much a mesh resembles the shapes that bear a label, by its measures alone: 0 like the mean of all
    shapes, 1 like the mean of those.

    The linear function of the measures that tells the label best, in the least-squares sense.

    Parameters
    ----------
    values : (n, a) standardised measures of known shapes.
    bears, told : (n,) who bears the label, and of whom that is known.
    """
    centre = values[told].mean(axis=0)
    weights = np.linalg.lstsq(values[told] - centre, bears[told] - bears[told].mean(), rcond=1e-6)[0]
    apart = float((values[bears].mean(axis=0) - centre) @ weights)
    return lambda measured: (measured - centre) @ weights / max(apart, 1e-9)


def original_of(name: str) -> tuple[str, str]:
    """The shape that a deformed copy ("name~2") was made from, and the copy's number: "" of others."""
    copy = COPY.fullmatch(name)
    return (copy[1], copy[2]) if copy else (name, "")


def attributes_of(category: str, name: str) -> Attributes:
    """Attributes in words of a known shape, such as {"body": "sedan"}; empty where nothing is known.

    A parametric shape's name says from which random numbers it was drawn; others are looked up in the table
    of known vehicles. A deformed copy ("name~2") is what its original is.
    """
    name, _ = original_of(name)
    found = PARAMETRIC.match(name)
    if found is None:
        return known(category).get(name, {})
    rng = np.random.default_rng([int(found[2]), int(found[3])])
    if found[1] == "car":
        design = draw(rng)
        return of_car({"body": design.body, **design.options})
    return of_airplane(labels_of(choose_plan(rng), np.zeros(3)))
