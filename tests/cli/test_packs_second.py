"""`packs render`, `data features`, `train second`, `packs second`: from a pack to one that asks two."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from latentmapper.cli import run
from latentmapper.features.efficientnet import EfficientNet
from latentmapper.features.vit import Tokens
from latentmapper.make.second_pack import SecondUse
from latentmapper.make.training.second_run import load_second
from latentmapper.pack import Pack
from latentmapper.projection import Projection
from tests.make.second import FIRST, write_drawing_pack
from tests.tiny_pack import write_tiny_pack

SMALL = "--shape.components 2 --shape.whole 8 --shape.cell 4 --shape.hidden 16 --steps 2 --batch 4"
PLAIN = "--views 1 --plain 1 --occluded 0 --cut 0"


@pytest.fixture(autouse=True)
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_drawing_pack(tmp_path / "pack")
    monkeypatch.chdir(tmp_path)


def test_a_pack_teaches_a_second_mapper_and_asks_it(capsys: pytest.CaptureFixture[str]) -> None:
    commands: tuple[str, ...] = (
        f"packs render pack -o views --resolution 32 --workers 1 {PLAIN}",
        "data features views -o features --kind efficientnet",
        f"train second features --pack pack -o run {SMALL}",
        "packs second pack run -o new",
    )
    for command in commands:
        assert run(str(command).split()) == 0
    told = capsys.readouterr().out
    assert "views: 16 views of 16 shapes" in told
    assert "new: pack tiny-car asks a second mapper besides its own" in told
    pack, square = Pack.open("new", 1), np.random.default_rng(0).random((224, 224, 3), np.float32)
    hidden = np.random.default_rng(1).normal(size=(1, 257, 384)).astype(np.float32)
    tokens = Tokens(hidden[:, 0], np.ones((1, 16, 16, 384), np.float32), hidden)
    vit: None = None
    descriptors = pack.look(vit, square, tokens, looks=0)  # pyright: ignore[reportArgumentType]
    seen = EfficientNet(1)(square[None])
    assert descriptors.shape == (1, FIRST + seen.shape[1])
    np.testing.assert_array_equal(descriptors[:, FIRST:], seen)
    import torch

    (own,) = pack._mapper._graph.run(["code"], descriptor=descriptors[:, :FIRST])
    evidence = SecondUse().weight * load_second(Path("run"))[0](torch.from_numpy(seen)).numpy()
    directions = pack.arrays["projection"].astype(np.float32) * np.float32(SecondUse().sharpness ** 0.5)
    codes, _ = Projection(pack.bank, directions)(own, evidence)
    np.testing.assert_allclose(pack.map(descriptors).code, codes[0], atol=2e-3)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("packs render nothing -o new", 2, "no pack 'nothing'"),
        ("packs render pack -o new --resolution 8", 2, "--resolution must be between 16 and 512, not 8"),
        ("packs render pack -o new --views 0", 2, "views must be at least 1, not 0"),
        (
            "data features nowhere -o new --kind efficientnet",
            2,
            "nowhere holds no rendered views, and photos",
        ),
        (
            "train second --pack pack -o run",
            2,
            "name at least one folder of features, made with: latentmapper",
        ),
        ("train second nowhere --pack pack -o run", 1, "no finished features in nowhere"),
        ("train second nowhere --pack nothing -o run", 2, "no pack 'nothing'"),
        ("train second nowhere --pack pack -o run --steps 0", 2, "--steps must be at least 1, not 0"),
        ("packs second pack run -o new", 1, "no second mapper in run; make one with: latentmapper train"),
        ("packs second pack run -o pack", 2, "-o pack: something lies there; name a new folder"),
        (
            "packs second pack run -o new --id \x1b",
            2,
            "--id must be letters that can be printed, such as car-1",
        ),
        ("packs second pack run -o new --weight -2", 2, "--weight must lie between 0 and 1000, not -2"),
    ],
)
def test_refusals(arguments: str, code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_pack(Path("plain"))
    assert run(arguments.split()) == code
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not Path("new").exists() and not Path("run").exists()
