"""AtlasNet's patches: what they are made of, where they lie, and what mesh they make."""

from typing import Any

import numpy as np
import pytest
import trimesh

torch = pytest.importorskip("torch")

from latentmapper.errors import RecipeError  # noqa: E402
from latentmapper.make.models.atlasnet import AtlasDecoder, AtlasNet, AtlasNetShape, PointNet  # noqa: E402
from latentmapper.make.models.resnet import ResNetShape  # noqa: E402

SQUARES = AtlasNetShape(patches=3, code_size=8, hidden=4, encoder=ResNetShape(width=8, side=32))
SPHERE = AtlasNetShape("sphere", 1, code_size=8, hidden=4)


def decoder(shape: AtlasNetShape) -> AtlasDecoder:
    torch.manual_seed(0)
    return AtlasDecoder(shape).eval()


def test_the_defaults_are_the_published_sizes() -> None:
    made = AtlasDecoder(AtlasNetShape())
    layers = [each for each in made.patches[0].modules() if isinstance(each, torch.nn.Linear)]
    assert len(made.patches) == 25
    assert [(each.in_features, each.out_features) for each in layers] == [
        (2, 1024),
        (1024, 512),
        (512, 512),
        (512, 512),
        (512, 3),
    ]


def test_the_code_is_the_bias_of_the_first_layer() -> None:
    patch: Any = decoder(SQUARES).patches[0]
    places, code = torch.rand(5, 2), torch.randn(1, 8)
    made = patch(places, code)
    with torch.no_grad():
        patch.enter.bias += code[0]
    torch.testing.assert_close(made, patch(places, torch.zeros(1, 8)))


def test_points_of_a_shape_do_not_depend_on_its_company() -> None:
    net, codes = decoder(SQUARES), torch.randn(4, 8)
    places = net.random_places(30, np.random.default_rng(0))
    together = net(codes, places)
    assert together.shape == (4, 30, 3)
    torch.testing.assert_close(net(codes[2:3], places)[0], together[2])


def test_the_code_of_points_does_not_depend_on_their_order() -> None:
    net, points = PointNet(16).eval(), torch.rand(2, 50, 3)
    codes = net(points)
    assert codes.shape == (2, 16) and codes.min() >= 0
    torch.testing.assert_close(net(points[:, torch.randperm(50)]), codes)


def test_random_places_cover_the_template() -> None:
    rng = np.random.default_rng(0)
    (square, *others) = decoder(SQUARES).random_places(3000, rng)
    assert len(others) == 2 and square.shape == (1000, 2)
    assert square.min() < 0.01 and square.max() > 0.99 and square.mean() == pytest.approx(0.5, abs=0.03)
    (sphere,) = decoder(SPHERE).random_places(1000, rng)
    torch.testing.assert_close(sphere.norm(dim=1), torch.ones(1000))
    assert sphere.mean(0).abs().max() < 0.1


def test_squares_make_as_many_open_sheets() -> None:
    mesh = decoder(SQUARES).mesh(torch.randn(8))
    parts = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).split(only_watertight=False)
    assert len(mesh.vertices) == 3 * 400 and len(mesh.faces) == 3 * 722
    assert [part.euler_number for part in parts] == [1, 1, 1]
    assert all(part.is_winding_consistent and not part.is_watertight for part in parts)


def test_a_sphere_stays_one_closed_surface() -> None:
    mesh = decoder(SPHERE).mesh(torch.randn(8))
    made = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    assert made.is_watertight and made.euler_number == 2 and made.body_count == 1


def test_a_patch_that_copies_its_template_has_its_area() -> None:
    net = decoder(AtlasNetShape(patches=1, code_size=8, hidden=4))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        module: Any
        for module in net.modules():
            if isinstance(module, torch.nn.BatchNorm1d):
                module.weight.fill_((1 + module.eps) ** 0.5)
            if isinstance(module, torch.nn.Linear):
                module.weight.fill_diagonal_(1)
    mesh = net.mesh(torch.zeros(8))
    assert trimesh.Trimesh(mesh.vertices, mesh.faces).area == pytest.approx(1, abs=1e-5)


def test_a_picture_becomes_a_mesh_the_same_each_time() -> None:
    torch.manual_seed(0)
    net = AtlasNet(SQUARES).eval()
    picture = np.random.default_rng(0).integers(0, 255, (50, 70, 3)).astype(np.uint8)
    code = net.code(picture)
    assert code.shape == (8,) and code.dtype == np.float32
    assert net.code(picture).tobytes() == code.tobytes()
    assert (net.mesh(code, 64).vertices == net.mesh(code, 96).vertices).all()


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"template": "sphere"}, "--shape.patches must be 1 for a sphere, not 25"),
        ({"hidden": 0}, "--shape.patches, --shape.code-size and --shape.hidden must be at least 1"),
    ],
)
def test_sizes_that_cannot_be_are_refused(sizes: dict, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        AtlasNetShape(**sizes)
