"""`latentmapper packs list|show|verify` on tiny packs."""

import json
from pathlib import Path

import pytest

from latentmapper import files
from latentmapper.cli import packs, run
from latentmapper.pack_folder import read_metadata
from tests.tiny_pack import write_tiny_pack


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny car pack that counts as the only one installed."""
    folder = write_tiny_pack(tmp_path / "pack", category="car")
    monkeypatch.setattr(packs, "bundled_packs", lambda: [folder])
    return folder


def test_list(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "list"]) == 0
    assert capsys.readouterr().out.split()[:2] == ["tiny-car", "car"]
    assert run(["packs", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["category"], row["license"], row["shapes"]) == ("tiny-car", "car", "CC0-1.0", 3)


@pytest.mark.parametrize("name", ["tiny-car", "car", "{folder}"])
def test_show_by_id_category_or_folder(pack: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["packs", "show", name.format(folder=pack)]) == 0
    shown = capsys.readouterr().out
    assert "tiny-car" in shown and "kind: triplane" in shown and "spdx: CC0-1.0" in shown


def test_show_json_is_the_file(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "show", "car", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((pack / "pack.json").read_text())


@pytest.mark.parametrize(
    "change",
    [
        {"results": [{}]},
        {"results": [{"store": {"split": "test"}, "protocol": {"id": "p"}, "command": "c", "rows": [3]}]},
        {"directions": {"sliders": [{"name": "length"}]}},
        {"directions": {"sliders": 3}},
    ],
)
def test_show_says_what_is_incomplete(pack: Path, capsys: pytest.CaptureFixture[str], change) -> None:
    files.write_json(pack / "pack.json", read_metadata(pack) | change)
    assert run(["packs", "show", "car"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert f"pack {pack} is damaged: results or sliders in pack.json are incomplete" in told.err


def test_what_a_terminal_would_obey_is_not_shown(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = read_metadata(pack)
    changed["license"]["spdx"] = "\x1b[2JMIT"
    changed["training"]["\x1b]0;a"] = "b\rc"
    changed["files"]["\x1b[1A"] = "0" * 64
    files.write_json(pack / "pack.json", changed)
    assert run(["packs", "show", "car"]) == 0
    assert run(["packs", "verify", "car"]) == 3
    shown = capsys.readouterr().out
    assert "\x1b" not in shown and "\r" not in shown
    assert "spdx: \N{REPLACEMENT CHARACTER}[2JMIT" in shown
    assert r"'\x1b[1A' is not a plain file name" in shown


def test_unknown_pack(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "show", "boat"]) == 2
    assert "no pack 'boat': not a folder with a pack.json, nor among those installed (tiny-car)" in (
        capsys.readouterr().err
    )


def test_verify_sound(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["packs", "verify"]) == 0
    assert capsys.readouterr().out == f"tiny-car: 5 files are sound ({pack})\n"


def test_verify_names_the_flipped_byte(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = pack / "arrays.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    (pack / "LICENSE").unlink()
    assert run(["packs", "verify", str(pack)]) == 3
    shown = capsys.readouterr().out
    assert "tiny-car: damaged" in shown
    assert "  arrays.safetensors differs from its recorded SHA-256\n" in shown
    assert "  LICENSE is missing\n" in shown


def test_verify_tells_a_pack_for_pictures_prepared_in_another_way(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = read_metadata(pack)
    files.write_json(pack / "pack.json", metadata | {"vit": metadata["vit"] | {"size": 256}})
    assert run(["packs", "verify"]) == 3
    assert capsys.readouterr().out == (
        f"tiny-car: 5 files are sound, but it is of no use here ({pack})\n"
        "  it wants pictures whose size is 256, this version shows those of 224\n"
    )


def test_verify_goes_on_past_an_unreadable_pack(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "pack.json").write_text("{")
    assert run(["packs", "verify", str(broken), "car"]) == 3
    shown = capsys.readouterr().out
    assert "broken: damaged" in shown and "pack.json cannot be read" in shown
    assert "tiny-car: 5 files are sound" in shown


def test_verify_without_packs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(packs, "bundled_packs", list)
    assert run(["packs", "verify"]) == 3
    assert capsys.readouterr().out == "no packs are installed\n"
