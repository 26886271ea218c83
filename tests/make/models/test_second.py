"""Second mappers: components of known codes give these back, and the network is asked as it was trained."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import RecipeError  # noqa: E402
from latentmapper.make.models.second import (  # noqa: E402
    KnownShapes,
    Likelihood,
    PlaceReader,
    SecondShape,
    places_of,
)

RNG = np.random.default_rng(0)
BANK = RNG.normal(size=(30, 6)).astype(np.float32)
DIRECTIONS = RNG.normal(size=(6, 6)).astype(np.float32)
SMALL = SecondShape(whole=8, cell=4, hidden=16)


def test_places_lie_as_far_apart_as_surfaces() -> None:
    """Up to one factor for all pairs; in a unit in which the mean square is 1."""
    places, seen = places_of(BANK, DIRECTIONS, 6), BANK @ DIRECTIONS
    pairs = [(i, j) for i in range(30) for j in range(i)]
    apart, told = (np.array([np.linalg.norm(x[i] - x[j]) for i, j in pairs]) for x in (seen, places))
    np.testing.assert_allclose(told / apart, (told / apart).mean(), rtol=1e-3)
    assert np.square(places).sum() == pytest.approx(len(BANK), rel=1e-4)
    np.testing.assert_array_equal(places_of(BANK, DIRECTIONS, 2), places[:, :2])


def test_what_no_surface_shows_is_left_out() -> None:
    blind = DIRECTIONS.copy()
    blind[:, 3:] = 0
    assert places_of(BANK, blind, 6).shape == (30, 3)
    assert places_of(np.tile(BANK[:1], (5, 1)), DIRECTIONS, 6).shape == (5, 0)


def test_likelihoods_are_those_of_the_errors_that_were_made() -> None:
    """Places are told shrunk by half, with errors three times as wide along the first component."""
    places, widths = RNG.normal(size=(5, 2)), np.array([0.3, 0.1])
    true = places[RNG.integers(5, size=20_000)]
    told = 0.5 * true + widths * RNG.normal(size=true.shape)
    likelihood = Likelihood.fitted(told, true, places)
    one = np.array([0.2, -0.1])
    seen = one @ likelihood.whitening
    found = -0.5 * np.square(seen - likelihood.known).sum(1)
    plain = -0.5 * np.square((one - 0.5 * places) / widths).sum(1)
    np.testing.assert_allclose(found - found[0], plain - plain[0], rtol=0.05, atol=0.05)


def test_the_graph_tells_likelihoods_up_to_a_constant() -> None:
    mapper = PlaceReader(SMALL, 3, 5, 2).eval()
    torch.nn.init.normal_(mapper.tell.weight)
    likelihood = Likelihood(RNG.normal(size=(2, 2)).astype("f4"), RNG.normal(size=(7, 2)).astype("f4"))
    features = torch.rand(4, 15)
    with torch.no_grad():
        seen = mapper(features).numpy() @ likelihood.whitening
        found = KnownShapes(mapper, likelihood)(features).numpy()
    plain = -0.5 * np.square(seen[:, None] - likelihood.known).sum(2)
    np.testing.assert_allclose(found - found[:, :1], plain - plain[:, :1], rtol=1e-4, atol=1e-4)


def test_few_or_exact_answers_have_likelihoods_too() -> None:
    places = RNG.normal(size=(3, 2))
    for told in (places, 0 * places):
        likelihood = Likelihood.fitted(told, places, places)
        assert np.isfinite(likelihood.whitening).all() and np.isfinite(likelihood.known).all()


def test_it_answers_the_mean_until_it_has_learned() -> None:
    mapper = PlaceReader(SMALL, 3, 5, 2).eval()
    features = torch.rand(40, 15)
    mapper.fit(features)
    assert not mapper(features).any()
    np.testing.assert_allclose(mapper.mean.flatten(), features.mean(0), rtol=1e-5)


def test_training_leaves_out_cells_but_never_the_whole() -> None:
    torch.manual_seed(0)
    shape = SecondShape(whole=8, cell=4, hidden=16, dropout=0.0, cell_dropout=0.9, noise=0.0)
    mapper = PlaceReader(shape, 3, 5, 2)
    seen = mapper._hidden_in_part(torch.ones(500, 3, 5))
    assert (seen[:, 0] == 1).all()
    assert float((seen[:, 1:] == 0).float().mean()) == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize(
    ("name", "value"), [("whole", 0), ("components", 0), ("dropout", 1.0), ("cell_dropout", -0.1)]
)
def test_impossible_sizes_are_refused(name: str, value: Any) -> None:
    with pytest.raises(RecipeError, match=f"--shape.{name.replace('_', '-')} must be at least"):
        SecondShape(**{name: value})
