"""How well a shape model knows its training shapes: decoded codes against the true meshes."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh

pytest.importorskip("torch")

from latentmapper.errors import StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.evaluation.known_shapes import KnownShape, known_shapes, told
from latentmapper.make.training.shape import train_shape
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run
from latentmapper.shapes.mesh import Mesh
from tests.make.tiny_store import write_tiny_store
from tests.make.training.test_shape import TINY

SCRIPT = Path(__file__).parents[3] / "scripts" / "known_shapes.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedShape, JoinedStore, Path]:
    """A model, the store that it was trained on, and the folder of both."""
    folder = tmp_path_factory.mktemp("made")
    store = JoinedStore([write_tiny_store(folder / "store")])
    train_shape(store, folder / "run", TINY)
    return load_shape_run(folder / "run"), store, folder


def ball(stretch: float = 1.0) -> Mesh:
    sphere = trimesh.creation.icosphere(4)
    scale = np.array([1, stretch, 1], np.float32)
    return Mesh(np.asarray(sphere.vertices, np.float32) * scale, np.asarray(sphere.faces, np.int32))


def test_some_are_chosen_and_decoded(made: tuple[TrainedShape, JoinedStore, Path]) -> None:
    model, store, _ = made
    found = list(known_shapes(model, store, 2))
    assert 1 <= len(found) <= 2 and found[0].name == model.ids[0]
    truth = store.shapes("train")[found[0].name]
    np.testing.assert_array_equal(found[0].truth.vertices, truth.vertices)
    assert found[0].made is not None and 0 < found[0].distance < 500


def test_a_code_without_a_surface_is_told(made: tuple[TrainedShape, JoinedStore, Path]) -> None:
    model, store, _ = made
    (lost, *_) = known_shapes(model, store, 1, level=-5.0)
    assert lost.made is None and lost.distance == np.inf
    assert lost.row.shape == KnownShape("", ball(), ball()).row.shape


def test_distances_grow_with_what_is_wrong() -> None:
    assert KnownShape("", ball(), ball()).distance < 2, "two samplings of one ball"
    assert KnownShape("", ball(), ball(0.5)).distance > 20


def test_what_is_told() -> None:
    assert told([1.0, 2.0, 6.0]) == (
        "3 shapes it was trained on: Chamfer distance mean 3.00, median 2.00, largest 6.00"
    )
    assert told([4.0, np.inf]).endswith("largest 4.00, 1 without a surface")
    assert told([np.inf]) == "1 shapes it was trained on: 1 without a surface"


def test_a_store_of_other_shapes_is_refused(made: tuple[TrainedShape, JoinedStore, Path]) -> None:
    model, store, _ = made
    other = TrainedShape(model.network, model.codes, [f"x{name}" for name in model.ids], model.recipe)
    with pytest.raises(StoreError, match="holds none of the shapes that the model was trained on"):
        next(known_shapes(other, store, 2))


def test_the_script_prints_each(
    made: tuple[TrainedShape, JoinedStore, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = made[2]
    words = [str(folder / "run"), str(folder / "store"), "--shapes", "2", "-o", str(tmp_path / "sheet.png")]
    monkeypatch.setattr(sys, "argv", [SCRIPT.name, *words])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    *lines, last = capsys.readouterr().out.splitlines()
    assert told([float(line.split(": ")[1]) for line in lines]) == last
    assert (tmp_path / "sheet.png").is_file()
