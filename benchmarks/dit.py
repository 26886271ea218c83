"""How much faster the interpolated warp of Deep Implicit Templates is than dense evaluation, and how exact.

    python benchmarks/dit.py [--run FOLDER] [--resolution 128] [--shapes 5] [--json FILE]

Times are processor seconds. Dense evaluation, which takes minutes, is timed on a share of the lattice's
points and scaled up. Errors are distances between the two surfaces, both ways, in cells.
"""

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
import tyro
from measuring.spread import Spread

from latentmapper import files
from latentmapper.make.models.dit import DIT, DITShape
from latentmapper.make.models.half import plain_weights
from latentmapper.make.training.shape_run import load_shape_run
from latentmapper.shapes.base import load_base
from latentmapper.shapes.dit import DITBase
from latentmapper.shapes.extraction import Surface, extract
from latentmapper.shapes.lattice import Lattice

HALF_AXES = (0.4, 0.3, 0.9)


@dataclass(frozen=True)
class Config:
    """What to measure."""

    run: Path | None = None
    """A run of `latentmapper train shape --model dit-small`; an ellipsoid with random warps if None."""

    resolution: int = 128
    """Cells along each axis."""

    shapes: int = 5
    """How many of the run's shapes."""

    share: float = 1 / 64
    """Share of the lattice's points that dense evaluation is timed on."""

    threads: int = 1
    """Threads of ONNX Runtime."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Figures:
    """What one shape gave."""

    dense: float
    sparse: float
    fast: float
    ratio: float
    """Seconds of dense evaluation over those of the fast way."""
    median_error: float
    percentile_99: float
    worst: float
    beyond: float
    """Share of surface points more than a quarter of a cell off."""


def main(config: Config) -> None:
    """Measure and print a line a shape, then the median, the least and the most of each figure."""
    network, codes = trained(config.run) if config.run else made()
    rows = []
    with TemporaryDirectory() as folder:
        base = load_base(Path(folder), network.export(Path(folder)), config.threads)
        assert isinstance(base, DITBase)
        print(f"{'':8}{'dense':>9}{'sparse':>9}{'fast':>9}{'ratio':>8}   error: median, 99 %, worst, > 0.25")
        for number, code in enumerate(codes[:: max(1, len(codes) // config.shapes)][: config.shapes]):
            rows.append(measure(base, code, config))
            show(str(number), rows[-1])
    names = Figures.__dataclass_fields__
    spreads = {name: Spread.of(getattr(row, name) for row in rows) for name in names}
    for which in ("median", "least", "most"):
        show(which, Figures(**{name: getattr(spread, which) for name, spread in spreads.items()}))
    if config.json:
        files.write_json(config.json, [asdict(row) for row in rows])


def show(name: str, row: Figures) -> None:
    """One line."""
    print(
        f"{name:8}{row.dense:9.2f}{row.sparse:9.2f}{row.fast:9.2f}{row.ratio:7.0f}x"
        f"   {row.median_error:.3f}, {row.percentile_99:.3f}, {row.worst:.2f} cells, {row.beyond:.2%}"
    )


def measure(base: DITBase, code: np.ndarray, config: Config) -> Figures:
    """Time the three ways for one code and compare the surfaces."""
    lattice = Lattice(config.resolution, half=False)
    count = int(np.prod(lattice.shape))
    chosen = np.random.default_rng(0).choice(count, int(count * config.share), replace=False)
    index = lattice.unravel(np.sort(chosen))
    points = np.stack([axis[at] for axis, at in zip(lattice.axes, index, strict=True)], axis=-1)
    begun = time.process_time()
    base.exact(code).evaluate(points.astype(np.float32))
    dense = (time.process_time() - begun) * count / len(chosen)
    begun = time.process_time()
    exact = extract(base.exact(code), config.resolution)
    sparse = time.process_time() - begun
    begun = time.process_time()
    fast = extract(base.field(code), config.resolution)
    seconds = time.process_time() - begun
    away = np.concatenate([distances(fast, exact), distances(exact, fast)]) / lattice.spacing
    middle, high = np.percentile(away, [50, 99]).tolist()
    beyond = float((away > 0.25).mean())
    return Figures(dense, sparse, seconds, dense / seconds, middle, high, float(away.max()), beyond)


def distances(one: Surface, other: Surface) -> np.ndarray:
    """(v,) distances from the vertices of one surface to the other surface."""
    import igl

    faces, vertices = other.faces.astype(np.int64), other.vertices.astype(np.float64)
    squared = igl.point_mesh_squared_distance(one.vertices.astype(np.float64), vertices, faces)[0]
    return np.sqrt(squared)


def trained(run: Path) -> tuple[DIT, np.ndarray]:
    """Network and codes of a run."""
    model = load_shape_run(run)
    plain_weights(model.network)
    return model.network, model.codes.numpy()


def made() -> tuple[DIT, np.ndarray]:
    """A network of the small recipe's sizes: a template fitted to an ellipsoid, and random smooth warps."""
    torch.manual_seed(0)
    network = DIT(DITShape())
    optimizer = torch.optim.Adam(network.template.parameters(), 2e-3)
    half = torch.tensor(HALF_AXES)
    for _ in range(300):
        points = torch.rand(2048, 3) * 2 - 1
        scaled = (points / half).norm(dim=-1)
        truth = scaled * (scaled - 1) / (points / half**2).norm(dim=-1)
        optimizer.zero_grad()
        (network.template(points) - truth).abs().mean().backward()
        optimizer.step()
    torch.nn.init.normal_(network.warper.affine.weight, std=0.01)
    network.eval().requires_grad_(False)
    plain_weights(network)
    return network, torch.randn(8, network.code_size).numpy() / network.code_size**0.5


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(tyro.cli(Config, description=__doc__))
