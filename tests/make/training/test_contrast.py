"""The bundled pair: its loss against references, and a whole training on pictures easy to tell apart."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from safetensors.numpy import load_file, save_file
from torch.nn import functional

from latentmapper.cli import run
from latentmapper.errors import MissingError, PackError, RecipeError, StoreError
from latentmapper.features.clip.bundled import BundledClip
from latentmapper.features.clip.words import Words
from latentmapper.features.vit import BUNDLED_SHA256
from latentmapper.make.dataset.captions import read_captions
from latentmapper.make.dataset.descriptions.describe import (
    NAME,
    Description,
    describe_store,
    write_descriptions,
)
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.store import Store
from latentmapper.make.models.contrast import TextNetwork, contrast
from latentmapper.make.models.export import export_onnx
from latentmapper.make.training import checkpoint
from latentmapper.make.training import contrast as module
from latentmapper.make.training.contrast import ContrastRecipe, train_contrast
from latentmapper.make.training.loop import train
from latentmapper.runtime import Session
from tests.make.dataset.descriptions.models import airplane, write_store_of

ROOT = Path(__file__).parents[3]
WIDTH = 384
KINDS = {"sedan": "car", "pickup": "car", "T": "airplane", "conventional": "airplane"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Features and descriptions of shapes."""
    return write_described(tmp_path_factory.mktemp("pair"))


def write_described(folder: Path) -> Path:
    """Features of four kinds of shapes around four directions; two of 14 of each kind are held out."""
    rng = np.random.default_rng(0)
    (folder / "features").mkdir()
    records, described = [], []
    for kind, category in KINDS.items():
        direction = rng.normal(size=3 * WIDTH)
        for i in range(14):
            shape, split = f"{kind}-{i}", "train" if i < 12 else "test"
            made = direction + 0.5 * rng.normal(size=(4, 3 * WIDTH))
            save_file({"descriptors": made.astype(np.float16)}, folder / "features" / f"{shape}.safetensors")
            records.append(
                {
                    "shape": shape,
                    "group": shape,
                    "split": split,
                    "mesh": "original",
                    "file": f"{shape}.safetensors",
                }
            )
            described.append(_description(shape, category, kind))
    header = {"format": 1, "vit_sha256": BUNDLED_SHA256, "kind": "pooled", "grid": 1, "records": records}
    (folder / "features" / "features.json").write_text(json.dumps(header))
    (folder / "store").mkdir()
    write_descriptions(folder / "store", described)
    return folder


def _description(shape: str, category: str, kind: str) -> Description:
    if category == "car":
        sentences = [f"A {kind}.", "A car.", "A car 2.3 times as long as it is high."]
        return Description(shape, sentences, {"category": "car", "body": kind})
    words = {"T": "a T-tail", "conventional": "a conventional tail"}[kind]
    sentences = ["An airplane.", f"An airplane with {words}."]
    return Description(shape, sentences, {"category": "airplane", "tail": kind})


def test_with_one_text_a_picture_the_loss_is_clips() -> None:
    torch.manual_seed(0)
    seen, read = (functional.normalize(torch.randn(6, 8), dim=1) for _ in range(2))
    logits, pairs = torch.tensor(2.0).exp() * seen @ read.T, torch.arange(6)
    expected = 0.5 * (functional.cross_entropy(logits, pairs) + functional.cross_entropy(logits.T, pairs))
    torch.testing.assert_close(
        contrast(seen, read, torch.tensor(2.0), torch.eye(6, dtype=torch.bool)), expected
    )


def test_pictures_of_one_text_are_no_negatives_of_each_other() -> None:
    """Two pairs that share their text cost nothing once embedded alike; as negatives they cost log 2."""
    seen = torch.tensor([[1.0, 0], [1, 0], [-1, 0]])
    fits = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool)
    assert float(contrast(seen, seen, torch.tensor(4.0), fits)) == pytest.approx(0, abs=1e-6)
    alone = float(contrast(seen, seen, torch.tensor(4.0), torch.eye(3, dtype=torch.bool)))
    assert alone == pytest.approx(2 / 3 * np.log(2), abs=1e-4)


def test_padding_says_nothing_and_the_graph_runs_like_the_network(tmp_path: Path) -> None:
    torch.manual_seed(0)
    words = Words.of(["an airplane with a high wing and two propellers"], length=20)
    network = TextNetwork(len(words.vocabulary) + 2, 16, 0.1).eval()
    export_onnx(network, torch.ones(1, 20), tmp_path / "text.onnx", "ids", ["embedding"])
    ids = words(["two propellers", "a high wing with two propellers"])
    made = Session(tmp_path / "text.onnx").run(["embedding"], ids=ids.astype(np.float32))[0]
    with torch.no_grad():
        short = network(torch.from_numpy(ids[:1, :2]))
    np.testing.assert_allclose(made[:1], short.numpy(), atol=1e-5)
    turned = words(["propellers two"])
    with torch.no_grad():
        assert np.abs(network(torch.from_numpy(turned)).numpy() - made[:1]).max() > 1e-3


def test_a_trained_pair_tells_held_out_shapes_apart(data: Path, tmp_path: Path, capsys) -> None:
    command = ["train", "clip", str(data / "features"), "--stores", str(data / "store"), "-o", str(tmp_path)]
    assert run([*command, "--steps", "60", "--batch", "32"]) == 0
    shown = capsys.readouterr().out
    assert "car body" in shown and "airplane tail" in shown and "airplane wing" not in shown
    answers = {one["question"]: one for one in json.loads((tmp_path / "zero-shot.json").read_text())}
    assert answers["car body"] == {
        "question": "car body",
        "classes": 2,
        "pictures": 16,
        "accuracy": 1.0,
        "balanced": 1.0,
        "majority": 0.5,
    }
    assert answers["airplane tail"]["accuracy"] == 1
    clip = BundledClip(tmp_path)
    both = clip.texts(["a sedan", "an airplane with a T-tail"])
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(clip.texts(["a sedan"]), both[:1], atol=1e-5)
    assert sum(path.stat().st_size for path in tmp_path.glob("text.onnx")) < 3_000_000
    capsys.readouterr()
    photo = str(ROOT / "examples" / "sedan.jpg")
    texts = ["--text", "a sedan", "an airplane with a T-tail"]
    assert run(["clip", "similarity", photo, *texts, "--clip", f"bundled:{tmp_path}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line[8:] for line in lines) == sorted(texts[1:])
    assert float(lines[0][:6]) >= float(lines[1][:6])
    assert run([*command, "--steps", "61", "--batch", "32"]) == 2
    assert "holds a run that was begun with steps 60, not 61" in capsys.readouterr().err


def test_a_killed_run_resumes_to_the_same_weights(data: Path, tmp_path: Path, monkeypatch) -> None:
    """Dropout and noise included."""
    captions = read_captions([Features(data / "features")], [data / "store"])
    recipe = ContrastRecipe(steps=6, batch=8, dropout=0.3, noise=0.5, width=8, hidden=8)
    train_contrast(captions, BUNDLED_SHA256, tmp_path / "whole", recipe)

    class KilledError(Exception):
        pass

    def killed(task, folder: Path, *arguments, **options) -> None:
        original = task.loss

        def loss(step: int):
            if step == 4:
                raise KilledError
            return original(step)

        task.loss = loss
        train(task, folder, *arguments, **{**options, "save_every": 3})

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(module, "train", killed)
        train_contrast(captions, BUNDLED_SHA256, tmp_path / "parts", recipe)
    assert checkpoint.step_of(tmp_path / "parts") == 3
    train_contrast(captions, BUNDLED_SHA256, tmp_path / "parts", recipe)
    whole, parts = (load_file(tmp_path / name / checkpoint.NAME) for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    for name, values in whole.items():
        np.testing.assert_array_equal(values, parts[name], err_msg=name)


def test_a_run_goes_on_only_with_its_own_pictures_and_words(data: Path, tmp_path: Path) -> None:
    captions = read_captions([Features(data / "features")], [data / "store"])
    recipe = ContrastRecipe(steps=1, batch=4, width=8, hidden=8)
    train_contrast(captions, BUNDLED_SHA256, tmp_path, recipe)
    train_contrast(captions, BUNDLED_SHA256, tmp_path, recipe)
    before = (tmp_path / "clip.json").read_bytes()
    for change, told in (
        ({"tokens": captions.tokens[::-1]}, "features"),
        ({"texts": [text.replace("sedan", "coupe") for text in captions.texts]}, "descriptions"),
        ({"fits": ~captions.fits}, "descriptions"),
    ):
        with pytest.raises(StoreError, match=f"was begun with other {told}; go on"):
            train_contrast(dataclasses.replace(captions, **change), BUNDLED_SHA256, tmp_path, recipe)
        assert (tmp_path / "clip.json").read_bytes() == before


def test_shapes_of_two_folders_of_features_count_once(data: Path, tmp_path: Path) -> None:
    """As wholes and closer looks of the same pictures do."""
    captions = read_captions([Features(data / "features")] * 2, [data / "store"])
    train_contrast(captions, BUNDLED_SHA256, tmp_path, ContrastRecipe(steps=1, batch=4, width=8, hidden=8))
    assert json.loads((tmp_path / "clip.json").read_text())["trained_on"]["shapes"] == 56 - 8


def test_captions_join_pictures_with_what_is_said(data: Path) -> None:
    captions = read_captions([Features(data / "features")], [data / "store"])
    assert captions.tokens.shape == (4 * 56, 2 * WIDTH)
    assert set(captions.texts) == {
        "sedan", "pickup", "car", "airplane", "airplane with a T-tail", "airplane with a conventional tail"
    }  # fmt: skip
    row = next(i for i, one in enumerate(captions.described) if one.id == "T-3")
    said = [captions.texts[i] for i in np.flatnonzero(captions.fits[row])]
    assert said == ["airplane", "airplane with a T-tail"]
    assert len(captions.of(training=False)) == 4 * 8


def test_what_does_not_fit_together_is_one_line(data: Path, tmp_path: Path) -> None:
    write_store_of(tmp_path / "store", {"flightgear__A320": airplane()})
    features = [Features(data / "features")]
    with pytest.raises(StoreError, match="has no descriptions; make them with: latentmapper data describe"):
        read_captions(features, [tmp_path / "store"])
    write_descriptions(tmp_path / "store", describe_store(Store.open(tmp_path / "store")))
    assert (tmp_path / "store" / NAME).is_file()
    with pytest.raises(StoreError, match="has both pictures and a description"):
        read_captions(features, [tmp_path / "store"])
    with pytest.raises(RecipeError, match="--batch must be at least 2, not 1"):
        ContrastRecipe(batch=1)


def test_pairs_that_are_missing_or_damaged_are_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(
        MissingError, match=r"no contrastive pair in .*; make one with: latentmapper train clip"
    ):
        BundledClip(tmp_path)
    captions = read_captions([Features(data / "features")], [data / "store"])
    train_contrast(captions, "0" * 64, tmp_path, ContrastRecipe(steps=1, batch=4, width=8, hidden=8))
    with pytest.raises(PackError, match="was made for another ViT"):
        BundledClip(tmp_path).images(np.zeros((1, 224, 224, 3), np.float32))
    (tmp_path / "text.onnx").write_bytes(b"short")
    with pytest.raises(PackError, match=r"text\.onnx is missing or differs from its hash"):
        BundledClip(tmp_path)
