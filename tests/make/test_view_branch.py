"""A finished pack learns to tell the view: what else it says, it says to the last bit as before."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import onnx  # noqa: E402

from latentmapper import files  # noqa: E402
from latentmapper.errors import PackError, RecipeError, UsageError  # noqa: E402
from latentmapper.make.models.half import round_weights  # noqa: E402
from latentmapper.make.models.view_reader import ViewShape  # noqa: E402
from latentmapper.make.training.view_reader import (  # noqa: E402
    NAME,
    ViewRecipe,
    load_view_reader,
    train_view,
)
from latentmapper.make.view_branch import add_view, with_branch  # noqa: E402
from latentmapper.pack import MAPPER, Pack  # noqa: E402
from latentmapper.pack_folder import damaged_files  # noqa: E402
from latentmapper.view import View  # noqa: E402
from tests.make.test_closer_packs import closer_pack  # noqa: E402, F401
from tests.make.training.test_mapper import CHANNELS  # noqa: E402
from tests.make.training.test_view_reader import write_told  # noqa: E402
from tests.tiny_pack import write_tiny_pack  # noqa: E402

RECIPE = ViewRecipe(ViewShape(cell=8, hidden=16), steps=2, batch=8)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("view")
    train_view([write_told(folder / "features")], folder / "run", RECIPE)
    return folder / "run"


def test_the_view_is_told_and_nothing_else_changes(
    closer_pack: tuple[Pack, Path],  # noqa: F811
    run: Path,
    tmp_path: Path,
) -> None:
    before = closer_pack[0]
    metadata = add_view(before.folder, run, tmp_path / "new")
    made = Pack.open(tmp_path / "new")
    assert made.tells_view and not before.tells_view and metadata["view"] == ["x", "y", "z", "roll"]
    assert made.hash != before.hash and damaged_files(made.folder, metadata) == []
    assert metadata["training"]["view"]["recipe"]["steps"] == 2
    assert "| view.recipe.steps | 2 |" in (made.folder / "MODEL_CARD.md").read_text()
    descriptors = np.random.default_rng(0).normal(size=(3, 257 * CHANNELS)).astype(np.float32)
    for found, wanted in zip(made.map_batch(descriptors), before.map_batch(descriptors), strict=True):
        np.testing.assert_array_equal(found, wanted)
    reader, _ = load_view_reader(run)
    round_weights(reader)
    truth = View.of(reader(torch.from_numpy(descriptors[:1]))[0].numpy())
    told = made.map(descriptors[0]).view
    assert told is not None
    np.testing.assert_allclose(list(vars(told).values()), list(vars(truth).values()), atol=0.01)


def test_a_view_takes_the_place_of_another(
    closer_pack: tuple[Pack, Path],  # noqa: F811
    run: Path,
    tmp_path: Path,
) -> None:
    add_view(closer_pack[0].folder, run, tmp_path / "once")
    add_view(tmp_path / "once", run, tmp_path / "twice")
    once, twice = (onnx.load(str(tmp_path / name / MAPPER)).graph for name in ("once", "twice"))
    assert len(once.node) == len(twice.node) and len(once.initializer) == len(twice.initializer)
    assert (tmp_path / "once" / MAPPER).stat().st_size == (tmp_path / "twice" / MAPPER).stat().st_size


def test_what_does_not_fit_is_refused(
    closer_pack: tuple[Pack, Path],  # noqa: F811
    run: Path,
    tmp_path: Path,
) -> None:
    folder, new = closer_pack[0].folder, tmp_path / "new"
    with pytest.raises(UsageError, match="something lies there; name a new folder"):
        add_view(folder, run, folder)
    whole = write_tiny_pack(tmp_path / "whole", vit="0" * 64)
    with pytest.raises(
        RecipeError, match=r"other features than pack tiny-car reads \(--kind pooled, 6912 num"
    ):
        add_view(whole, run, new)
    with pytest.raises(PackError, match="was made for another ViT"):
        add_view(write_tiny_pack(tmp_path / "other"), run, new)
    metadata = files.parse_object((folder / "pack.json").read_text())
    for path in folder.iterdir():
        files.write_bytes(tmp_path / "joined" / path.name, path.read_bytes())
    files.write_json(
        tmp_path / "joined" / "pack.json", metadata | {"beside": {"kind": "clip", "length": 512}}
    )
    with pytest.raises(RecipeError, match="reads what is compressed or joined; train its mapper with"):
        add_view(tmp_path / "joined", run, new)
    assert not new.exists() and (run / NAME).is_file()


def test_graphs_that_read_no_descriptor_are_refused(tmp_path: Path) -> None:
    def graph(name: str, read: str, given: str) -> onnx.ModelProto:
        ends = [onnx.helper.make_tensor_value_info(each, 1, ["n", 3]) for each in (read, given)]
        node = onnx.helper.make_node("Identity", [read], [given])
        return onnx.helper.make_model(onnx.helper.make_graph([node], name, ends[:1], ends[1:]))

    onnx.save(graph("mapper", "pictures", "code"), str(tmp_path / MAPPER))
    with pytest.raises(PackError, match=r"mapper.onnx reads no 'descriptor'; build the pack anew"):
        with_branch(tmp_path / MAPPER, graph("view", "descriptor", "view"))
