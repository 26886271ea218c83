"""A baseline goes on with what it was begun with: its shapes, its pictures, what its stages have learned."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

from latentmapper.errors import RecipeError, StoreError
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.store import Store
from latentmapper.make.training import checkpoint
from latentmapper.make.training.baseline import train_baseline
from tests.make.tiny_store import write_tiny_store
from tests.make.tiny_views import write_tiny_views
from tests.make.training.baselines import ATLASNET, write_inputs, write_run


def test_a_run_goes_on_with_its_own_shapes_and_pictures_alone(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ATLASNET)
    before = (run / "baseline.json").read_bytes()
    more = write_tiny_store(tmp_path / "more", shapes=6)
    told = "run has learned from other stores or views; choose the same ones, or another --output"
    with pytest.raises(StoreError, match=told):
        train_baseline(JoinedStore([more]), [write_tiny_views(tmp_path / "v", more)], run, ATLASNET)
    store, _ = write_inputs(tmp_path)
    with pytest.raises(StoreError, match=told):
        train_baseline(
            store, [write_tiny_views(tmp_path / "w", Store.open(tmp_path / "store"), 5)], run, ATLASNET
        )
    assert (run / "baseline.json").read_bytes() == before
    with pytest.raises(
        StoreError, match="run has learned from other stores; --start needs a run of the same"
    ):
        views = [write_tiny_views(tmp_path / "v", more)]
        train_baseline(JoinedStore([more]), views, tmp_path / "second", ATLASNET, start=run)


def test_a_stage_keeps_its_steps_once_the_next_one_has_begun_with_it(tmp_path: Path) -> None:
    run, inputs = write_run(tmp_path / "run", ATLASNET), write_inputs(tmp_path)
    for longer in ({"auto_steps": 8}, {"encoder_steps": 8}):
        with pytest.raises(RecipeError, match=r"was begun after 4 steps of the .*encoder, not 8; go on with"):
            train_baseline(*inputs, run, replace(ATLASNET, **longer))
    train_baseline(*inputs, run, replace(ATLASNET, joint_steps=6))
    assert checkpoint.step_of(run / "joint") == 6
    with pytest.raises(
        RecipeError, match=r"joint holds a run of 6 steps, more than --joint-steps 5; ask for"
    ):
        train_baseline(*inputs, run, replace(ATLASNET, joint_steps=5))
