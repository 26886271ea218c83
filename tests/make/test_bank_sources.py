"""A pack may answer with the shapes of some sources, though it has learned from others too."""

import copy
import dataclasses
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import RecipeError  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.half import round_weights  # noqa: E402
from latentmapper.make.pack_recipe import PackRecipe  # noqa: E402
from latentmapper.make.packaging import build_pack  # noqa: E402
from latentmapper.make.training.mapper_run import load_mapper_run  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.mapper import MAPPER  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.runtime import Session  # noqa: E402
from tests.make.test_packaging import CHANNELS, GRID, Runs, runs  # noqa: E402

__all__ = ["runs"]  # the fixture


def test_a_pack_may_know_the_shapes_of_some_sources_alone(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    parts = (folder / "shape", folder / "mapper", _sourced(store, {"egg-1": "toys"}))
    build_pack(tmp_path / "pack", PackRecipe("egg", head="bank", bank_sources=("test",)), *parts)
    pack = Pack.open(tmp_path / "pack")
    kept = [number for number, shape in enumerate(load_shape_run(folder / "shape").ids) if shape != "egg-1"]
    assert sorted(pack.shape_names) == ["egg-0", "egg-2"] and len(pack.bank) == 2
    assert sorted(pack.metadata["training_shapes"]) == ["egg-0", "egg-1", "egg-2"]
    assert {source["source"] for source in pack.metadata["sources"]} == {"test", "toys"}, (
        "both were learned from"
    )
    descriptor = np.random.default_rng(0).normal(size=(GRID**2 + 2) * CHANNELS).astype(np.float32)
    mapper, _ = load_mapper_run(folder / "mapper")
    round_weights(mapper)
    logits = mapper.logits(mapper.hidden(mapper.encode(torch.from_numpy(descriptor)[None])))[0, kept]
    assert Session(tmp_path / "pack" / MAPPER).outputs == ["weights"]  # the pack holds the codes once
    mapping = pack.map(descriptor)
    np.testing.assert_allclose(mapping.weights, logits.softmax(0).numpy(), atol=1e-4)
    np.testing.assert_allclose(mapping.code, mapping.weights @ pack.bank, atol=1e-3)
    with pytest.raises(RecipeError, match="--bank-sources moon: no training shape is from there"):
        build_pack(tmp_path / "none", PackRecipe("egg", bank_sources=("moon",)), *parts)


def _sourced(store: JoinedStore, sources: dict[str, str]) -> JoinedStore:
    """The same store with some shapes from elsewhere."""
    changed = copy.copy(store)
    changed.records = [
        dataclasses.replace(record, source=sources.get(record.id, record.source)) for record in store.records
    ]
    return changed


def test_a_pack_stands_under_no_license_that_its_shapes_forbid(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    bound = copy.copy(store)
    bound.records = [dataclasses.replace(record, license="GPL-2.0-or-later") for record in store.records]
    with pytest.raises(RecipeError, match=r"--license CC0-1\.0: 3 shapes of test are GPL-2\.0-or-later"):
        build_pack(tmp_path / "pack", PackRecipe("egg"), folder / "shape", folder / "mapper", bound)
    assert not (tmp_path / "pack").exists()
