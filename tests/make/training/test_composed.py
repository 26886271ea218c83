"""The paper's mapper reads compressed labels and a second block, and refuses what does not fit."""

import dataclasses
import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.cli import run  # noqa: E402
from latentmapper.errors import StoreError  # noqa: E402
from latentmapper.make.dataset.features import Features  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.autoencoder import AutoencoderShape  # noqa: E402
from latentmapper.make.models.mapper import Mapper, MapperShape, Standard  # noqa: E402
from latentmapper.make.training import checkpoint  # noqa: E402
from latentmapper.make.training.autoencoder import AutoencoderRecipe, load_encoder, train_autoencoder  # noqa: E402
from latentmapper.make.training.composed import AUTOENCODER, Composition  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.mapper_recipe import MAPPER_PAPER  # noqa: E402
from latentmapper.make.training.mapper_run import load_mapper_run  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run  # noqa: E402
from tests.make.bags import write_bag, write_beside  # noqa: E402
from tests.make.second import SHAPES, write_second_features  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_mapper import write_features  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402

COMPRESSED = AutoencoderRecipe(AutoencoderShape("embedding", 32, 8), epochs=20, batch=8, rate=1e-2)
PAPER = dataclasses.replace(
    MAPPER_PAPER,
    shape=dataclasses.replace(MAPPER_PAPER.shape, hidden=32),
    epochs=60,
    batch=8,
    rate=3e-3,
    metric_points=4,
)
Trained = tuple[TrainedShape, JoinedStore, Path]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A shape model of three ellipsoids, labels of their pictures and an autoencoder of these."""
    folder = tmp_path_factory.mktemp("composed")
    store = JoinedStore([write_tiny_store(folder / "store")])
    train_shape(store, folder / "shape", dataclasses.replace(TINY, steps=30))
    model = load_shape_run(folder / "shape")
    features = write_bag(folder / "labels", dict.fromkeys(model.ids, "train"))
    write_beside(folder / "words", dict.fromkeys(model.ids, "train"))
    train_autoencoder([features], folder / "autoencoder", COMPRESSED)
    return model, store, folder


def test_the_paper_names_the_shape_that_labels_show(trained: Trained, tmp_path: Path) -> None:
    _, _, folder = trained
    arguments = ["train", "mapper", str(folder / "shape"), "--stores", str(folder / "store")]
    arguments += ["--features", str(folder / "labels"), "--autoencoder", str(folder / "autoencoder")]
    options = ["--epochs", "60", "--batch", "8", "--shape.hidden", "32", "--metric-points", "4"]
    chosen = ["-o", str(tmp_path / "run"), "--recipe", "mapper-paper", *options]
    assert run([*arguments, *chosen]) == 0
    _names_shapes(trained, tmp_path / "run", beside=False)


def test_a_second_block_stands_beside_the_bottleneck(trained: Trained, tmp_path: Path) -> None:
    _train(trained, tmp_path / "run", beside=True)
    _names_shapes(trained, tmp_path / "run", beside=True)
    details = json.loads((tmp_path / "run" / "mapper.json").read_text())
    assert (details["tokens"], details["channels"]) == (1, 8 + 5)
    assert details["beside"]["kind"] == "words" and details["beside"]["length"] == 5


def test_the_run_keeps_the_encoder_it_reads_through(trained: Trained, tmp_path: Path) -> None:
    _train(trained, tmp_path / "run")
    own, kept = load_encoder(trained[2] / "autoencoder")[0], load_encoder(tmp_path / "run" / AUTOENCODER)[0]
    for name, value in own.state_dict().items():
        torch.testing.assert_close(kept.state_dict()[name], value, rtol=0, atol=0)


def test_a_pass_over_the_pictures_is_an_epoch(trained: Trained, tmp_path: Path) -> None:
    model, store, _ = trained
    features = write_bag(tmp_path / "labels", dict.fromkeys(model.ids, "train") | {"egg-3": "validation"})
    train_autoencoder([features], tmp_path / "autoencoder", dataclasses.replace(COMPRESSED, epochs=1))
    more, recipe = {"egg-3": model.codes[0].numpy()}, dataclasses.replace(PAPER, epochs=3, patience=99)
    train_mapper(
        model, store, [features], more, tmp_path / "run", recipe, autoencoder=tmp_path / "autoencoder"
    )
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    # 3 shapes of 6 pictures, 8 in a step.
    assert [line["step"] for line in lines if "held_out_displacement" in line] == [3, 6, 9]


def test_a_run_goes_on_only_with_its_own_autoencoder_and_second_block(
    trained: Trained, tmp_path: Path
) -> None:
    model, store, folder = trained
    features, beside = Features(folder / "labels"), [Features(folder / "words")]
    once = dataclasses.replace(PAPER, steps=1, epochs=0)
    go_on = partial(train_mapper, model, store, [features], {}, tmp_path / "run", once)
    go_on(autoencoder=folder / "autoencoder", beside=beside)
    shutil.copytree(folder / "autoencoder", tmp_path / "autoencoder")
    further = dataclasses.replace(COMPRESSED, epochs=COMPRESSED.epochs + 1)
    train_autoencoder([features], tmp_path / "autoencoder", further)
    kept = (tmp_path / "run" / AUTOENCODER / checkpoint.NAME).read_bytes()
    with pytest.raises(StoreError, match="begun with other weights of the autoencoder; go on"):
        go_on(autoencoder=tmp_path / "autoencoder", beside=beside)
    with pytest.raises(StoreError, match="begun with other features beside them; go on"):
        go_on(autoencoder=folder / "autoencoder")
    assert (tmp_path / "run" / AUTOENCODER / checkpoint.NAME).read_bytes() == kept


def test_without_a_trained_mixture_weights_tell_which_known_code_is_near(trained: Trained) -> None:
    model, _, _ = trained
    mapper = Mapper(MapperShape(head="direct", body="dense", hidden=8), model.codes, 1, 13).eval()
    with torch.no_grad():
        mapper.change.bias.copy_((model.codes[1] - mapper.code_mean) / mapper.code_std)
    code, weights = mapper(torch.randn(2, 13))
    torch.testing.assert_close(code, model.codes[[1, 1]])
    torch.testing.assert_close(weights.sum(1), torch.ones(2))
    assert (weights.argmax(1) == 1).all()


def test_numbers_that_hardly_vary_are_not_blown_up() -> None:
    standard = Standard(3)
    descriptors = torch.randn(500, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [4.0, 1.0, 0.0]
    )
    standard.fit(descriptors + 7)
    found = standard(descriptors + 7)
    torch.testing.assert_close(found.std(0), torch.tensor([1.0, 1.0, 0.0]), atol=0.01, rtol=0)
    torch.testing.assert_close(found.mean(0), torch.zeros(3), atol=1e-3, rtol=0)


def test_labels_are_not_read_as_amounts(trained: Trained, tmp_path: Path) -> None:
    model, store, _ = trained
    features = write_bag(tmp_path / "labels", dict.fromkeys(model.ids, "train"))
    with pytest.raises(StoreError, match=r"labels are names, not amounts: .* --autoencoder"):
        train_mapper(model, store, [features], {}, tmp_path / "run", PAPER)


def test_an_autoencoder_of_other_clusters_is_refused(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, _, folder = trained
    write_bag(tmp_path / "labels", dict.fromkeys(model.ids, "train"), seed=5)
    arguments = ["train", "mapper", str(folder / "shape"), "--stores", str(folder / "store")]
    arguments += ["--features", str(tmp_path / "labels"), "--autoencoder", str(folder / "autoencoder")]
    assert run([*arguments, "-o", str(tmp_path / "run"), "--recipe", "mapper-paper"]) == 1
    assert "autoencoder reads features of another clusters than" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_second_block_of_other_pictures_is_refused(trained: Trained, tmp_path: Path) -> None:
    model, store, folder = trained
    from latentmapper.make.dataset.features import Features

    labels, ids = Features(folder / "labels"), dict.fromkeys(model.ids, "train")
    fewer = write_beside(tmp_path / "words", ids, pictures=5)
    for beside, message in (
        ([fewer], "words describes other pictures than"),
        ([fewer, fewer], "--beside: 2 folders for 1 of --features"),
    ):
        with pytest.raises(StoreError, match=message):
            train_mapper(
                *(model, store, [labels], {}, tmp_path / "run", PAPER),
                autoencoder=folder / "autoencoder",
                beside=beside,
            )


def test_only_dense_layers_read_through_an_autoencoder(trained: Trained, tmp_path: Path) -> None:
    model, store, folder = trained
    features = write_features(tmp_path / "pooled", dict.fromkeys(model.ids, "train"))
    recipe = dataclasses.replace(PAPER, shape=MapperShape(body="whitened"))
    with pytest.raises(StoreError, match=r"--autoencoder and --beside are for --shape\.body dense"):
        train_mapper(
            *(model, store, [features], {}, tmp_path / "run", recipe), autoencoder=folder / "autoencoder"
        )


def _train(trained: Trained, run: Path, beside: bool = False) -> None:
    from latentmapper.make.dataset.features import Features

    model, store, folder = trained
    train_mapper(
        *(model, store, [Features(folder / "labels")], {}, run, PAPER),
        autoencoder=folder / "autoencoder",
        beside=[Features(folder / "words")] if beside else [],
    )


def _names_shapes(trained: Trained, run: Path, beside: bool) -> None:
    """Assert that a run tells which shape each picture shows."""
    from latentmapper.make.dataset.features import Features

    model, _, folder = trained
    mapper, _ = load_mapper_run(run)
    encoder, _ = load_encoder(run / AUTOENCODER)
    labels, words = Features(folder / "labels"), Features(folder / "words")
    for i, (record, other) in enumerate(zip(labels.records, words.records, strict=True)):
        read = encoder(torch.from_numpy(np.array(labels.load(record), np.float32)))
        if beside:
            read = torch.cat([read, torch.from_numpy(words.load(other)).float()], 1)
        nearest = torch.cdist(mapper(read)[0], model.codes).argmin(1)
        assert (np.asarray(nearest) == i).mean() > 0.8


def test_features_for_a_second_mapper_are_no_second_block(tmp_path: Path) -> None:
    """A pack would take what reads them for the paper's mapper, and refuse every photo."""
    seen, names = write_second_features(tmp_path / "seen"), dict.fromkeys(SHAPES, "train")
    for composition in (
        Composition([seen], None),
        Composition([write_bag(tmp_path / "labels", names)], None, [seen]),
    ):
        with pytest.raises(StoreError, match="--kind efficientnet, which latentmapper train second alone"):
            composition.check()
