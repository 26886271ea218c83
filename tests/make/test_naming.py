"""What known shapes are called before people."""

import numpy as np
import pytest

from latentmapper.make.collections.parametric.cars.design import draw
from latentmapper.make.naming import spoken_name
from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.spoken import spoken_names


@pytest.mark.parametrize(
    ("category", "shape", "name"),
    [
        ("airplane", "ysflight__a300", "Airbus A300 (YSFLIGHT)"),
        ("airplane", "flightgear__A300~2", "Airbus A300 (FlightGear, deformed, no. 2)"),
        ("airplane", "flightgear__centrair-101", "Glider (FlightGear)"),
        ("airplane", "flightairmap__x__glTF2_DR-77", "DR 77 (FlightAirMap-3dmodels)"),
        ("car", "kenney__police-car", "Police car (Kenney)"),
        ("car", "gazebo__suv", "SUV (gazebo_models)"),
        ("chair", "office/arm_chair-3~1", "Office/arm chair 3 (deformed, no. 1)"),
        ("chair", "~lock", "~lock"),
        ("chair", "arm~old~2", "Arm~old (deformed, no. 2)"),
    ],
)
def test_names_say_what_is_known(category: str, shape: str, name: str) -> None:
    assert spoken_name(category, shape) == name


def test_parametric_shapes_are_called_by_what_they_were_built_as() -> None:
    design = draw(np.random.default_rng([1, 412]))
    assert design.body == "convertible"
    assert spoken_name("car", "parametric-car__1-00412") == "Convertible, parametric no. 1-00412"


def test_bundled_packs_name_all_their_shapes() -> None:
    for folder in bundled_packs():
        pack = Pack.open(folder)
        named = dict(zip(pack.shape_names, spoken_names(pack), strict=True))
        for shape in pack.shape_names[::97]:
            assert named[shape] == spoken_name(pack.category, shape)
