"""Any generative model of shapes will do: a toy one, registered here, is trained and reconstructed with."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.numpy import load_file, save_file  # noqa: E402
from torch import nn  # noqa: E402

from latentmapper import files  # noqa: E402
from latentmapper.errors import PackError, RecipeError  # noqa: E402
from latentmapper.make.dataset.joined import JoinedStore  # noqa: E402
from latentmapper.make.models.base import BOUND, build_network, register_network  # noqa: E402
from latentmapper.make.training.auto_decoding import stored_samples  # noqa: E402
from latentmapper.make.training.fit import FitRecipe, fit_codes  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from latentmapper.make.training.shape_recipe import ShapeRecipe  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.reconstructor import Reconstructor  # noqa: E402
from latentmapper.shapes.base import load_base, register_base  # noqa: E402
from tests.make.tiny_store import write_tiny_store  # noqa: E402
from tests.photo.pictures import quarters  # noqa: E402
from tests.tiny_pack import write_tiny_pack  # noqa: E402


class Eggs(nn.Module):
    """The logarithms of the half-axes are linear in the code; distances as the tiny store has them."""

    code_size, symmetric, graphs = 4, True, ()

    def __init__(self) -> None:
        super().__init__()
        self.axes = nn.Linear(4, 3)

    def prepare(self, codes: Any) -> Any:
        return self.axes(codes).exp()

    def distances(self, prepared: Any, points: Any) -> Any:
        half = prepared[:, None]
        scaled = (points / half).norm(dim=-1)
        return scaled * (scaled - 1) / (points / half.square()).norm(dim=-1)

    def export(self, folder: Path, level: float = 0.0) -> dict[str, Any]:
        arrays = {"weight": self.axes.weight.detach().numpy(), "bias": self.axes.bias.detach().numpy()}
        save_file(arrays, folder / "eggs.safetensors")
        return {"kind": "eggs", "level": level}


@dataclasses.dataclass(frozen=True)
class EggField:
    half: np.ndarray
    level: float
    symmetric: bool = True

    def evaluate(self, points: np.ndarray) -> np.ndarray:
        q = points / BOUND
        scaled = np.linalg.norm(q / self.half, axis=1)
        away = np.maximum(np.linalg.norm(q / self.half**2, axis=1), 1e-6)
        return ((scaled * (scaled - 1) / away - self.level) * BOUND).astype(np.float32)


class EggBase:
    def __init__(self, folder: Path, entry: dict[str, Any], threads: int) -> None:
        self.code_size = 4
        self._arrays, self._level = load_file(folder / "eggs.safetensors"), entry["level"]

    def field(self, code: np.ndarray) -> EggField:
        return EggField(np.exp(self._arrays["weight"] @ code + self._arrays["bias"]), self._level)


@pytest.fixture(scope="module", autouse=True)
def _registered() -> None:
    register_network("eggs", lambda fields: Eggs())
    register_base("eggs", EggBase)


def test_it_trains_and_fits(tmp_path: Path) -> None:
    store = JoinedStore([write_tiny_store(tmp_path / "store")])
    recipe = ShapeRecipe(model="eggs", steps=150, points_per_shape=128, network_rate=0.02, code_rate=0.02)
    train_shape(store, tmp_path / "run", dataclasses.replace(recipe, clamp=1.0))
    model = load_shape_run(tmp_path / "run")
    samples = stored_samples(store, store.records)
    codes, errors = fit_codes(model, samples, FitRecipe(steps=80, points=256))
    assert errors.max() < 0.03
    halves = model.network.prepare(torch.from_numpy(codes)).numpy() * BOUND
    np.testing.assert_allclose(halves[:, 1], [0.3, 0.4, 0.5, 0.6], atol=0.08)


def test_reconstruct_runs_with_it(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Eggs().requires_grad_(False)
    network.axes.weight *= 0.1
    network.axes.bias.copy_(torch.tensor([0.4, 0.3, 0.9]).log())
    pack = write_tiny_pack(tmp_path / "pack")
    metadata = json.loads((pack / "pack.json").read_text())
    metadata["base"] = network.export(pack)
    metadata["files"]["eggs.safetensors"] = files.sha256_of_file(pack / "eggs.safetensors")
    for name in ("planes.onnx", "field.safetensors"):
        del metadata["files"][name]
        (pack / name).unlink()
    files.write_json(pack / "pack.json", metadata)
    made = Reconstructor([pack], threads=1).reconstruct(quarters(), resolution=64)
    half = network.prepare(torch.from_numpy(made.code)[None])[0].numpy() * BOUND
    np.testing.assert_allclose(made.mesh.extent / 2, half, atol=0.02)
    assert made.checks.watertight and made.template_coordinates is None


def test_kinds_that_nobody_registered_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"unknown shape model 'nerf'; known: .*dit, .*eggs, triplane"):
        build_network("nerf", {})
    with pytest.raises(PackError, match=r"unknown kind 'nerf'; known: .*'dit', 'eggs', 'triplane'"):
        load_base(tmp_path, {"kind": "nerf"})
