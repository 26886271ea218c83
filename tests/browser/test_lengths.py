"""How long what is downloaded is, in which unit, and that it is told where nobody gave a length."""

import zipfile
from pathlib import Path

import pytest
import trimesh
from playwright.sync_api import expect

from .conftest import Visit
from .test_batch import many, told


def choose(visit: Visit, name: str, kind: str) -> None:
    visit.at(f"input[name={name}][value={kind}]").check(force=True)


def lengths(archive: Path, folder: Path) -> dict[str, float]:
    """Length of each mesh in an archive, in the file's own unit."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
        names = packed.namelist()
    return {name: float(trimesh.load_mesh(folder / name).extents[2]) for name in names}


def test_an_archive_holds_shapes_of_the_length_that_was_given(visit: Visit, tmp_path: Path) -> None:
    many(visit, "suv.jpg", "airliner.jpg")
    told(visit, "2 of 2 done, 2 with a shape")
    unit = visit.at("#many-unit")
    expect(unit).to_contain_text("Without a length the file has no unit")
    choose(visit, "many-format", "stl")
    expect(unit).to_contain_text("Without a length the model is up to 2 mm long")
    expect(unit).to_have_class("hint warned")
    bare = lengths(visit.download("#zip", tmp_path), tmp_path / "bare")
    assert len(bare) == 2 and all(1.0 < length <= 2.001 for length in bare.values()), "as the page says"
    visit.at("#many-length").fill("0.12")
    expect(unit).to_contain_text("The file is in millimetres")
    expect(unit).to_have_class("hint")
    sized = lengths(visit.download("#zip", tmp_path), tmp_path / "sized")
    assert sized == pytest.approx({"suv.stl": 120.0, "airliner.stl": 120.0}, rel=1e-3)

    visit.page.reload()
    told(visit, "2 of 2 done, 2 with a shape")
    expect(visit.at("#many-length")).to_have_value("0.12")
    expect(visit.at("input[name=many-format][value=stl]")).to_be_checked()
    expect(unit).to_contain_text("The file is in millimetres")
    choose(visit, "many-format", "glb")
    expect(unit).to_have_text("The file is in metres.")
    visit.at("#many-length").fill("4.4")
    metres = lengths(visit.download("#zip", tmp_path), tmp_path / "metres")
    assert metres == pytest.approx({"suv.glb": 4.4, "airliner.glb": 4.4}, rel=1e-3)


def test_an_archive_of_no_sensible_length_is_not_made(visit: Visit) -> None:
    many(visit, "suv.jpg")
    told(visit, "1 of 1 done, 1 with a shape")
    visit.at("#many-length").fill("-3")
    sent: list[str] = []
    visit.page.on("request", lambda each: sent.append(each.url))
    visit.page.click("#zip")
    expect(visit.at("#many-length")).to_be_focused()
    visit.page.wait_for_timeout(300)
    assert not [each for each in sent if each.endswith("/v1/shapes")]


def test_a_print_without_a_length_is_told_to_be_tiny(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    unit = visit.at("#unit")
    expect(unit).to_contain_text("Without a length the file has no unit")
    expect(unit).to_have_class("hint")
    choose(visit, "format", "stl")
    expect(unit).to_contain_text("Without a length the model is up to 2 mm long")
    expect(unit).to_have_class("hint warned")
    assert 1.5 < trimesh.load_mesh(visit.download("#save", tmp_path)).extents[2] <= 2.001
    visit.at("#length").fill("0.12")
    expect(unit).to_contain_text("0.12 m makes 120 mm")
    assert trimesh.load_mesh(visit.download("#save", tmp_path)).extents[2] == pytest.approx(120, rel=1e-3)


def test_the_length_of_a_shape_outlives_a_reload_and_belongs_to_it_alone(visit: Visit) -> None:
    visit.shape()
    visit.at("#length").fill("4.4")
    choose(visit, "format", "stl")
    size = visit.size
    visit.page.reload()
    visit.shaped()
    expect(visit.at("#length")).to_have_value("4.4")
    expect(visit.at("input[name=format][value=stl]")).to_be_checked()
    expect(visit.at("#unit")).to_contain_text("The file is in millimetres")
    assert visit.size == pytest.approx(size, abs=0.011) and size[0] == 4.4
    visit.page.click("#paint")
    expect(visit.at("#brush-said")).to_have_text("What was found is painted.")
    visit.page.click("#use-mask")
    expect(visit.at("#origin")).to_contain_text("By a mask")
    expect(visit.at("#length")).to_have_value("4.4")  # the same car, looked at anew
    visit.page.click("#again")
    visit.shape("suv.jpg")
    expect(visit.at("#length")).to_have_value("")


def test_a_length_that_was_cleared_stays_so(visit: Visit, tmp_path: Path) -> None:
    """Also where the file that was opened tells one."""
    visit.shape()
    visit.at("#length").fill("4.4")
    path = visit.download("#save", tmp_path)
    visit.page.set_input_files("#file", path)
    expect(visit.at("#name")).to_have_text("sedan.glb")
    expect(visit.at("#length")).to_have_value("4.4")
    visit.at("#length").fill("")
    visit.page.reload()
    visit.shaped()
    expect(visit.at("#length")).to_have_value("")
