"""What is read."""

import io
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from latentmapper import files
from latentmapper.batch import Input, expand, inputs
from latentmapper.errors import PhotoError, UsageError

from ..photo.pictures import encoded, quarters


def test_folders_are_searched_and_each_photo_is_taken_once(photos: Path) -> None:
    found = expand([str(photos), str(photos / "car.jpg"), str(photos / "deep" / ".." / "car.png")])
    assert [each.name for each in found] == [str(photos / n) for n in ("car.jpg", "car.png", "deep/Car.png")]
    assert [str(each.stem) for each in found] == ["car", "car", "deep/Car"]


def test_a_pattern_that_no_shell_expanded(photos: Path) -> None:
    assert [each.name for each in expand([str(photos / "car.j*")])] == [str(photos / "car.jpg")]
    assert [each.name for each in expand([str(photos / "car.j**")])] == [str(photos / "car.jpg")]


def test_standard_input(monkeypatch) -> None:
    data = encoded(quarters())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    (found,) = expand(["-"])
    assert found.read() == data and found.name == "standard input" and str(found.stem) == "photo"


def test_of_standard_input_no_more_is_read_than_of_a_file(monkeypatch) -> None:
    monkeypatch.setattr(inputs, "MAX_BYTES", 2 << 20)
    endless = io.TextIOWrapper(io.BytesIO(bytes(3 << 20)))
    monkeypatch.setattr("sys.stdin", endless)
    (found,) = expand(["-"])
    assert endless.buffer.tell() == (2 << 20) + 1
    with pytest.raises(PhotoError, match="standard input: larger than 2 MB, the most that is read"):
        found.read()


def test_a_terminal_is_no_picture(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    with pytest.raises(UsageError, match="which is a terminal; pipe a file into it"):
        expand(["-"])


def test_nothing_named() -> None:
    for names in ([], [""]):
        with pytest.raises(UsageError, match="name at least one picture, a folder of pictures, or -"):
            expand(names)


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    (found,) = expand([str(tmp_path)])
    with pytest.raises(PhotoError, match=f"{tmp_path}: no pictures in this folder"):
        found.read()


def test_a_folder_that_cannot_be_searched(tmp_path: Path, monkeypatch) -> None:
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    (found,) = expand([str(tmp_path)])
    with pytest.raises(PhotoError, match=rf"{tmp_path}: cannot be read \(Permission denied\)"):
        found.read()


def test_identity_does_not_depend_on_how_a_path_is_written(photos: Path, monkeypatch) -> None:
    monkeypatch.chdir(photos)
    (relative,), (absolute,) = expand(["car.png"]), expand([str(photos / "deep" / ".." / "car.png")])
    assert relative.identity(photos / "out") == absolute.identity(photos / "out") == "../car.png"
    assert Input("-", relative.stem, data=b"x").identity(photos) == f"stdin {files.sha256_of_bytes(b'x')}"


def test_pipes_in_a_folder_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "gone.jpg").symlink_to("nowhere.jpg")
    (found,) = expand([str(tmp_path)])
    with pytest.raises(PhotoError, match=r"gone\.jpg: no such file"):
        found.read()


def test_paths_that_the_system_refuses_cost_no_other_photo(photos: Path) -> None:
    (photos / "loop.jpg").symlink_to("loop.jpg")
    long = photos / f"{'x' * 300}.jpg"
    found = {each.name: each for each in expand([str(photos), str(long)])}
    assert len(found) == 5 and len({each.identity(photos) for each in found.values()}) == 5
    with pytest.raises(PhotoError, match=r"loop\.jpg: cannot be read \(Too many levels of symbolic links\)"):
        found[str(photos / "loop.jpg")].read()
    with pytest.raises(PhotoError, match=r"x\.jpg: cannot be read \(File name too long\)"):
        found[str(long)].read()


def test_closed_standard_input(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="standard input, which is closed; pipe a file into it"):
        expand(["-"])


def test_an_address_is_not_fetched() -> None:
    (found,) = expand(["https://example.com/car.jpg"])
    with pytest.raises(PhotoError, match=r"^https://example.com/car.jpg: an address, not a file; nothing is"):
        found.read()
