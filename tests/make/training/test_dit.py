"""Deep Implicit Templates learn, resume exactly, and their losses and schedules are the published ones."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.dit import DITShape  # noqa: E402
from latentmapper.make.training import dit as module  # noqa: E402
from latentmapper.make.training import fit  # noqa: E402
from latentmapper.make.training.auto_decoding import stored_samples  # noqa: E402
from latentmapper.make.training.distributed import ALONE  # noqa: E402
from latentmapper.make.training.dit_losses import (  # noqa: E402
    pair_distortion,
    point_movement,
    progressive_l1,
)
from latentmapper.make.training.dit_recipe import DIT_PAPER, DIT_SMALL, DITRecipe  # noqa: E402
from latentmapper.make.training.fit import FitRecipe, fit_codes  # noqa: E402
from latentmapper.make.training.loop import train  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402

TINY = DITRecipe(
    shape=DITShape(code_size=4, hidden=16, steps=4, template_width=24, template_layers=2, dropout=0.05),
    steps=200,
    shapes_per_step=3,
    points_per_shape=128,
    warper_rate=1e-2,
    template_rate=1e-2,
    code_rate=1e-2,
    # Uniform samples: clamped at 0.1, being outside everywhere is too good a guess to leave.
    clamp=1.0,
)


def test_training_lowers_the_error_and_fits_new_shapes(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "run", TINY)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    model = load_shape_run(tmp_path / "run")
    assert lines[-1]["step"] == 200 and lines[-1]["l1"] < 0.06
    assert model.codes.norm(dim=-1).max() <= 1 + 1e-5
    samples = stored_samples(store, store.records)
    _, before = fit_codes(model, samples, FitRecipe(steps=0, points=512))
    codes, after = fit_codes(model, samples, FitRecipe(steps=20, points=512, rate=3e-2))
    assert codes.shape == (4, 4)
    assert after.mean() < 0.7 * before.mean()


def test_a_killed_run_resumes_to_the_same_weights(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    recipe = dataclasses.replace(TINY, steps=6)
    train_shape(store, tmp_path / "whole", recipe)

    class KilledError(Exception):
        pass

    task: Any = module.DITTask(store, store.split("train"), recipe)
    original = task.loss

    def loss(step: int):
        if step == 3:
            raise KilledError
        return original(step)

    task.loss = loss
    (tmp_path / "parts").mkdir()
    with pytest.raises(KilledError):
        train(task, tmp_path / "parts", recipe.steps, 1.0, save_every=3, halvings=recipe.halvings)
    train_shape(store, tmp_path / "parts", recipe)
    whole, parts = load_shape_run(tmp_path / "whole"), load_shape_run(tmp_path / "parts")
    assert torch.equal(whole.codes, parts.codes)
    for a, b in zip(whole.network.parameters(), parts.network.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_published_recipe_trains(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path, dataclasses.replace(DIT_PAPER, steps=2, points_per_shape=8))
    model = load_shape_run(tmp_path)
    shape = model.recipe.shape
    assert isinstance(shape, DITShape)
    assert (shape.code_size, shape.hidden, shape.steps, shape.dropout) == (512, 512, 8, 0.05)
    assert (shape.template_width, shape.template_layers, shape.symmetric) == (256, 5, False)
    assert (DIT_PAPER.shapes_per_step, DIT_PAPER.points_per_shape) == (24, 5000)
    rates = DIT_PAPER.warper_rate, DIT_PAPER.template_rate, DIT_PAPER.code_rate
    assert rates == (5e-4, 5e-4, 1e-3)


def test_fitting_has_the_defaults_of_the_model() -> None:
    decided = fit.decided(FitRecipe(), "dit")
    assert (decided.steps, decided.points, decided.starts) == (
        500,
        10_000,
        0,
    )  # the encoding of 3D-LatentMapper
    assert fit.decided(FitRecipe(steps=3), "dit").steps == 3
    triplane = fit.decided(FitRecipe(), "triplane")
    assert (triplane.steps, triplane.points, triplane.rate, triplane.batch) == (200, 4096, 2e-2, 16)


def test_the_schedules_are_those_of_2000_epochs() -> None:
    epochs = [0, 50, 90, 100, 1999]
    weights = [module.point_weight(DIT_PAPER, epoch / 2000) for epoch in epochs]
    np.testing.assert_allclose(weights, [0.05, 0.025, 0.005, 0.005, 0.005], rtol=1e-9)
    weights = [module.code_weight(DIT_SMALL, epoch / 2000) for epoch in epochs]
    np.testing.assert_allclose(weights, [0, 5e-5, 9e-5, 1e-4, 1e-4], rtol=1e-9)
    weights = [module.pair_weight(DIT_PAPER, epoch / 2000) for epoch in epochs]
    np.testing.assert_allclose(weights, [0, 0.02735, 0.04923, 0.0547, 0.0547], rtol=1e-9)


def test_rates_are_halved_after_each_quarter(tmp_path: Path) -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    rates = []

    class Task:
        process = ALONE

        def __init__(self) -> None:
            self.modules: Any = {"all": torch.nn.ParameterList([parameter])}
            self.optimizers: Any = [torch.optim.SGD([parameter], 1.0)]
            self.state: Any = {}

        def loss(self, step: int):
            rates.append(self.optimizers[0].param_groups[0]["lr"])
            return parameter.sum(), {}

        def validate(self, step: int):
            return {}

    train(Task(), tmp_path, 8, 1.0, halvings=3)
    assert rates == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]


def test_the_small_recipe_alone_starts_sharp(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    assert DIT_SMALL.sharp_start and not DIT_PAPER.sharp_start
    small = dataclasses.replace(TINY, sharp_start=True)
    plain, sharp = (module.DITTask(store, store.split("train"), recipe) for recipe in (TINY, small))
    assert plain.network.warper.point.weight.std() < 1 < sharp.network.warper.point.weight.std()
    begun = module.WarmStart(
        plain.network.state_dict(), {name: np.ones(4, np.float32) for name in ("egg-0", "egg-1")}
    )
    warm = module.DITTask(store, store.split("train"), small, start=begun)
    torch.testing.assert_close(warm.network.warper.point.weight, plain.network.warper.point.weight)


def test_progressive_l1_by_hand() -> None:
    truth = torch.tensor([[0.04, -0.04, 0.5]])
    exact = [truth.clone()] * 3
    for last, weight in ((0.01, 1.5), (0.07, 0.5)):  # too near is hard, too far is easy
        stages = [*exact, torch.tensor([[last, -0.04, 0.2]])]
        assert float(progressive_l1(stages, truth, 0.1)) == pytest.approx(weight * 0.03 / 3 / 4)
    stages = [truth + torch.tensor([[0.03, 0, 0]]), *exact]  # of which 0.025 is free at the first stage
    assert float(progressive_l1(stages, truth, 0.1)) == pytest.approx(0.005 / 3 / 4, rel=1e-4)


def test_movement_and_distortion_by_hand() -> None:
    points = torch.tensor([[[0.0, 0, 0], [1.0, 0, 0]]])
    shifted = points + torch.tensor([0.0, 0.1, 0.0])
    assert float(point_movement([shifted], points, 0.25)) == pytest.approx(0.5 * 0.1**2)
    far = points + torch.tensor([0.0, 1.0, 0.0])
    assert float(point_movement([far], points, 0.25)) == pytest.approx(0.25 * (1 - 0.125))
    assert float(pair_distortion(shifted, points, 0.5)) == 0
    stretched = points * 2
    assert float(pair_distortion(stretched, points, 0.5)) == pytest.approx(1 / 1.001 - 0.5)


def test_pairs_of_neighbours_in_the_list_stand_for_all_pairs() -> None:
    """The published sum over an eighth of the points with all others, divided by the points."""
    torch.manual_seed(0)
    points = torch.rand(1, 4000, 3) * 2 - 1
    warped = points + 0.5 * torch.sin(5 * points.flip(-1))
    first, others = points[0, :500], points[0, 500:]
    moved = (warped - points)[0]
    unlike = torch.cdist(moved[:500], moved[500:]) / (torch.cdist(first, others) + 1e-3)
    published = (unlike - 0.5).relu().sum() / 4000
    pairs_per_point = 500 * 3500 / 4000
    ours = pair_distortion(warped, points, 0.5) * pairs_per_point
    torch.testing.assert_close(ours, published, rtol=0.05, atol=0)
    assert DIT_PAPER.pairs_per_point == pytest.approx(5000 / 8 * 7 / 8, abs=0.2)
