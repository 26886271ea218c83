"""The head that learns the view: the truth it is given, and a loss of what is known of it."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.training.pictures import Pictures  # noqa: E402
from latentmapper.make.training.view import ViewHead  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> ViewHead:
    """Of three pictures whose roll is known but for the last."""
    rolls = torch.tensor([12.0, -5.0, np.nan])
    pictures = Pictures(
        torch.zeros(3, 1), torch.zeros(3, 1), ["a"] * 3, np.full(3, 1 / 3), torch.eye(3), (1, 1), rolls
    )
    return ViewHead(4, {}, pictures)


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> ViewHead:
    """Of all shapes of a tiny store, one picture each, and one of a code between shapes."""
    store = JoinedStore([write_tiny_store(tmp_path_factory.mktemp("store"))])
    stored = {record.id: store.load(record) for record in store.records}
    shapes = [*stored, "between"]
    directions = torch.nn.functional.normalize(torch.ones(len(shapes), 3), dim=1)
    directions[0] = np.nan
    pictures = Pictures(
        torch.zeros(len(shapes), 1),
        torch.zeros(len(shapes), 1),
        shapes,
        np.full(len(shapes), 1 / len(shapes)),
        directions,
        (1, 1),
    )
    return ViewHead(4, stored, pictures)


def test_proportions_are_standardised_over_the_known_shapes(head: ViewHead) -> None:
    heights = head.truth[:-1, 3]  # the ellipsoids are all as wide
    assert float(heights.mean()) == pytest.approx(0, abs=1e-5)
    assert float(heights.std(correction=0)) == pytest.approx(1, abs=1e-3)


def test_what_is_not_known_costs_nothing(head: ViewHead) -> None:
    torch.nn.init.zeros_(head.tell.weight)
    torch.nn.init.zeros_(head.tell.bias)
    head.requires_grad_(False)
    unknown = len(head.truth) - 1
    # Of the shape between, the direction alone is known: three squares of 1 / sqrt(3), their mean is 1/3.
    assert float(head.loss(torch.zeros(1, 4), np.array([unknown]))) == pytest.approx(1 / 3, abs=1e-6)
    assert head.loss(torch.zeros(1, 4), np.array([0])).isfinite()


def test_the_truth_itself_costs_nothing(head: ViewHead) -> None:
    with torch.no_grad():
        head.tell.weight.zero_()
        head.tell.bias.copy_(head.truth[1])
    assert float(head.loss(torch.zeros(1, 4), np.array([1]))) == pytest.approx(0, abs=1e-9)


def test_the_roll_is_learned_where_it_is_known(head: ViewHead, turned: ViewHead) -> None:
    assert head.turn is None and turned.turn is not None
    with torch.no_grad():
        turned.tell.weight.zero_()
        turned.turn.weight.zero_()
        for row, roll in ((0, 1.2), (1, -0.5)):
            turned.tell.bias.copy_(torch.cat([torch.eye(3)[row], torch.zeros(2)]))
            turned.turn.bias.fill_(roll)
            assert float(turned.loss(torch.zeros(1, 4), np.array([row]))) == pytest.approx(0, abs=1e-9)
        turned.turn.bias.fill_(0.2)
        assert float(turned.loss(torch.zeros(1, 4), np.array([1]))) == pytest.approx(0.49, abs=1e-6)
        turned.tell.bias.copy_(torch.cat([torch.eye(3)[2], torch.zeros(2)]))
        assert float(turned.loss(torch.zeros(1, 4), np.array([2]))) == pytest.approx(0, abs=1e-9)


def test_angles_are_those_between_directions(head: ViewHead) -> None:
    with torch.no_grad():
        head.tell.weight.zero_()
        head.tell.bias.copy_(torch.tensor([0.0, 0.0, 0.3, 9.0, 9.0]))
        found = head.angles(torch.zeros(3, 4), torch.tensor([[0, 0, 1.0], [0, 1, 0], [0, 0, -2]]))
    np.testing.assert_allclose(found.numpy(), [0, 90, 180], atol=1e-3)
