"""A network for the view: it learns what tokens tell, resumes exactly, and refuses what cannot teach it."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.numpy import load_file, save_file  # noqa: E402

from latentmapper.errors import RecipeError, StoreError  # noqa: E402
from latentmapper.make.dataset.features import Features  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.dataset.store import Record, Store  # noqa: E402
from latentmapper.make.models.view_reader import ViewReader, ViewShape  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training import view_reader as module  # noqa: E402
from latentmapper.make.training.loop import train  # noqa: E402
from latentmapper.make.training.recipe import save_recipe  # noqa: E402
from latentmapper.make.training.view_reader import (  # noqa: E402
    NAME,
    ViewRecipe,
    load_view_reader,
    train_view,
)
from tests.make.training.test_mapper import CHANNELS, write_tokens  # noqa: E402

SHAPES = {f"s{i}": "train" if i < 6 else "validation" for i in range(8)}
TINY = ViewRecipe(ViewShape(cell=8, hidden=16, dropout=0.0), steps=300, batch=32, rate=0.01, warmup=10)


def write_told(
    folder: Path, roll: bool = True, pictures: int = 20, shapes: Mapping[str, str] = SHAPES
) -> Features:
    """Hidden tokens whose upper half tells from where a picture was taken, and the roll."""
    features = write_tokens(folder, dict(shapes), pictures)
    rng = np.random.default_rng(1)
    for path in sorted(folder.glob("*.safetensors")):
        directions = rng.normal(size=(pictures, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        rolls = rng.normal(0, 5, pictures)
        tokens = rng.normal(0, 0.3, (pictures, 257, CHANNELS)).astype(np.float16)
        tokens[:, 1:129, :3] = 4 * directions[:, None]
        tokens[:, 1:129, 3] = rolls[:, None]
        told = {"directions": directions.astype(np.float32)}
        told |= {"rolls": rolls.astype(np.float32)} if roll else {}
        save_file({"descriptors": tokens.reshape(pictures, -1)} | told, path)
    return features


def known(category: str = "egg", source: str = "test") -> JoinedStore:
    """A store, without its files, of the shapes that are shown."""
    records = [Record(name, name, split, source, "CC0-1.0", category) for name, split in SHAPES.items()]
    return JoinedStore([Store(Path("nowhere"), {"category": category}, records)])


def test_it_learns_what_the_tokens_tell(tmp_path: Path) -> None:
    features = write_told(tmp_path / "features", pictures=100)
    train_view([features], known(), tmp_path / "run", TINY)
    reader, details = load_view_reader(tmp_path / "run")
    assert (details.kind, details.count, details.pictures) == ("tokens", 4, 600)
    record = next(record for record in features.records if record.split == "validation")
    told = reader(torch.from_numpy(features.load(record).astype(np.float32))).numpy()
    cosines = (told[:, :3] * features.directions(record)).sum(1) / np.linalg.norm(told[:, :3], axis=1)
    assert np.degrees(np.arccos(np.median(cosines))) < 25
    assert np.corrcoef(told[:, 3], features.rolls(record))[0, 1] > 0.8
    log = (tmp_path / "run" / "log.jsonl").read_text()
    assert "held_out_view_degrees" in log and "held_out_far_off" in log


def test_a_killed_run_resumes_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left out and noise included."""
    features, shape = write_told(tmp_path / "features"), ViewShape(cell=4, hidden=8)
    short = ViewRecipe(shape, steps=6, batch=8, warmup=2)
    train_view([features], known(), tmp_path / "whole", short)

    class KilledError(Exception):
        pass

    def killed(task: module.ViewTask, folder: Path, *arguments: int, **options: float) -> None:
        original = task.loss

        def loss(step: int):
            if step == 4:
                raise KilledError
            return original(step)

        task.loss = loss
        train(task, folder, *arguments, **(options | {"save_every": 3}))  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(module, "train", killed)
        train_view([features], known(), tmp_path / "parts", short)
    assert checkpoint.step_of(tmp_path / "parts") == 3
    train_view([features], known(), tmp_path / "parts", short)
    whole, parts = (load_file(tmp_path / name / checkpoint.NAME) for name in ("whole", "parts"))
    for name, array in whole.items():
        np.testing.assert_array_equal(parts[name], array)


def test_where_rolls_are_not_known_directions_are_told_alone(tmp_path: Path) -> None:
    train_view(
        [write_told(tmp_path / "f", roll=False)],
        known(),
        tmp_path / "run",
        dataclasses.replace(TINY, steps=1),
    )
    reader, details = load_view_reader(tmp_path / "run")
    assert details.count == 3 and reader(torch.zeros(2, 257 * CHANNELS)).shape == (2, 3)


def test_cells_are_means_of_patches() -> None:
    reader = ViewReader(ViewShape(grid=5, cell=4), 257, 2)
    tokens = torch.randn(3, 257, 2)
    cells = reader.cells(tokens.flatten(1))
    assert reader.grid == 4 and cells.shape == (3, 17, 2)
    torch.testing.assert_close(cells[:, 0], tokens[:, 0])
    square = tokens[:, 1:].view(3, 16, 16, 2)
    torch.testing.assert_close(cells[:, 1 + 4 * 2 + 3], square[:, 8:12, 12:16].mean((1, 2)))
    assert ViewReader(ViewShape(), 18, 2).cells(torch.randn(1, 36)).shape == (1, 18, 2)


def test_what_cannot_teach_it_is_refused(tmp_path: Path) -> None:
    features, one = write_told(tmp_path / "features"), dataclasses.replace(TINY, steps=1)
    with pytest.raises(StoreError, match="no training pictures that tell from where they were taken"):
        train_view([write_tokens(tmp_path / "blind", SHAPES)], known(), tmp_path / "run", one)
    assert not (tmp_path / "run").exists()
    with pytest.raises(StoreError, match=r"no network for the view in .*; make one with: latentmapper train"):
        load_view_reader(tmp_path / "run")
    train_view([features], known(), tmp_path / "run", one)
    with pytest.raises(RecipeError, match=r"was begun with shape\.cell 8, not 9"):
        train_view([features], known(), tmp_path / "run", dataclasses.replace(one, shape=ViewShape(cell=9)))
    with pytest.raises(StoreError, match="holds a run that was begun with other features"):
        train_view([write_told(tmp_path / "others", shapes={"s0": "train"})], known(), tmp_path / "run", TINY)
    (tmp_path / "run" / NAME).write_text("{}")
    with pytest.raises(StoreError, match=r"view\.json is damaged"):
        load_view_reader(tmp_path / "run")
    with pytest.raises(StoreError, match="1 of the 1 shapes that the pictures show are in none of them"):
        train_view([write_told(tmp_path / "new", shapes={"s9": "train"})], known(), tmp_path / "new-run", one)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"batch": 0}, "--batch must be at least 1, not 0"),
        ({"rate": float("nan")}, "--rate must be above 0, not nan"),
        ({"seed": -1}, "--seed must be at least 0, not -1"),
        ({"grid": 0}, r"--shape\.grid must be at least 1, not 0"),
        ({"cell_dropout": 1.0}, r"--shape\.cell-dropout must be at least 0 and below 1, not 1\.0"),
        ({"noise": -0.1}, r"--shape\.noise must be at least 0, not -0\.1"),
    ],
)
def test_recipes_of_nothing_are_refused(options: dict[str, float], told: str) -> None:
    kind = ViewRecipe if hasattr(ViewRecipe, next(iter(options))) else ViewShape
    with pytest.raises(RecipeError, match=told):
        kind(**options)  # type: ignore[arg-type]


def test_a_run_is_read_once_it_is_finished_and_sound(tmp_path: Path) -> None:
    features, long = write_told(tmp_path / "features"), dataclasses.replace(TINY, steps=2)
    train_view([features], known(), tmp_path / "run", dataclasses.replace(TINY, steps=1))
    save_recipe(long, tmp_path / "run" / "recipe.json")
    with pytest.raises(StoreError, match="is not finished; go on with: latentmapper train view"):
        load_view_reader(tmp_path / "run")
    train_view([features], known(), tmp_path / "run", long)
    before = (tmp_path / "run" / "recipe.json").read_bytes()
    train_view([features], known(), tmp_path / "run", dataclasses.replace(TINY, steps=1))
    assert (tmp_path / "run" / "recipe.json").read_bytes() == before, "nothing is left to do"
    load_view_reader(tmp_path / "run")
    told = json.loads((tmp_path / "run" / NAME).read_text())
    for name, value in (("tokens", "x"), ("tokens", 0), ("count", None), ("vit_sha256", 5), ("sources", [1])):
        (tmp_path / "run" / NAME).write_text(json.dumps(told | {name: value}))
        with pytest.raises(StoreError, match=r"view\.json is damaged"):
            load_view_reader(tmp_path / "run")


def test_pictures_without_a_view_do_not_count(tmp_path: Path) -> None:
    features = write_told(tmp_path / "features")
    blind = next(path for path in sorted((tmp_path / "features").glob("*.safetensors")))
    save_file({"descriptors": load_file(blind)["descriptors"]}, blind)
    train_view([features], known(), tmp_path / "run", dataclasses.replace(TINY, steps=1))
    details = load_view_reader(tmp_path / "run")[1]
    assert (details.pictures, details.count) == (100, 4)
    assert details.sources == [{"source": "test", "license": "CC0-1.0", "shapes": 6}]
