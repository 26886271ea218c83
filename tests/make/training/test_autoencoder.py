"""Autoencoders learn to give descriptors back, resume, keep clusters, and refuse what they cannot read."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.cli import run  # noqa: E402
from latentmapper.errors import RecipeError, StoreError  # noqa: E402
from latentmapper.make.dataset.clustering import read_clusters  # noqa: E402
from latentmapper.make.models.autoencoder import AutoencoderShape  # noqa: E402
from latentmapper.make.training import learned  # noqa: E402
from latentmapper.make.training.autoencoder import (  # noqa: E402
    RECIPES,
    AutoencoderRecipe,
    load_encoder,
    train_autoencoder,
)
from tests.make.bags import bag, write_bag  # noqa: E402
from tests.make.training.test_mapper import write_features  # noqa: E402

SHAPES = {"a": "train", "b": "train", "c": "train", "d": "validation"}
SMALL = AutoencoderRecipe(
    AutoencoderShape("embedding", hidden=32, bottleneck=8), epochs=30, batch=8, rate=1e-2
)


# A third of the variance of what enters: 1 of standardised numbers, 1/4 x 3/4 of four one-hot labels.
@pytest.mark.parametrize(("entry", "limit"), [("numbers", 0.33), ("one-hot", 0.0625), ("embedding", 0.0625)])
def test_labels_come_back(tmp_path: Path, entry, limit: float) -> None:
    features = write_bag(tmp_path / "features", SHAPES | {"d": "train"})
    recipe = dataclasses.replace(SMALL, shape=dataclasses.replace(SMALL.shape, entry=entry))
    train_autoencoder([features], tmp_path / "run", recipe)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert losses[-1] < limit
    encoder, details = load_encoder(tmp_path / "run")
    assert (details["places"], details["numbers"], details["labels"]) == (256, 1, 4)
    compressed = [encoder(torch.from_numpy(features.load(r)).float()) for r in features.records]
    means = torch.stack([each.mean(0) for each in compressed])
    for i, each in enumerate(compressed):
        assert (torch.cdist(each, means).argmin(1) == i).all()


def test_held_out_labels_are_counted(tmp_path: Path) -> None:
    features = write_bag(tmp_path / "features", SHAPES)
    train_autoencoder([features], tmp_path / "run", dataclasses.replace(SMALL, epochs=2))
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    looks = [line for line in lines if "label_accuracy" in line]
    assert len(looks) == 2 and all(0.1 < look["label_accuracy"] < 0.6 for look in looks)
    with pytest.raises(RecipeError, match=r"begun with rate 0\.01, not 0\.1"):
        train_autoencoder([features], tmp_path / "run", dataclasses.replace(SMALL, batch=4, rate=0.1))


def test_the_clusters_stay_beside_the_run(tmp_path: Path) -> None:
    features = write_bag(tmp_path / "features", SHAPES)
    train_autoencoder([features], tmp_path / "run", dataclasses.replace(SMALL, epochs=1))
    assert read_clusters(tmp_path / "run").sha256 == bag().clusters.sha256


def test_an_interrupted_run_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    features = write_bag(tmp_path / "features", SHAPES)
    train_autoencoder([features], tmp_path / "whole", dataclasses.replace(SMALL, epochs=4))
    for epochs in (2, 4):
        train_autoencoder([features], tmp_path / "parts", dataclasses.replace(SMALL, epochs=epochs))
    whole, parts = (load_encoder(tmp_path / name)[0].state_dict() for name in ("whole", "parts"))
    for name, value in whole.items():
        torch.testing.assert_close(parts[name], value)


def test_a_run_goes_on_only_on_its_own_features(tmp_path: Path) -> None:
    run, recipe = tmp_path / "run", dataclasses.replace(SMALL, epochs=1)
    features = write_bag(tmp_path / "features", SHAPES)
    train_autoencoder([features], run, recipe)
    before = (run / "autoencoder.json").read_bytes(), read_clusters(run).sha256
    for name, others in (
        ("clusters", write_bag(tmp_path / "clusters", SHAPES, seed=1)),
        ("shapes", write_bag(tmp_path / "shapes", SHAPES | {"e": "train"})),
    ):
        with pytest.raises(StoreError, match="run holds a run that was begun with other features; go on"):
            train_autoencoder([others], run, dataclasses.replace(recipe, epochs=2))
        assert before == ((run / "autoencoder.json").read_bytes(), read_clusters(run).sha256), name
    (run / learned.NAME).unlink()  # as runs were before it was there
    train_autoencoder([features], run, dataclasses.replace(recipe, epochs=2))
    assert (run / learned.NAME).is_file()
    (run / learned.NAME).write_text("{")
    with pytest.raises(StoreError, match=r"learned\.json cannot be read"):
        train_autoencoder([features], run, recipe)


def test_the_papers_recipe_is_the_papers() -> None:
    recipe = RECIPES["autoencoder-paper"]
    assert (recipe.shape.entry, recipe.shape.bottleneck, recipe.epochs) == ("numbers", 512, 100)


def test_soft_labels_enter_and_pooled_tokens_do_only_as_numbers(tmp_path: Path) -> None:
    soft = write_bag(tmp_path / "soft", SHAPES, "soft")
    train_autoencoder([soft], tmp_path / "a", dataclasses.replace(SMALL, epochs=1))
    assert load_encoder(tmp_path / "a")[1]["labels"] == 0
    pooled = write_features(tmp_path / "pooled", SHAPES)
    with pytest.raises(RecipeError, match=r"--shape.entry embedding is for labels; .* choose .* numbers"):
        train_autoencoder([pooled], tmp_path / "b", SMALL)
    one_hot = dataclasses.replace(SMALL, shape=dataclasses.replace(SMALL.shape, entry="one-hot"))
    with pytest.raises(RecipeError, match=r"one-hot is for labels; .*soft holds soft"):
        train_autoencoder([soft], tmp_path / "b", one_hot)
    numbers = dataclasses.replace(SMALL, epochs=1, shape=AutoencoderShape("numbers", 8, 4))
    train_autoencoder([pooled], tmp_path / "b", numbers)
    offset = load_encoder(tmp_path / "b")[0].offset.numpy()
    known = np.concatenate([pooled.load(r) for r in pooled.records if r.split == "train"])
    np.testing.assert_allclose(offset, known.astype(np.float64).mean(0), atol=1e-3)


def test_labels_of_other_clusters_are_not_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bag(tmp_path / "first", SHAPES)
    write_bag(tmp_path / "second", SHAPES, seed=1)
    arguments = ["train", "autoencoder", str(tmp_path / "first"), str(tmp_path / "second")]
    assert run([*arguments, "-o", str(tmp_path / "run"), "--recipe", "autoencoder-paper"]) == 1
    assert "second holds features of another clusters than" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["autoencoder"], ["mapper", "shape", "--stores", "store", "--features"]])
def test_no_features_are_told(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", *command, "-o", str(tmp_path / "run")]) == 2
    assert "at least one folder" in capsys.readouterr().err


def test_no_run_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="latentmapper train autoencoder"):
        load_encoder(tmp_path)
