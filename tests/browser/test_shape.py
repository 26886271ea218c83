"""From a photo to a shape, its files, and its changes."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image
from playwright.sync_api import Route, expect

from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.shapes.provenance import read_provenance

from .conftest import Visit
from .test_command import run_lines


def test_a_photo_becomes_a_shape_and_files(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    expect(visit.at("#noun")).to_have_text("car")
    expect(visit.at("#name")).to_have_text("sedan.jpg")
    expect(visit.at("#checks dd").first).to_have_text("yes")
    expect(visit.at("#nearest li")).to_have_count(3)
    expect(visit.at("#nearest li").first).to_contain_text(", parametric no. ", use_inner_text=False)
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
    with Image.open(visit.download("#turntable", tmp_path)) as sheet:
        assert sheet.size == (4 * 360, 3 * 360)
        views = np.asarray(sheet.convert("RGBA"))[..., 3].reshape(3, 360, 4, 360).mean(axis=(1, 3))
    assert views.min() > 10, "each of the twelve shows something"


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


def test_a_second_photo_is_where_the_morph_leads(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    visit.give("airliner.jpg", to="#second-file")
    expect(visit.at("#morph-problem")).to_contain_text("airliner.jpg")
    expect(visit.at("#morph")).to_be_hidden()
    visit.give("suv.jpg", to="#second-file")
    expect(visit.at("#way")).to_be_visible()
    expect(visit.at("#morph-problem")).to_be_hidden()
    visit.at("#way").press("End")
    expect(visit.at("#undo")).to_be_enabled()
    path = visit.download("#save", tmp_path)
    morphed, told = trimesh.load_mesh(path), read_provenance(path)
    assert told is not None and "photo_sha256" not in told, "the shape of neither photo"
    visit.page.click("#again")
    visit.shape("suv.jpg")
    other = trimesh.load_mesh(visit.download("#save", tmp_path))
    assert morphed.extents == pytest.approx(other.extents, rel=0.01)


def test_undo_leads_back_to_the_second_photo_of_before(visit: Visit) -> None:
    visit.shape()
    visit.give("suv.jpg", to="#second-file")
    expect(visit.at("#way")).to_be_visible()
    visit.at("#way").press("End")
    expect(visit.at("#said")).to_have_text("The shape is refined.")
    size, seen = _told(visit), visit.at("#second-photo").get_attribute("src") or ""
    visit.give("hatchback.jpg", to="#second-file")
    expect(visit.at("#second-photo")).not_to_have_attribute("src", seen)
    expect(visit.at("#checks dd").nth(1)).not_to_have_text(size)
    other = _told(visit)
    visit.page.click("#undo")
    expect(visit.at("#second-photo")).to_have_attribute("src", seen)
    expect(visit.at("#checks dd").nth(1)).to_have_text(size)
    visit.page.click("#redo")
    expect(visit.at("#checks dd").nth(1)).to_have_text(other)
    visit.page.reload()
    visit.shaped()
    expect(visit.at("#checks dd").nth(1)).to_have_text(other)
    visit.page.click("#undo")
    expect(visit.at("#second-photo")).to_have_attribute("src", seen)


def _told(visit: Visit) -> str:
    return visit.at("#checks dd").nth(1).inner_text()


def test_a_mesh_of_before_is_opened_again(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    expect(visit.at("#length")).to_have_value("")
    visit.at("#length").fill("4.4")
    path, size = visit.download("#save", tmp_path), visit.size
    visit.page.click("#again")
    visit.page.set_input_files("#file", path)
    visit.shaped()
    expect(visit.at("#length")).to_have_value("4.4")
    assert visit.size == pytest.approx(size, abs=0.01)
    visit.page.reload()
    visit.shaped()
    visit.at("[data-slider=height]").press("End")
    expect(visit.at("#reset")).to_be_enabled()
    visit.page.route("**/v1/shapes", lambda route: route.fulfill(status=503, json={"detail": "No room."}))
    visit.page.reload()
    expect(visit.at("#problem")).to_have_text("No room.")
    visit.page.unroute("**/v1/shapes")
    visit.page.get_by_role("button", name="Back to sedan.glb").click()
    visit.shaped()
    expect(visit.at("#reset")).to_be_enabled()
    assert len(visit.errors) == 1 and "503" in visit.errors.pop()
    pack = Pack.open(next(folder for folder in bundled_packs() if folder.name == "car"))
    (tmp_path / "other.glb").write_bytes(path.read_bytes().replace(pack.hash.encode(), b"0" * 64))
    visit.page.click("#again")
    visit.page.set_input_files("#file", tmp_path / "other.glb")
    told = f"other.glb belongs to pack {pack.id} (000000000000…), which this server does not have."
    expect(visit.at("#problem")).to_have_text(told)


def test_a_photo_given_after_a_slow_mesh_stays(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    path = visit.download("#save", tmp_path)
    visit.page.click("#again")
    held: list[Route] = []
    visit.page.route("**/v1/shapes", lambda route: route.continue_() if held else held.append(route))
    visit.page.set_input_files("#file", path)
    while not held:
        visit.page.wait_for_timeout(20)
    visit.shape("airliner.jpg")
    size = visit.size
    with visit.page.expect_response("**/v1/shapes"):
        held[0].continue_()
    visit.page.wait_for_timeout(500)
    assert visit.size == size
    visit.page.reload()
    visit.shaped()
    assert visit.size == size


def test_a_mask_is_proposed_and_corrected(
    visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.shape()
    visit.page.click("#paint")
    expect(visit.at("#looking")).to_be_visible()
    expect(visit.at("#looking")).to_be_hidden()
    visit.page.click("#wipe")
    visit.page.click("#use-mask")
    expect(visit.at("#brush-problem")).to_have_text("Nothing is painted yet.")
    _stroke(visit, "add", 1.0)
    added = _share_by_mask(visit)
    assert added > 25
    visit.page.click("#paint")
    _stroke(visit, "remove", 0.4)
    assert 1 <= _share_by_mask(visit) < 0.85 * added
    mask = visit.download("#command", tmp_path)
    line = visit.at("#command-text").inner_text()
    words = shlex.split(line)
    assert words[-3:] == ["--force", "--mask", mask.name] and mask.name == "sedan.mask.png"
    made = run_lines(line, tmp_path, monkeypatch)
    assert made.extents / made.extents[2] == pytest.approx([_share(visit, i) for i in (1, 2, 0)], abs=0.01)


def _stroke(visit: Visit, kind: str, share: float) -> None:
    """A thick line from the left edge through the middle of the photo."""
    visit.at("#thick").fill("40")
    visit.at(f"input[name=brush][value={kind}]").check(force=True)
    box = visit.at("#easel").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] * 0.5
    visit.page.mouse.move(box["x"], middle)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + box["width"] * share, middle, steps=5)
    visit.page.mouse.up()


def _share(visit: Visit, number: int) -> float:
    """Length, width or height of what is shown, over its length."""
    return visit.size[number] / visit.size[0]


def _share_by_mask(visit: Visit) -> int:
    """Per cent of the photo that the mask on the easel leaves, by what the shape's origin tells."""
    before = visit.at("#origin").text_content() or ""
    visit.page.click("#use-mask")
    expect(visit.at("#origin")).to_contain_text("By a mask, ")
    expect(visit.at("#origin")).not_to_have_text(before)
    told = re.search(r"By a mask, (\d+) %", visit.at("#origin").text_content() or "")
    assert told
    return int(told[1])
