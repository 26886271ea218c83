"""What a field becomes: closed, checked, and timed stage by stage."""

import numpy as np
import pytest

from latentmapper.errors import MeshError
from latentmapper.shapes.shell import shell_of
from latentmapper.stopwatch import Stopwatch
from tests.shapes.solids import Solid, ball, union

AHEAD = np.array([0, 0, 1], np.float32)


class Shifted(Solid):
    """A ball whose template lies one unit ahead of it."""

    def template_coordinates(self, points: np.ndarray) -> np.ndarray:
        return (points + AHEAD).astype(np.float32)


def test_a_ball_is_closed_and_of_its_size() -> None:
    clock = Stopwatch()
    shell = shell_of(Solid(ball(0.5)), 64, None, clock)
    assert shell.checks.watertight and shell.checks.volume == pytest.approx(4 / 3 * np.pi * 0.125, rel=0.01)
    assert shell.template_coordinates is None and shell.warnings == ()
    assert list(clock.seconds) == ["surface", "clean"]


def test_a_face_budget_and_what_was_dropped_are_told() -> None:
    two = Solid(union(ball(0.4, (0, 0, -0.3)), ball(0.2, (0, 0, 0.6))))
    shell = shell_of(two, 64, 1000, Stopwatch())
    assert abs(len(shell.mesh.faces) - 1000) <= 20
    assert shell.warnings == ("1 separate part with 11% of the volume was dropped",)
    assert (shell.dropped.floaters, shell.dropped.cavities) == (1, 0)
    assert shell.dropped.to_json()["volume_share"] == pytest.approx(1 / 9, abs=0.002)


def test_little_that_was_dropped_is_told_without_a_warning() -> None:
    crumb = Solid(union(ball(0.4, (0, 0, -0.3)), ball(0.08, (0, 0, 0.6))))
    shell = shell_of(crumb, 64, None, Stopwatch())
    assert shell.warnings == () and shell.dropped.floaters == 1
    assert shell.dropped.volume_share == pytest.approx(0.008, abs=0.002)


def test_every_vertex_knows_its_place_on_the_template() -> None:
    clock = Stopwatch()
    shell = shell_of(Shifted(ball(0.5)), 64, None, clock)
    assert shell.template_coordinates is not None
    np.testing.assert_allclose(shell.template_coordinates, shell.mesh.vertices + AHEAD, atol=1e-6)
    assert list(clock.seconds) == ["surface", "clean", "correspond"]


def test_nothing_has_no_surface() -> None:
    with pytest.raises(MeshError):
        shell_of(Solid(lambda points: np.ones(len(points))), 64, None, Stopwatch())
