"""Second mappers: they learn what features tell, resume exactly, and refuse what cannot teach them."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper import files  # noqa: E402
from latentmapper.errors import RecipeError, StoreError  # noqa: E402
from latentmapper.make.models.second import SecondShape  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training import second as module  # noqa: E402
from latentmapper.make.training.loop import train  # noqa: E402
from latentmapper.make.training.second import held_out, train_second  # noqa: E402
from latentmapper.make.training.second_run import (  # noqa: E402
    LIKELIHOOD,
    NAME,
    SecondRecipe,
    load_second,
)
from latentmapper.pack import Pack  # noqa: E402
from tests.make.second import LENGTH, SHAPES, write_drawing_pack, write_second_features  # noqa: E402
from tests.tiny_pack import write_tiny_pack  # noqa: E402

SMALL = SecondShape(components=2, whole=8, cell=4, hidden=16, dropout=0.0, cell_dropout=0.0)
TINY = SecondRecipe(SMALL, steps=200, batch=16, rate=0.01, warmup=5)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return Pack.open(write_drawing_pack(tmp_path / "pack"))


def test_it_learns_what_the_features_tell(pack: Pack, tmp_path: Path) -> None:
    features = write_second_features(tmp_path / "features", (*SHAPES, "unknown"))
    train_second(pack, [features], tmp_path / "run", TINY)
    shapes, details = load_second(tmp_path / "run")
    assert (details.tokens * details.channels, details.pictures, details.shapes) == (LENGTH, 8 * 6, 16)
    ranks = []
    for number, record in enumerate(features.records[:16]):
        told = shapes(torch.from_numpy(features.load(record).astype(np.float32))).mean(0)
        ranks.append(int((told > told[number]).sum()))
    assert np.mean(ranks) < 3  # by chance 7.5, and two components of four leave doubts


def test_a_killed_run_resumes_to_the_same_weights(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = write_second_features(tmp_path / "features")
    recipe = dataclasses.replace(TINY, shape=SecondShape(components=2, whole=4, cell=2, hidden=8), steps=6)
    train_second(pack, [features], tmp_path / "whole", recipe)

    class KilledError(Exception):
        pass

    def killed(task: module.SecondTask, folder: Path, *arguments: int, **options: float) -> None:
        original = task.loss

        def loss(step: int):
            if step == 4:
                raise KilledError
            return original(step)

        task.loss = loss  # pyright: ignore[reportAttributeAccessIssue]
        train(task, folder, *arguments, **(options | {"save_every": 2}))  # pyright: ignore[reportArgumentType]

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(module, "train", killed)
        train_second(pack, [features], tmp_path / "parts", recipe)
    assert checkpoint.step_of(tmp_path / "parts") == 4
    with pytest.raises(StoreError, match="is not finished; go on with: latentmapper train second"):
        load_second(tmp_path / "parts")
    train_second(pack, [features], tmp_path / "parts", recipe)
    (tmp_path / "parts" / LIKELIHOOD).unlink()  # as where the run was killed just before that
    with pytest.raises(StoreError, match="is not finished"):
        load_second(tmp_path / "parts")
    train_second(pack, [features], tmp_path / "parts", recipe)
    whole, parts = (load_second(tmp_path / name)[0].state_dict() for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_near_copies_are_held_out_together() -> None:
    groups = [f"{group}" for group in range(30) for _ in range(3)]
    chosen = held_out(groups)
    assert chosen.reshape(30, 3).all(1).sum() == chosen.sum() / 3 == 15
    np.testing.assert_array_equal(held_out(groups[::-1])[::-1], chosen)
    assert not held_out(["a", "a"]).any()
    assert [held_out([f"{i}" for i in range(many)]).sum() for many in (200, 1200)] == [50, 100]


def test_held_out_shapes_teach_nothing_and_are_measured(tmp_path: Path) -> None:
    features = write_second_features(tmp_path / "features")
    known = np.random.default_rng(0).normal(size=(len(SHAPES), 2)).astype(np.float32)
    pictures = module.Pictures.gather([features], "train", dict(zip(SHAPES, known, strict=True)), 0.5)
    reader = module.PlaceReader(SMALL, *pictures.layout, 2)
    task = module.SecondTask(reader, pictures, TINY)
    assert (task.chance[task.held_out] == 0).all() and task.chance.sum() == pytest.approx(1)
    # An untrained network tells the mean of all, which explains nothing.
    assert task.validate(0)["held_out_unexplained"] == pytest.approx(1.0, abs=1e-5)
    # Errors are those that it makes on held-out pictures alone.
    torch.nn.init.normal_(reader.tell.weight, std=0.1)
    rows = np.flatnonzero(task.held_out)
    wanted = module.Likelihood.fitted(task.told(rows).numpy(), pictures.codes[rows].numpy(), known)
    np.testing.assert_array_equal(task.likelihood(known).known, wanted.known)


def test_an_old_likelihood_does_not_outlive_a_kill(pack: Pack, tmp_path: Path, monkeypatch) -> None:
    features, recipe = write_second_features(tmp_path / "features"), dataclasses.replace(TINY, steps=2)
    train_second(pack, [features], tmp_path / "run", recipe)
    longer = dataclasses.replace(recipe, steps=4)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module.SecondTask, "likelihood", interrupted)
        train_second(pack, [features], tmp_path / "run", longer)
    assert checkpoint.step_of(tmp_path / "run") == 4
    with pytest.raises(StoreError, match="is not finished"):
        load_second(tmp_path / "run")
    train_second(pack, [features], tmp_path / "run", longer)
    load_second(tmp_path / "run")


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_cannot_teach_is_refused(pack: Pack, tmp_path: Path) -> None:
    features = write_second_features(tmp_path / "features")
    other = write_second_features(tmp_path / "others", ("sphere",))
    few = write_second_features(tmp_path / "few", SHAPES[:11])
    with pytest.raises(StoreError, match="show 11 groups of shapes; a second mapper wants 12 for"):
        train_second(pack, [few], tmp_path / "run", TINY)
    header = files.parse_object((tmp_path / "few" / "features.json").read_text()) | {"network": "0" * 64}
    files.write_json(tmp_path / "few" / "features.json", header)
    with pytest.raises(StoreError, match="few holds features of another network; make them anew"):
        train_second(pack, [module.Features(tmp_path / "few")], tmp_path / "run", TINY)
    with pytest.raises(StoreError, match="no training pictures of shapes that pack tiny-car knows"):
        train_second(pack, [other], tmp_path / "run", TINY)
    pooled = write_second_features(tmp_path / "pooled", kind="pooled")
    with pytest.raises(StoreError, match="holds features of --kind pooled, not efficientnet"):
        train_second(pack, [pooled], tmp_path / "run", TINY)
    plain = Pack.open(write_tiny_pack(tmp_path / "plain"))
    with pytest.raises(RecipeError, match="looks at whole pictures; a second mapper is for those that look"):
        train_second(plain, [features], tmp_path / "run", TINY)
    drawn = pack.arrays.pop("projection")
    with pytest.raises(RecipeError, match="draws nothing towards known shapes; build it with --bandwidth"):
        train_second(pack, [features], tmp_path / "run", TINY)
    pack.arrays["projection"] = 0 * drawn
    with pytest.raises(RecipeError, match="knows shapes that are all alike"):
        train_second(pack, [features], tmp_path / "run", TINY)
    pack.arrays["projection"] = drawn
    assert not (tmp_path / "run").exists()
    with pytest.raises(StoreError, match=r"no second mapper in .*; make one with: latentmapper train second"):
        load_second(tmp_path / "run")
    train_second(pack, [features], tmp_path / "run", dataclasses.replace(TINY, steps=1))
    with pytest.raises(StoreError, match="begun with other features"):
        train_second(pack, [features, other], tmp_path / "run", TINY)
    details = files.parse_object((tmp_path / "run" / NAME).read_text())
    for damage in ({"kind": "efficientnet"}, details | {"shapes": 4}, details | {"components": 1}):
        files.write_json(tmp_path / "run" / NAME, damage)
        with pytest.raises(StoreError, match="run is damaged: "):
            load_second(tmp_path / "run")
    files.write_json(tmp_path / "run" / NAME, details)
    (tmp_path / "run" / LIKELIHOOD).write_bytes(b"no arrays")
    with pytest.raises(StoreError, match="run is damaged: "):
        load_second(tmp_path / "run")


@pytest.mark.parametrize(
    ("option", "value"), [("steps", 0), ("rate", 0.0), ("balance", 2.0), ("weight_decay", -1)]
)
def test_recipes_out_of_range_are_refused(option: str, value: Any) -> None:
    with pytest.raises(RecipeError, match=f"--{option.replace('_', '-')}"):
        SecondRecipe(**{option: value})
