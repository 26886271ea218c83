"""Codes of shapes that are found by coarser products, and told of by exact ones."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import RecipeError  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.training.auto_decoding import stored_samples  # noqa: E402
from latentmapper.make.training.fit import FitRecipe, fit_codes  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training import test_dit, test_shape  # noqa: E402


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"steps": -1}, "--steps must be at least 0, not -1"),
        ({"points": 0}, "--points must be at least 1, not 0"),
        ({"batch": 0}, "--batch must be at least 1, not 0"),
        ({"starts": -1}, "--starts must be at least 0, not -1"),
        ({"seed": -1}, "--seed must be at least 0, not -1"),
        ({"rate": float("nan")}, "--rate must be above 0, not nan"),
    ],
)
def test_recipes_out_of_range_are_refused(option: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        FitRecipe(**option)


@pytest.mark.parametrize("tiny", [test_shape.TINY, test_dit.TINY], ids=["triplane", "dit"])
def test_bfloat16_finds_nearly_the_same_codes(tiny: Any, tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "run", dataclasses.replace(tiny, steps=20))
    model, samples = load_shape_run(tmp_path / "run"), stored_samples(store, store.records)
    recipe = FitRecipe(steps=10, points=256, rate=1e-2, starts=0)
    exact, errors = fit_codes(model, samples, recipe)
    coarse, coarser = fit_codes(model, samples, dataclasses.replace(recipe, bfloat16=True))
    moved, apart = np.abs(exact - model.codes.mean(0).numpy()).max(), np.abs(coarse - exact).max()
    assert 0 < apart < 0.5 * moved
    np.testing.assert_allclose(coarser, errors, rtol=0.1)
    again, told = fit_codes(model, samples, recipe)
    np.testing.assert_array_equal(again, exact, err_msg="the network is exact again")
    np.testing.assert_array_equal(told, errors)
