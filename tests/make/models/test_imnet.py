"""IM-NET's decoder against a naive one, and surfaces of occupancies that are known."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import MeshError, RecipeError  # noqa: E402
from latentmapper.make.models.imnet import (  # noqa: E402
    ImNet,
    ImNetShape,
    ImplicitDecoder,
    OccupancyField,
    VoxelEncoder,
)
from latentmapper.make.models.resnet import ResNetShape  # noqa: E402
from latentmapper.make.training.imnet_recipe import SMALL  # noqa: E402
from latentmapper.shapes.extraction import extract, extract_dense  # noqa: E402

TINY = ImNetShape(code_size=4, hidden=16, channels=2, encoder=ResNetShape(width=8, side=64))


class Known(torch.nn.Module):
    """Occupancy of a body by its distance, blurred over `width`, as a trained decoder's is."""

    def __init__(self, distance, width: float) -> None:
        super().__init__()
        self.distance, self.width = distance, width

    def forward(self, points: Any, codes: Any, bfloat16: bool = False) -> Any:
        return (0.5 - self.distance(points) / self.width).clamp(0, 1)


def field(distance, width: float = 0.04) -> OccupancyField:
    return OccupancyField(Known(distance, width), torch.zeros(4))  # pyright: ignore[reportArgumentType]


def test_the_defaults_are_the_published_sizes() -> None:
    net = ImplicitDecoder(ImNetShape())
    hidden: list[Any] = [each for each in net.hidden if isinstance(each, torch.nn.Linear)]
    widths = [net.place.in_features + net.code.in_features, net.place.out_features]
    assert widths + [each.out_features for each in hidden] == [3 + 256, 1024, 1024, 1024, 512, 256, 128]
    assert hidden[0].weight.std().item() == pytest.approx(0.02, rel=0.02)


def test_the_decoder_is_the_perceptron_that_reads_point_and_code_together() -> None:
    torch.manual_seed(0)
    net, points, codes = ImplicitDecoder(TINY), torch.rand(2, 7, 3) * 2 - 1, torch.rand(2, 4)
    made = net(points, codes)
    for b in range(2):
        for i in range(7):
            row = torch.cat([points[b, i] / 2, codes[b]])
            row = torch.cat([net.place.weight, net.code.weight], 1) @ row + net.code.bias
            value = net.leave(net.hidden(row))[0]
            torch.testing.assert_close(made[b, i], value.clamp(0, 1) + 0.01 * (value - value.clamp(0, 1)))


def test_the_small_decoder_sees_places_before_it_has_learned() -> None:
    torch.manual_seed(0)
    points, codes = torch.rand(32, 256, 3) * 2 - 1, torch.rand(32, 256)
    begun = {
        gain: ImNetShape(hidden=256, gain=1.0, place_gain=gain) for gain in (0.0, SMALL.shape.place_gain)
    }
    spread = {gain: ImplicitDecoder(shape)(points, codes).std(dim=1).mean() for gain, shape in begun.items()}
    assert spread[SMALL.shape.place_gain] > 10 * spread[0.0] > 0


@pytest.mark.parametrize(("raw", "clipped"), [(0.3, 0.3), (3.0, 1.02), (-2.0, -0.02)])
def test_the_end_is_clipped_but_for_a_hundredth(raw: float, clipped: float) -> None:
    net = ImplicitDecoder(TINY)
    torch.nn.init.zeros_(net.leave.weight)
    torch.nn.init.constant_(net.leave.bias, raw)
    made = net(torch.rand(1, 3, 3), torch.rand(1, 4))
    torch.testing.assert_close(made, torch.full((1, 3), clipped))


def test_codes_lie_between_0_and_1() -> None:
    torch.manual_seed(0)
    codes = VoxelEncoder(TINY)((torch.rand(2, 64, 64, 64) < 0.3).float())
    assert codes.shape == (2, 4) and codes.min() > 0 and codes.max() < 1
    assert (codes[0] - codes[1]).abs().max() > 1e-4


def test_a_ball_comes_back_with_its_radius() -> None:
    surface = extract(field(lambda p: p.norm(dim=-1) - 0.7), 64)
    np.testing.assert_allclose(np.linalg.norm(surface.vertices, axis=1), 0.7, atol=0.005)
    assert surface.report.share_of_dense < 0.4


@pytest.mark.parametrize("width", [0.02, 0.06])
def test_looking_near_the_surface_alone_misses_nothing(width: float) -> None:
    def plate_and_ball(points: Any) -> Any:
        half = torch.tensor([0.9, 0.03, 0.5])
        plate = (points.abs() - half).amax(-1)
        return torch.minimum(plate, (points - torch.tensor([0.0, 0.4, 0.0])).norm(dim=-1) - 0.25)

    made, dense = (each(field(plate_and_ball, width), 96) for each in (extract, extract_dense))
    assert len(made.faces) == len(dense.faces)
    np.testing.assert_allclose(np.sort(made.vertices, 0), np.sort(dense.vertices, 0), atol=1e-6)


def test_a_network_makes_a_closed_mesh_or_says_that_there_is_none() -> None:
    net = ImNet(TINY).eval()
    net.decoder = Known(lambda p: p.norm(dim=-1) - 0.5, 0.05)  # pyright: ignore[reportAttributeAccessIssue]
    code = net.code(np.zeros((40, 60, 3), np.uint8))
    assert code.shape == (4,) and code.dtype == np.float32
    assert np.linalg.norm(net.mesh(code, 64).vertices, axis=1).max() == pytest.approx(0.5, abs=0.01)
    net.decoder = Known(lambda p: p.norm(dim=-1) + 1, 0.05)  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(MeshError, match="the field has no surface"):
        net.mesh(code, 64)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"hidden": 12}, "--shape.hidden must be a multiple of 8, not 12"),
        ({"code_size": 0}, "--shape.code-size and --shape.channels must be at least 1"),
        ({"gain": 0.0}, "--shape.gain must be above 0, and --shape.place-gain not below"),
    ],
)
def test_sizes_that_cannot_be_are_refused(sizes: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        ImNetShape(**sizes)
