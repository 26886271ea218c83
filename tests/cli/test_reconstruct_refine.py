"""`latentmapper reconstruct --refine`: the silhouette comes to fit the mask, or one line says why not."""

import json
from pathlib import Path

import pytest

from ..tiny_pack import write_tiny_pack
from .taxi import park, run

NO_VIEW = (
    "pack tiny-{} does not tell where photos are taken from; make one that does with:"
    " latentmapper train view, latentmapper packs view"
)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("packs")
    return {
        "seeing": str(write_tiny_pack(root / "seeing", view=(0.8, 0.0, 0.2, 0.0))),
        "blind": str(write_tiny_pack(root / "blind")),
        "likelier": str(write_tiny_pack(root / "likelier", "airplane", presence=9.0)),
    }


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a grey photo, and a mask narrower than the object seen from its left."""
    return park(tmp_path, monkeypatch, (80, 70, 220, 150))


def test_the_silhouette_fits_the_mask_better_and_the_result_says_so(packs, capsys, place: Path) -> None:
    flags = ("--pack", packs["seeing"], "--mask", "mask.png", "--json")
    assert run(*flags) == 0
    (before,) = json.loads(capsys.readouterr().out)["inputs"]
    assert "refined" not in before
    assert run(*flags, "--refine", "2", "--overwrite") == 0
    (after,) = json.loads(capsys.readouterr().out)["inputs"]
    assert after["refined"]["overlap"] > after["refined"]["overlap_before"] > 0.5
    assert after["view"]["azimuth"] != before["view"]["azimuth"]
    assert after["timings"]["refine"] > 0 and after["warnings"] == before["warnings"]


def test_results_without_it_do_not_count_as_finished(packs, capsys, place: Path) -> None:
    flags = ("--pack", packs["seeing"], "--mask", "mask.png")
    assert run(*flags) == 0
    assert run(*flags, "--refine", "1") == 0
    out = capsys.readouterr().out
    assert "finished earlier" not in out and ", map " in out and ", refine " in out
    assert run(*flags, "--refine", "1") == 0
    assert "finished earlier" in capsys.readouterr().out


def test_what_would_fit_no_photo_is_said_before_any_work(packs, capsys, place: Path) -> None:
    assert run("--pack", packs["blind"], "--mask", "mask.png", "--refine", "2") == 3
    assert capsys.readouterr().err == f"latentmapper reconstruct: --refine: {NO_VIEW.format('car')}\n"
    assert run("--pack", packs["seeing"], "--foreground", "none", "--refine", "2") == 2
    told = "--refine: --foreground none leaves no mask to fit; take bundled, file or detr"
    assert told in capsys.readouterr().err
    assert run("--pack", packs["seeing"], "--mask", "mask.png", "--refine", "21") == 2
    assert "--refine 21: choose 0 to 20 steps" in capsys.readouterr().err
    assert sorted(path.name for path in place.iterdir()) == ["mask.png", "taxi.png"]


def test_a_photo_that_cannot_be_refined_gets_a_warning_instead(packs, capsys, place: Path) -> None:
    assert run("--pack", packs["seeing"], "--refine", "2") == 0
    told = "not refined: there is no mask to fit; --foreground bundled makes one"
    assert capsys.readouterr().err.endswith(f"warning: {told}\n")
    both = ("--pack", packs["seeing"], "--pack", packs["likelier"], "--mask", "mask.png")
    assert run(*both, "--refine", "2", "--overwrite") == 0
    assert f"warning: not refined: {NO_VIEW.format('airplane')}\n" in capsys.readouterr().err
