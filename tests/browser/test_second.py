"""The second shape of a morph: dropped or pasted on its card, a photo or a file that carries its code."""

from pathlib import Path

import pytest
import trimesh
from playwright.sync_api import expect

from latentmapper.shapes.provenance import read_provenance

from .conftest import EXAMPLES, Visit
from .test_flow import GIVE
from .test_moments import WAITS, Held, changed

ON_CARD = GIVE.replace('"stage"', '"morph-card"')


def drag(visit: Visit, *kinds: str, to: str, files: tuple[Path, ...]) -> None:
    """What a mouse does with files of the desktop over a place of the page: it is there again and again."""
    visit.at(to).scroll_into_view_if_needed()
    box = visit.at(to).bounding_box()
    assert box is not None
    place = {"x": box["x"] + 40, "y": box["y"] + 20}
    data = {"items": [], "files": list(map(str, files)), "dragOperationsMask": 1}
    mouse = visit.page.context.new_cdp_session(visit.page)
    for kind in kinds:
        mouse.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


def test_a_photo_that_is_dropped_on_the_card_is_the_second(visit: Visit) -> None:
    visit.shape()
    moved = changed(visit).input_value()
    photo = EXAMPLES / "suv.jpg"
    drag(visit, "dragEnter", "dragOver", to="#morph-card", files=(photo,))
    expect(visit.at("#morph-card")).to_have_class("card over-drop")
    expect(visit.at("#stage")).to_have_class("stage")
    drag(visit, "dragOver", "dragOver", to="#stage", files=(photo,))
    expect(visit.at("#stage")).to_have_class("stage over-drop")
    expect(visit.at("#morph-card")).to_have_class("card")
    drag(visit, "dragOver", "dragOver", "drop", to="#morph-card", files=(photo, photo))
    expect(visit.at("#morph-card")).to_have_class("card")
    expect(visit.at("#toast")).to_have_text("The first of 2 files is taken.")
    expect(visit.at("#way")).to_be_focused()
    expect(visit.at("#second-photo")).to_be_visible()
    expect(visit.at("#name")).to_have_text("sedan.jpg")
    expect(visit.at("[data-slider=height]")).to_have_value(moved)


def test_a_photo_that_is_pasted_where_the_card_has_the_focus_is_the_second(visit: Visit) -> None:
    visit.shape()
    visit.at("#morph-card h2").click()
    expect(visit.at("#morph-card")).to_be_focused()
    visit.page.evaluate(ON_CARD, ["paste", "suv.jpg"])
    expect(visit.at("#way")).to_be_visible()
    expect(visit.at("#name")).to_have_text("sedan.jpg")
    visit.page.evaluate(GIVE, ["paste", "suv.jpg"])
    expect(visit.at("#name")).to_have_text("suv.jpg")
    expect(visit.at("#way")).to_be_hidden()


def test_of_two_second_photos_the_newer_one_counts(visit: Visit) -> None:
    visit.shape()
    job = Held(visit, WAITS)
    visit.page.evaluate(ON_CARD, ["drop", "suv.jpg"])
    job.comes()
    visit.page.evaluate(ON_CARD, ["drop", "sedan.jpg"])
    expect(visit.at("#way")).to_be_visible()
    seen = visit.at("#second-photo").get_attribute("src")
    with visit.page.expect_request(lambda each: each.method == "DELETE"):
        job.release()
    visit.page.wait_for_timeout(300)
    assert visit.at("#second-photo").get_attribute("src") == seen
    expect(visit.at("#second")).to_have_text("Second photo")


def test_a_file_that_carries_its_code_is_a_second_shape(visit: Visit, tmp_path: Path) -> None:
    visit.shape("suv.jpg")
    changed(visit)
    expect(visit.at("#said")).to_have_text("The shape is refined.")
    path = visit.download("#save", tmp_path)
    visit.page.click("#again")
    visit.shape()
    drag(visit, "dragEnter", "dragOver", "drop", to="#morph-card", files=(path,))
    expect(visit.at("#way")).to_be_visible()
    assert (visit.at("#second-photo").get_attribute("src") or "").startswith("data:image/webp")
    visit.at("#way").press("End")
    expect(visit.at("#undo")).to_be_enabled()
    made = visit.download("#save", tmp_path)
    given = read_provenance(path)
    assert given is not None
    assert (read_provenance(made) or {})["code"] == pytest.approx(given["code"], abs=1e-5)
    assert trimesh.load_mesh(made).extents == pytest.approx(trimesh.load_mesh(path).extents, rel=0.01)


def test_files_that_lead_nowhere_are_told_at_the_card(visit: Visit, tmp_path: Path) -> None:
    visit.shape("fighter.jpg")
    whole = visit.download("#save", tmp_path).read_bytes()
    visit.page.click("#again")
    visit.shape()
    (tmp_path / "head.glb").write_bytes(whole[:300])
    for name, told in (
        (
            "fighter.glb",
            "fighter.glb is of the category airplane, the shape here of car; a morph needs two of",
        ),
        ("head.glb", "This GLB file is damaged."),
    ):
        drag(visit, "dragEnter", "dragOver", "drop", to="#morph-card", files=(tmp_path / name,))
        expect(visit.at("#morph-problem")).to_contain_text(told)
    expect(visit.at("#name")).to_have_text("sedan.jpg")
    expect(visit.at("#second")).to_be_enabled()
    path = visit.download("#save", tmp_path)
    digest = (read_provenance(path) or {})["pack"]["sha256"].encode()
    (tmp_path / "other.glb").write_bytes(path.read_bytes().replace(digest, b"0" * 64))
    visit.page.set_input_files("#second-file", tmp_path / "other.glb")
    expect(visit.at("#morph-problem")).to_contain_text("other.glb belongs to pack ")
    expect(visit.at("#morph")).to_be_hidden()
