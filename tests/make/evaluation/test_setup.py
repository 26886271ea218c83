"""Pictures and training shapes, as an evaluation takes them from files."""

import numpy as np
import pytest

from latentmapper.errors import StoreError
from latentmapper.files import write_json
from latentmapper.make.dataset.store import Store
from latentmapper.make.evaluation.conditions import SETTINGS, Condition
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.setup import oracle, render_picture, retrieval
from latentmapper.pack import Pack
from tests.make.evaluation.fakes import ball, write_balls
from tests.tiny_pack import write_tiny_pack

RULES = Rules(points=200, viewpoints=8, views_per_shape=1)


def rendered(condition: Condition) -> np.ndarray:
    (picture,) = RULES.pictures("ball", (condition,))
    return render_picture(ball(), picture, "car")


@pytest.mark.parametrize("condition", ["pixels-64", "blur-2", "jpeg-10"])
def test_damage_comes_after_the_cluttered_picture(condition):
    expected = SETTINGS[condition].damage(rendered("cluttered"))
    assert (rendered(condition) == expected).all()


def test_backgrounds_and_occluders_are_those_of_the_condition():
    cluttered, hidden, plain = (rendered(name) for name in ("cluttered", "occluded-50", "plain"))
    assert 0.02 < _changed(cluttered, hidden) < 0.6
    assert _changed(cluttered, plain) > 0.3


def test_pictures_of_more_pixels_are_taken_so():
    assert rendered("pixels-512").shape == (512, 512, 3)
    assert rendered("pixels-64").shape == rendered("cluttered").shape == (224, 224, 3)


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (["labels"], "--features: retrieval reads pooled or tokens; these are labels"),
        (["pooled", "tokens"], "--features: retrieval reads pooled or tokens; these are pooled, tokens"),
        (["tokens"], "--features: tiny-car does not look closer, as tokens do; give features of pooled"),
    ],
)
def test_retrieval_compares_like_with_like(tmp_path, kinds, message):
    pack = Pack.open(write_tiny_pack(tmp_path / "pack"))
    for kind in kinds:
        header = {"format": 1, "vit_sha256": "", "kind": kind, "grid": 0, "records": []}
        write_json(tmp_path / kind / "features.json", header)
    with pytest.raises(StoreError, match=message):
        retrieval(pack, tuple(tmp_path / kind for kind in kinds), (), RULES)


def _changed(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the pixels that clearly differ."""
    return float((np.abs(one.astype(int) - other).max(2) > 25).mean())


def test_the_oracle_takes_the_training_split_of_all_stores(tmp_path):
    write_balls(tmp_path / "one", {"a": "test", "b": "train"})
    write_balls(tmp_path / "two", {"c": "train", "d": "validation"})
    nothing = Description(np.zeros(1, np.float32), np.zeros(1, np.float32))
    found = oracle(tmp_path / "one", (tmp_path / "one", tmp_path / "two"), RULES)
    assert found.answer("a", nothing) in ("b", "c")
    assert found.answer("b", nothing) == "c"
    surface = found.surface("c")
    assert surface.points.shape == (200, 3)
    write_balls(tmp_path / "none", {"e": "test"})
    assert not Store.open(tmp_path / "none").split("train")
    with pytest.raises(StoreError, match="--oracle: no store of --training holds a training shape"):
        oracle(tmp_path / "one", (tmp_path / "none",), RULES)
