"""A loss taken shape by shape has the value and the gradients of the whole batch."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor  # noqa: E402

from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.training import fit  # noqa: E402
from latentmapper.make.training.auto_decoding import stored_samples  # noqa: E402
from latentmapper.make.training.dit import DITTask  # noqa: E402
from latentmapper.make.training.pieces import by_shape  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.make.training.test_dit import TINY  # noqa: E402


@pytest.mark.parametrize("together", [1, 2, 9])
@pytest.mark.parametrize("cores", [1, 2, 8])
def test_it_is_the_loss_of_all(cores: int, together: int) -> None:
    torch.manual_seed(0)
    network, codes, others = torch.nn.Linear(3, 2), torch.randn(5, 3, requires_grad=True), torch.randn(5, 2)

    def loss(codes: Tensor, others: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        away = (network(codes) - others).square()
        return away.mean(), {"largest": away.amax(1).mean(), "first": away[:, 0].mean()}

    wanted, told = loss(codes, others)
    leaves = [*network.parameters(), codes]
    expected = torch.autograd.grad(wanted * 2, leaves)
    value, measured = by_shape(
        loss, list(network.parameters()), codes, others, cores=cores, together=together
    )
    torch.testing.assert_close(value, wanted)
    assert measured == pytest.approx({name: float(each) for name, each in told.items()})
    for found, truth in zip(torch.autograd.grad(value * 2, leaves), expected, strict=True):
        torch.testing.assert_close(found, truth)


def test_an_error_in_a_thread_is_told() -> None:
    def loss(codes: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        by_shape(loss, [], torch.ones(2, 3), cores=2)


def test_a_step_of_deep_implicit_templates_is_that_of_the_whole_batch(tmp_path: Path) -> None:
    recipe = dataclasses.replace(TINY, shape=dataclasses.replace(TINY.shape, dropout=0.0))
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    task = DITTask(store, store.split("train"), recipe)
    torch.nn.init.normal_(task.network.warper.affine.weight, std=0.05)
    task.cores = 2
    leaves = [*task.network.parameters(), *task.codes.parameters()]
    value, told = task.loss(7)
    found = torch.autograd.grad(value, leaves)
    whole, measured = task._part(7 / recipe.steps, *task.batch(7))
    assert float(value) == pytest.approx(float(whole), abs=1e-6)
    assert told == pytest.approx({name: float(each) for name, each in measured.items()}, abs=1e-6)
    for one, other in zip(found, torch.autograd.grad(whole, leaves), strict=True):
        torch.testing.assert_close(one.to_dense(), other.to_dense(), atol=1e-6, rtol=1e-4)


def test_a_code_is_fitted_to_all_points_whatever_is_computed_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    train_shape(store, tmp_path / "run", dataclasses.replace(TINY, steps=20))
    model, samples = load_shape_run(tmp_path / "run"), stored_samples(store, store.records)
    recipe = fit.FitRecipe(steps=5, points=360, rate=1e-2)
    whole, _ = fit.fit_codes(model, samples, recipe)
    monkeypatch.setattr(fit, "AT_ONCE", 50)
    parts, _ = fit.fit_codes(model, samples, recipe)
    np.testing.assert_allclose(parts, whole, atol=1e-5)
    assert np.abs(whole - model.codes.mean(0).numpy()).max() > 1e-2
