"""Sliders found for shapes whose measures are known functions of the code."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from latentmapper.editing import Directions, Editor, Slider
from latentmapper.errors import PackError, RecipeError
from latentmapper.make.editing import packing
from latentmapper.make.editing.directions import LEAST_RIGHT, _useful
from latentmapper.make.editing.packing import add_directions
from latentmapper.make.editing.recipe import DirectionsRecipe
from latentmapper.pack import Pack
from latentmapper.pack_folder import DIRECTIONS
from tests.editing.axes_pack import half_axes, turn, write_axes_pack

RECIPE = DirectionsRecipe(tests=10, ridge=0.1, principal=1, resolution=24)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_axes_pack(tmp_path_factory.mktemp("found") / "pack", shapes=50)
    add_directions(path, RECIPE)
    return path


def test_what_codes_do_not_tell_becomes_no_slider(pack: Path) -> None:
    kinds = [(each.name, each.kind) for each in Editor(pack).sliders]
    assert kinds[:3] == [("height", "measured"), ("width", "measured"), ("length", "measured")]
    assert [kind for _, kind in kinds[3:]] == ["principal"]


def test_what_often_moves_the_wrong_way_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    slider = Slider("span", "span", "less", "more", "m", "measured", 1.0, 0.1, (-2.0, -1.0, 0.0, 1.0, 2.0))
    found = [
        (dataclasses.replace(slider, name=f"at_{right}", right=right), np.zeros(2)) for right in (0.74, 0.75)
    ]
    with caplog.at_level("INFO"):
        assert [each.name for each, _ in _useful(iter(found))] == [f"at_{LEAST_RIGHT}"]
    assert caplog.messages == [
        "at_0.74: right 74%, brings +1.00; left out",
        "at_0.75: right 75%, brings +1.00",
    ]


def test_directions_are_the_known_ones(pack: Path) -> None:
    directions = Directions.of(Pack.open(pack))
    for name, moved, kept in (("height", 1, 0), ("width", 0, 1)):
        logs = turn() @ directions.step({name: 1.0})
        ratios = logs - logs[2]
        slider = directions.slider(name)
        assert ratios[moved] == pytest.approx(slider.deviation / slider.mean, rel=0.1)
        assert abs(ratios[kept]) < 0.1 * ratios[moved]


def test_they_work_on_codes_they_were_not_fitted_to(pack: Path) -> None:
    for slider in Editor(pack).sliders[:3]:
        # Codes at the border of what is plausible stay there.
        assert slider.right >= 0.8
        assert (slider.effect[3] - slider.effect[1]) / 2 == pytest.approx(1, abs=0.3)
        assert max(slider.cross_talk.values(), default=0.0) < 0.2


def test_what_a_slider_moves_by_its_nature_is_no_cross_talk(pack: Path) -> None:
    height, _, length = Editor(pack).sliders[:3]
    assert "length" not in height.cross_talk and "width" in height.cross_talk
    assert length.cross_talk == {}


def test_a_longer_shape_is_longer(pack: Path) -> None:
    editor = Editor(pack)
    x, y, z = half_axes(editor.move(np.zeros(6), {"length": 2.0}).code)
    assert z / np.sqrt(x * y) > 1.15 * 0.7 / np.sqrt(0.35 * 0.3)


def test_the_pack_stays_the_same_and_sound(pack: Path, tmp_path: Path) -> None:
    assert Pack.open(pack).hash == Pack.open(write_axes_pack(tmp_path / "same", shapes=50)).hash
    assert json.loads((pack / "pack.json").read_text())["directions"]["recipe"] == vars(RECIPE)
    assert (pack / DIRECTIONS).stat().st_size < 150_000


def test_damaged_sliders_are_made_anew_and_other_damage_is_refused(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, folder = Directions.of(Pack.open(pack)), shutil.copytree(pack, tmp_path / "pack")
    monkeypatch.setattr(packing, "find_directions", lambda *_: found)
    (folder / DIRECTIONS).write_bytes(b"torn")
    packing.add_directions(folder, RECIPE)
    assert (folder / DIRECTIONS).read_bytes() == (pack / DIRECTIONS).read_bytes()
    (folder / "LICENSE").write_text("mine")
    with pytest.raises(PackError, match="LICENSE differs"):
        packing.add_directions(folder, RECIPE)


def test_too_few_shapes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="pack tiny-thing knows 5 shapes, too few to find sliders"):
        add_directions(write_axes_pack(tmp_path / "pack", shapes=5), RECIPE)


@pytest.mark.parametrize(
    ("option", "make"),
    [
        ("shapes", lambda: DirectionsRecipe(shapes=3)),
        ("tests", lambda: DirectionsRecipe(tests=1)),
        ("principal", lambda: DirectionsRecipe(principal=-1)),
        ("closed-form", lambda: DirectionsRecipe(closed_form=-1)),
        ("ridge", lambda: DirectionsRecipe(ridge=0.0)),
    ],
)
def test_recipes_out_of_range_name_the_option(option: str, make: Callable[[], DirectionsRecipe]) -> None:
    with pytest.raises(RecipeError, match=f"--{option} must be"):
        make()
