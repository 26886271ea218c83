"""A pack that tells from where a photo was taken: what the mapper's head learned, and how it is told."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

torch = pytest.importorskip("torch")

from latentmapper.errors import RecipeError  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.half import round_weights  # noqa: E402
from latentmapper.make.pack_recipe import PackRecipe  # noqa: E402
from latentmapper.make.packaging import build_pack  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.mapper_run import best_of, load_mapper_run  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.make.training.view import read_view_head  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.runtime import Session  # noqa: E402
from latentmapper.view import View  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_mapper import CHANNELS, GRID, SMALL, write_features  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402

LENGTH = (GRID**2 + 2) * CHANNELS
Runs = tuple[JoinedStore, Path]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """A store, a shape run, and mapper runs on pictures with all, without roll, and with no view."""
    folder = tmp_path_factory.mktemp("runs")
    store = JoinedStore([write_tiny_store(folder / "store")])
    train_shape(store, folder / "shape", dataclasses.replace(TINY, steps=20))
    model = load_shape_run(folder / "shape")
    recipe = dataclasses.replace(SMALL, steps=2, distance_weight=0.0, view_weight=1.0)
    for name, told in (("roll", ("directions", "rolls")), ("upright", ("directions",)), ("blind", ())):
        features = write_features(folder / f"f-{name}", dict.fromkeys(model.ids, "train"))
        for path in (folder / f"f-{name}").glob("*.safetensors"):
            _tell(path, told)
        train_mapper(model, store, [features], {}, folder / name, recipe)
    return store, folder


def _tell(path: Path, told: tuple[str, ...]) -> None:
    arrays = load_file(path)
    rng, count = np.random.default_rng(0), len(arrays["descriptors"])
    views = {"directions": rng.normal(size=(count, 3)), "rolls": rng.normal(0, 5, count)}
    save_file(arrays | {name: views[name].astype(np.float32) for name in told}, path)


def _build(runs: Runs, tmp_path: Path, run: str, **options: Any) -> Pack:
    store, folder = runs
    build_pack(tmp_path / "pack", PackRecipe("egg", **options), folder / "shape", folder / run, store)
    return Pack.open(tmp_path / "pack")


@pytest.mark.parametrize(
    ("run", "numbers"), [("roll", ["x", "y", "z", "roll"]), ("upright", ["x", "y", "z"])]
)
@pytest.mark.parametrize("options", [{"view": True}, {"view": True, "int8": True}])
def test_the_pack_tells_what_the_head_tells(
    runs: Runs, tmp_path: Path, run: str, numbers: list[str], options: dict[str, bool]
) -> None:
    pack = _build(runs, tmp_path, run, **options)
    assert pack.metadata["view"] == numbers and pack.tells_view
    mapper, _ = load_mapper_run(runs[1] / run)
    head = read_view_head(best_of(runs[1] / run))
    assert head is not None and head.out_features == len(numbers)
    round_weights(mapper)
    descriptor = np.random.default_rng(0).normal(size=LENGTH).astype(np.float32)
    truth = View.of(head(mapper.hidden(mapper.encode(torch.from_numpy(descriptor)[None])))[0].numpy())
    told = pack.map(descriptor).view
    assert told is not None and (told.roll != 0) == (run == "roll")
    coarse = 2.0 if options.get("int8") else 0.05
    assert abs((told.azimuth - truth.azimuth + 180) % 360 - 180) < coarse
    assert (told.elevation, told.roll) == pytest.approx((truth.elevation, truth.roll), abs=coarse)


def test_codes_and_weights_are_the_same_with_and_without_it(runs: Runs, tmp_path: Path) -> None:
    with_view = _build(runs, tmp_path / "a", "roll", view=True)
    without = _build(runs, tmp_path / "b", "roll")
    descriptors = np.random.default_rng(0).normal(size=(3, LENGTH)).astype(np.float32)
    for found, expected in zip(with_view.map_batch(descriptors), without.map_batch(descriptors), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)
    assert without.map(descriptors[0]).view is None and "view" not in without.metadata
    assert Session(without.folder / "mapper.onnx").outputs == ["code", "weights"]


def test_a_run_that_saw_no_view_cannot_tell_it(runs: Runs, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"--view: .*blind learned none; train it with --view-weight"):
        _build(runs, tmp_path, "blind", view=True)
    assert not (tmp_path / "pack" / "pack.json").exists()


def test_a_run_says_how_many_pictures_had_a_view(runs: Runs) -> None:
    told = {name: json.loads((runs[1] / name / "mapper.json").read_text()) for name in ("roll", "blind")}
    assert told["roll"]["views"] == told["roll"]["pictures"] > 0 == told["blind"]["views"]
