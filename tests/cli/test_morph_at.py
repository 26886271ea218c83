"""`latentmapper morph --at`: one shape on the way from one to others."""

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh

from latentmapper.cli import run
from latentmapper.editing import Editor
from latentmapper.editing.code_files import code_record, read_code
from latentmapper.shapes.provenance import read_provenance
from tests.editing.axes_pack import code_of, half_axes, write_axes_pack, write_exact_sliders

RADII = {"small": 0.2, "middle": 0.3, "large": 0.7}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the analytic pack, its sliders, and the codes of three balls."""
    folder = tmp_path_factory.mktemp("between")
    write_exact_sliders(write_axes_pack(folder / "pack"))
    pack = Editor(folder / "pack").pack
    for name, radius in RADII.items():
        record = code_record(code_of((radius, radius, radius)), pack, {"photo_sha256": "abc", "nearest": []})
        (folder / f"{name}.json").write_text(json.dumps(record))
    return folder


@pytest.fixture(autouse=True)
def _inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def morph(*arguments: str, via: tuple[str, ...] = ("small.json", "large.json")) -> int:
    return run(["morph", *via, "--pack", "pack", "--overwrite", *arguments])


def radius(name: str) -> float:
    return float(half_axes(read_code(Path(name)).code)[0])


@pytest.mark.parametrize(("at", "expected"), [("0", 0.2), ("0.4", 0.4), ("1", 0.7)])
def test_a_place_is_a_share_of_the_way_as_it_looks(at: str, expected: float) -> None:
    assert morph("--at", at, "-o", "code.json") == 0
    assert radius("code.json") == pytest.approx(expected, abs=0.004)
    given = {"0": "small.json", "1": "large.json"}.get(at)
    if given is not None:
        np.testing.assert_array_equal(read_code(Path("code.json")).code, read_code(Path(given)).code)


def test_the_way_leads_along_several_shapes() -> None:
    """Once up to the large ball and back again: what is half way is not half way of the first part."""
    via = ("small.json", "large.json", "small.json")
    for at, expected in (("0.25", 0.45), ("0.5", 0.7), ("0.75", 0.45)):
        assert morph("--at", at, "-o", "part.json", via=via) == 0
        assert radius("part.json") == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("kind", "scale"), [("glb", 1.0), ("obj", 1.0), ("ply", 1.0), ("stl", 1000.0)])
def test_every_kind_of_mesh_is_written(kind: str, scale: float, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--at", "0.5", "--resolution", "48", "--length", "4.2", "-o", f"half.{kind}")
    assert morph(*options) == 0
    assert capsys.readouterr().out.startswith(f"half.{kind}: ")
    mesh = trimesh.load_mesh(f"half.{kind}")
    assert mesh.is_watertight and mesh.extents[2] == pytest.approx(4.2 * scale, rel=1e-3)
    if kind != "stl":
        assert read_code(Path(f"half.{kind}")).length == 4.2


def test_it_is_as_fine_as_an_edited_shape_and_tells_neither_photo() -> None:
    assert morph("--at", "0.5", "-o", "half.glb") == 0
    assert run(["edit", "half.glb", "--pack", "pack", "-o", "same.glb", "--overwrite"]) == 0
    half, same = (trimesh.load_mesh(name) for name in ("half.glb", "same.glb"))
    assert len(half.faces) == len(same.faces) > 15_000
    told = read_provenance(Path("half.glb")) or {}
    assert not {"photo_sha256", "nearest"} & told.keys()
    ends = [read_code(Path(f"{name}.json")).code.tolist() for name in ("small", "large")]
    assert told["morph"] == {"at": 0.5, "codes": ends} and told["pack"]["id"]
    assert morph("--at", "0.5", "--faces", "500", "-o", "half.glb") == 0
    assert 400 < len(trimesh.load_mesh("half.glb").faces) < 520


def test_what_lies_between_is_edited_further() -> None:
    pack = Editor("pack").pack
    for name, height in (("low", 0.28), ("high", 0.32)):
        Path(f"{name}.json").write_text(json.dumps(code_record(code_of((0.35, height, 0.7)), pack, {})))
    assert morph("--at", "0.5", "-o", "half.json", via=("low.json", "high.json")) == 0
    more = ["edit", "half.json", "--pack", "pack", "--move", "height=+0.5", "-o", "taller.json"]
    assert run([*more, "--overwrite"]) == 0
    told = json.loads(Path("taller.json").read_text())
    assert told["morph"]["at"] == 0.5 and told["edits"] == [{"moves": {"height": 0.5}}]
    half, taller = (half_axes(read_code(Path(name)).code) for name in ("half.json", "taller.json"))
    assert taller[1] / taller[2] > 1.02 * half[1] / half[2]


def test_shapes_of_different_lengths_need_one() -> None:
    for name, length in (("small", 4.0), ("large", 5.0)):
        record = json.loads(Path(f"{name}.json").read_text())
        Path(f"{name}.metres.json").write_text(json.dumps(record | {"length": length}))
    both = ("small.metres.json", "large.metres.json")
    assert morph("--at", "0.5", "-o", "metres.json", via=both) == 2
    assert morph("--at", "0.5", "-o", "metres.json", "--length", "4.5", via=both) == 0
    assert read_code(Path("metres.json")).length == 4.5
    assert morph("--at", "0.5", "-o", "metres.json", via=("small.metres.json", "large.json")) == 0
    assert read_code(Path("metres.json")).length == 4.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--at", "1.5"], "--at 1.5: choose 0, the first shape, to 1, the last"),
        (["--at", "-0.1"], "--at -0.1: choose 0"),
        (["--at", "nan"], "--at nan: choose 0"),
        (["--at", "0.5", "--frames", "60"], "--at writes one shape; leave --frames out, or --at"),
        (["--at", "0.5", "--seconds", "3", "--back"], "leave --seconds and --back out, or --at"),
        (
            ["--at", "0.5", "-o", "x.gif"],
            "x.gif: --at writes one shape; the file name must end with .glb, .obj",
        ),
        (
            ["-o", "x.obj"],
            "x.obj: the file name must end with .glb, .gif, .mp4; for one shape on the way give",
        ),
        (
            ["--at", "0.5", "-o", "x.json", "--faces", "500"],
            "x.json holds the code alone; --faces is for meshes",
        ),
        (["--at", "0.5", "--faces", "7"], "--faces 7: choose at least 100"),
        (["--at", "0.5", "--resolution", "16"], "--resolution 16: choose 32 to 256"),
        (["--at", "0.5", "--length", "0"], "--length must be a positive number of metres"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_computed(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(Editor, "between")
    output = [] if "-o" in arguments else ["-o", "x.glb"]
    assert morph(*arguments, *output) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_there_stays(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("small.json").read_text()
    assert (
        run(["morph", "small.json", "large.json", "--pack", "pack", "--at", "0.5", "-o", "small.json"]) == 2
    )
    assert "small.json is there already" in capsys.readouterr().err
    assert Path("small.json").read_text() == before


def test_codes_of_a_pack_that_is_not_here_are_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["morph", "small.json", "large.json", "--at", "0.5", "-o", "none.glb"]) == 3
    assert "which is not installed" in capsys.readouterr().err
