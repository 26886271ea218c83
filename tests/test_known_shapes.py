"""How well a shape model knows its training shapes: a run's decoded codes against the true meshes."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from PIL import Image

from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.training.shape import train_shape
from tests.make.tiny_store import write_tiny_store
from tests.make.training.test_shape import TINY

SCRIPTS = Path(__file__).parents[1] / "scripts"


def test_known_shapes_are_compared_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "run", TINY)
    told = ["known_shapes.py", str(tmp_path / "run"), str(tmp_path / "store"), "--resolution", "64"]
    monkeypatch.setattr(sys, "argv", [*told, "--shapes", "2", "-o", str(tmp_path / "sheet.png")])
    script = runpy.run_path(str(SCRIPTS / "known_shapes.py"), run_name="__main__")
    *lines, summary = capsys.readouterr().out.splitlines()
    distances = [float(line.split(": ")[1]) for line in lines]
    assert summary.startswith(f"{len(distances)} known shapes: Chamfer mean {np.mean(distances):.2f}")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (8 * script["TILE"], len(distances) * script["TILE"])


def test_a_mesh_is_as_far_from_itself_as_two_samplings_are() -> None:
    script = runpy.run_path(str(SCRIPTS / "known_shapes.py"))
    import trimesh

    ball = trimesh.creation.icosphere(3)
    mesh = script["Mesh"](np.asarray(ball.vertices, np.float32), np.asarray(ball.faces))
    flat = script["Mesh"](mesh.vertices * np.array([1, 0.5, 1], np.float32), mesh.faces)
    assert 0 < script["distance"](mesh, mesh) < 3
    assert script["distance"](mesh, flat) > 20
