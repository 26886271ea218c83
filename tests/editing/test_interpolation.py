"""Speed of a morph, on balls whose radius is known."""

import numpy as np
import pytest

from latentmapper.editing import Editor
from latentmapper.errors import UsageError
from tests.editing.axes_pack import code_of, half_axes

SMALL, MIDDLE, LARGE = (code_of((radius, radius, radius)) for radius in (0.2, 0.3, 0.8))


def test_the_surface_moves_by_equal_amounts(editor: Editor) -> None:
    codes = editor.interpolate([SMALL, LARGE], 7)
    radii = [half_axes(code)[0] for code in codes]
    np.testing.assert_allclose(radii, np.linspace(0.2, 0.8, 7), atol=0.004)
    # The codes themselves are no equal steps: the radius grows exponentially along them.
    steps = np.linalg.norm(np.diff(codes, axis=0), axis=1)
    assert steps[0] > 2 * steps[-1]


def test_the_way_leads_through_every_shape(editor: Editor) -> None:
    codes = editor.interpolate([SMALL, MIDDLE, LARGE], 7)
    np.testing.assert_allclose([half_axes(code)[1] for code in codes], np.linspace(0.2, 0.8, 7), atol=0.004)
    np.testing.assert_allclose(codes[[0, -1]], [SMALL, LARGE], atol=1e-6)


def test_a_place_on_the_way_is_where_a_frame_there_is(editor: Editor) -> None:
    codes = editor.interpolate([SMALL, MIDDLE, LARGE], 33)
    for number in (0, 11, 32):
        np.testing.assert_allclose(
            editor.between([SMALL, MIDDLE, LARGE], number / 32), codes[number], atol=1e-6
        )
    with pytest.raises(UsageError, match="0 to 1"):
        editor.between([SMALL, LARGE], 1.01)


def test_a_shape_to_itself_stays(editor: Editor) -> None:
    np.testing.assert_allclose(editor.interpolate([SMALL, SMALL], 3), [SMALL] * 3, atol=1e-6)


def test_too_little_is_refused(editor: Editor) -> None:
    with pytest.raises(UsageError, match="two shapes or more"):
        editor.interpolate([SMALL], 5)
    with pytest.raises(UsageError, match="1 codes are no way; take at least 2"):
        editor.interpolate([SMALL, LARGE], 1)
