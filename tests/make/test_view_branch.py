"""A finished pack learns to tell the view: what else it says, it says to the last bit as before."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import onnx  # noqa: E402

from latentmapper import files  # noqa: E402
from latentmapper.errors import PackError, RecipeError, UsageError  # noqa: E402
from latentmapper.make import another_pack  # noqa: E402
from latentmapper.make.models.export import export_onnx  # noqa: E402
from latentmapper.make.models.half import round_to_int8, round_weights, store_small  # noqa: E402
from latentmapper.make.models.view_reader import ViewShape  # noqa: E402
from latentmapper.make.training.view_reader import (  # noqa: E402
    NAME,
    ViewRecipe,
    load_view_reader,
    train_view,
)
from latentmapper.make.view_branch import _branch, add_view, with_branch  # noqa: E402
from latentmapper.mapper import MAPPER  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.pack_folder import damaged_files  # noqa: E402
from latentmapper.view import View  # noqa: E402
from tests.make.test_closer_packs import closer_pack  # noqa: E402, F401
from tests.make.training.test_mapper import CHANNELS  # noqa: E402
from tests.make.training.test_view_reader import known, write_told  # noqa: E402
from tests.tiny_pack import write_tiny_pack  # noqa: E402

WIDE = 1536
RECIPE = ViewRecipe(ViewShape(cell=8, hidden=16), steps=2, batch=8)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("view")
    train_view([write_told(folder / "features")], known(), folder / "run", RECIPE)
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


def test_what_a_mapper_holds_keeps_its_bytes(run: Path, tmp_path: Path) -> None:
    """Scales of large int8 matrices would change in the last digit, were they stored in half again."""
    write_large_mapper(tmp_path / MAPPER)
    before, after = onnx.load(str(tmp_path / MAPPER)).graph, with_view(tmp_path / MAPPER, run).graph
    kept = {weight.name: weight.SerializeToString() for weight in after.initializer}
    assert any(weight.name.endswith(".scale") and weight.dims[1] == WIDE for weight in before.initializer)
    for weight in before.initializer:
        assert kept[weight.name] == weight.SerializeToString()
    twice = tmp_path / "twice.onnx"
    onnx.save(with_view(tmp_path / MAPPER, run), str(twice))
    again = with_view(twice, run).graph
    assert [n.SerializeToString() for n in again.node] == [n.SerializeToString() for n in after.node]
    assert {w.name for w in again.initializer} == set(kept)


def write_large_mapper(path: Path) -> None:
    """A mapper as packs hold it: a product stored as int8, with more scales than are left as float32."""
    product = torch.nn.Linear(257 * CHANNELS, WIDE, bias=False)
    round_to_int8([product.weight])
    module = torch.nn.Sequential(product, torch.nn.Linear(WIDE, 4)).eval()
    export_onnx(module, torch.zeros(1, 257 * CHANNELS), path, "descriptor", ["code"])
    store_small(path)


def with_view(mapper: Path, run: Path) -> onnx.ModelProto:
    return with_branch(mapper, _branch(load_view_reader(run)[0]))


def test_large_weights_of_the_view_are_stored_as_int8(
    closer_pack: tuple[Pack, Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    wide = replace(RECIPE, shape=ViewShape(cell=24, hidden=48))
    train_view([write_told(tmp_path / "features")], known(), tmp_path / "run", wide)
    add_view(closer_pack[0].folder, tmp_path / "run", tmp_path / "new")
    stored = {w.name: w for w in onnx.load(str(tmp_path / "new" / MAPPER)).graph.initializer}
    large = [w for name, w in stored.items() if name.startswith("view/") and name.endswith(".int8")]
    assert [np.prod(w.dims) for w in large] == [65 * 24 * 48]


def test_what_does_not_fit_is_refused(
    closer_pack: tuple[Pack, Path],  # noqa: F811
    run: Path,
    tmp_path: Path,
) -> None:
    folder, new = closer_pack[0].folder, tmp_path / "new"
    with pytest.raises(UsageError, match="something lies there; name a new folder"):
        add_view(folder, run, folder)
    for name, store, told in (
        ("cars", known("car"), "learned from shapes of category car, not egg"),
        (
            "gpl",
            known(source="gpl"),
            r"learned from shapes of gpl \(CC0-1\.0\), no source of pack egg-2",
        ),
    ):
        train_view([write_told(tmp_path / f"{name}-features")], store, tmp_path / name, RECIPE)
        with pytest.raises(RecipeError, match=told):
            add_view(folder, tmp_path / name, new)
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


def test_a_killed_run_leaves_nothing_that_stops_the_next(
    closer_pack: tuple[Pack, Path],  # noqa: F811
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "new" / ".old.partial").mkdir(parents=True)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(another_pack, "model_card", interrupted)
        add_view(closer_pack[0].folder, run, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    metadata = add_view(closer_pack[0].folder, run, tmp_path / "new")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {*metadata["files"], "pack.json"}


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_graphs_that_read_no_descriptor_are_refused(tmp_path: Path) -> None:
    def graph(name: str, read: str, given: str) -> onnx.ModelProto:
        ends = [onnx.helper.make_tensor_value_info(each, 1, ["n", 3]) for each in (read, given)]
        node = onnx.helper.make_node("Identity", [read], [given])
        return onnx.helper.make_model(onnx.helper.make_graph([node], name, ends[:1], ends[1:]))

    onnx.save(graph("mapper", "pictures", "code"), str(tmp_path / MAPPER))
    with pytest.raises(PackError, match=r"mapper.onnx reads no 'descriptor'; build the pack anew"):
        with_branch(tmp_path / MAPPER, graph("view", "descriptor", "view"))
