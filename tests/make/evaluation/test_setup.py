"""Pictures and training shapes, as an evaluation takes them from files."""

import numpy as np
import pytest

from latentmapper.errors import StoreError
from latentmapper.files import write_arrays, write_json
from latentmapper.make.dataset.store import Store
from latentmapper.make.evaluation import setup
from latentmapper.make.evaluation.conditions import SETTINGS, Condition
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.setup import Sources, oracle, render_picture, retrieval
from latentmapper.pack import Pack
from latentmapper.photo.first_look import look_first
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
        write_features(tmp_path / kind, pack.vit_sha256, kind)
    with pytest.raises(StoreError, match=message):
        retrieval(pack, tuple(tmp_path / kind for kind in kinds), (), RULES)


def test_features_of_another_vit_or_of_closer_looks_are_not_searched(tmp_path):
    pack = Pack.open(write_tiny_pack(tmp_path / "pack"))
    write_features(tmp_path / "other", "0" * 64)
    with pytest.raises(StoreError, match="other was made by another ViT than pack tiny-car reads"):
        retrieval(pack, (tmp_path / "other",), (), RULES)
    write_features(tmp_path / "near", pack.vit_sha256, closer=True)
    with pytest.raises(StoreError, match="near shows closer looks, which only train clip reads pooled"):
        retrieval(pack, (tmp_path / "near",), (), RULES)


def test_a_shape_that_is_no_longer_trained_on_is_not_found(tmp_path):
    pack = Pack.open(write_tiny_pack(tmp_path / "pack"))
    for shape in "ab":
        arrays = {"descriptors": np.ones((1, 384), np.float16)}
        write_arrays(tmp_path / "features" / f"{shape}.safetensors", arrays)
    write_features(tmp_path / "features", pack.vit_sha256, shapes="ab")
    write_balls(tmp_path / "store", {"a": "train", "b": "train"})
    nothing = Description(np.ones(384, np.float32), np.zeros(1, np.float32))
    found = retrieval(pack, (tmp_path / "features",), (tmp_path / "store",), RULES)
    assert found.answer("c", nothing) in ("a", "b")
    write_balls(tmp_path / "store", {"a": "train", "b": "test"})
    with pytest.raises(StoreError, match="b, which --features describe as a training shape, is none in the"):
        retrieval(pack, (tmp_path / "features",), (tmp_path / "store",), RULES)


def write_features(folder, vit: str, kind: str = "pooled", shapes: str = "", closer: bool | None = None):
    """Descriptors of pictures of training shapes, but for the files."""
    records = [
        {"shape": s, "group": s, "split": "train", "mesh": "original", "file": f"{s}.safetensors"}
        for s in shapes
    ]
    header = {"format": 1, "vit_sha256": vit, "kind": kind, "grid": 0, "records": records}
    write_json(folder / "features.json", header | ({} if closer is None else {"closer": closer}))


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


@pytest.mark.parametrize(("precision", "glances"), [("float32", False), ("glance", True)])
def test_pictures_are_glanced_at_as_photos_are(tmp_path, monkeypatch, precision, glances):
    asked = []

    def look(exact, fast, square, judges):
        asked.append(fast is exact)
        return look_first(exact, fast, square, judges)

    monkeypatch.setattr(setup, "look_first", look)
    sources = Sources(write_tiny_pack(tmp_path / "pack"), precision=precision)
    evaluator = sources.evaluator(RULES, ("cluttered",), (), threads=1)
    assert evaluator.describe(rendered("cluttered")).odds is not None
    assert asked == [glances]
