"""The benchmark of editing and the pictures of sliders run and report."""

import json
import runpy
from pathlib import Path

from PIL import Image

from tests.editing.axes_pack import write_axes_pack, write_exact_sliders
from tests.editing.silhouettes import SilhouetteClip

ROOT = Path(__file__).parents[1]


def test_the_benchmark_measures_surface_and_mesh(tmp_path, capsys):
    benchmark = runpy.run_path(str(ROOT / "benchmarks" / "editing.py"))
    config = benchmark["Config"](
        str(write_axes_pack(tmp_path / "pack")), repeats=1, json=tmp_path / "figures.json"
    )
    benchmark["main"](config)
    figures = json.loads((tmp_path / "figures.json").read_text())
    kinds = [(each["work"], each["resolution"]) for each in figures]
    assert kinds == [("surface", 64), ("mesh", 64), ("surface", 128), ("mesh", 128)]
    assert all(each["wall"]["least"] > 0 for each in figures)
    assert "| mesh | 128^3 |" in capsys.readouterr().out


def test_the_sheet_has_a_row_a_slider(tmp_path):
    pack = write_axes_pack(tmp_path / "pack")
    write_exact_sliders(pack)
    sheet = runpy.run_path(str(ROOT / "scripts" / "slider_sheet.py"))
    options = {"steps": (-1.0, 1.0), "size": 40, "resolution": 32}
    sheet["main"](sheet["Config"](str(pack), tmp_path / "sheet.png", ("height", "width"), **options))
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.size == (80, 2 * (40 + sheet["CAPTION"]))


def test_texts_are_measured_on_the_meshes_they_make(tmp_path, capsys, monkeypatch):
    pack = write_axes_pack(tmp_path / "pack")
    write_exact_sliders(pack)
    script = runpy.run_path(str(ROOT / "scripts" / "text_edits.py"))
    monkeypatch.setitem(script["main"].__globals__, "load_clip", lambda spec: SilhouetteClip())
    texts = ("taller: +height", "taller: -height", "golden: +height")
    script["main"](script["Config"](str(pack), "outlines", shapes=1, texts=texts))
    right, wrong, refused = (line.split(" | ") for line in capsys.readouterr().out.splitlines()[2:])
    assert right[1] == "1 of 1" and float(right[2]) > 1 and float(right[3]) > 0.9
    assert wrong[1] == "0 of 1" and float(wrong[2]) == -float(right[2])
    assert refused[-1] == "1 of 1 |"
