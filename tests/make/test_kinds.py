"""What known shapes are called: names reach the kinds they mean, and those that look alike."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import PackError  # noqa: E402
from latentmapper.features import efficientnet  # noqa: E402
from latentmapper.make import kinds  # noqa: E402
from latentmapper.make.collections.parametric.cars.priors import BODIES  # noqa: E402
from latentmapper.make.kinds import CALLED, REACH, alike, names_of, rows_of  # noqa: E402
from latentmapper.make.models.second import Names  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from tests.make.second import SHAPES, write_drawing_pack  # noqa: E402


def test_shapes_that_look_alike_bear_each_others_names() -> None:
    """Three far from three others: in each group as often as there, by twice as many as in all."""
    seen = np.array([[0, 0], [1, 0], [0, 1], [99, 0], [98, 0], [99, 1]]) * REACH
    told = ["van", "van", "suv", "sedan", "sedan", None]
    found = alike(seen, told, ["van"])
    near = np.exp([0, -0.5, -0.5])
    assert found[0] == pytest.approx(near[:2].sum() / near.sum() / (2 / 5))
    np.testing.assert_allclose(found[3:], 0, atol=1e-12)
    np.testing.assert_allclose(alike(seen, told, ["van", "suv", "sedan"]), 1)
    np.testing.assert_allclose(alike(seen, ["van"] * 6, ["van"]), 1)


def test_every_name_is_one_of_the_classifier_and_means_a_body_that_is_made() -> None:
    _, called = CALLED["car"]
    assert rows_of([*called]).shape == (len(called), efficientnet.CHANNELS + 1)
    assert {body for bodies in called.values() for body in bodies} <= set(BODIES)


def test_a_name_that_is_sure_tells_how_alike_shapes_are() -> None:
    likeness = np.array([[2.0, 0.5, 1.0], [0.1, 3.0, 1.0]], np.float32)
    rows = np.array([[50.0, 0, 0], [0, 50.0, 0]], np.float32)
    found = Names(rows, np.array([1, 0]), likeness, 0.1)(torch.eye(2)).detach().numpy()
    np.testing.assert_allclose(found, np.log(0.9 * likeness[::-1] + 0.1), atol=1e-5)
    (open_,) = Names(rows, np.array([1, 0]), likeness, 0.1)(torch.zeros(1, 2)).detach().numpy()
    np.testing.assert_allclose(open_, np.log(0.9 * likeness.mean(0) + 0.1), atol=1e-5)


def test_a_pack_of_cars_has_names_and_one_of_unknown_shapes_none(tmp_path: Path) -> None:
    pack = Pack.open(write_drawing_pack(tmp_path / "pack"))
    assert names_of(pack) is None
    pack.metadata["shapes"] = [f"parametric-car__1-{number:05}" for number in range(len(SHAPES))]
    names = names_of(pack)
    assert names is not None
    bodies = {kinds.attributes_of("car", name)["body"] for name in pack.metadata["shapes"]}
    told = [name for name, found in CALLED["car"][1].items() if set(found) & bodies]
    assert names.meant.sum(1).tolist() == [1] * len(told)
    assert (names.meant @ names.likeness).shape == (len(told), len(SHAPES))
    assert names.doubt == kinds.DOUBT and float(names.likeness.min()) >= 0


def test_missing_rows_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PackError, match=r"classes\.safetensors is missing or damaged"):
        rows_of(["dragon"])
    monkeypatch.setattr(efficientnet, "CLASSES", tmp_path / "classes.safetensors")
    with pytest.raises(PackError, match="is missing or damaged"):
        rows_of(["cab"])
