"""`latentmapper photos cut` as a user runs it: photos to pictures transparent around the object."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper import cli
from latentmapper.errors import RefusedPhoto
from latentmapper.photo import Photo
from latentmapper.photo.foreground import WHOLE, Found, Request
from latentmapper.photo.located import Located
from tests.photo.pictures import encoded, quarters
from tests.tiny_pack import write_tiny_pack


def left_half(self: Located, photo: Photo, request: Request) -> Found:
    """Stands in for the head: the object is the left half, and nothing small shows one."""
    if photo.rgb.shape[1] < 40:
        raise RefusedPhoto(f"{photo.name}: no {' or '.join(request.categories)}{WHOLE}")
    mask = np.zeros(photo.rgb.shape[:2], np.float32)
    mask[:, : photo.rgb.shape[1] // 2] = 1
    return Found(mask)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two photos, a pack, and a head that finds the left half of a photo."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Located, "find", left_half)
    write_tiny_pack(tmp_path / "pack")
    (tmp_path / "photos" / "deep").mkdir(parents=True)
    (tmp_path / "photos" / "a.png").write_bytes(encoded(quarters(80, 60)))
    (tmp_path / "photos" / "deep" / "b.jpg").write_bytes(encoded(quarters(100, 60), "JPEG"))
    return tmp_path


def run(*arguments: str) -> int:
    return cli.run(["photos", "cut", "photos", "--pack", "pack", *arguments])


def test_a_folder_is_cut_out_and_what_is_finished_is_skipped(place: Path, capsys) -> None:
    assert run("-o", "out") == 0
    assert capsys.readouterr().out == "out: 2 made\n"
    with Image.open(place / "out" / "a.png") as made:
        pixels = np.asarray(made)
    assert pixels.shape == (60, 80, 4)
    assert (pixels[:, :40, 3] == 255).all() and (pixels[:, 40:, 3] == 0).all()
    np.testing.assert_array_equal(pixels[..., :3], np.asarray(quarters(80, 60)))
    assert run("-o", "out") == 0
    assert capsys.readouterr().out == "out: 2 finished earlier\n"
    assert run("-o", "out", "--category", "car") == 0
    assert capsys.readouterr().out == "out: 2 made\n"
    assert run("-o", "out", "--category", "car", "--overwrite") == 0
    assert capsys.readouterr().out == "out: 2 made\n"


def test_a_transparent_photo_stays_transparent(place: Path) -> None:
    photo = quarters(80, 60).convert("RGBA")
    photo.paste((0, 0, 0, 0), (0, 30, 80, 60))
    photo.save(place / "photos" / "a.png")
    assert run("-o", "out") == 0
    with Image.open(place / "out" / "a.png") as made:
        alpha = np.asarray(made)[..., 3]
    assert (alpha[:30, :40] == 255).all() and alpha[30:].max() == alpha[:, 40:].max() == 0


def test_the_run_goes_on_past_bad_photos_and_is_exit_code_1(place: Path, capsys) -> None:
    (place / "photos" / "bad.jpg").write_text("no picture")
    (place / "photos" / "small.png").write_bytes(encoded(quarters(36, 60)))
    assert run() == 1
    out, err = capsys.readouterr()
    assert out == "cut: 2 made, 1 refused, 1 failed\n"
    assert "failed: photos/bad.jpg: not an image that can be read" in err.replace("\\", "/")
    # No advice that this command does not take.
    assert "refused: photos/small.png: no car\n" in err.replace("\\", "/")


def test_what_shows_no_car_is_refused_as_reconstruct_refuses_it(place: Path, capsys) -> None:
    write_tiny_pack(place / "doubtful", presence=-3.0)
    alone = ["photos", "cut", "photos", "--pack", "doubtful", "--category", "car"]
    assert cli.run(alone) == 1
    out, err = capsys.readouterr()
    assert out == "cut: 2 refused\n" and not list((place / "cut").glob("*.png"))
    assert err.count("does not show a car as far as I can tell (car 5 %); it looks like a drawing: ") == 2
    assert err.count("; --force takes it for one anyway") == 2
    assert cli.run([*alone, "--force"]) == 0
    assert capsys.readouterr().out == "cut: 2 made\n"


def test_a_file_of_somebody_else_is_not_replaced(place: Path, capsys) -> None:
    (place / "cut").mkdir()
    (place / "cut" / "a.png").write_text("precious")
    assert run() == 1
    assert "a.png exists and was not made from it; --overwrite replaces it" in capsys.readouterr().err
    assert (place / "cut" / "a.png").read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--foreground", "alpha"], "--foreground alpha: choose what finds objects, bundled or detr"),
        (["--foreground", "bundled:x"], "--foreground bundled:x: unknown; choose alpha, bundled"),
        (["--category", "boat"], "--category boat: unknown; choose auto, car"),
        (["-o", "photos/cut"], "lies among the photos; choose a folder outside photos"),
    ],
)
def test_wrong_usage_is_exit_code_2(capsys, arguments: list[str], message: str) -> None:
    assert run(*arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("latentmapper photos cut: ") and message in err and err.count("\n") == 1


def test_no_folder_is_exit_code_2(capsys) -> None:
    assert cli.run(["photos", "cut", "nowhere"]) == 2
    assert capsys.readouterr().err == "latentmapper photos cut: nowhere is not a folder\n"


def test_a_pack_without_a_head_is_exit_code_3(capsys, monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(place)
    assert run() == 3
    assert "pack tiny-car cannot find the object in a photo; choose another" in capsys.readouterr().err
