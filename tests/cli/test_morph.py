"""`latentmapper morph`: animations of shapes that are known."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from latentmapper import pace
from latentmapper.cli import run
from latentmapper.editing import Editor
from latentmapper.editing.code_files import code_record
from tests.editing.axes_pack import code_of, write_axes_pack


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the analytic pack and the codes of a small and a large ball."""
    folder = tmp_path_factory.mktemp("morph")
    pack = Editor(write_axes_pack(folder / "pack")).pack
    for name, radius in (("small", 0.3), ("large", 0.7)):
        record = code_record(code_of((radius, radius, radius)), pack, {})
        (folder / f"{name}.json").write_text(json.dumps(record))
    return folder


@pytest.fixture(autouse=True)
def _inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def morph(*arguments: str) -> int:
    return run(["morph", "small.json", "large.json", "--pack", "pack", "--resolution", "32", *arguments])


def test_a_glb_holds_the_frames_at_constant_speed(capsys: pytest.CaptureFixture[str]) -> None:
    assert morph("--frames", "5", "-o", "out.glb") == 0
    assert re.fullmatch(r"out.glb: 5 frames in 3 s, \d+ kB\n", capsys.readouterr().out)
    frames = trimesh.load_scene("out.glb").geometry.values()
    assert all(frame.is_watertight for frame in frames)
    np.testing.assert_allclose(
        [frame.extents[1] / 2 for frame in frames], np.linspace(0.3, 0.7, 5), atol=0.01
    )


def test_there_and_back_in_metres() -> None:
    arguments = ("--frames", "3", "--back", "--length", "4", "--faces", "200", "-o", "back.glb")
    assert morph(*arguments) == 0
    frames = list(trimesh.load_scene("back.glb").geometry.values())
    assert len(frames) == 4 and all(len(frame.faces) < 250 for frame in frames)
    np.testing.assert_allclose([frame.extents[2] for frame in frames], 4.0, atol=1e-3)


def test_shapes_in_metres_stay_in_metres(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, length in (("small", 4.0), ("large", 5.0)):
        record = json.loads((folder / f"{name}.json").read_text())
        (folder / f"{name}.metres.json").write_text(json.dumps(record | {"length": length}))
    rest = ["--pack", "pack", "--resolution", "32", "--frames", "2"]
    assert run(["morph", "small.metres.json", "large.json", *rest, "-o", "metres.glb"]) == 0
    frames = trimesh.load_scene("metres.glb").geometry.values()
    np.testing.assert_allclose([frame.extents[2] for frame in frames], 4.0, atol=1e-3)
    both = ["morph", "small.metres.json", "large.metres.json", *rest]
    assert run([*both, "-o", "both.glb"]) == 2
    assert "the shapes were written 4 and 5 metres long; give --length" in capsys.readouterr().err
    assert run([*both, "--length", "3", "-o", "both.glb"]) == 0
    assert run([*both, "-o", "both.gif"]) == 0, "pictures have no size"


def test_a_gif_shows_it_grow() -> None:
    assert morph("--frames", "3", "--seconds", "0.6", "-o", "out.gif") == 0
    covered = []
    with Image.open("out.gif") as gif:
        for number in range(3):
            gif.seek(number)
            frame = np.asarray(gif.convert("RGB")).astype(int)
            covered.append((np.abs(frame - frame[0, 0]) > 8).any(axis=2).sum())
    assert covered[0] < covered[1] < covered[2]


def test_a_gif_of_one_shape_may_take_minutes() -> None:
    same = ["morph", "small.json", "small.json", "--pack", "pack", "--resolution", "32", "--frames", "3"]
    assert run([*same, "--seconds", "655", "-o", "same.gif", "--overwrite"]) == 0
    with Image.open("same.gif") as gif:
        assert gif.info["duration"] == 655_000


def test_a_video_shows_what_the_gif_shows() -> None:
    av = pytest.importorskip("av")
    for name in ("out.mp4", "video.gif"):
        assert morph("--frames", "3", "--seconds", "0.6", "-o", name) == 0
    with av.open("out.mp4") as video, Image.open("video.gif") as gif:
        shown = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
        assert len(shown) == 3
        for number, picture in enumerate(shown):
            gif.seek(number)
            # The GIF has 64 colours, the video less colour than brightness.
            assert np.abs(picture.astype(int) - np.asarray(gif.convert("RGB"))).mean() < 3


def test_a_video_without_the_extra_names_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    assert morph("-o", "none.mp4") == 3
    assert (
        'av is not installed; install it with: pip install "latentmapper[video]"' in capsys.readouterr().err
    )


def test_meshes_of_a_glb_are_small_unless_asked_for_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latentmapper.cli.films.FACES", 300)
    assert morph("--frames", "2", "-o", "few.glb") == 0
    assert morph("--frames", "2", "--faces", "500", "-o", "more.glb") == 0
    few, more = (
        [len(frame.faces) for frame in trimesh.load_scene(name).geometry.values()]
        for name in ("few.glb", "more.glb")
    )
    assert max(few) <= 306 and 480 < min(more) <= max(more) <= 510


def test_it_tells_how_far_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "OFTEN", 0.0)
    assert morph("--frames", "3", "-o", "long.gif") == 0
    told = [line.partition(",")[0] for line in capsys.readouterr().err.splitlines()]
    counts = ["1/3", "2/3", "3/3"]
    assert told == [*(f"{each} frames" for each in counts), *(f"{each} pictures" for each in counts)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "x.avi"], "x.avi: the file name must end with .glb, .gif, .mp4"),
        (["-o", "x.glb", "--frames", "1"], "--frames 1: choose 2 to 600"),
        (["-o", "x.glb", "--seconds", "0"], "--seconds 0: choose 0.1 to 3600"),
        (["-o", "x.glb", "--faces", "0"], "--faces 0: choose at least 100"),
        (["-o", "x.glb", "--resolution", "8"], "--resolution 8: choose 32 to 256"),
        (["-o", "x.glb", "--length", "-1"], "--length must be a positive number of metres, not -1.0"),
        (["-o", "x.gif", "--length", "nan"], "--length must be a positive number of metres, not nan"),
        (["-o", "x.glb", "--length", "1e9"], "--length must be between 1e-06 and 1e+06 metres, not 1e+09"),
        (["-o", "x.gif", "--frames", "2", "--seconds", "3600"], "a GIF of 2 frames takes 0.1 to 655"),
        (["-o", "x.gif", "--frames", "20", "--back", "--seconds", "0.7"], "a GIF of 38 frames takes 0.76 to"),
        (["-o", "small.json"], "small.json: the file name must end with"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(Editor, "interpolate")  # nothing is computed before
    assert morph(*arguments) == 2
    assert message in capsys.readouterr().err


def test_one_shape_is_no_morph(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["morph", "small.json", "--pack", "pack", "-o", "one.glb"]) == 2
    assert "name two shapes or more" in capsys.readouterr().err
