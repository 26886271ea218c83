"""Second mappers: components of known codes give these back, and the network is asked as it was trained."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import RecipeError  # noqa: E402
from latentmapper.make.models.second import Components, SecondMapper, SecondShape  # noqa: E402

RNG = np.random.default_rng(0)
BANK = RNG.normal(size=(30, 6)).astype(np.float32)
DIRECTIONS = RNG.normal(size=(6, 6)).astype(np.float32)
SMALL = SecondShape(whole=8, cell=4, hidden=16)


def test_places_give_the_codes_back() -> None:
    components = Components.of(BANK, DIRECTIONS)
    np.testing.assert_allclose(components.mean + components.places @ components.steps, BANK, atol=1e-3)
    assert np.square(components.places).sum() == pytest.approx(len(BANK), rel=1e-4)


def test_places_lie_as_far_apart_as_surfaces() -> None:
    """Up to one factor for all pairs."""
    places, seen = Components.of(BANK, DIRECTIONS).places, BANK @ DIRECTIONS
    pairs = [(i, j) for i in range(30) for j in range(i)]
    apart, told = (np.array([np.linalg.norm(x[i] - x[j]) for i, j in pairs]) for x in (seen, places))
    np.testing.assert_allclose(told / apart, (told / apart).mean(), rtol=1e-3)


def test_what_no_surface_shows_is_left_out() -> None:
    blind = DIRECTIONS.copy()
    blind[:, 3:] = 0
    assert Components.of(BANK, blind).steps.shape == (3, 6)
    assert Components.of(np.tile(BANK[:1], (5, 1)), DIRECTIONS).steps.shape == (0, 6)


def test_it_answers_the_mean_until_it_has_learned() -> None:
    components = Components.of(BANK, DIRECTIONS)
    mapper = SecondMapper(SMALL, 3, 5, *components.steps.shape).eval()
    features = torch.rand(40, 15)
    mapper.fit(features, components)
    np.testing.assert_allclose(mapper(features[:2]).detach().numpy(), np.tile(components.mean, (2, 1)))
    torch.nn.init.ones_(mapper.tell.bias)
    told = mapper(features[:1])[0].detach().numpy()
    np.testing.assert_allclose(told, components.mean + components.steps.sum(0), rtol=1e-4, atol=1e-4)


def test_training_leaves_out_cells_but_never_the_whole() -> None:
    torch.manual_seed(0)
    shape = SecondShape(whole=8, cell=4, hidden=16, dropout=0.0, cell_dropout=0.9, noise=0.0)
    mapper = SecondMapper(shape, 3, 5, 2, 2)
    seen = mapper._hidden_in_part(torch.ones(500, 3, 5))
    assert (seen[:, 0] == 1).all()
    assert float((seen[:, 1:] == 0).float().mean()) == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize(("name", "value"), [("whole", 0), ("dropout", 1.0), ("cell_dropout", -0.1)])
def test_impossible_sizes_are_refused(name: str, value: Any) -> None:
    with pytest.raises(RecipeError, match=f"--shape.{name.replace('_', '-')} must be at least"):
        SecondShape(**{name: value})
