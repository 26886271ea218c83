"""The paper's second block: a contrastive pair's embedding beside the ViT's descriptor, through to a pack."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from latentmapper.cli import run  # noqa: E402
from latentmapper.errors import PackError, StoreError  # noqa: E402
from latentmapper.features.clip.bundled import EMBEDDING, HEADER, IDS, IMAGE, TEXT, TOKENS, BundledClip  # noqa: E402
from latentmapper.features.clip.image import GRAPH, ClipImage  # noqa: E402
from latentmapper.features.vit import BUNDLED_SHA256, ViT  # noqa: E402
from latentmapper.files import sha256_of_file, write_json  # noqa: E402
from latentmapper.make.clip import keep_image_encoder, load_clip  # noqa: E402
from latentmapper.make.dataset.features import Features  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.dataset.views import View, ViewRecord, Views, write_shard  # noqa: E402
from latentmapper.make.models.contrast import TextNetwork  # noqa: E402
from latentmapper.make.models.export import export_onnx  # noqa: E402
from latentmapper.make.packaging import PackRecipe, build_pack, load_mapper_run  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.mapper_recipe import MAPPER_PAPER  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.render.camera import Camera  # noqa: E402
from tests.make.models.clip_weights import rn101_weights, write_merges  # noqa: E402
from tests.make.models.test_clip_hub import write_checkpoint  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402

SMALL = dataclasses.replace(MAPPER_PAPER, shape=dataclasses.replace(MAPPER_PAPER.shape, hidden=16), epochs=2)
WIDTH = 384


def write_pair(folder: Path, vit_sha256: str = BUNDLED_SHA256, outputs: int = 512) -> Path:
    """A pair in the format of `train clip`, of random weights."""
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    image, text = torch.nn.Linear(2 * WIDTH, outputs), TextNetwork(4, 16, 0.0)
    export_onnx(image.eval(), torch.zeros(1, 2 * WIDTH), folder / IMAGE, TOKENS, [EMBEDDING])
    export_onnx(text.eval(), torch.ones(1, 6), folder / TEXT, IDS, [EMBEDDING])
    hashes = {name: sha256_of_file(folder / name) for name in (IMAGE, TEXT)}
    header = {"format": 1, "name": "random", "vit_sha256": vit_sha256, "length": 6, "words": ["a", "car"]}
    write_json(folder / HEADER, header | {"files": hashes})
    return folder


def _write_views(folder: Path, shapes: list[str]) -> None:
    folder.mkdir()
    lines = []
    for i, shape in enumerate(shapes):
        rng = np.random.default_rng(i)
        images = [rng.integers(0, 255, (224, 224, 3), np.uint8) for _ in range(2)]
        mask = np.ones((224, 224), bool)
        file = f"{i}.safetensors"
        digest = write_shard(folder, file, [View(image, mask, Camera(0, 30, 3, 40), 0.0) for image in images])
        record = ViewRecord(shape, "train", shape, "test", "original", None, len(images), file, digest)
        lines.append(json.dumps(vars(record)) + "\n")
    (folder / "views.json").write_text(json.dumps({"format": 1, "recipe": {}}))
    (folder / "manifest.jsonl").write_text("".join(lines))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shape run, views, both pairs, and features of each kind, made by the commands."""
    root = tmp_path_factory.mktemp("clip")
    store = JoinedStore([write_tiny_store(root / "store")])
    train_shape(store, root / "shape", dataclasses.replace(TINY, steps=40))
    _write_views(root / "views", load_shape_run(root / "shape").ids)
    (root / "hub").mkdir()
    write_checkpoint(root / "hub")
    write_pair(root / "pair")
    views = str(root / "views")
    assert run(["data", "features", views, "-o", str(root / "pooled"), "--grid", "1"]) == 0
    for name, pair in (("f-hub", "transformers:hub"), ("f-pair", "bundled:pair")):
        backend, _, place = pair.partition(":")
        spec = f"{backend}:{root / place}"
        assert run(["data", "features", views, "-o", str(root / name), "--kind", "clip", "--clip", spec]) == 0
    return root


@pytest.mark.parametrize(("name", "reads"), [("hub", "pictures"), ("pair", "tokens")])
def test_a_pack_describes_a_photo_as_its_training_pictures_were(
    folder: Path, tmp_path: Path, name: str, reads: str
) -> None:
    model, store = load_shape_run(folder / "shape"), JoinedStore([write_tiny_store(tmp_path / "store")])
    pooled, words = Features(folder / "pooled"), Features(folder / f"f-{name}")
    train_mapper(model, store, [pooled], {}, tmp_path / "mapper", SMALL, beside=[words])
    build_pack(tmp_path / "pack", PackRecipe("egg-clip"), folder / "shape", tmp_path / "mapper", store)
    pack, vit = Pack.open(tmp_path / "pack"), ViT.bundled(threads=1)
    assert pack.metadata["beside"] == {
        "kind": "clip",
        "length": 512,
        "sha256": pack.metadata["files"][GRAPH],
        "closer": False,
    }
    assert ClipImage(tmp_path / "pack" / GRAPH, 1).reads == reads
    views = Views.open(folder / "views")
    square = (views.load(views.records[0])[0].image / np.float32(255)).astype(np.float32)
    (read,) = pack.look(vit, square, vit.describe(square[None]))
    np.testing.assert_allclose(read[: 3 * WIDTH], pooled.load(pooled.records[0])[0], atol=2e-3, rtol=1e-3)
    np.testing.assert_allclose(read[3 * WIDTH :], words.load(words.records[0])[0], atol=1e-3)
    code, _ = load_mapper_run(tmp_path / "mapper")[0](torch.from_numpy(read)[None])
    np.testing.assert_allclose(pack.map(read).code, code[0].numpy(), atol=1e-2)


def test_graphs_embed_as_their_pairs_do(folder: Path, tmp_path: Path) -> None:
    write_merges(tmp_path / "rn101")
    torch.save(rn101_weights(), tmp_path / "rn101" / "RN101.pt")
    vit = ViT.bundled(threads=1)
    pictures = np.random.default_rng(3).random((2, 224, 224, 3), np.float32)
    for i, spec in enumerate(
        ("rn101:" + str(tmp_path / "rn101"), f"transformers:{folder / 'hub'}", f"bundled:{folder / 'pair'}")
    ):
        clip = load_clip(spec)
        graph = keep_image_encoder(clip, tmp_path / str(i), BUNDLED_SHA256)
        np.testing.assert_allclose(graph(pictures, vit.describe(pictures)), clip.images(pictures), atol=1e-5)


def test_features_of_another_pair_are_not_mixed(folder: Path, tmp_path: Path, capsys) -> None:
    write_pair(tmp_path / "pair")
    command = ["data", "features", str(folder / "views"), "-o", str(folder / "f-pair"), "--kind", "clip"]
    assert run([*command, "--clip", f"bundled:{folder / 'pair'}"]) == 0, "the same again is no other"
    assert run([*command, "--clip", f"transformers:{folder / 'hub'}"]) == 1
    assert "holds features of another clip; choose another folder" in capsys.readouterr().err
    assert run([*command, "--clip", f"bundled:{folder / 'pair'}"]) == 0, "it is whole still"


def test_a_pair_of_ours_needs_no_second_pass_of_the_vit(folder: Path, tmp_path: Path, capsys) -> None:
    command = ["data", "features", str(folder / "pooled"), "-o", str(tmp_path / "out"), "--kind", "clip"]
    assert run([*command, "--clip", f"bundled:{folder / 'pair'}"]) == 0
    made, seen = Features(tmp_path / "out"), Features(folder / "f-pair")
    assert made.meaning == seen.meaning and made.records == seen.records and made.width == seen.width
    for record in seen.records:
        np.testing.assert_allclose(made.load(record), seen.load(record), atol=2e-3)
        np.testing.assert_array_equal(made.directions(record), seen.directions(record))
    assert run([*command, "--clip", f"transformers:{folder / 'hub'}"]) == 2
    assert "this pair looks at pictures; give it those of" in capsys.readouterr().err
    command[2] = str(folder / "f-pair")
    assert run([*command, "--clip", f"bundled:{folder / 'pair'}"]) == 2
    assert "holds features of --kind clip, not pooled" in capsys.readouterr().err


def test_a_pair_for_another_vit_is_refused(folder: Path, tmp_path: Path) -> None:
    write_pair(tmp_path / "pair", vit_sha256="1" * 64)
    with pytest.raises(StoreError, match="random was made for another ViT"):
        keep_image_encoder(BundledClip(tmp_path / "pair"), tmp_path / "out", BUNDLED_SHA256)
    assert not (tmp_path / "out" / GRAPH).exists()


def test_a_graph_that_is_no_image_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"clip\.onnx is missing"):
        ClipImage(tmp_path / GRAPH, 1)
    export_onnx(torch.nn.Linear(3, 512), torch.zeros(1, 3), tmp_path / GRAPH, "colours", [EMBEDDING])
    with pytest.raises(PackError, match="reads 'colours', which is neither pictures nor tokens"):
        ClipImage(tmp_path / GRAPH, 1)
    write_pair(tmp_path / "short", outputs=8)
    graph = ClipImage(tmp_path / "short" / IMAGE, 1)
    tokens = ViT.bundled(threads=1).describe(np.zeros((1, 224, 224, 3), np.float32))
    with pytest.raises(PackError, match="gives 8 numbers a picture, not 512"):
        graph(np.zeros((1, 224, 224, 3), np.float32), tokens)


def test_an_embedding_alone_makes_a_pack(folder: Path, tmp_path: Path) -> None:
    model, store = load_shape_run(folder / "shape"), JoinedStore([write_tiny_store(tmp_path / "store")])
    words = Features(folder / "f-pair")
    with pytest.raises(StoreError, match=r"--kind clip stand alone: leave out --autoencoder and --beside"):
        train_mapper(model, store, [words], {}, tmp_path / "mapper", SMALL, beside=[words])
    train_mapper(model, store, [words], {}, tmp_path / "mapper", SMALL)
    build_pack(tmp_path / "pack", PackRecipe("egg-clip"), folder / "shape", tmp_path / "mapper", store)
    pack, vit = Pack.open(tmp_path / "pack"), ViT.bundled(threads=1)
    assert pack.metadata["closer"] == {"kind": "none", "length": 0}
    assert pack.metadata["descriptor"]["length"] == 3 * WIDTH
    views = Views.open(folder / "views")
    square = (views.load(views.records[0])[0].image / np.float32(255)).astype(np.float32)
    tokens = vit.describe(square[None])
    (read,) = pack.look(vit, square, tokens)
    np.testing.assert_allclose(read, words.load(words.records[0])[0], atol=1e-3)
    assert np.isfinite(pack.presence(pack.overview(tokens)[0]))
    assert np.isfinite(pack.map(read).code).all()
