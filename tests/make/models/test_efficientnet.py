"""EfficientNet-Lite2: as many weights as it was published with, and padding as TensorFlow pads."""

from math import ceil

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import PackError  # noqa: E402
from latentmapper.make.models.efficientnet import (  # noqa: E402
    EfficientNetLite,
    SamePadded,
    means,
    rounded,
)

CLASSES = 1281 * 1000
"""Weights of the layer that names ImageNet's classes, which is left out."""


def test_it_has_the_weights_that_it_was_published_with() -> None:
    """6.09 million with the classes: https://github.com/tensorflow/tpu, efficientnet/lite."""
    count = sum(parameter.numel() for parameter in EfficientNetLite().parameters())
    assert count + CLASSES == 6_092_072


@pytest.mark.parametrize(("size", "kernel", "stride"), [(7, 3, 2), (8, 3, 2), (8, 5, 2), (9, 5, 1)])
def test_padding_equals_a_plain_loop(size: int, kernel: int, stride: int) -> None:
    torch.manual_seed(0)
    layer = SamePadded(1, 1, kernel, stride, bias=False)
    picture = torch.rand(1, 1, size, size)
    found = layer(picture)[0, 0].detach().numpy()
    weights, places = layer.weight[0, 0].detach().numpy(), picture[0, 0].numpy()
    out = ceil(size / stride)
    before = max((out - 1) * stride + kernel - size, 0) // 2
    assert found.shape == (out, out)
    for row in range(out):
        for column in range(out):
            total = sum(
                weights[i, j] * places[y, x]
                for i in range(kernel)
                for j in range(kernel)
                for y, x in [(row * stride - before + i, column * stride - before + j)]
                if 0 <= y < size and 0 <= x < size
            )
            assert found[row, column] == pytest.approx(total, abs=1e-5)


def test_cells_cover_the_square_and_count_one() -> None:
    weights = means(7).numpy().reshape(10, 7, 7)
    np.testing.assert_allclose(weights.sum((1, 2)), 1, rtol=1e-6)
    assert (weights[1:].sum(0) > 0).all()
    assert weights[1, :3, :3].min() > 0 and weights[1].sum() == pytest.approx(weights[1, :3, :3].sum())
    np.testing.assert_array_equal(weights[9], weights[1, ::-1, ::-1])


def test_widths_are_rounded_as_published() -> None:
    assert [rounded(1.1 * width) for width in (16, 24, 40, 80, 112, 192, 320)] == [
        *(16, 24, 48, 88, 120, 208, 352),
    ]


def test_weights_are_taken_in_order_and_others_refused() -> None:
    torch.manual_seed(0)
    network, other = EfficientNetLite().eval(), EfficientNetLite().eval()
    given = {f"_{i}": value for i, value in enumerate(other.body.state_dict().values())}
    network.take(given | {"_fc.weight": torch.zeros(1000, 1280)})
    picture = torch.rand(1, 224, 224, 3)
    with torch.no_grad():
        found = network(picture)
        assert found.shape == (1, 12800)
        torch.testing.assert_close(found, other(picture))
    with pytest.raises(PackError, match="no weights of EfficientNet-Lite2"):
        network.take({"_0": torch.zeros(3)})
