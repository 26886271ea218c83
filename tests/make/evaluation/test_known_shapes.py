"""How well a shape model knows its training shapes: decoded codes against the true meshes."""

import runpy
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

pytest.importorskip("torch")

from latentmapper.errors import StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.evaluation.known_shapes import TILE, KnownShape, _distance, _row, known_shapes, told
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
    train_shape(store, folder / "run", replace(TINY, steps=150))
    return load_shape_run(folder / "run"), store, folder


@pytest.fixture(scope="module")
def found(made: tuple[TrainedShape, JoinedStore, Path]) -> list[KnownShape]:
    """Two of its shapes."""
    return list(known_shapes(*made[:2], 2))


def ball(stretch: float = 1.0) -> Mesh:
    sphere = trimesh.creation.icosphere(4)
    scale = np.array([1, stretch, 1], np.float32)
    return Mesh(np.asarray(sphere.vertices, np.float32) * scale, np.asarray(sphere.faces, np.int32))


def test_each_is_compared_with_its_own_mesh(
    made: tuple[TrainedShape, JoinedStore, Path], found: list[KnownShape]
) -> None:
    model, store, _ = made
    every = list(known_shapes(model, store, 99))
    assert [shape.name for shape in found] == sorted({shape.name for shape in found}, key=model.ids.index)
    assert len(found) == 2 and len(every) == len(model.ids)
    turned = TrainedShape(model.network, model.codes.roll(1, 0), model.ids, model.recipe)
    wrong = [shape.distance for shape in known_shapes(turned, store, 99)]
    assert np.mean([shape.distance for shape in every]) < 0.7 * np.mean(wrong)


def test_a_code_without_a_surface_is_told(made: tuple[TrainedShape, JoinedStore, Path]) -> None:
    model, store, _ = made
    (lost,) = known_shapes(model, store, 1, level=-5.0)
    assert lost.distance == np.inf
    assert lost.row.shape == (TILE, 8 * TILE, 3)
    assert (lost.row[:, 4 * TILE :] == 255).all() and lost.row[:, : 4 * TILE].std() > 5


def test_distances_grow_with_what_is_wrong() -> None:
    assert _distance(ball(), ball()) < 2, "two samplings of one ball"
    assert _distance(ball(), ball(0.5)) > 20


def test_a_mesh_whose_faces_look_either_way_is_drawn_alike() -> None:
    whole, mixed = ball(), ball()
    mixed.faces[::2] = mixed.faces[::2, ::-1]
    np.testing.assert_allclose(_row(mixed, None), _row(whole, None), atol=3)


def test_what_is_told() -> None:
    assert told([1.0, 2.0, 6.0]) == (
        "Chamfer distance (x1000) of 3 training shapes, decoded: mean 3.00, median 2.00, largest 6.00"
    )
    assert told([4.0, np.inf]).endswith("largest 4.00, 1 without a surface")
    assert told([np.inf]).endswith("decoded: 1 without a surface")


def test_a_store_of_other_shapes_is_refused(made: tuple[TrainedShape, JoinedStore, Path]) -> None:
    model, store, _ = made
    other = TrainedShape(model.network, model.codes, [f"x{name}" for name in model.ids], model.recipe)
    with pytest.raises(StoreError, match="holds none of the shapes that the model was trained on"):
        next(known_shapes(other, store, 2))


def test_the_script_prints_each(
    made: tuple[TrainedShape, JoinedStore, Path],
    found: list[KnownShape],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = made[2]
    words = [str(folder / "run"), str(folder / "store"), "--shapes", "2", "-o", str(tmp_path / "sheet.png")]
    monkeypatch.setattr(sys, "argv", [SCRIPT.name, *words])
    monkeypatch.syspath_prepend(SCRIPT.parent)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    told_of = [f"{shape.name}: {shape.distance:.2f}" for shape in found]
    assert lines == [*told_of, told([shape.distance for shape in found])]
    assert (tmp_path / "sheet.png").is_file()
