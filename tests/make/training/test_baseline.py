"""Baselines train stage by stage, resume exactly, take over auto-encoders, and are read again."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import load_file  # noqa: E402

from latentmapper.errors import RecipeError, StoreError  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.training import baseline, checkpoint, imnet  # noqa: E402
from latentmapper.make.training.baseline import train_baseline  # noqa: E402
from latentmapper.make.training.baseline_data import BaselineData  # noqa: E402
from latentmapper.make.training.baseline_run import RECIPES, load_baseline, weights_at  # noqa: E402
from latentmapper.make.training.imnet_recipe import ImNetRecipe  # noqa: E402
from latentmapper.make.training.stages import AUTO, convolving  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.tiny_views import write_tiny_views  # noqa: E402
from tests.make.training.baselines import (  # noqa: E402
    ATLASNET,
    IMNET,
    SQUARES,
    open_inputs,
    write_inputs,
    write_run,
)

TINY = {"atlasnet": ATLASNET, "squares": SQUARES, "imnet": IMNET}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of each tiny recipe, by its name, and what they learned from; only to be read."""
    root = tmp_path_factory.mktemp("finished")
    for name, recipe in TINY.items():
        write_run(root / name, recipe)
    return root


def lines(folder: Path) -> list[dict]:
    """What a stage has logged, but for how long it took."""
    told = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in told]


def held_out(folder: Path) -> list[float]:
    return [line["held_out_error"] for line in lines(folder) if "held_out_error" in line]


def data_of(path: Path, recipe) -> BaselineData:
    grey = isinstance(recipe, ImNetRecipe)
    side = recipe.shape.encoder.side
    return BaselineData(*write_inputs(path), 0.5, side, grey, recipe.mirror, path / "voxels", workers=1)


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_recipe_trains_a_step(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its own sizes; batches alone are smaller, and hundreds of megabytes of weights are not written."""
    few = {"batch": 2, "points": 100} | ({"pictures": 2} if "imnet" in name else {"read": 50})
    recipe = replace(RECIPES[name], **few)
    for module in ("atlasnet", "imnet"):
        monkeypatch.setattr(f"latentmapper.make.training.{module}.load_stage", lambda *_: None)
    data = data_of(tmp_path, recipe)
    for stage in recipe.stages:
        task = baseline.task_of(stage, data, tmp_path / "run", recipe)
        weights = list(task.optimizers[0].param_groups[0]["params"])
        before = [weight.detach().clone() for weight in weights]
        loss, _ = task.loss(0)
        loss.backward()
        task.optimizers[0].step()
        assert torch.isfinite(loss)
        for old, new in zip(before, weights, strict=True):
            assert torch.isfinite(new).all() and (old != new).any()


def test_the_papers_sizes_are_the_published_ones() -> None:
    squares, sphere, imnet = (
        RECIPES[name] for name in ("atlasnet-25-paper", "atlasnet-sphere-paper", "imnet-paper")
    )
    assert (squares.shape.code_size, squares.shape.hidden, squares.shape.patches) == (1024, 512, 25)  # pyright: ignore
    assert (sphere.shape.code_size, sphere.shape.template, sphere.points) == (1024, "sphere", 2500)  # pyright: ignore
    assert (imnet.shape.code_size, imnet.shape.hidden, imnet.resolutions) == (256, 1024, (16, 32, 64))  # pyright: ignore
    for name, recipe in RECIPES.items():
        assert recipe.recipe == name
        if "atlasnet" in name:
            assert (recipe.shape.code_size, recipe.points) == (1024, 2500)


@pytest.mark.parametrize("name", list(TINY))
def test_all_stages_are_trained_and_logged(name: str, finished: Path) -> None:
    recipe, run = TINY[name], finished / name
    for stage, steps in recipe.stages.items():
        entries = lines(run / stage)
        assert [e["step"] for e in entries if "held_out_error" in e] == [2, 4]
        assert entries[-1]["step"] == checkpoint.step_of(run / stage) == steps
    details = json.loads((run / "baseline.json").read_text())
    assert (details["name"], details["shapes"], details["shapes_shown"]) == (recipe.recipe, 3, 3)
    assert details["pictures"] == 9


@pytest.mark.parametrize("name", list(TINY))
def test_an_interrupted_run_ends_as_an_unbroken_one(name: str, finished: Path, tmp_path: Path) -> None:
    """Killed in the middle of every stage, between two checkpoints."""
    recipe, inputs, unbroken = TINY[name], open_inputs(finished), finished / name
    for stage in recipe.stages:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(baseline, "task_of", dying_in(stage, baseline.task_of))
            with pytest.raises(KeyboardInterrupt):
                train_baseline(*inputs, tmp_path / "parts", recipe)
        assert checkpoint.step_of(tmp_path / "parts" / stage) == 2
    train_baseline(*inputs, tmp_path / "parts", recipe)
    for stage in recipe.stages:
        for part in (f"{stage}/checkpoint.safetensors", f"{stage}/best/checkpoint.safetensors"):
            whole, parts = (load_file(run / part) for run in (unbroken, tmp_path / "parts"))
            assert whole.keys() == parts.keys()
            assert [name for name in whole if not torch.equal(whole[name], parts[name])] == [], part
        assert lines(unbroken / stage) == lines(tmp_path / "parts" / stage)


def dying_in(dying: str, task_of):
    def made(stage, *rest):
        task = task_of(stage, *rest)
        loss = task.loss

        def dies(step: int):
            if step == 3:
                raise KeyboardInterrupt
            return loss(step)

        if stage == dying:
            task.loss = dies
        return task

    return made


@pytest.mark.parametrize("recipe", [ATLASNET, SQUARES], ids=["sphere", "squares"])
def test_a_trained_atlasnet_makes_tall_meshes_of_tall_pictures(recipe, tmp_path: Path) -> None:
    store, views = write_inputs(tmp_path)
    store.records = [replace(record, split="train") for record in store.records]
    # Batch norm needs more than four values: at the end of the encoder each picture is a single place.
    steps = {"auto_steps": 90, "encoder_steps": 60, "joint_steps": 5, "check_every": 500, "batch": 16}
    train_baseline(store, views, tmp_path / "run", replace(recipe, rate=1e-2, joint_rate=1e-3, **steps))
    model = load_baseline(tmp_path / "run").model
    codes = [model.code(views[0].picture(record, 0)) for record in views[0].records]
    heights = [np.ptp(model.mesh(code, 64).vertices[:, 1]) / 2 for code in codes]
    assert np.mean(heights) == pytest.approx(0.45, abs=0.06)
    assert np.mean(heights[2:]) > np.mean(heights[:2]) + 0.05


def test_a_trained_imnet_knows_inside_from_outside_of_shapes_held_out(tmp_path: Path) -> None:
    recipe = replace(IMNET, rate=3e-2, momentum=0.9, auto_steps=70, check_every=10)
    write_run(tmp_path / "run", recipe)
    errors = held_out(tmp_path / "run" / "auto-encoder")
    assert min(errors) < 0.7 * errors[0]


def test_an_imnet_s_step_is_that_of_the_whole_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task: Any = baseline.task_of(AUTO, data_of(tmp_path, IMNET), tmp_path / "run", IMNET)
    leaves = [*task.network.solids.parameters(), *task.network.decoder.parameters()]
    found = torch.autograd.grad(task.error(0), leaves)
    monkeypatch.setattr(imnet, "by_shape", lambda loss, parameters, *rows, cores: loss(*rows))
    whole = torch.autograd.grad(task.error(0), leaves)
    assert max(each.abs().max() for each in whole) > 0
    for part, wanted in zip(found, whole, strict=True):
        torch.testing.assert_close(part, wanted)


def test_convolutions_stay_float32_on_a_processor() -> None:
    layer, linear = torch.nn.Conv2d(1, 1, 3), torch.nn.Linear(3, 1)
    with convolving(True, torch.device("cpu")):
        assert layer(torch.rand(1, 1, 3, 3)).dtype == linear(torch.rand(1, 3)).dtype == torch.float32


def test_an_imnet_s_picture_encoder_approaches_the_codes(finished: Path, tmp_path: Path) -> None:
    recipe = replace(IMNET, rate=5e-3)
    task = baseline.task_of("encoder", data_of(tmp_path, recipe), finished / "imnet", recipe)
    losses = []
    for step in range(60):
        task.optimizers[0].zero_grad()
        loss, _ = task.loss(step)
        loss.backward()
        task.optimizers[0].step()
        losses.append(loss.item())
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:5])


def test_a_frozen_decoder_stays_as_the_auto_encoder_left_it(finished: Path) -> None:
    run = finished / "atlasnet"
    auto, frozen, joint = (decoder_of(run / name) for name in ("auto-encoder/best", "encoder", "joint"))
    assert auto.keys() == frozen.keys()
    assert all(torch.equal(auto[name], frozen[name]) for name in auto)
    assert not all(torch.equal(frozen[name], joint[name]) for name in frozen)


def decoder_of(folder: Path) -> dict[str, Any]:
    weights = load_file(folder / checkpoint.NAME)
    return {name: value for name, value in weights.items() if name.startswith("module.decoder.")}


@pytest.mark.parametrize("recipe", ["atlasnet", "imnet"])
def test_another_run_s_auto_encoder_is_taken_over(recipe: str, finished: Path, tmp_path: Path) -> None:
    train_baseline(*open_inputs(finished), tmp_path / "second", TINY[recipe], "circle", finished / recipe)
    for name in ("checkpoint.safetensors", "best/checkpoint.safetensors", "log.jsonl"):
        first, second = (run / "auto-encoder" / name for run in (finished / recipe, tmp_path / "second"))
        assert first.read_bytes() == second.read_bytes()
    assert not (tmp_path / "second" / "voxels").exists()
    assert load_baseline(tmp_path / "second").name.startswith("circle")


def test_an_auto_encoder_that_does_not_fit_is_refused(finished: Path, tmp_path: Path) -> None:
    store, views = open_inputs(finished)
    (tmp_path / "first").symlink_to(finished / "atlasnet")
    with pytest.raises(RecipeError, match="first holds a --recipe atlasnet-sphere-small of other sizes"):
        train_baseline(store, views, tmp_path / "second", SQUARES, start=tmp_path / "first")
    with pytest.raises(RecipeError, match="sphere-small; --start needs a run of the same networks"):
        train_baseline(store, views, tmp_path / "second", IMNET, start=tmp_path / "first")
    longer = replace(ATLASNET, auto_steps=5)
    with pytest.raises(
        StoreError, match=r"--start: .*first holds no auto-encoder that was trained for 5 steps"
    ):
        train_baseline(store, views, tmp_path / "second", longer, start=tmp_path / "first")


def test_a_run_of_other_networks_is_left_as_it_is(finished: Path, tmp_path: Path) -> None:
    run = shutil.copytree(finished / "atlasnet", tmp_path / "run")
    before = (run / "recipe.json").read_bytes()
    with pytest.raises(
        RecipeError, match="run holds a --recipe atlasnet-sphere-small; choose another --output"
    ):
        train_baseline(*open_inputs(finished), run, IMNET)
    with pytest.raises(RecipeError, match=rf"begun with seed {ATLASNET.seed}, not 9; go on with that"):
        train_baseline(*open_inputs(finished), run, replace(ATLASNET, batch=3, seed=9))
    assert (run / "recipe.json").read_bytes() == before


def test_a_run_is_read_by_its_stages(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", SQUARES, "patches")
    picture = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    last, joint, frozen = (load_baseline(path) for path in (run, run / "joint", run / "encoder"))
    assert (last.name, frozen.name) == ("patches (fine-tuned)", "patches (decoder frozen)")
    codes = [each.model.code(picture) for each in (last, joint, frozen)]
    assert (codes[0] == codes[1]).all() and (codes[0] != codes[2]).any()
    assert len(last.model.mesh(codes[0], 64).faces) == 2 * 722
    alone = write_run(tmp_path / "alone", replace(SQUARES, joint_steps=0))
    assert load_baseline(alone).name == "atlasnet-25-small"


def test_the_best_weights_on_held_out_shapes_are_read(finished: Path) -> None:
    run = finished / "imnet"
    record, weights = weights_at(run)
    assert record == {"name": "imnet-small", "recipe": "imnet-small", "stage": "encoder"}
    assert weights.parent == run / "encoder" / "best"
    errors = held_out(run / "encoder")
    assert checkpoint.step_of(weights.parent) == 2 * (1 + int(np.argmin(errors)))


def test_what_is_no_finished_run_is_refused(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no baseline in .*nowhere; make one with: latentmapper train base"):
        load_baseline(tmp_path / "nowhere")
    run = shutil.copytree(finished / "atlasnet", tmp_path / "run")
    with pytest.raises(
        StoreError, match=r"auto-encoder reads no pictures; choose .*run/encoder or .*run/joint"
    ):
        load_baseline(run / "auto-encoder")
    (run / "joint" / "checkpoint.safetensors").unlink()
    with pytest.raises(StoreError, match="joint is not finished; go on with: latentmapper train baseline"):
        load_baseline(run)
    (run / "recipe.json").write_text('{"recipe": "voxnet"}')
    with pytest.raises(RecipeError, match=r"recipe\.json is the unknown 'voxnet'; known: atlasnet-25-small"):
        load_baseline(run)


def test_pictures_of_decoded_codes_teach_nothing(tmp_path: Path) -> None:
    store = write_tiny_store(tmp_path / "store")
    views = write_tiny_views(tmp_path / "views", store, mesh="decoded")
    with pytest.raises(StoreError, match="--views: no picture shows a training shape of these stores"):
        train_baseline(JoinedStore([store]), [views], tmp_path / "run", ATLASNET)
    assert not (tmp_path / "run").exists()


def test_without_training_shapes_there_is_nothing_to_train(tmp_path: Path) -> None:
    store, views = write_inputs(tmp_path)
    store.records = [record for record in store.records if record.split != "train"]
    with pytest.raises(StoreError, match="the stores have no training shapes"):
        train_baseline(store, views, tmp_path / "run", ATLASNET)
