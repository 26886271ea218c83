"""The picture encoder of the baselines is the published ResNet-18, of any width."""

import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import RecipeError  # noqa: E402
from latentmapper.make.models.resnet import Block, ResNetShape, averaged_encoder, resnet18  # noqa: E402


def test_it_has_as_many_weights_as_the_published_network() -> None:
    network = averaged_encoder(ResNetShape(), 3, 1000)
    assert sum(each.numel() for each in network.parameters()) == 11_689_512


@pytest.mark.parametrize(("pooled", "places"), [(True, 2), (False, 4)])
def test_a_picture_shrinks_by_its_stem_and_stages(pooled: bool, places: int) -> None:
    made = resnet18(1, 4, pooled)(torch.zeros(2, 1, 64, 64))
    assert made.shape == (2, 32, places, places)


def test_a_block_that_learned_nothing_passes_its_input_on() -> None:
    block = Block(3, 3, 1, torch.nn.ReLU).eval()
    for parameter in block.residual.parameters():
        torch.nn.init.zeros_(parameter)
    pictures = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(block(pictures), pictures)


def test_codes_differ_with_the_picture_and_not_with_its_company() -> None:
    torch.manual_seed(0)
    network = averaged_encoder(ResNetShape(width=8, side=64), 3, 8).eval()
    pictures = torch.rand(3, 3, 64, 64)
    codes = network(pictures)
    torch.testing.assert_close(network(pictures[1:2])[0], codes[1])
    assert (codes[0] - codes[1]).abs().max() > 1e-4


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"side": 100}, "--shape.encoder.side must be a multiple of 32, not 100"),
        ({"side": 0}, "--shape.encoder.side must be a multiple of 32, not 0"),
        ({"width": 7}, "--shape.encoder.width must be at least 8, not 7"),
    ],
)
def test_sizes_that_cannot_be_are_refused(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        ResNetShape(**sizes)
