"""Packs of the paper's composition: labels of patches, compressed, with or without a second block."""

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.cli import run  # noqa: E402
from latentmapper.errors import PackError, RecipeError  # noqa: E402
from latentmapper.features import compression  # noqa: E402
from latentmapper.features.bag import Bag  # noqa: E402
from latentmapper.features.closer import Clustered  # noqa: E402
from latentmapper.features.clusters import Clusters  # noqa: E402
from latentmapper.features.dense import Dense  # noqa: E402
from latentmapper.features.vit import BUNDLED_SHA256, Tokens, ViT  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.dataset.store import Store  # noqa: E402
from latentmapper.make.descriptors import export_encoder  # noqa: E402
from latentmapper.make.models.autoencoder import AutoencoderShape  # noqa: E402
from latentmapper.make.models.half import round_weights  # noqa: E402
from latentmapper.make.pack_recipe import PackRecipe  # noqa: E402
from latentmapper.make.packaging import build_pack  # noqa: E402
from latentmapper.make.training.autoencoder import AutoencoderRecipe, load_encoder, train_autoencoder  # noqa: E402
from latentmapper.make.training.composed import AUTOENCODER  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.mapper_recipe import MAPPER_PAPER  # noqa: E402
from latentmapper.make.training.mapper_run import load_mapper_run  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.pack_folder import FORMAT  # noqa: E402
from tests.make.bags import COUNT, write_bag, write_beside  # noqa: E402
from tests.make.fake_vit import head_for  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_mapper import write_features  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402
from tests.photo.pictures import quarters  # noqa: E402

FIRST = Dense("keys", (0,), (224, 224), 14, 14)
"""Keys of the bundled ViT's first block alone: the rest of it need not run."""
SMALL = dataclasses.replace(MAPPER_PAPER, shape=dataclasses.replace(MAPPER_PAPER.shape, hidden=16), epochs=2)
COMPRESSED = AutoencoderRecipe(AutoencoderShape("embedding", 32, 8), epochs=2, batch=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of shapes, an autoencoder, mappers without and with a second block, and a pack of each."""
    root = tmp_path_factory.mktemp("labels")
    store = JoinedStore([write_tiny_store(root / "store")])
    train_shape(store, root / "shape", dataclasses.replace(TINY, steps=40))
    model, vit = load_shape_run(root / "shape"), ViT.bundled(threads=1)
    ids = dict.fromkeys(model.ids, "train")
    keys = vit.dense(np.random.default_rng(0).random((1, 224, 224, 3), np.float32), FIRST)
    clusters = Clusters(keys.reshape(256, -1)[:: 256 // COUNT][:COUNT], np.ones(1, np.float32))
    described = Bag("labels", FIRST, clusters)
    labels = write_bag(root / "labels", ids, sha256=BUNDLED_SHA256, described=described)
    words = write_beside(root / "words", ids)
    train_autoencoder([labels], root / "autoencoder", COMPRESSED)
    for name, beside in (("plain", []), ("beside", [words])):
        train_mapper(
            *(model, store, [labels], {}, root / f"mapper-{name}", SMALL),
            autoencoder=root / "autoencoder",
            beside=beside,
        )
        build_pack(root / name, PackRecipe(f"egg-{name}"), root / "shape", root / f"mapper-{name}", store)
    return root


def test_a_pack_gives_the_codes_of_the_torch_models(folder: Path) -> None:
    vit, square = ViT.bundled(threads=1), np.random.default_rng(1).random((224, 224, 3), np.float32)
    pack = Pack.open(folder / "plain")
    found = pack.map(pack.look(vit, square, vit.describe(square[None])))
    encoder, mapper = load_encoder(folder / "autoencoder")[0], load_mapper_run(folder / "mapper-plain")[0]
    round_weights(encoder)
    round_weights(mapper)
    features = vit.dense(square[None], FIRST)[0].reshape(256, -1)
    apart = np.linalg.norm(features[:, None] - pack.arrays["centroids"], axis=-1)
    code, weights = mapper(encoder(torch.from_numpy(apart.argmin(1)).float()[None]))
    np.testing.assert_allclose(found.code, code[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(found.weights, weights[0].numpy(), atol=1e-4)


def test_it_says_how_pictures_are_described(folder: Path) -> None:
    metadata = Pack.open(folder / "plain").metadata
    wanted = {"kind": "labels", "facet": "keys", "blocks": [0], "size": [224, 224], "patch": 14, "stride": 14}
    assert metadata["closer"] == wanted | {"grid": 0, "length": 256}
    assert metadata["encoder"] == {"entry": "embedding", "hidden": 32, "bottleneck": 8, "length": 8}
    assert metadata["descriptor"] == {"kind": "pooled", "grid": 1, "length": 3 * 384}
    assert metadata["format"] == FORMAT


def test_reconstruct_runs_it_without_what_trained_it(folder: Path, tmp_path: Path) -> None:
    quarters().save(tmp_path / "photo.png")
    program = (
        "import sys; from latentmapper.cli import run; assert run(sys.argv[1:]) == 0;"
        "assert not {'torch', 'sklearn', 'transformers'} & set(sys.modules)"
    )
    arguments = ["reconstruct", "photo.png", "--pack", str(folder / "plain"), "--resolution", "64"]
    command = [sys.executable, "-c", program, *arguments, "-o", "made.glb"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "made.glb").stat().st_size > 1000


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"size": [224, 312]}, "descriptors of length 256, but pictures of 224 x 312 give 352"),
        ({"blocks": [12]}, "this ViT has blocks 0 to 11, not 12"),
        ({"patch": 8, "stride": 14}, "this ViT has patches of 14 pixels, not 8"),
        ({"kind": "words"}, "wants the unknown descriptor 'words'"),
        ({"stride": None}, "is damaged: "),
    ],
)
def test_a_pack_that_does_not_fit_is_one_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], entry: dict, message: str
) -> None:
    pack = _changed(folder / "plain", tmp_path / "pack", "closer", entry)
    quarters().save(tmp_path / "photo.png")
    chosen = ["--pack", str(pack), "-o", str(tmp_path / "made.glb"), "--resolution", "64"]
    assert run(["reconstruct", str(tmp_path / "photo.png"), *chosen]) == 3
    error = capsys.readouterr().err.strip()
    assert message in error and "\n" not in error


def test_a_second_block_is_what_was_registered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_OPENERS", {})
    vit, square = ViT.bundled(threads=1), np.random.default_rng(1).random((224, 224, 3), np.float32)
    tokens = vit.describe(square[None])
    with pytest.raises(PackError, match=r"egg-beside wants the unknown second descriptor 'words'"):
        Pack.open(folder / "beside").look(vit, square, tokens)
    opened = []

    def opener(entry: Any, path: Path, threads: int) -> compression.Beside:
        opened.append((entry["length"], path))
        return lambda picture, _: np.full(entry["length"], picture.mean(), np.float32)

    compression.register_beside("words", opener)
    pack = Pack.open(folder / "beside")
    read = pack.look(vit, square, tokens)
    assert opened == [(5, folder / "beside")]
    np.testing.assert_allclose(read[0, 8:], square.mean(), rtol=1e-5)
    np.testing.assert_allclose(read[:, :8], Pack.open(folder / "plain").look(vit, square, tokens), atol=1e-6)
    assert np.isfinite(pack.map(read).code).all()


@pytest.mark.parametrize(
    ("closer", "located", "message"),
    [
        (True, False, "made with --closer: name what finds the object with --location"),
        (False, True, "--location: the features were made without --closer"),
    ],
)
def test_whole_pictures_and_closer_looks_are_not_mixed(
    folder: Path, tmp_path: Path, closer: bool, located: bool, message: str
) -> None:
    run_of = tmp_path / "mapper"
    shutil.copytree(folder / "mapper-plain", run_of)
    details = json.loads((run_of / "mapper.json").read_text()) | {"closer": closer}
    (run_of / "mapper.json").write_text(json.dumps(details))
    location = head_for((0.5, 0.5, 1, 1), 384) if located else None
    store = JoinedStore([Store.open(folder / "store")])
    with pytest.raises(RecipeError, match=message):
        build_pack(tmp_path / "pack", PackRecipe("egg"), folder / "shape", run_of, store, None, location)
    assert not (tmp_path / "pack").exists()


def test_the_papers_encoder_fits_into_a_pack(tmp_path: Path) -> None:
    paper = Bag("labels", Dense("keys", (0,), (224, 312), 8, 4), _clusters(20))
    labels = write_bag(tmp_path / "labels", {"a": "train"}, described=paper)
    for entry in ("numbers", "embedding"):
        recipe = AutoencoderRecipe(AutoencoderShape(entry), epochs=1)
        train_autoencoder([labels], tmp_path / entry / AUTOENCODER, recipe)
        export_encoder(tmp_path / entry, tmp_path / entry, int8=True)
        assert (tmp_path / entry / "encoder.onnx").stat().st_size < 5.5e6


def test_pooled_tokens_may_be_compressed_too(folder: Path, tmp_path: Path) -> None:
    model = load_shape_run(folder / "shape")
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    pooled = write_features(tmp_path / "pooled", dict.fromkeys(model.ids, "train"))
    numbers = dataclasses.replace(COMPRESSED, shape=AutoencoderShape("numbers", 16, 4))
    train_autoencoder([pooled], tmp_path / "autoencoder", numbers)
    train_mapper(
        *(model, store, [pooled], {}, tmp_path / "mapper", SMALL), autoencoder=tmp_path / "autoencoder"
    )
    build_pack(tmp_path / "pack", PackRecipe("egg-p"), folder / "shape", tmp_path / "mapper", store)
    pack, vit = Pack.open(tmp_path / "pack"), ViT.bundled(threads=1)
    rng = np.random.default_rng(0)
    tokens = Tokens(rng.random((1, 6), np.float32), rng.random((1, 16, 16, 6), np.float32))
    encoder = load_encoder(tmp_path / "autoencoder")[0]
    round_weights(encoder)
    truth = encoder(torch.from_numpy(pack.overview(tokens)))[0].numpy()
    read = pack.look(vit, np.zeros((224, 224, 3), np.float32), tokens)
    np.testing.assert_allclose(read, truth[None], atol=1e-4)


def _clusters(count: int) -> Clusters:
    centroids = np.random.default_rng(0).random((count, 9)).astype(np.float32)
    return Clusters(centroids, np.ones(1, np.float32))


def _changed(source: Path, target: Path, field: str, change: dict) -> Path:
    """A copy of a pack with other words in pack.json, which no hash covers."""
    target.mkdir()
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    metadata = json.loads((target / "pack.json").read_text())
    metadata[field] |= change
    (target / "pack.json").write_text(json.dumps(metadata))
    return target


def test_a_wide_picture_is_described_as_wide_as_it_is(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo of 7:5 fills the picture that labels are of, as the renders do; a square stands in it."""
    wide = Bag("labels", Dense("keys", (0,), (224, 312), 14, 14), _clusters(20))
    seen = []
    pack = Pack.open(folder / "plain")
    monkeypatch.setattr(pack, "_closer", lambda _, shown, known: (seen.append(shown.shape), np.zeros(256))[1])
    vit, square = ViT.bundled(threads=1), np.zeros((224, 224, 3), np.float32)
    tokens = vit.describe(square[None])
    pack.look(vit, square, tokens, 1, np.zeros((224, 312, 3), np.float32))
    pack.look(vit, square, tokens)
    assert seen == [(224, 312, 3), (224, 224, 3)]
    monkeypatch.setattr(pack, "_closer", Clustered(wide))
    assert pack.whole_size == (224, 312)
    assert Pack.open(folder / "plain").whole_size == (224, 224)
