"""A finished pack gets a second mapper: it asks both, and tells where that came from."""

import shutil
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper import files  # noqa: E402
from latentmapper.errors import PackError, RecipeError, UsageError  # noqa: E402
from latentmapper.features import efficientnet  # noqa: E402
from latentmapper.make import second_pack  # noqa: E402
from latentmapper.make.models.half import round_weights  # noqa: E402
from latentmapper.make.models.second import Names  # noqa: E402
from latentmapper.make.second_pack import SecondUse, add_second  # noqa: E402
from latentmapper.make.training.second import train_second  # noqa: E402
from latentmapper.make.training.second_run import load_second  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.pack_folder import FORMAT, damaged_files, read_metadata  # noqa: E402
from latentmapper.runtime import Session  # noqa: E402
from latentmapper.second import DESCRIPTOR, GRAPH, LIKELIHOODS, SecondMapper  # noqa: E402
from tests.make.second import CHANNELS, FIRST, LENGTH, SHAPES, write_drawing_pack, write_second_features  # noqa: E402
from tests.make.training.test_second import TINY  # noqa: E402
from tests.tiny_pack import CODE_SIZE, write_tiny_pack  # noqa: E402


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, Path]:
    """A tiny pack, and a run of a second mapper for it."""
    folder = tmp_path_factory.mktemp("second")
    pack = Pack.open(write_drawing_pack(folder / "pack"))
    train_second(pack, [write_second_features(folder / "features")], folder / "run", TINY)
    return pack, folder / "run"


@pytest.mark.parametrize(("weight", "sharpness"), [(2.0, 0.6), (1.0, 1.0), (0.0, 1.0)])
def test_what_both_say_of_known_shapes_is_multiplied(
    made: tuple[Pack, Path], tmp_path: Path, weight: float, sharpness: float
) -> None:
    pack, run = made
    add_second(pack.folder, run, tmp_path / "new", SecondUse(weight, sharpness))
    rng = np.random.default_rng(0)
    first = rng.normal(size=(3, FIRST)).astype(np.float32)
    beside = rng.normal(size=(3, LENGTH)).astype(np.float32)
    found, weights = Pack.open(tmp_path / "new").map_batch(np.concatenate([first, beside], 1))
    shapes, _ = load_second(run)
    round_weights(shapes)
    # What the pack's own mapper says, before it is drawn anywhere.
    (own,) = pack._mapper._graph.run(["code"], descriptor=first)
    apart = (own[:, None] - pack.bank) @ pack.arrays["projection"].astype(np.float32)
    logits = -0.5 * sharpness * np.square(apart).sum(2)
    logits += weight * shapes(torch.from_numpy(beside)).numpy()
    wanted = np.exp(logits - logits.max(1, keepdims=True))
    wanted /= wanted.sum(1, keepdims=True)
    np.testing.assert_allclose(weights, wanted, atol=1e-3)
    np.testing.assert_allclose(found, wanted @ pack.bank, atol=2e-3)
    if not weight:
        np.testing.assert_allclose(found, pack.map_batch(first)[0], atol=1e-5)


@pytest.mark.parametrize("naming", [0.0, 0.5])
def test_names_have_their_say(
    made: tuple[Pack, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, naming: float
) -> None:
    pack, run = made
    rng = np.random.default_rng(0)
    rows, likeness = rng.normal(size=(3, CHANNELS + 1)), rng.uniform(0.1, 3, (3, len(SHAPES)))
    names = Names(rows.astype("f4"), np.array([2, 0, 1]), likeness.astype("f4"), 0.1)
    monkeypatch.setattr(second_pack, "names_of", lambda pack: names)
    add_second(pack.folder, run, tmp_path / "new", SecondUse(naming=naming))
    beside = rng.normal(size=(3, LENGTH)).astype(np.float32)
    found = Session(tmp_path / "new" / GRAPH).run([LIKELIHOODS], **{DESCRIPTOR: beside})[0]
    shapes, _ = load_second(run)
    round_weights(shapes)
    wanted = shapes(torch.from_numpy(beside)).numpy()
    scores = beside[:, :CHANNELS] @ rows[:, :-1].T + rows[:, -1]
    chances = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    np.testing.assert_allclose(
        found, wanted + naming * np.log(0.9 * chances @ likeness[[2, 0, 1]] + 0.1), atol=2e-2
    )


def test_it_tells_what_it_is_made_of(made: tuple[Pack, Path], tmp_path: Path) -> None:
    pack, run = made
    metadata = add_second(pack.folder, run, tmp_path / "new", SecondUse())
    new = Pack.open(tmp_path / "new")
    assert new.hash != pack.hash and damaged_files(new.folder, metadata) == []
    assert metadata["format"] == FORMAT and metadata["results"] == []
    assert metadata["beside"] == {
        "kind": "efficientnet",
        "length": LENGTH,
        "sha256": efficientnet.SHA256,
        "closer": True,
    }
    assert metadata["second"] == {"weight": 2.0, "sharpness": 0.5, "naming": 0.5}
    assert metadata["training"]["second"]["pictures"] == 48
    for name in ("NOTICE", "MODEL_CARD.md"):
        assert "reads EfficientNet-Lite2 (Copyright Google and ML" in (new.folder / name).read_text()
    again = add_second(new.folder, run, tmp_path / "again", SecondUse(weight=0.3), "tiny-2")
    assert (metadata["id"], again["id"]) == ("tiny-car", "tiny-2")
    assert again["second"]["weight"] == 0.3 and set(again["files"]) == set(metadata["files"])


def test_what_does_not_fit_is_refused(made: tuple[Pack, Path], tmp_path: Path) -> None:
    pack, run = made
    with pytest.raises(UsageError, match="something lies there; name a new folder"):
        add_second(pack.folder, run, pack.folder, SecondUse())
    plain = write_tiny_pack(tmp_path / "plain")
    with pytest.raises(RecipeError, match="looks at whole pictures"):
        add_second(plain, run, tmp_path / "new", SecondUse())
    other = write_drawing_pack(tmp_path / "other")
    metadata = read_metadata(other)
    beside = {"beside": {"kind": "clip", "length": 512}}
    files.write_json(other / "pack.json", metadata | beside)
    with pytest.raises(RecipeError, match="reads two descriptors already"):
        add_second(other, run, tmp_path / "new", SecondUse())
    details = files.parse_object((run / "second.json").read_text())
    others = {"codes": "tells apart other shapes than pack tiny-car", "network": "of another network"}
    for name, told in others.items():
        shutil.copytree(run, tmp_path / name)
        files.write_json(tmp_path / name / "second.json", details | {name: "0" * 64})
        with pytest.raises(RecipeError, match=told):
            add_second(pack.folder, tmp_path / name, tmp_path / "new", SecondUse())
    assert not (tmp_path / "new").exists()


def test_a_graph_that_is_missing_or_another_is_refused(made: tuple[Pack, Path], tmp_path: Path) -> None:
    pack, run = made
    add_second(pack.folder, run, tmp_path / "new", SecondUse())
    descriptors = np.zeros((1, FIRST + LENGTH), np.float32)
    metadata = read_metadata(tmp_path / "new")
    other = {**metadata, "files": {k: v for k, v in metadata["files"].items() if k != GRAPH}}
    files.write_json(tmp_path / "new" / "pack.json", other)
    with pytest.raises(PackError, match=r"does not list second\.onnx in 'files'"):
        Pack.open(tmp_path / "new").map(descriptors)
    short = metadata | {"beside": metadata["beside"] | {"length": LENGTH - 10}}
    files.write_json(tmp_path / "new" / "pack.json", short)
    with pytest.raises(PackError, match="ONNX Runtime cannot run"):
        Pack.open(tmp_path / "new").map(descriptors)
    files.write_json(tmp_path / "new" / "pack.json", metadata | {"shapes": [*SHAPES[:-1]]})
    other = Pack.open(tmp_path / "new")
    with pytest.raises(PackError, match=r"second\.onnx does not answer for its shapes"):
        SecondMapper(other.folder, other.metadata, 1).evidence(descriptors[:, FIRST:])
    with pytest.raises(PackError, match=r"second\.onnx does not answer for its shapes"):
        SecondMapper(other.folder, metadata, 1).evidence(np.full((1, LENGTH), np.nan))
    files.write_json(tmp_path / "new" / "pack.json", metadata)
    undrawn = Pack.open(tmp_path / "new")
    del undrawn.arrays["projection"]
    with pytest.raises(PackError, match="a second mapper wants a projection"):
        undrawn.map(descriptors)
    assert pack.bank.shape[1] == CODE_SIZE


@pytest.mark.parametrize(
    ("weight", "sharpness", "told"), [(-1.0, 1.0, "--weight"), (0.5, 0.0, "--sharpness")]
)
def test_numbers_out_of_range_are_refused(weight: float, sharpness: float, told: str) -> None:
    with pytest.raises(RecipeError, match=f"{told} must lie between"):
        SecondUse(weight, sharpness)
