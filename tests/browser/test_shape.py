"""From a photo to a shape, its files, and its changes."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image
from playwright.sync_api import expect

from .conftest import Visit


def test_a_photo_becomes_a_shape_and_files(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    expect(visit.at("#noun")).to_have_text("car")
    expect(visit.at("#name")).to_have_text("sedan.jpg")
    expect(visit.at("#checks dd").first).to_have_text("yes")
    expect(visit.at("#nearest li")).to_have_count(3)
    assert visit.at("#timings tr").count() > 5
    visit.at("#length").fill("4.4")
    for kind, length in (("glb", 4.4), ("obj", 4.4), ("stl", 4400.0)):
        visit.at(f"input[name=format][value={kind}]").check(force=True)
        path = visit.download("#save", tmp_path)
        assert path.name == f"sedan.{kind}"
        mesh = trimesh.load_mesh(path)
        assert mesh.is_watertight and mesh.extents[2] == pytest.approx(length, rel=1e-3)
    expect(visit.at("#unit")).to_contain_text("millimetres")
    visit.at("#command").click()
    words = shlex.split(visit.at("#command-text").inner_text())
    told = "latentmapper reconstruct sedan.jpg -o sedan.stl --category car --length 4.4"
    assert words == told.split()


def test_an_example_becomes_a_shape_that_can_be_turned_and_pictured(visit: Visit, tmp_path: Path) -> None:
    visit.page.click("#examples >> text=SUV")
    visit.shaped()
    visit.page.click("#home")
    first = visit.at("#view").screenshot()
    visit.at("#view").press("ArrowLeft")
    assert visit.at("#view").screenshot() != first
    visit.page.click("[data-look=normals]")
    picture = np.asarray(Image.open(visit.download("#snapshot", tmp_path)).convert("RGBA"))
    seen = picture[picture[..., 3] == 255][:, :3]
    assert 0.02 < len(seen) / picture[..., 3].size < 0.7, "an object on nothing"
    assert seen.std(axis=0).min() > 15, "normals have all colours"


def test_a_slider_changes_the_shape_and_can_be_taken_back(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    before = visit.size
    slider = visit.at("[data-slider=height]")
    for _ in range(3):
        slider.press("PageUp")
    expect(visit.at("#undo")).to_be_enabled()
    expect(visit.at("#checks dd").nth(1)).not_to_have_text(" × ".join(f"{side:.2f}" for side in before))
    grown = trimesh.load_mesh(visit.download("#save", tmp_path))
    assert grown.extents[1] / grown.extents[2] > 1.05 * before[2] / before[0]
    for button, value in (("#undo", None), ("#reset", "0"), ("#undo", None)):
        visit.page.click(button)
        if value is not None:
            expect(slider).to_have_value(value)
            expect(visit.at("#compare")).to_be_disabled()
    visit.page.reload()
    visit.shaped()
    expect(visit.at("#undo")).to_be_enabled()
    assert float(slider.input_value()) > 0, "the changes outlive a reload"


def test_the_command_tells_the_changes(visit: Visit) -> None:
    visit.shape()
    slider = visit.at("[data-slider=width]")
    slider.press("End")
    visit.page.click("#command")
    assert visit.at("#command-text").inner_text() == (
        "latentmapper reconstruct sedan.jpg -o sedan.glb --category car"
        f" && latentmapper edit sedan.glb --move width={slider.get_attribute('max')} -o sedan.edited.glb"
    )


def test_a_second_photo_is_where_the_morph_leads(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    visit.give("suv.jpg", to="#second-file")
    expect(visit.at("#way")).to_be_visible()
    visit.at("#way").press("End")
    expect(visit.at("#undo")).to_be_enabled()
    morphed = trimesh.load_mesh(visit.download("#save", tmp_path))
    visit.page.click("#again")
    visit.shape("suv.jpg")
    other = trimesh.load_mesh(visit.download("#save", tmp_path))
    assert morphed.extents == pytest.approx(other.extents, rel=0.01)


def test_an_airplane_is_no_second_car(visit: Visit) -> None:
    visit.shape()
    visit.give("airliner.jpg", to="#second-file")
    expect(visit.at("#morph-problem")).to_contain_text("airliner.jpg")
    expect(visit.at("#morph")).to_be_hidden()


def test_a_mesh_of_before_is_opened_again(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    path, size = visit.download("#save", tmp_path), visit.size
    visit.page.click("#again")
    visit.page.set_input_files("#file", path)
    visit.shaped()
    visit.at("[data-slider=height]").press("End")
    expect(visit.at("#reset")).to_be_enabled()
    assert visit.size[0] == pytest.approx(size[0], abs=0.1)


def test_a_mask_is_proposed_and_corrected(visit: Visit) -> None:
    visit.shape()
    visit.page.click("#paint")
    expect(visit.at("#looking")).to_be_visible()
    expect(visit.at("#looking")).to_be_hidden()
    proposed = _share_by_mask(visit)
    assert 5 <= proposed <= 60
    visit.page.click("#paint")
    visit.at("#thick").fill("40")
    visit.at("input[name=brush][value=remove]").check(force=True)
    box = visit.at("#easel").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] * 0.5
    visit.page.mouse.move(box["x"], middle)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + box["width"] * 0.4, middle, steps=5)
    visit.page.mouse.up()
    assert 1 <= _share_by_mask(visit) < 0.85 * proposed


def _share_by_mask(visit: Visit) -> int:
    """Per cent of the photo that the mask on the easel leaves, by what the shape's origin tells."""
    before = visit.at("#origin").text_content() or ""
    visit.page.click("#use-mask")
    expect(visit.at("#origin")).to_contain_text("By a mask, ")
    expect(visit.at("#origin")).not_to_have_text(before)
    told = re.search(r"By a mask, (\d+) %", visit.at("#origin").text_content() or "")
    assert told
    return int(told[1])


def test_an_empty_mask_is_none(visit: Visit) -> None:
    visit.shape()
    visit.page.click("#paint")
    expect(visit.at("#looking")).to_be_visible()
    expect(visit.at("#looking")).to_be_hidden()
    visit.page.click("#wipe")
    visit.page.click("#use-mask")
    expect(visit.at("#brush-problem")).to_have_text("Nothing is painted yet.")
