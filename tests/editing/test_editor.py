"""Editing on shapes whose measures are known exactly."""

from pathlib import Path

import numpy as np
import pytest

from latentmapper.editing import Editor
from latentmapper.errors import UsageError
from latentmapper.shapes.checks import checks
from tests.editing.axes_pack import code_of, half_axes
from tests.shapes.solids import Solid, slab, union

START = code_of((0.35, 0.3, 0.7))


def test_moves_add_up_and_do_what_they_say(editor: Editor) -> None:
    moved = editor.move(START, {"height": 1.0, "width": -0.5})
    np.testing.assert_allclose(
        half_axes(moved.code), [0.35 * np.exp(-0.05), 0.3 * np.exp(0.1), 0.7], rtol=1e-3
    )
    assert moved.warnings == ()


def test_measures_are_those_of_the_mesh(editor: Editor) -> None:
    assert editor.measure(START)["height"] == pytest.approx(0.3 / 0.7, rel=0.01)
    metres = editor.measure(START, length=4.2)
    assert metres["width"] == pytest.approx(0.35 / 0.7 * 4.2, rel=0.01)
    assert metres["length"] == pytest.approx(1 / np.sqrt(0.3 / 0.7 * 0.35 / 0.7), rel=0.01)


def test_what_clean_up_joins_to_the_body_is_measured(
    axes_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a wing that hangs on by less than a cell counts, as the mesh that is given has it."""
    torn = union(slab((0.1, 0.1, 0.8)), slab((0.2, 0.05, 0.2), (0.33, 0.0, 0.0)))
    monkeypatch.setattr(Editor, "field", lambda *_: Solid(torn, symmetric=True))
    assert Editor(axes_pack).measure(START)["width"] == pytest.approx(1.06 / 1.6, abs=0.01)


def test_targets_are_met_on_the_mesh(editor: Editor) -> None:
    found = editor.set(START, {"height": 1.6, "width": 2.0}, length=4.0)
    assert found.warnings == ()
    measured = editor.measure(found.code, length=4.0)
    assert measured["height"] == pytest.approx(1.6, rel=0.01)
    assert measured["width"] == pytest.approx(2.0, rel=0.01)


def test_what_cannot_be_reached_is_said(editor: Editor) -> None:
    found = editor.set(START, {"height": 5.0})
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("height comes to 0.")
    asked = " lengths of it, not 5 lengths of it (metres? then give --length): no known shape is like that; "
    known = "they have 0.429 lengths of it, give or take 0.0429 lengths of it"
    assert found.warnings[0].endswith(asked + known)
    [warning] = editor.set(START, {"height": 20.0}, length=4.0).warnings
    known = "they have 1.71 m, give or take 0.171 m"
    assert warning.endswith(" m, not 20 m: no known shape is like that; " + known)
    assert editor.distribution.distance(found.code) <= editor.distribution.limit * 1.001


def test_moves_stop_at_what_is_plausible(editor: Editor) -> None:
    up = editor.directions.matrix[0]
    border = START + editor.distribution.reach(START, 9 * up) * 9 * up
    moved = editor.move(border - 0.5 * up, {"height": 2.0})
    assert editor.distribution.distance(moved.code) == pytest.approx(editor.distribution.limit, rel=1e-3)
    assert "% of the way: no known shape is like what lies beyond" in moved.warnings[0]


def test_moves_go_no_farther_than_the_slider(editor: Editor) -> None:
    moved = editor.move(START, {"height": -50.0})
    np.testing.assert_array_equal(moved.code, editor.move(START, {"height": -3.0}).code)
    assert moved.warnings[0] == "height moves by -3, not -50: beyond, shapes fall apart"


def test_meshes_are_closed(editor: Editor) -> None:
    assert checks(editor.mesh(START, resolution=32)).watertight
    mixed = editor.mesh(editor.mix(START, code_of((0.3, 0.35, 0.7))), resolution=32)
    assert checks(mixed).watertight


@pytest.mark.parametrize("code", [np.zeros(5), np.full(6, np.nan), np.zeros((1, 6))])
def test_other_codes_are_refused(editor: Editor, code: np.ndarray) -> None:
    with pytest.raises(UsageError, match="a code of pack tiny-thing is 6 finite numbers"):
        editor.move(code, {"height": 1})


@pytest.mark.parametrize(
    ("targets", "length", "message"),
    [
        ({"depth": 1.0}, None, "no slider 'depth'"),
        ({"height": float("inf")}, None, "height=inf: not a number"),
        ({"height": 1.0}, -2.0, "the length must be a positive number of metres, not -2"),
    ],
)
def test_impossible_targets_are_refused(
    editor: Editor, targets: dict[str, float], length: float | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        editor.set(START, targets, length)


def test_a_folder_will_do(axes_pack: Path) -> None:
    assert [slider.name for slider in Editor(str(axes_pack)).sliders] == ["height", "width", "length"]
