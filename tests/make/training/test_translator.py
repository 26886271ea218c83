"""A CycleGAN trains, stops and goes on exactly, and its generator runs without PyTorch."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from PIL import Image
from safetensors.torch import load_file

from latentmapper.errors import RecipeError
from latentmapper.make.dataset.unpaired import Unpaired
from latentmapper.make.dataset.views import Views
from latentmapper.make.models.cyclegan import CycleGanShape
from latentmapper.make.training import translator
from latentmapper.make.training.checkpoint import NAME, step_of
from latentmapper.make.training.cyclegan import CycleGanTask
from latentmapper.make.training.loop import train
from latentmapper.make.training.translator import train_translator
from latentmapper.make.training.translator_recipe import RECIPES, TranslatorRecipe
from latentmapper.photo.translation import PICTURES, TRANSLATED, Translator
from latentmapper.runtime import Session
from tests.make.tiny_photos import write_tiny_photos
from tests.make.tiny_store import write_tiny_store
from tests.make.tiny_views import write_tiny_views

SIZES = CycleGanShape(side=32, width=2, blocks=1, critic_width=2)
TINY = TranslatorRecipe(SIZES, epochs=0, steps=6, batch=2, pool=3, save_every=2)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Views]]:
    """Five photos that can be read, and views of tiny shapes."""
    root = tmp_path_factory.mktemp("sides")
    views = write_tiny_views(root / "views", write_tiny_store(root / "store"))
    return write_tiny_photos(root / "photos"), [views]


def _losses(run: Path) -> dict[int, float]:
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return {line["step"]: line["loss"] for line in lines}


def _pictures(seed: int = 0) -> Unpaired:
    rng = np.random.default_rng(seed)
    sides = rng.integers(0, 255, (2, 5, 36, 36, 3)).astype(np.uint8)
    return Unpaired(sides[0], sides[1], 0, "")


@pytest.mark.parametrize("name", list(RECIPES))
def test_each_recipe_trains_two_steps(name: str, data: tuple[Path, list[Views]], tmp_path: Path) -> None:
    recipe = replace(RECIPES[name], shape=SIZES, steps=2, batch=min(3, RECIPES[name].batch))
    learned = train_translator(*data, tmp_path / "run", recipe)
    assert (len(learned.photos), learned.skipped) == (5, 1)
    assert set(_losses(tmp_path / "run")) == {2}
    made = Translator(tmp_path / "run" / "translator.onnx", 1)(np.full((40, 40, 3), 0.3, np.float32))
    assert made.shape == (40, 40, 3) and 0 <= made.min() <= made.max() <= 1


def test_the_recipes_are_the_published_one_and_a_small_one() -> None:
    paper, small = RECIPES["cyclegan-paper"], RECIPES["cyclegan-small"]
    assert (paper.epochs, paper.batch, paper.steps, paper.pool) == (500, 8, 0, 50)
    assert (paper.rate, paper.beta1, paper.cycle_weight, paper.identity_weight) == (2e-4, 0.5, 10, 0.5)
    assert (paper.shape.side, paper.shape.width, paper.shape.blocks) == (256, 64, 9)
    assert (small.shape.side, small.shape.blocks) == (128, 6) and small.steps > 0


def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(
    data: tuple[Path, list[Views]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_translator(*data, tmp_path / "whole", TINY)
    loss = CycleGanTask.loss

    def killed(self: CycleGanTask, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        if step == 5:
            raise KeyboardInterrupt
        return loss(self, step)

    with monkeypatch.context() as patch:
        patch.setattr(CycleGanTask, "loss", killed)
        with pytest.raises(KeyboardInterrupt):
            train_translator(*data, tmp_path / "run", TINY)
    assert step_of(tmp_path / "run") == 4
    train_translator(*data, tmp_path / "run", TINY)
    assert _losses(tmp_path / "run") == _losses(tmp_path / "whole")
    kept, same = (load_file(tmp_path / name / NAME) for name in ("run", "whole"))
    assert kept.keys() == same.keys() and all(torch.equal(kept[key], same[key]) for key in kept)


def test_the_two_optimisers_take_the_published_turns(tmp_path: Path) -> None:
    """First the generators against frozen discriminators, then these on fakes made before."""
    made, reference = (CycleGanTask(_pictures(), TINY, tmp_path) for _ in range(2))
    train(made, tmp_path, 1, 1.0)
    photos, renders = reference._batch(0, np.random.default_rng((TINY.seed, 0)))
    _turns(reference, photos, renders)
    for name, module in made.modules.items():
        if "pool" not in name:
            for found, wanted in zip(module.parameters(), reference.modules[name].parameters(), strict=True):
                torch.testing.assert_close(found, wanted)


def _turns(task: CycleGanTask, photos: torch.Tensor, renders: torch.Tensor) -> None:
    """One step as CycleGAN's authors wrote it, with a pool that is not full."""
    makers, judges = task.optimizers
    to_synthetic, to_real = task.to_synthetic, task.to_real
    renders_made, photos_made = to_synthetic(photos), to_real(renders)
    mse, l1 = torch.nn.functional.mse_loss, torch.nn.functional.l1_loss
    aim = lambda scores, wanted: mse(scores, torch.full_like(scores, wanted))  # noqa: E731
    loss = aim(task.judge_synthetic(renders_made), 1.0) + aim(task.judge_real(photos_made), 1.0)
    loss = loss + 10 * (l1(to_real(renders_made), photos) + l1(to_synthetic(photos_made), renders))
    loss = loss + 5 * (l1(to_synthetic(renders), renders) + l1(to_real(photos), photos))
    makers.zero_grad()
    loss.backward()
    makers.step()
    judges.zero_grad()
    for judge, real, fake in (
        (task.judge_synthetic, renders, renders_made),
        (task.judge_real, photos, photos_made),
    ):
        (0.5 * (aim(judge(real), 1.0) + aim(judge(fake.detach()), 0.0))).backward()
    judges.step()


def test_photos_that_differ_in_colour_alone_learn_the_colour_of_renders(tmp_path: Path) -> None:
    """Dark blue photos, bright red renders: a translated photo is nearer to a render than it was."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 40, (2, 6, 36, 36, 3))
    photos, renders = (noise[0] + (0, 0, 120)).astype(np.uint8), (noise[1] + (200, 20, 20)).astype(np.uint8)
    recipe = replace(TINY, rate=1e-2, steps=25, identity_weight=0.0)
    task = CycleGanTask(Unpaired(photos, renders, 0, ""), recipe, tmp_path)
    train(task, tmp_path, recipe.steps, 1.0, falling=recipe.falling)
    seen = torch.from_numpy(photos[:, :32, :32]).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.no_grad():
        made = ((task.to_synthetic(seen) + 1) * 127.5).mean((0, 2, 3)).numpy()
    wanted = renders.mean((0, 1, 2))
    assert np.abs(made - wanted).max() < 0.5 * np.abs(photos.mean((0, 1, 2)) - wanted).max()


def test_the_exported_generator_agrees_with_its_module(tmp_path: Path) -> None:
    task = CycleGanTask(_pictures(), TINY, tmp_path)
    translator.export_translator(task.to_synthetic, tmp_path / "t.onnx", TINY, _pictures())
    pictures = torch.rand(3, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        truth = task.to_synthetic(pictures).numpy()
    (found,) = Session(tmp_path / "t.onnx", 1).run([TRANSLATED], **{PICTURES: pictures.numpy()})
    np.testing.assert_allclose(found, truth, atol=1e-4)
    header = json.loads((tmp_path / "t.json").read_text())
    assert (header["side"], header["mean"], header["std"]) == (32, 0.5, 0.5)
    assert header["trained_on"]["photos"] == 5


def test_a_sheet_is_drawn_after_each_pass(data: tuple[Path, list[Views]], tmp_path: Path) -> None:
    train_translator(*data, tmp_path / "run", TINY)
    sheets = sorted((tmp_path / "run" / "samples").iterdir())
    assert [path.name for path in sheets] == ["step-0000003.png", "step-0000006.png"]
    with Image.open(sheets[0]) as sheet:
        assert sheet.size == (6 * 32, 6 * 32)


def test_a_pass_shows_every_photo_once(tmp_path: Path) -> None:
    """Photos of one grey each, told apart after any cut and mirroring."""
    photos = np.full((5, 36, 36, 3), np.arange(5, dtype=np.uint8)[:, None, None, None] * 50)
    task = CycleGanTask(Unpaired(photos, photos, 0, ""), TINY, tmp_path)
    shown = [task._batch(step, np.random.default_rng(step))[0][:, 0, 0, 0] for step in range(3)]
    levels = sorted(((torch.cat(shown) + 1) * 127.5).round().int().tolist())
    assert levels == [0, 50, 100, 150, 200]


def test_the_rate_falls_to_nothing_over_the_last_half(tmp_path: Path) -> None:
    rates = []

    class Watching(CycleGanTask):
        def loss(self, step: int) -> tuple[torch.Tensor, dict[str, float]]:
            rates.append(self.optimizers[0].param_groups[0]["lr"] / TINY.rate)
            return super().loss(step)

    train(Watching(_pictures(), TINY, tmp_path), tmp_path, 6, 1.0, falling=0.5)
    np.testing.assert_allclose(rates, [1, 1, 1, 1, 2 / 3, 1 / 3])


def test_another_recipe_does_not_join_a_run(data: tuple[Path, list[Views]], tmp_path: Path) -> None:
    train_translator(*data, tmp_path / "run", TINY)
    with pytest.raises(RecipeError, match=r"run holds a run that was begun with rate 0\.0002, not 0\.001"):
        train_translator(*data, tmp_path / "run", replace(TINY, rate=1e-3))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"batch": 0}, "--batch and --save-every must be at least 1"),
        ({"steps": 0}, "--epochs, or --steps in their place, must be at least 1, and --pool at least 0"),
        ({"pool": -1}, "--pool at least 0"),
        ({"falling": 1.5}, "--falling must be a share from 0 to 1, not 1.5"),
    ],
)
def test_recipes_that_do_not_work_are_named(wrong: dict, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        replace(TINY, **wrong)
