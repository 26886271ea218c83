"""How much of a fitted code's distance is the truth's inside: on a box without a lid, and with one."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import trimesh

SCRIPT = Path(__file__).parents[1] / "scripts" / "ceiling_parts.py"
HALF = np.array([0.3, 0.3, np.sqrt(0.82)])
"""Half a box's sides; its corners are at radius 1."""


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("ceiling_parts", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Box:
    """The field of a closed box."""

    symmetric = True

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        beyond = np.abs(points) - HALF
        outside = np.linalg.norm(np.maximum(beyond, 0), axis=-1)
        return (outside + np.minimum(beyond.max(-1), 0)).astype(np.float32)


def _parts(script: Any, monkeypatch: pytest.MonkeyPatch, truth: Any) -> tuple[float, float, float]:
    data = SimpleNamespace(
        vertices=np.asarray(truth.vertices, np.float32), faces=np.asarray(truth.faces, np.int32)
    )
    monkeypatch.setattr(script, "extract", lambda field, resolution: None)
    closed = trimesh.creation.box(2 * HALF)
    monkeypatch.setattr(script, "clean", lambda mesh, faces: [script.Mesh(closed.vertices, closed.faces)])
    pack = SimpleNamespace(field=lambda code: _Box())
    store = SimpleNamespace(load=lambda record: data)
    return script._parts(pack, store, None, np.zeros(4, np.float32), 32)


def test_a_closed_truth_has_no_inside(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scaled = trimesh.creation.box(2 * HALF)
    distance, inside, share = _parts(script, monkeypatch, scaled)
    assert inside == share == 0
    assert 0 < distance < 1, "two samplings of one box"


def test_what_an_open_lid_shows_is_told_apart(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    box = trimesh.creation.box(2 * HALF)
    lidless = box.submesh([np.flatnonzero(box.face_normals[:, 1] < 0.9)], append=True)
    floor = trimesh.creation.box((0.58, 0.01, 1.7))
    distance, inside, share = _parts(script, monkeypatch, trimesh.util.concatenate([lidless, floor]))
    assert 0.1 < share < 0.5
    # No point of the floor is farther than 0.3 from the box.
    assert 1 < inside < 1000 * share * 0.3**2
    assert inside < distance
