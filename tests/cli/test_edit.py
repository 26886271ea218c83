"""`latentmapper edit`: what it writes, says and refuses."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import trimesh
from rich.console import Console

from latentmapper.cli import run
from latentmapper.cli.slider_table import slider_tables
from latentmapper.editing import Editor, Slider
from latentmapper.editing.code_files import code_record, read_code
from latentmapper.shapes.provenance import read_provenance
from tests.editing.axes_pack import code_of, write_axes_pack, write_exact_sliders

ORIGIN = {
    "photo_sha256": "abc",
    "nearest": [{"shape": "an egg", "weight": 1.0}],
    "dropped": {"floaters": 7},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the analytic pack and, in code.json, the code of an ellipsoid."""
    folder = tmp_path_factory.mktemp("edit")
    write_exact_sliders(write_axes_pack(folder / "pack"))
    record = code_record(code_of((0.35, 0.3, 0.7)), Editor(folder / "pack").pack, ORIGIN)
    (folder / "code.json").write_text(json.dumps(record))
    return folder


@pytest.fixture(autouse=True)
def _inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def edit(*arguments: str) -> int:
    return run(["edit", "code.json", "--pack", "pack", "--resolution", "64", *arguments])


def test_the_mesh_measures_what_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert edit("--set", "height=1.6", "--set", "width=2.2", "--length", "4", "-o", "set.glb") == 0
    width, height, length = trimesh.load_scene("set.glb").extents
    assert (width, height, length) == pytest.approx((2.2, 1.6, 4.0), rel=0.01)
    assert capsys.readouterr().out.startswith("set.glb: ")


def test_a_file_in_metres_stays_in_metres(capsys: pytest.CaptureFixture[str]) -> None:
    assert edit("--length", "4", "-o", "metres.glb") == 0
    own = ["edit", "metres.glb", "--pack", "pack", "--resolution", "64"]
    assert run([*own, "--set", "height=1.6", "-o", "code.4m.json"]) == 0
    assert run(["edit", "code.4m.json", *own[2:], "-o", "taller.glb"]) == 0
    _, height, length = trimesh.load_scene("taller.glb").extents
    assert (height, length) == pytest.approx((1.6, 4.0), rel=0.01)
    assert run([*own, "--length", "5", "-o", "longer.ply"]) == 0
    assert trimesh.load_mesh("longer.ply").extents[2] == pytest.approx(5.0, rel=1e-3)
    assert [read_code(Path(name)).length for name in ("taller.glb", "longer.ply")] == [4.0, 5.0]
    capsys.readouterr()
    assert run([*own, "--sliders"]) == 0
    assert " 1.71 " in capsys.readouterr().out, "4 m by 0.3 of 0.7"


def test_metres_without_a_length_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert edit("--set", "height=1.45", "-o", "forgotten.glb") == 1
    assert "not 1.45 lengths of it (metres? then give --length)" in capsys.readouterr().err


def test_edits_are_written_into_the_file_and_go_on_from_there() -> None:
    assert edit("--move", "height=+1", "--move", "width=-1", "-o", "moved.obj") == 0
    found = read_provenance(Path("moved.obj"))
    assert found is not None and found["photo_sha256"] == "abc"
    assert found["edits"] == [{"moves": {"height": 1.0, "width": -1.0}}]
    assert "nearest" not in found and found["dropped"]["floaters"] == 0  # of this mesh, not of the one before
    again = ["edit", "moved.obj", "--pack", "pack", "--text", "taller", "-o", "again.json"]
    assert run(again) == 0
    assert [list(each) for each in read_code(Path("again.json")).origin["edits"]] == [
        ["moves"],
        ["text", "moves"],
    ]


def test_words_are_told_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert edit("--text", "a slightly taller, golden thing", "-o", "text.ply") == 0
    told = capsys.readouterr()
    assert "slightly taller: height +0.5 (height; right on 100% of test shapes)\n" in told.out
    assert told.err == "warning: not understood: golden\nwarning: not understood: thing\n"
    assert trimesh.load_mesh("text.ply").is_watertight


def test_sliders_are_listed_with_where_the_shape_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert edit("--sliders", "--length", "2") == 0
    head, _, height, *_ = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in head.split("|")[1:4]] == ["slider", "from", "to"]
    assert height.split("|")[1].strip() == "height"
    assert float(height.split("|")[-2]) == pytest.approx(2 * 0.3 / 0.7, rel=0.02)


def test_on_a_terminal_80_columns_hold_the_sliders() -> None:
    sliders = (
        *Editor("pack").sliders,
        Slider("propellers-on-wing", "", "less", "with propellers on the wing", "share", "label", 0.2, 1.0),
        Slider(
            "front_overhang-and-bonnet_height", "", "", "a longer front overhang", "sd", "principal", 0.0, 1.0
        ),
    )
    sliders = tuple(replace(each, effect=(-2.0, -1.0, 0.0, 0.5, 2.0), right=0.93) for each in sliders)
    out = io.StringIO()
    Console(file=out, width=80).print(slider_tables(sliders, {"height": 0.425}, None))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    (height,) = (line.split() for line in lines if line.startswith(" height"))
    assert height == ["height", "taller", "0.425", "0.429", "±", "0.043", "lengths", "93%", "+0.50", "0.00"]
    label = next(line for line in lines if "propellers-on-wing" in line)
    assert "with propellers on the wing" in label and "20%" in label


def test_what_cannot_be_reached_is_written_as_near_as_can_be_and_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert edit("--set", "height=9", "-o", "highest.glb") == 1
    assert "warning: height comes to " in capsys.readouterr().err
    assert Path("highest.glb").is_file()


@pytest.mark.parametrize("verb", ["edit", "morph"])
def test_help_shows_no_empty_defaults(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "resolution" in shown and not re.search(r"\(default:\s+(None|False)?\)|None\)|False\)", shown)


def test_no_file_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.glb").write_text("mine")
    assert edit("--move", "height=1", "-o", "mine.glb") == 2
    assert (
        "mine.glb is there already; choose another name, or replace it with --overwrite"
        in capsys.readouterr().err
    )
    assert edit("--move", "height=1", "-o", "mine.glb/taller.glb") == 2
    assert "-o: mine.glb is a file, and the results need a folder" in capsys.readouterr().err
    assert Path("mine.glb").read_text() == "mine"
    assert edit("--move", "height=1", "-o", "mine.glb", "--overwrite") == 0
    Path("folder.glb").mkdir()
    assert edit("--move", "height=1", "-o", "folder.glb", "--overwrite") == 2
    assert "-o folder.glb is a folder; name a file in it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "name the file to write with -o OUT, or ask with --sliders what can be changed"),
        (
            ["--move", "depth=1", "-o", "x.glb"],
            2,
            "--move: no slider 'depth'; there are: height, width, length",
        ),
        (
            ["--move", "hieght=1", "-o", "x.glb"],
            2,
            "no slider 'hieght' (did you mean 'height'?); there are: ",
        ),
        (["--set", "widht=1", "-o", "x.glb"], 2, "--set: no slider 'widht' (did you mean 'width'?); there"),
        (["--move", "height", "-o", "x.glb"], 2, "--move height: write it as NAME=NUMBER, such as sporty=+1"),
        (["--move", "height=1", "--move", "height=2", "-o", "x.glb"], 2, "--move height: given twice"),
        (["--set", "height=tall", "-o", "x.glb"], 2, "--set height=tall: write it as NAME=NUMBER"),
        (["--set", "height=inf", "-o", "x.glb"], 2, "--set height=inf: not a number that a shape can have"),
        (["--set", "length=4", "-o", "x.glb"], 2, "--set length: give the length in metres with --length"),
        (["--text", "gold", "-o", "x.glb"], 2, "--text: nothing in 'gold' was understood"),
        (
            ["--move", "height=1", "-o", "x.gltf"],
            2,
            "x.gltf: the file name must end with .glb, .obj, .ply, .stl, or .json for the code alone",
        ),
        (["--move", "height=1", "-o", "x.glb", "--up", "z"], 2, "--up z does not fit a GLB file"),
        (["--move", "height=1", "-o", "x.glb", "--faces", "3"], 2, "--faces 3: choose at least 100"),
        (["--move", "height=1", "-o", "x.glb", "--resolution", "9"], 2, "--resolution 9: choose 64 to 256"),
        (["--set", "height=1", "-o", "x.glb", "--length", "-1"], 2, "--length must be a positive number"),
        (["--sliders", "--move", "height=1"], 2, "--sliders tells of SHAPE as it is; name the file"),
        (["-o", "x.json", "--up", "z"], 2, "x.json holds the code alone; --up and --faces are for meshes"),
        (["-o", "x.json", "--faces", "500"], 2, "x.json holds the code alone"),
        (["--sliders", "--length", "-1"], 2, "--length must be a positive number of metres, not -1.0"),
        (["--sliders", "--length", "1e9"], 2, "--length must be between 1e-06 and 1e+06 metres, not 1e+09"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert edit(*arguments) == code
    assert message in capsys.readouterr().err
    assert not Path("x.glb").exists()


def test_codes_of_another_size_are_refused_where_nothing_is_decoded(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads((folder / "code.json").read_text())
    (folder / "short.json").write_text(json.dumps(record | {"code": record["code"][:2]}))
    assert run(["edit", "short.json", "--pack", "pack", "-o", "z.json"]) == 2
    assert "finite numbers, not (2,)" in capsys.readouterr().err
    assert not Path("z.json").exists()


def test_codes_of_packs_that_are_not_installed_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["edit", "code.json", "--sliders"]) == 3
    assert "belongs to pack tiny-thing" in capsys.readouterr().err


def test_a_pack_without_sliders_names_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_axes_pack(folder / "bare")
    assert run(["edit", "code.json", "--pack", "bare", "--move", "height=1", "-o", "y.glb"]) == 3
    assert "has no sliders yet; make them with: latentmapper packs directions bare" in capsys.readouterr().err
