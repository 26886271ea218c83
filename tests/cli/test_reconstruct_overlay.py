"""`latentmapper reconstruct --overlay`: the outline lies where the object is, or one line says why not."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper import cli
from latentmapper.errors import MissingError
from latentmapper.photo.mask_file import FileMasks
from latentmapper.reconstructor import Reconstructor

from ..photo.pictures import quarters
from ..tiny_pack import HALF_AXES, write_tiny_pack
from .taxi import park, run

TOLD = (
    "pack tiny-{} does not tell where photos are taken from; make one that does with:"
    " latentmapper train view, latentmapper packs view"
)
LEFT = (0.8, 0.0, 0.0, 0.0)
"""What a view head gives of a photo from the object's left: azimuth 90."""


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("packs")
    return {
        "seeing": str(write_tiny_pack(root / "seeing", view=LEFT)),
        "blind": str(write_tiny_pack(root / "blind")),
        "likelier": str(write_tiny_pack(root / "likelier", "airplane", presence=9.0)),
        "less likely": str(write_tiny_pack(root / "less", "airplane", presence=-9.0)),
    }


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a grey photo and a mask of 180 x 60 pixels in it."""
    return park(tmp_path, monkeypatch, (60, 90, 240, 150))


def test_the_outline_is_drawn_where_the_mask_is(packs, capsys, place: Path) -> None:
    flags = ("--pack", packs["seeing"], "--mask", "mask.png", "--overlay", "--preview", "-o", "out")
    assert run(*flags, "--json") == 0
    (made,) = json.loads(capsys.readouterr().out)["inputs"]
    assert made["overlay"] == str(Path("out/taxi.overlay.png"))
    assert made["preview"] == str(Path("out/taxi.preview.png"))
    assert made["view"] == {"azimuth": 90.0, "elevation": 0.0, "roll": 0.0, "confidence": 0.8}
    drawn = np.asarray(Image.open(place / "out" / "taxi.overlay.png"), int)
    assert drawn.shape == (200, 300, 3)
    photo = np.asarray(Image.open(place / "taxi.png"), int)
    changed = np.abs(drawn - photo).max(-1) > 2
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    # From the left the ellipsoid is as wide as it is long: 0.9 to 0.3, as the mask is.
    assert HALF_AXES[2] / HALF_AXES[1] == pytest.approx(180 / 60)
    assert (columns[0], columns[-1]) == pytest.approx((58, 241), abs=4)
    assert (rows[0], rows[-1]) == pytest.approx((88, 151), abs=4)
    assert not changed[115:125, 100:200].any()
    assert run(*flags) == 0
    assert "finished earlier" in capsys.readouterr().out


def test_an_overlay_is_no_photo_of_the_next_run(packs, capsys, place: Path) -> None:
    assert run("--pack", packs["seeing"], "--mask", "mask.png", "--overlay") == 0
    assert (place / "taxi.overlay.png").is_file()
    capsys.readouterr()
    assert cli.run(["reconstruct", ".", "--resolution", "64", "--pack", packs["seeing"], "--json"]) == 0
    names = [each["input"] for each in json.loads(capsys.readouterr().out)["inputs"]]
    assert names == ["mask.png", "taxi.png"]


def test_packs_without_a_view_say_so_before_any_work(packs, capsys, place: Path) -> None:
    assert run("--pack", packs["blind"], "--mask", "mask.png", "--overlay") == 3
    told = f"--overlay: {TOLD.format('car')}"
    assert capsys.readouterr().err == f"latentmapper reconstruct: {told}\n"
    # It tells the view, but not where the object is.
    assert run("--pack", packs["seeing"], "--overlay") == 3
    assert capsys.readouterr().err == (
        "latentmapper reconstruct: --overlay: pack tiny-car does not tell where in a photo the object is;"
        " choose a --foreground that gives a mask,"
        " or build it with: latentmapper packs build --location FILE\n"
    )
    assert sorted(path.name for path in place.iterdir()) == ["mask.png", "taxi.png"]


def test_a_photo_whose_pack_tells_no_view_gets_a_warning_instead(packs, capsys, place: Path) -> None:
    flags = ("--mask", "mask.png", "--overlay", "--pack", packs["seeing"], "--pack")
    assert run(*flags, packs["likelier"]) == 0
    assert capsys.readouterr().err.endswith(f"warning: no overlay: {TOLD.format('airplane')}\n")
    assert sorted(path.name for path in place.glob("*.*")) == [
        ".latentmapper.jsonl",
        "mask.png",
        "taxi.glb",
        "taxi.png",
    ]
    assert run(*flags, packs["likelier"]) == 0
    assert "finished earlier" in capsys.readouterr().out
    assert run(*flags, packs["less likely"]) == 0
    assert (place / "taxi.overlay.png").is_file() and "no overlay" not in capsys.readouterr().err


def test_from_python(packs, place: Path) -> None:
    seeing = Reconstructor([packs["seeing"]], threads=1, foreground=FileMasks({"taxi.png": Path("mask.png")}))
    made = seeing.reconstruct("taxi.png", resolution=64)
    assert made.view is not None and made.view.azimuth == pytest.approx(90)
    assert made.box == pytest.approx((90 / 200, 60 / 300, 150 / 200, 240 / 300))
    assert made.overlay("taxi.png").size == (300, 200)
    buffer = io.BytesIO()
    made.overlay("taxi.png").save(buffer, "PNG")
    assert buffer.getvalue().startswith(b"\x89PNG")


def test_a_photo_in_which_nothing_was_found_has_no_place_for_an_outline(packs) -> None:
    made = Reconstructor([packs["seeing"]], threads=1).reconstruct(quarters(), resolution=64)
    with pytest.raises(
        MissingError, match="it was not found where in the photo the object is, so there is no"
    ):
        replace(made, box=None).overlay(quarters())


def test_without_a_view_nothing_is_told_and_nothing_drawn(packs) -> None:
    made = Reconstructor([packs["blind"]], threads=1).reconstruct(quarters(), resolution=64)
    assert made.view is None and made.box is None and "view" not in made.record()
    with pytest.raises(MissingError, match="pack tiny-car does not tell where photos are taken from"):
        made.overlay(quarters())
