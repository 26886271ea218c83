"""AtlasNet (Groueix et al., "A papier-mache approach to learning 3D surface generation", CVPR 2018).

A shape is a set of patches: each a small perceptron that lays a square, or all of a sphere, into space, with
the shape's code as the bias of its first layer. A baseline, which `latentmapper evaluate` sets packs against.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from torch import nn

from latentmapper.errors import RecipeError
from latentmapper.make.models.baseline import encode
from latentmapper.make.models.resnet import ResNetShape, averaged_encoder
from latentmapper.make.models.sum_norm import normed_sums
from latentmapper.shapes.mesh import Mesh

GRID = 20
"""Vertices along each side of a square's mesh."""
SUBDIVISIONS = 4
"""Of the icosahedron that a sphere's mesh is made from: 2,562 vertices."""


@dataclass(frozen=True)
class AtlasNetShape:
    """Sizes of an AtlasNet; the defaults are the published ones."""

    template: Literal["squares", "sphere"] = "squares"
    """What is laid into space."""
    patches: int = 25
    """How many squares; a sphere is one."""
    code_size: int = 1024
    """Length of the code, and width of the first layer, to which it is added."""
    hidden: int = 512
    """Width of the three layers after it."""
    encoder: ResNetShape = field(default_factory=ResNetShape)
    """The picture encoder."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes that do not fit together."""
        if self.template == "sphere" and self.patches != 1:
            raise RecipeError(f"--shape.patches must be 1 for a sphere, not {self.patches}")
        if min(self.patches, self.code_size, self.hidden) < 1:
            raise RecipeError("--shape.patches, --shape.code-size and --shape.hidden must be at least 1")


class PointNet(nn.Module):
    """Surface points (b, n, 3) in any order -> codes (b, code_size); PointNet (Qi et al., CVPR 2017)."""

    def __init__(self, code_size: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(*_normed(3, 64))
        self.hidden = nn.Sequential(*_normed(64, 128), *_normed(128, code_size)[:-1])
        self.leave = nn.Sequential(*_normed(code_size, code_size), *_normed(code_size, code_size))

    def forward(self, points: torch.Tensor, bfloat16: bool = False) -> torch.Tensor:
        """See the class; hidden products may be bfloat16, coordinates never are."""
        rows = self.enter(points.flatten(0, 1))
        with torch.autocast(rows.device.type, torch.bfloat16, enabled=bfloat16):
            rows = self.hidden(rows)
        return self.leave(rows.view(*points.shape[:2], -1).max(1).values.float())


class Patch(nn.Module):
    """One patch: template points (n, d) and codes (b, code_size) -> points (b, n, 3), canonical frame."""

    def __init__(self, dimensions: int, shape: AtlasNetShape) -> None:
        super().__init__()
        self.enter = nn.Linear(dimensions, shape.code_size)
        self.hidden = nn.Sequential(
            *(nn.BatchNorm1d(shape.code_size), nn.ReLU()),
            *_normed(shape.code_size, shape.hidden),
            *_normed(shape.hidden, shape.hidden),
            *_normed(shape.hidden, shape.hidden),
        )
        self.leave = nn.Linear(shape.hidden, 3)

    def forward(self, places: torch.Tensor, codes: torch.Tensor, bfloat16: bool = False) -> torch.Tensor:
        """See the class; hidden products may be bfloat16, coordinates never are."""
        first, rows = self.hidden[0], self.enter(places)
        if isinstance(first, nn.BatchNorm1d):
            rows = normed_sums(first, rows, codes)
        else:  # one that looks at the codes of other processes as well
            rows = first((rows + codes[:, None]).flatten(0, 1))
        with torch.autocast(rows.device.type, torch.bfloat16, enabled=bfloat16):
            rows = self.hidden[1:](rows.bfloat16() if bfloat16 else rows)
        return self.leave(rows.float()).view(len(codes), len(places), 3)


class AtlasDecoder(nn.Module):
    """Codes (b, code_size) -> points and meshes, canonical frame."""

    def __init__(self, shape: AtlasNetShape) -> None:
        super().__init__()
        self.shape = shape
        self.dimensions = 2 if shape.template == "squares" else 3
        self.patches = nn.ModuleList(Patch(self.dimensions, shape) for _ in range(shape.patches))

    def forward(
        self, codes: torch.Tensor, places: list[torch.Tensor], bfloat16: bool = False
    ) -> torch.Tensor:
        """Points (b, N, 3) at `places`, (n, dimensions) on the template of each patch."""
        device = codes.device
        made = [patch(at.to(device), codes, bfloat16) for patch, at in zip(self.patches, places, strict=True)]
        return torch.cat(made, 1)

    def random_places(self, count: int, rng: np.random.Generator) -> list[torch.Tensor]:
        """About `count` random places, equally many on each patch, uniform by area of the template."""
        size = (max(1, count // len(self.patches)), self.dimensions)
        return [torch.from_numpy(self._random(size, rng).astype(np.float32)) for _ in self.patches]

    def _random(self, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        if self.shape.template == "squares":
            return rng.random(size)
        drawn = rng.normal(size=size)
        return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    def mesh(self, code: torch.Tensor) -> Mesh:
        """The mesh of a code (code_size,): open squares that need not touch, or a sphere, maybe creased."""
        vertices, faces = square() if self.shape.template == "squares" else sphere()
        places = [torch.from_numpy(vertices)] * len(self.patches)
        with torch.no_grad():
            points = self(code[None], places)[0].numpy()
        steps = len(vertices) * np.arange(len(self.patches), dtype=np.int32)
        return Mesh(points, (faces + steps[:, None, None]).reshape(-1, 3))


class AtlasNet(nn.Module):
    """Surface points to a code, pictures to a code, codes to surfaces; see `Baseline`."""

    closed = False
    """Squares have edges, and a sphere may cross itself or be inside out."""

    def __init__(self, shape: AtlasNetShape) -> None:
        super().__init__()
        self.shape = shape
        self.solids = PointNet(shape.code_size)
        self.pictures = averaged_encoder(shape.encoder, 3, shape.code_size)
        self.decoder = AtlasDecoder(shape)

    def code(self, picture: np.ndarray) -> np.ndarray:
        """See `Baseline`."""
        return encode(self.pictures, picture, self.shape.encoder.side, grey=False)

    def mesh(self, code: np.ndarray, resolution: int) -> Mesh:
        """See `Baseline`: the patches themselves, whatever the resolution."""
        return self.decoder.mesh(torch.tensor(code))


def _normed(before: int, after: int) -> list[nn.Module]:
    """A linear layer, batch norm and ReLU."""
    return [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]


def square() -> tuple[np.ndarray, np.ndarray]:
    """A grid over the unit square: vertices (v, 2) float32 and triangles (f, 3) int32."""
    line = np.linspace(0, 1, GRID, dtype=np.float32)
    vertices = np.stack(np.meshgrid(line, line, indexing="ij"), -1).reshape(-1, 2)
    corner = (np.arange(GRID - 1)[:, None] * GRID + np.arange(GRID - 1)).ravel()
    faces = [np.stack([corner, corner + GRID, corner + 1], 1)]
    faces += [np.stack([corner + 1, corner + GRID, corner + GRID + 1], 1)]
    return vertices, np.concatenate(faces).astype(np.int32)


def sphere() -> tuple[np.ndarray, np.ndarray]:
    """The unit sphere: vertices (v, 3) float32 and triangles (f, 3) int32."""
    import trimesh

    made = trimesh.creation.icosphere(subdivisions=SUBDIVISIONS)
    return np.asarray(made.vertices, np.float32), np.asarray(made.faces, np.int32)
