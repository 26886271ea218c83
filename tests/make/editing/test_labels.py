"""What is known of shapes by their names, and how much meshes resemble them."""

import numpy as np
import pytest

from latentmapper.make.collections.parametric.airplanes import Airplanes
from latentmapper.make.collections.parametric.cars import Cars
from latentmapper.make.editing.labels import attributes_of, labelled, resemblance


def test_names_tell_what_parametric_shapes_were_built_as() -> None:
    car = Cars(4, seed=7)
    assert attributes_of("car", car.ids()[2])["body"] == car.load(car.ids()[2]).labels["body"]
    airplane = Airplanes(4, seed=7)
    plan = airplane.plan(airplane.ids()[3])
    assert attributes_of("airplane", airplane.ids()[3])["tail"] == plan.tail.style


def test_real_shapes_are_looked_up_and_copies_with_them() -> None:
    known = attributes_of("airplane", "flightairmap__a320__glTF2_A319")
    assert known and attributes_of("airplane", "flightairmap__a320__glTF2_A319~3") == known
    assert attributes_of("airplane", "unheard-of") == {}


def test_labels_that_few_bear_are_left_out() -> None:
    names = Cars(150, seed=1).ids()
    found = {label.name: (bears, told) for label, bears, told in labelled("car", names)}
    assert "sedan" in found and "van" not in found
    bears, told = found["sedan"]
    assert told.all() and 20 <= bears.sum() < 60
    assert labelled("chair", names) == []


def test_resemblance_is_0_for_the_mean_and_1_for_those_that_bear_it() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(200, 3))
    bears = values[:, 1] + 0.3 * rng.normal(size=200) > 0.8
    reading = resemblance(values, bears, np.ones(200, bool))
    assert reading(values).mean() == pytest.approx(0, abs=1e-9)
    assert reading(values[bears]).mean() == pytest.approx(1)
    assert reading(np.array([[0.0, 2.0, 0.0]])) > reading(np.array([[0.0, 0.5, 0.0]])) > 0
