"""Volumes in common, against bodies whose volumes are known."""

import numpy as np
import pytest
import trimesh

from latentmapper.make.dataset.voxels import occupied, occupied_where
from latentmapper.make.evaluation.volume import volume_iou


def box(size: float, shift: float = 0.0) -> trimesh.Trimesh:
    return trimesh.creation.box((size, size, size), trimesh.transformations.translation_matrix((shift, 0, 0)))


@pytest.mark.parametrize("closed", [True, False])
def test_boxes_moved_by_half_their_side_have_a_third_in_common(closed):
    first, second = (occupied(box(0.875, shift), 64, closed, seed=0) for shift in (-0.21875, 0.21875))
    assert first.mean() * 8 == pytest.approx(0.875**3, rel=0.05)
    assert volume_iou(first, second) == pytest.approx(1 / 3, abs=0.02)
    assert volume_iou(first, second) == volume_iou(second, first)
    assert volume_iou(first, first) == 1


def test_a_ball_in_a_ball_has_the_ratio_of_their_volumes():
    outer, inner = (occupied_where(lambda p, r=r: np.linalg.norm(p, axis=1) - r, 128) for r in (0.9, 0.72))
    assert volume_iou(outer, inner) == pytest.approx(0.8**3, rel=0.005)


def test_a_hollow_body_of_sheets_with_a_missing_wall_is_solid():
    # A box without its floor, and a smaller one loose within: what no outside ray reaches is inside.
    shell, core = box(1.2), box(0.4)
    shell.update_faces(shell.face_normals[:, 1] > -0.5)
    cells = occupied(shell + core, 32, closed=False, seed=0)
    assert volume_iou(cells, occupied(box(1.2), 32, closed=True, seed=0)) > 0.95


def test_nothing_in_common_with_nothing():
    assert volume_iou(np.zeros(8, bool), np.zeros(8, bool)) == 0
