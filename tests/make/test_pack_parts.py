"""Parts of a pack that were not made for one another are refused, though their sizes are alike."""

import dataclasses
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from latentmapper import files  # noqa: E402
from latentmapper.cli import run  # noqa: E402
from latentmapper.errors import StoreError  # noqa: E402
from latentmapper.make.pack_recipe import PackRecipe  # noqa: E402
from latentmapper.make.packaging import build_pack  # noqa: E402
from latentmapper.make.training.shape import train_shape  # noqa: E402
from tests.make.fake_vit import head_for  # noqa: E402
from tests.make.test_packaging import Runs, make_runs  # noqa: E402
from tests.make.training.test_mapper import CHANNELS  # noqa: E402
from tests.make.training.test_shape import TINY  # noqa: E402
from tests.tiny_pack import write_tiny_pack  # noqa: E402


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return make_runs(tmp_path_factory.mktemp("runs"))


def test_a_mapper_to_what_a_shape_model_was_before_is_refused(runs: Runs, tmp_path: Path) -> None:
    store, folder = runs
    shutil.copytree(folder / "shape", tmp_path / "shape")
    train_shape(store, tmp_path / "shape", dataclasses.replace(TINY, steps=41))
    with pytest.raises(StoreError, match="another shape model's codes; train it again"):
        build_pack(tmp_path / "pack", PackRecipe("egg-2"), tmp_path / "shape", folder / "mapper", store)


def test_a_check_and_a_head_of_another_vit_are_refused(
    runs: Runs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, folder = runs
    write_tiny_pack(tmp_path / "other", vit="1" * 64)
    build = ["packs", "build", str(folder / "shape"), str(folder / "mapper"), "--id", "egg-4"]
    build += ["--stores", str(folder / "store"), "-o", str(tmp_path / "made")]
    assert run([*build, "--presence", str(tmp_path / "other")]) == 2
    assert "the check for the category and the mapper in" in capsys.readouterr().err
    files.write_arrays(tmp_path / "head", head_for((0, 0, 1, 1), CHANNELS + 1).to_arrays())
    assert run([*build, "--location", str(tmp_path / "head")]) == 2
    assert f"reads tokens of {CHANNELS + 1} numbers, the ViT gives {CHANNELS};" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
    assert run([*build, "--presence", str(folder / "pack")]) == 0
