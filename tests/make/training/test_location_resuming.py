"""The training of a head is killed wherever it may be, and ends as if it had not been."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.numpy import load_file  # noqa: E402

from latentmapper.cli import run  # noqa: E402
from latentmapper.errors import RecipeError, StoreError  # noqa: E402
from latentmapper.features.vit import Tokens  # noqa: E402
from latentmapper.make.dataset import describer  # noqa: E402
from latentmapper.make.dataset.views import Views  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training import location as module  # noqa: E402
from latentmapper.make.training.location import TOKENS, train_location  # noqa: E402
from latentmapper.make.training.log import read_log  # noqa: E402
from tests.make.fake_vit import BoxedColours  # noqa: E402
from tests.make.training.test_location import TINY, write_views  # noqa: E402

BRIEF = replace(TINY, steps=8, batch=64)
SPLITS = ["train"] * 4 + ["validation"] * 2
PICTURES = BRIEF.pictures + BRIEF.held_out


class KilledError(Exception):
    """In place of a signal, which would end the test."""


class Counting(BoxedColours):
    """Counts the pictures that it describes, but for the blank one; it dies where there are too many."""

    def __init__(self, most: int = PICTURES) -> None:
        self.shown, self._most = 0, most

    def describe(self, images: np.ndarray) -> Tokens:
        if images.any():
            self.shown += len(images)
        if self.shown > self._most:
            raise KilledError
        return super().describe(images)


@pytest.fixture
def views(tmp_path: Path) -> Views:
    return write_views(tmp_path / "views", SPLITS)


def _dying_at(step: int, save_every: int) -> Callable[..., None]:
    """In place of `loop.train`."""
    train = module.train

    def killed(task, folder: Path, steps: int, **options) -> None:
        loss = task.loss

        def dying(now: int):
            if now == step:
                raise KilledError
            return loss(now)

        task.loss = dying
        train(task, folder, steps, **options, save_every=save_every)

    return killed


def test_a_killed_run_ends_as_an_unbroken_one(
    views: Views, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once killed between two batches of pictures, once between two checkpoints."""
    whole, parts, eyes = tmp_path / "whole", tmp_path / "parts", Counting()
    expected, overlap = train_location([views], eyes, whole, BRIEF)
    assert eyes.shown == PICTURES and overlap is not None
    with pytest.raises(KilledError):
        train_location([views], Counting(most=8), parts, BRIEF)
    assert len(list((parts / TOKENS).iterdir())) == 1
    eyes = Counting()
    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(module, "train", _dying_at(5, save_every=3))
        train_location([views], eyes, parts, BRIEF)
    assert checkpoint.step_of(parts) == 3 and eyes.shown == PICTURES - 8
    eyes = Counting()
    found, again = train_location([views], eyes, parts, BRIEF)
    assert eyes.shown == 0 and again == overlap
    for name, array in expected.to_arrays().items():
        np.testing.assert_array_equal(found.to_arrays()[name], array, err_msg=name)
    kept, same = (load_file(folder / checkpoint.NAME) for folder in (whole, parts))
    assert kept.keys() == same.keys() and all((kept[name] == same[name]).all() for name in kept)
    measured = [
        [{**line, "seconds": 0} for line in read_log(folder / "log.jsonl")] for folder in (whole, parts)
    ]
    assert measured[0] == measured[1] and [*measured[0][-1]] == [
        "step", "seconds", "held_out_mask", "held_out_box",
    ]  # fmt: skip


def test_damaged_tokens_are_made_again_and_what_else_lies_beside_them_stays(
    views: Views, tmp_path: Path
) -> None:
    with pytest.raises(KilledError):
        train_location([views], Counting(most=8), tmp_path / "run", BRIEF)
    tokens = tmp_path / "run" / TOKENS
    (made,) = tokens.glob("*.safetensors")
    made.write_bytes(made.read_bytes()[:100])
    (tokens / "notes").write_text("somebody's")
    eyes = Counting()
    train_location([views], eyes, tmp_path / "run", BRIEF)
    assert eyes.shown == PICTURES
    assert [path.name for path in tokens.iterdir()] == ["notes"]


def test_a_finished_run_writes_the_same_again_and_describes_nothing(views: Views, tmp_path: Path) -> None:
    expected, overlap = train_location([views], Counting(), tmp_path / "run", BRIEF)
    assert not (tmp_path / "run" / TOKENS).exists()
    eyes = Counting()
    found, again = train_location([views], eyes, tmp_path / "run", BRIEF)
    assert eyes.shown == 0 and again == overlap
    np.testing.assert_array_equal(found.weight1, expected.weight1)


def test_a_run_goes_on_only_as_it_was_begun(views: Views, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    train_location([views], Counting(), folder, BRIEF)
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for changed, told in (
        (replace(BRIEF, hidden=8), "hidden 16, not 8"),
        (replace(BRIEF, precision="int8"), "precision float32, not int8"),
        (replace(BRIEF, pictures=13), "pictures 12, not 13"),
    ):
        with pytest.raises(RecipeError, match=f"run that was begun with {told}; go on with that"):
            train_location([views], Counting(), folder, changed)
    others, other_eyes = write_views(tmp_path / "others", ["train", *SPLITS]), Counting()
    other_eyes.sha256 = "1" * 64
    for given, eyes, told in (([others], Counting(), "views"), ([views], other_eyes, "ViT")):
        with pytest.raises(StoreError, match=f"was begun with other {told}; go on with the same"):
            train_location(given, eyes, folder, BRIEF)
    assert before == {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    train_location([views], Counting(), folder, replace(BRIEF, steps=9, batch=32))
    assert checkpoint.step_of(folder) == 9


def test_tokens_of_another_vit_are_not_taken_over(views: Views, tmp_path: Path) -> None:
    """Nothing was learned yet, so that another one may begin where the first was killed."""
    with pytest.raises(KilledError):
        train_location([views], Counting(most=8), tmp_path / "run", BRIEF)
    eyes = Counting()
    eyes.sha256 = "1" * 64
    train_location([views], eyes, tmp_path / "run", BRIEF)
    assert eyes.shown == PICTURES


def test_the_commands_run_stands_beside_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_views(tmp_path / "views", SPLITS)
    monkeypatch.setattr(describer, "open_vit", lambda *_: BoxedColours())
    target = tmp_path / "head"
    command = ["train", "location", str(tmp_path / "views"), "-o", str(target), "--steps", "2"]
    assert run(command) == 0
    made, told = target.read_bytes(), capsys.readouterr().out
    kept = {path.name for path in (tmp_path / "head.run").iterdir()} - {"tensorboard"}
    assert kept == {"recipe.json", "learned.json", "log.jsonl", checkpoint.NAME}
    target.unlink()
    assert run(command) == 0
    assert target.read_bytes() == made and capsys.readouterr().out == told
    assert run([*command, "--hidden", "3"]) == 2
    assert "head.run holds a run that was begun with hidden 64, not 3" in capsys.readouterr().err
