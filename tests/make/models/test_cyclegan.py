"""The published networks: what a score sees, how many weights there are, and how the pool behaves."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from latentmapper.errors import RecipeError
from latentmapper.make.models.cyclegan import (
    CycleGanShape,
    Pool,
    ResidualBlock,
    discriminator,
    generator,
)

TINY = CycleGanShape(side=32, width=2, blocks=1, critic_width=2)


def test_a_score_of_the_discriminator_sees_70_pixels() -> None:
    # Normalising whole pictures would let every score see a little of everything.
    layers = discriminator(CycleGanShape(critic_width=2)).double()
    judge = torch.nn.Sequential(*(each for each in layers if not isinstance(each, torch.nn.InstanceNorm2d)))
    for layer in judge:
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.ones_(layer.weight)
    pictures = torch.zeros(1, 3, 256, 256, dtype=torch.double, requires_grad=True)
    scores = judge(pictures)
    assert scores.shape == (1, 1, 30, 30)
    scores[0, 0, 15, 15].backward()
    assert pictures.grad is not None
    seen = pictures.grad[0].abs().sum(0) > 0
    for axis in (0, 1):
        rows = np.flatnonzero(seen.any(axis).numpy())
        assert len(rows) == np.ptp(rows) + 1 == 70


def test_the_networks_have_as_many_weights_as_the_published_ones() -> None:
    count = lambda network: sum(each.numel() for each in network.parameters())  # noqa: E731
    assert count(generator(CycleGanShape())) == 11_378_179
    assert count(discriminator(CycleGanShape())) == 2_764_737


def test_a_generator_gives_a_picture_of_the_same_size() -> None:
    made = generator(TINY)(torch.rand(2, 3, 32, 48))
    assert made.shape == (2, 3, 32, 48) and made.abs().max() <= 1


def test_a_block_that_learned_nothing_passes_its_input_on() -> None:
    block = ResidualBlock(3)
    for parameter in block.parameters():
        torch.nn.init.zeros_(parameter)
    hidden = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(block(hidden), hidden)


def _numbered(*numbers: int) -> torch.Tensor:
    return torch.stack([torch.full((3, 4, 4), float(number)) for number in numbers])


def _numbers(pictures: torch.Tensor) -> list[int]:
    return pictures[:, 0, 0, 0].int().tolist()


def test_a_pool_that_is_not_full_keeps_and_shows_all() -> None:
    pool, rng = Pool(4), np.random.default_rng(0)
    assert len(pool.kept) == 50
    for start in range(0, 50, 10):
        fakes = _numbered(*range(start, start + 10))
        assert _numbers(pool.exchange(fakes, rng)) == list(range(start, start + 10))
    assert _numbers(pool.kept) == list(range(50))


def test_a_full_pool_shows_every_second_time_an_earlier_fake() -> None:
    pool, rng = Pool(4), np.random.default_rng(0)
    pool.exchange(_numbered(*range(50)), rng)
    known, earlier = set(range(50)), 0
    for number in range(50, 450):
        (shown,) = _numbers(pool.exchange(_numbered(number), rng))
        kept = set(_numbers(pool.kept))
        if shown == number:
            assert kept == known
        else:
            assert shown in known and kept == known - {shown} | {number}
            earlier += 1
        known = kept
    assert 160 < earlier < 240


def test_no_pool_shows_what_is_made_now_without_its_gradient() -> None:
    fakes = _numbered(1, 2).requires_grad_()
    shown = Pool(4, 0).exchange(fakes, np.random.default_rng(0))
    assert _numbers(shown) == [1, 2] and not shown.requires_grad


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"side": 28}, "--shape.side must be a multiple of 4, at least 32, not 28"),
        ({"side": 66}, "--shape.side must be a multiple of 4, at least 32, not 66"),
        ({"blocks": 0}, "--shape.width, --shape.blocks and --shape.critic-width must be at least 1"),
    ],
)
def test_sizes_that_do_not_work_are_named(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        CycleGanShape(**sizes)
