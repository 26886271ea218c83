"""An analytic pack: ellipsoids, the logarithms of whose half-axes are linear in the code."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from latentmapper import files
from latentmapper.shapes.base import register_base
from tests.tiny_pack import write_tiny_pack
from tests.tiny_sliders import write_sliders

CODE_SIZE = 6
HALF_AXES = (0.35, 0.3, 0.7)
SPREAD = 0.12
"""Standard deviation of the logarithm of each half-axis over the known shapes."""


def turn() -> np.ndarray:
    """(3, 6) orthonormal rows: what the logarithm of each half-axis gains along the code."""
    return np.linalg.qr(np.random.default_rng(3).normal(size=(CODE_SIZE, CODE_SIZE)))[0][:3]


def half_axes(code: np.ndarray) -> np.ndarray:
    """(3,) half-axes of a code's ellipsoid along x, y and z."""
    return np.array(HALF_AXES) * np.exp(turn() @ code)


def code_of(axes: tuple[float, float, float]) -> np.ndarray:
    """The shortest code of an ellipsoid."""
    return (turn().T @ np.log(np.array(axes) / np.array(HALF_AXES))).astype(np.float32)


@dataclass(frozen=True)
class Ellipsoid:
    """Of a ball, the exact distance."""

    half: np.ndarray
    symmetric: bool = True

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        scaled = np.linalg.norm(points / self.half, axis=1)
        away = np.maximum(np.linalg.norm(points / self.half**2, axis=1), 1e-9)
        return (scaled * (scaled - 1) / away).astype(np.float32)


class AxesBase:
    code_size = CODE_SIZE

    def __init__(self, folder: Path, entry: dict[str, Any], threads: int) -> None:
        del folder, entry, threads

    def field(self, code: np.ndarray) -> Ellipsoid:
        return Ellipsoid(half_axes(code))


def write_axes_pack(path: Path, shapes: int = 60) -> Path:
    """Write the pack, of the category "thing", into `path`."""
    register_base("axes", AxesBase)
    write_tiny_pack(path, category="thing")
    metadata = json.loads((path / "pack.json").read_text())
    arrays = load_file(path / "arrays.safetensors")
    bank = np.random.default_rng(0).normal(0, SPREAD, (shapes, CODE_SIZE)).astype(np.float32)
    save_file(arrays | {"bank": bank, "mean_code": bank.mean(axis=0)}, path / "arrays.safetensors")
    metadata |= {"base": {"kind": "axes"}, "shapes": [f"thing-{number}" for number in range(shapes)]}
    metadata["files"]["arrays.safetensors"] = files.sha256_of_file(path / "arrays.safetensors")
    files.write_json(path / "pack.json", metadata)
    return path


def write_exact_sliders(path: Path) -> None:
    """Give the pack sliders that move one half-axis each, by a tenth a step."""
    x, y, z = 0.1 * turn()
    means = {"height": HALF_AXES[1] / HALF_AXES[2], "width": HALF_AXES[0] / HALF_AXES[2], "length": 2.0}
    write_sliders(path, {"height": y, "width": x, "length": z}, means)
