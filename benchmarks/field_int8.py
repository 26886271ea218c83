"""Whether int8 products would make a triplane field faster, and how far they would move its surface.

    python benchmarks/field_int8.py [--pack FOLDER] [--points 65536] [--repeats 9] [--json FILE]

The same sums of the first layer go through the rest of the field's network in several ways, which take turns
on one thread: by ONNX Runtime layer by layer, as shipped, as one graph, and with its dynamic int8 products;
and by NumPy. The points lie on the surface of the mean shape, where another distance is how far the surface
moves, since distances grow by 1 a unit. Times are processor milliseconds, median [least, most].
"""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from measuring.spread import NOTE, Spread, alternately
from numpy.typing import NDArray

from latentmapper import files
from latentmapper.errors import UsageError
from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.processor import multiplies_int8
from latentmapper.quantising import quantise
from latentmapper.runtime import Session
from latentmapper.shapes.extraction import extract
from latentmapper.shapes.field import TriplaneField
from latentmapper.shapes.perceptron import BLOCK, LAYER, Gather, Perceptron

LATTICE = 128
"""Cells a side of the lattice whose surface is looked at, and whose voxels are meant."""


@dataclass(frozen=True)
class Config:
    """What to measure."""

    pack: Path | None = None
    """A pack's folder; the first that ships with the package if None."""

    points: int = 1 << 16
    """Points on the surface that are evaluated at once."""

    repeats: int = 9
    """Runs of each way."""

    json: Path | None = None
    """File to write the figures to."""


@dataclass(frozen=True)
class Row:
    """One way."""

    way: str
    milliseconds: Spread
    moved: tuple[float, float]
    """By how many voxels the surface moves, at 99 % of the points and at most."""


def main(config: Config) -> None:
    """Measure and print a row each."""
    pack = Pack.open(config.pack or bundled_packs()[0])
    field = pack.field(pack.mean_code)
    if not isinstance(field, TriplaneField):
        raise UsageError(f"pack {pack.id} is no triplane")
    rows = measured(sums_of(field, on_surface(field, config.points)), field._network, config.repeats)
    print("| way | ms | voxels moved, 99 % | at most |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row.way} | {row.milliseconds:.1f} | {row.moved[0]:.3f} | {row.moved[1]:.3f} |")
    print(f"\n{config.points:,} points of {pack.id}, voxels of {LATTICE}^3, {NOTE}; this processor", end=" ")
    print(f"{'has' if multiplies_int8() else 'lacks'} instructions for sums of int8 products")
    if config.json:
        files.write_json(config.json, [asdict(row) for row in rows])


def on_surface(field: TriplaneField, count: int) -> NDArray[np.float32]:
    """(count, 3) vertices of the surface, again and again where it has fewer."""
    vertices = extract(field, LATTICE).vertices
    return np.resize(vertices, (count, 3)).astype(np.float32)


class Kept(Perceptron):
    """In place of a network: keeps the sums that it would be given."""

    def run(self, count: int, gather: Gather) -> NDArray[np.float32]:
        """Keep them, and answer nothing."""
        self.sums = np.empty((count, self.width), np.float32)
        gather(slice(0, count), self.sums, np.empty_like(self.sums))
        return np.zeros(count, np.float32)


def sums_of(field: TriplaneField, points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, H) the halved sums of the first layer that the network gets at points (n, 3)."""
    network, field._network = field._network, Kept([(w.T, b) for w, b in field._network.layers])
    field.evaluate(points)
    kept, field._network = field._network, network
    return kept.sums


def measured(sums: NDArray[np.float32], network: Perceptron, repeats: int) -> list[Row]:
    """Times and distances of all ways, on one thread."""
    exact, rounded = sessions_of(network)
    ways: dict[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
        "ONNX Runtime, layer by layer (as shipped)": network,
        "ONNX Runtime, one graph": lambda block: through(exact, block),
        "ONNX Runtime, int8 products": lambda block: through(rounded, block),
        "NumPy": lambda block: plain(network, block),
    }
    blocks = np.array_split(sums, -(-len(sums) // BLOCK))
    works = [lambda way=way: np.concatenate([way(block) for block in blocks]) for way in ways.values()]
    spreads = [Spread.of(1000 * each for each in seconds) for seconds in alternately(works, repeats)]
    truth = works[0]()
    return [
        Row(way, spread, moved(work() - truth))
        for way, spread, work in zip(ways, spreads, works, strict=True)
    ]


def through(session: Session, sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) what a graph of one input and one output makes of sums."""
    return session.run(session.outputs, **{session.inputs[0]: sums})[0][:, 0]


def plain(network: Perceptron, sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) the same in NumPy."""
    for weight, bias in network.layers:
        sums = np.matmul(sums + sums * np.tanh(sums), weight, dtype=np.float32) + bias
    return sums[:, 0]


def moved(differences: NDArray[np.float32]) -> tuple[float, float]:
    """Voxels, at 99 % of the points and at most, for other outputs (n,) of the network, whose units are
    `BOUND` canonical ones."""
    voxels = np.abs(differences) * LATTICE / 2
    return float(np.quantile(voxels, 0.99)), float(voxels.max())


def sessions_of(network: Perceptron) -> tuple[Session, Session]:
    """The network as one graph: exact, and with int8 products."""
    model = graph_of(network)
    with tempfile.TemporaryDirectory() as folder:
        rounded = Path(folder) / "int8.onnx"
        quantise(model, rounded)
        return (
            Session(model.SerializeToString(), threads=1, on_processor=True),
            Session(rounded.read_bytes(), threads=1, on_processor=True),
        )


def graph_of(network: Perceptron) -> Any:
    """The layers one after the other as an ONNX model, weights and all."""
    import onnx
    from onnx import compose, numpy_helper

    layer = onnx.load(str(LAYER))
    whole = None
    for number, weights in enumerate(network.layers):
        part = compose.add_prefix(layer, f"{number}-")
        del part.graph.input[1:]
        for name, value in zip(("weight", "bias"), weights, strict=True):
            part.graph.initializer.append(numpy_helper.from_array(value, f"{number}-{name}"))
        for node in part.graph.node:
            node.name = node.output[0]
        joint = [(f"{number - 1}-sums", f"{number}-halves")]
        whole = part if whole is None else compose.merge_models(whole, part, io_map=joint)
    assert whole is not None
    # Merging writes the domain of the operators out, which quantising does not know.
    del whole.opset_import[:]
    whole.opset_import.extend(layer.opset_import)
    return whole


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
